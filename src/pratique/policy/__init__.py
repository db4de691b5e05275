"""What we require: conditions, waivers, and the one function that decides."""
