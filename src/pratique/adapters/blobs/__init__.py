"""Files by the digest of their content. Every adapter passes `tests/contracts/test_blobs.py`."""
