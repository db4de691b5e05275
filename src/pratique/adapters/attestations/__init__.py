"""Attestations of who published a file, verified without a network against keys that are pinned.

`verifier.py` is what others call, `root.py` the keys it goes by. The rest is one step each, in the order of
`model/provenance.py`'s reasons: reading (`wire.py`), the log (`log.py`), the certificate (`certificate.py`) and what it says
(`identity.py`), the signature and what it is over (`envelope.py`), for PyPI (`pypi.py`) and for npm (`npm.py`). For PyPI the
reference implementation is asked as well (`library.py`), and both have to agree.
"""
