"""The page of each detection rule is its test: every fence is a file, `# finding` marks the lines that are pointed at."""

import re
from pathlib import Path

import pytest

from pratique.ecosystems.archive import Member
from pratique.errors import InvalidInput
from pratique.facts.scan.docs import page
from pratique.facts.scan.engine import scan
from pratique.facts.scan.rules import RULES
from pratique.model.evidence import Finding

FOLDER = Path(__file__).resolve().parent.parent.parent / "src/pratique/facts/scan/rules"
FENCE = re.compile(r'```(?:python|text) title="([^"]+)"\n(.*?)```', re.DOTALL)
MARK = "  # finding"


def examples(rule: str) -> list[tuple[str, str, list[int]]]:
    """Path, text and marked lines of every example on a rule's page."""
    text = (FOLDER / f"{rule.replace('-', '_')}.md").read_text(encoding="utf-8")
    found = []
    for path, body in FENCE.findall(text):
        lines = body.splitlines()
        marked = [number for number, line in enumerate(lines, 1) if line.endswith(MARK)]
        found.append((path, "\n".join(line.removesuffix(MARK) for line in lines) + "\n", marked))
    return found


def look(files: dict[str, bytes]) -> tuple[Finding, ...]:
    members = [Member(path, len(data), lambda data=data: data) for path, data in files.items()]  # type: ignore[misc]  # mypy cannot infer a lambda with a default
    return scan("demo-1.0-py3-none-any.whl", members).findings


@pytest.mark.parametrize("rule", [rule.id for rule in RULES])
def test_every_example_is_flagged_where_it_says_and_nowhere_else(rule: str) -> None:
    shown = examples(rule)
    for path, text, marked in shown:
        found = [finding for finding in look({path: text.encode()}) if finding.rule == rule]
        assert [finding.line for finding in found] == marked, path
    assert any(marked for _, _, marked in shown)
    assert any(not marked for _, _, marked in shown)


@pytest.mark.parametrize("rule", [rule.id for rule in RULES])
def test_the_page_says_what_a_reader_asks(rule: str) -> None:
    text = (FOLDER / f"{rule.replace('-', '_')}.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {rule}\n")
    assert page(rule) == text
    for heading in ("**Why it matters.**", "**Examples.**", "**When it is fine.**", "**What to do.**"):
        assert heading in text


def test_a_rule_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(InvalidInput, match="no rule is called startup") as caught:
        page("startup")
    assert caught.value.advice == f"there are {', '.join(rule.id for rule in RULES)}"
