"""Advisories: feeds read into one SQLite file, and asked from there. No feed is asked while something is judged."""
