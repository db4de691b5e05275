"""The page of each condition, as `pratique explain <condition>` shows it."""

from importlib.resources import files

from pratique.errors import InvalidInput
from pratique.policy.conditions import CONDITIONS


def condition_ids() -> tuple[str, ...]:
    """The ids of the conditions that ship with Pratique."""
    return tuple(kind.id for kind in CONDITIONS)


def page(condition: str) -> str:
    """The page of a condition, in Markdown. Raises `InvalidInput` for one that is not shipped."""
    if condition not in condition_ids():
        raise InvalidInput(f"no condition is called {condition}", advice=f"there are {', '.join(condition_ids())}")
    return (files("pratique.policy.conditions") / f"{condition.replace('-', '_')}.md").read_text(encoding="utf-8")
