"""The page of each detection rule, as `pratique explain <rule>` shows it."""

from importlib.resources import files

from pratique.errors import InvalidInput
from pratique.facts.scan.rules import RULES


def rule_ids() -> tuple[str, ...]:
    """The ids of the rules that ship with Pratique."""
    return tuple(rule.id for rule in RULES)


def page(rule: str) -> str:
    """The page of a rule, in Markdown. Raises `InvalidInput` for one that is not shipped."""
    if rule not in rule_ids():
        raise InvalidInput(f"no rule is called {rule}", advice=f"there are {', '.join(rule_ids())}")
    return (files("pratique.facts.scan.rules") / f"{rule.replace('-', '_')}.md").read_text(encoding="utf-8")
