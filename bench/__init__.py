"""Benchmarks: each module has `measure()`, `python -m bench.run` runs them all."""
