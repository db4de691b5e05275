"""The scanner measured beside its peers on the same files in one run: `python -m bench.corpus` says how."""
