"""Which advisories are about which versions: pure, in the order of versions of whatever ecosystem."""
