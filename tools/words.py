"""The page of the words that an organisation's rules may use, written from the vocabulary that compiles them."""

from pathlib import Path
from typing import Final

from pratique.facts.question import Kind
from pratique.model import limits
from pratique.model.evidence import Tier
from pratique.policy.vocabulary import VOCABULARY, CaseWord, FactWord

EXAMPLES: Final[dict[Kind, tuple[tuple[str, str], ...]]] = {
    Kind.TEXT: (
        ('artifact.name == "requests"', "it is this text"),
        ('artifact.name in ["requests", "urllib3"]', "it is one of these"),
        ('artifact.name.startsWith("acme-")', "it begins so; `endsWith` and `contains` likewise"),
        ('artifact.file.matches("[.]tar[.]gz$")', "a regular expression (RE2) is found in it"),
    ),
    Kind.TEXTS: (
        ('"billing" in scope.projects', "it is among them"),
        ("scope.projects.size() > 0", "there are some"),
        ('scope.projects.exists(each, each.startsWith("pay-"))', "one of them is so; `all` likewise"),
    ),
    Kind.YES_NO: (
        ("hashes.changed", "it is true"),
        ("!hashes.published && artifact.name != scope.name", "not, and; `||` is or"),
    ),
    Kind.DURATION: (
        ('release.age < duration("48h")', "it is shorter; in hours, minutes and seconds"),
        ("release.age.getHours() < 48", "the same, in whole hours"),
    ),
    Kind.MOMENT: (
        ('now > timestamp("2026-12-24T00:00:00Z")', "it is later"),
        ("now.getDayOfWeek() == 5 && now.getHours() >= 14", "Friday from two o'clock on, UTC; 0 is Sunday"),
    ),
}
"""What can be asked of a value, by its kind: an expression, and what it says. Each compiles, and a test says so."""

RULE: Final = """[[rule]]
id   = "no-young-projects-in-billing"
when = 'release.project_age < duration("720h") && "billing" in scope.projects'
then = "hold"
why  = "Billing takes no project that is younger than a month."
use  = "a project that others have used for longer"

[[test]]
name    = "a project of two days is not for billing"
package = "pkg:pypi/requests@3.0.0"
given   = { release.project_age = "2 days", scope.projects = ["billing"] }
expect  = { verdict = "hold", reason = "no-young-projects-in-billing" }
"""
_TIERS: Final = {Tier.INDEX: "what its index says", Tier.BYTES: "its bytes, at the first request of the file"}


def page(root: Path) -> str:
    """Every word with its kind, what it is read from, and what can be asked of such a value."""
    del root
    rows = [
        f"| `{word.name}` | {word.kind.value} | {word.says}{_choices(word)} | {_read_from(word)} |"
        for word in VOCABULARY.values()
    ]
    kinds = "\n\n".join(
        f"### {kind.value[:1].upper()}{kind.value[1:]}\n\n| expression | is true where |\n|---|---|\n"
        + "\n".join(f"| {_code(expression)} | {says} |" for expression, says in examples)
        for kind, examples in EXAMPLES.items()
    )
    return (
        "# Words of rules\n\nWhat the conditions do not say, an organisation says in rules of its own: a question in "
        "[CEL](https://cel.dev) that is answered with yes or no.\n\n"
        f"```toml\n{RULE}```\n\n"
        "- Where a word is not known, the rule holds the file: what was not found out is not fine. Where it is of the "
        "bytes and those were not looked at yet, the rule waits for them.\n"
        "- `pratique policy check` compares each rule with these words and their kinds, and names line and mistake; "
        "`pratique policy test` runs the tests.\n"
        f"- An expression has at most {limits.CEL_EXPRESSION_CHARACTERS_MAX} characters, and a policy "
        f"{limits.POLICY_RULES_MAX} rules. One that runs too long holds.\n"
        '- What a test does not give is that of a harmless file, and `"unknown"` makes a word unknown.\n\n'
        "## The words\n\n| word | value | meaning | read from |\n|---|---|---|---|\n"
        + "\n".join(rows)
        + f"\n\n## What can be asked of a value\n\n{kinds}\n"
    )


def _choices(word: CaseWord | FactWord) -> str:
    if isinstance(word, CaseWord) or not word.word.choices:
        return ""
    return ": " + ", ".join(f"`{choice}`" for choice in word.word.choices)


def _read_from(word: CaseWord | FactWord) -> str:
    if isinstance(word, CaseWord):
        return "the request: always known"
    question = word.question
    return f"{_TIERS[question.tier]} ([{question.id}](facts.md#{question.id}))"


def _code(expression: str) -> str:
    return "`" + expression.replace("|", "\\|") + "`"
