"""How Python package indexes speak (the Simple repository API)."""
