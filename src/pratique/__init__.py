"""Pratique: code enters, or runs, once it has been shown to be clean; and when not, here is the safe way."""

__version__ = "0.1.0"
