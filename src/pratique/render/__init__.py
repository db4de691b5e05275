"""One refusal, many faces: terminal, reason phrase, problem+json, page. Pure."""
