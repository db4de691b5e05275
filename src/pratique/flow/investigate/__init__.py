"""Questions asked afterwards: what was let in that is known to be bad by now, and who got it."""
