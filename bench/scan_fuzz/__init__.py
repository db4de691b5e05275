"""The scanner fed with mutated examples: `python -m bench.scan_fuzz` says how."""
