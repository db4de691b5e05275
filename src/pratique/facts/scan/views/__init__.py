"""How files are read before rules look at them: one module a language, each with indexes that are built in one pass."""
