"""The gate as Python clients speak with it (the Simple repository API)."""
