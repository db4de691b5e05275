"""What we know: material in, facts out. No judgement here."""
