"""Every detection rule. Written by `python -m tools.generate`."""

from pratique.facts.scan.rule import Rule
from pratique.facts.scan.rules import encoded_payload_run, environment_sent_away, startup_hook

RULES: tuple[Rule, ...] = (
    encoded_payload_run.RULE,
    environment_sent_away.RULE,
    startup_hook.RULE,
)
