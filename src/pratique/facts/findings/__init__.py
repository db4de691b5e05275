"""Findings that no rule of `facts/scan` makes: the judgement, and what the files of an environment show. One page each."""
