"""One module a kind: `write(root, name)` writes the parts of something new, `THEN` says what is left to a person."""
