"""The page of each question, as `pratique explain <question>` shows it: its own text, and what the registry knows of it."""

from importlib.resources import files
from typing import Any

from pratique.errors import InvalidInput
from pratique.facts.question import Question
from pratique.facts.questions import QUESTIONS


def question_ids() -> tuple[str, ...]:
    """The ids of the questions that are asked."""
    return tuple(each.id for each in QUESTIONS)


def page(question: str) -> str:
    """The page of a question, in Markdown. Raises `InvalidInput` for one that nobody asks."""
    for each in QUESTIONS:
        if each.id == question:
            text = (files("pratique.facts.questions") / f"{question}.md").read_text(encoding="utf-8")
            before, heading, examples = text.partition("**Examples.**")
            return f"{before}{_asked(each)}\n\n{_words(each)}\n\n{heading}{examples}"
    raise InvalidInput(f"no question is called {question}", advice=f"there are {', '.join(question_ids())}")


def _asked(question: Question[Any]) -> str:
    kinds = ", ".join(sorted(question.kinds))
    return (
        f"**How it is asked.** Of each {question.level.value}, for artifacts of the kind {kinds}, at the tier "
        f"{question.tier.name.lower()}; {question.source} answers. Unknown means `{question.unknown.name.lower()}`, unless "
        f"`[unknowns]` says otherwise: `{question.id} = ...`."
    )


def _words(question: Question[Any]) -> str:
    rows = [f"| `{each.name}` | {_kind(each.kind.value, each.choices)} | {each.says} |" for each in question.words]
    return "\n".join(
        ["**Words.** In rules, and in what a test gives:", "", "| word | value | meaning |", "|---|---|---|", *rows]
    )


def _kind(kind: str, choices: tuple[str, ...]) -> str:
    return f"{kind}: {', '.join(f'`{each}`' for each in choices)}" if choices else kind
