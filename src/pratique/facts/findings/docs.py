"""The page of every finding there can be: those of detection rules, and those of this folder."""

from importlib.resources import files
from typing import Final

from pratique.facts.scan import docs as rule_docs

FINDINGS: Final = (
    "altered-file",
    "changed-command",
    "foreign-byte-code",
    "judgement",
    "missing-file",
    "unowned-file",
)
"""What is found by other means than rules."""
_WHAT_TO_DO: Final = "**What to do.** "


def page(finding: str) -> str:
    """The page of a finding, in Markdown. Raises `InvalidInput` for one that nothing makes."""
    if finding not in FINDINGS:
        return rule_docs.page(finding)
    return (files("pratique.facts.findings") / f"{finding.replace('-', '_')}.md").read_text(encoding="utf-8")


def advice(finding: str) -> str:
    """What its page says is to be done, on one line; empty where it says nothing. Raises as `page` does."""
    _, found, rest = page(finding).partition(_WHAT_TO_DO)
    return " ".join(rest.partition("\n\n")[0].split()) if found else ""
