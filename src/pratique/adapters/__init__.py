"""The outside world, one adapter a thing; adapters of different things do not know each other."""
