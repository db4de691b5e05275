"""The verbs: gather facts, judge, decide, record; only then act."""
