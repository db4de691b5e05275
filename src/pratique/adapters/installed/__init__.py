"""An environment of Python, looked into from outside: nothing of it is run, and its interpreter is not asked."""
