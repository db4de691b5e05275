"""People: waivers, tokens, forgetting."""
