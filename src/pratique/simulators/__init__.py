"""Stand-ins for the outside world that behave, and misbehave, like it: for drills and for tests."""
