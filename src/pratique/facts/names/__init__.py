"""Whether a name is the one that was meant: lists of used names, and how much a name resembles one of them."""
