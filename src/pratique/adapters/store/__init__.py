"""Where the record and what belongs to it are kept. Every store passes `tests/contracts/test_store.py`."""
