"""How each world speaks: bytes in, values out, and back."""
