"""The entrance from the terminal: one file a verb, imported when it is asked for; its docstring says what it does."""
