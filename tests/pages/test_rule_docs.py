"""The page of each detection rule is its test: every fence is a file, and marks at the ends of lines say what is found there.

A line that ends in `# finding` (or `// finding`, `REM finding`: behind two blanks, in whatever way the language comments) is
pointed at, with the rule's own severity and confidence; `# finding: high` and `# finding: high, low confidence` say others. A
fence with `beside` behind its title is in the same artifact as the one before; all others are alone in theirs. Of `hex`, the text
is the bytes in hexadecimal; with `times="1000"` it is there so many times.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

import pytest

from pratique.ecosystems.archive import Member
from pratique.errors import InvalidInput
from pratique.facts.scan.docs import page
from pratique.facts.scan.engine import scan
from pratique.facts.scan.rule import Rule
from pratique.facts.scan.rules import RULES
from pratique.model.evidence import Confidence, Finding, Severity

FOLDER = Path(__file__).resolve().parent.parent.parent / "src/pratique/facts/scan/rules"
FENCE = re.compile(r'^```(\w+) title="([^"]+)"( beside)?(?: times="(\d+)")?\n(.*?)^```$', re.DOTALL | re.MULTILINE)
MARK = re.compile(r"  (?:#|//|REM|--|;) finding(?:: ([a-z]+)(?:, ([a-z]+) confidence)?)?$")
LANGUAGES: Final = frozenset(
    {
        "python",
        "text",
        "javascript",
        "typescript",
        "shell",
        "powershell",
        "batch",
        "r",
        "json",
        "toml",
        "ini",
        "yaml",
        "hex",
    }
)
Places: TypeAlias = dict[tuple[str, int], tuple[Severity, Confidence]]
"""What is found: by path and line, the worst of it."""


@dataclass(slots=True)
class Example:
    """One artifact of a page: its files, and what its marks say."""

    files: dict[str, bytes] = field(default_factory=dict)
    marked: Places = field(default_factory=dict)

    @property
    def filename(self) -> str:
        """What the artifact is called: a package of npm, a source distribution, a wheel, each by its folders."""
        first = next(iter(self.files))
        if first.startswith("package/"):
            text = self.files.get("package/package.json", b"").decode()
            named, version = (re.search(rf'"{key}": "([^"]+)"', text) for key in ("name", "version"))
            return f"{named[1] if named else 'demo'}-{version[1] if version else '1.0.0'}.tgz"
        top = re.match(r"([\w.]+-\d[\w.]*?)(\.data|\.dist-info)?/", first)
        if top is not None and not top[2]:
            return f"{top[1]}.tar.gz"
        info = next((found[1] for path in self.files if (found := re.match(r"(.+)\.dist-info/", path))), "demo-1.0")
        return f"{info}-py3-none-any.whl"


def examples(rule: Rule) -> list[Example]:
    """Every artifact of a rule's page."""
    text = (FOLDER / f"{rule.id.replace('-', '_')}.md").read_text(encoding="utf-8")
    found: list[Example] = []
    fences = FENCE.findall(text)
    assert text.count("\n```") == 2 * len(fences), "a fence on the page is not read"
    for language, path, beside, times, body in fences:
        assert language in LANGUAGES, language
        if not beside:
            found.append(Example())
        lines = []
        for number, line in enumerate(body.splitlines(), 1):
            mark = MARK.search(line)
            if mark is not None:
                found[-1].marked[path, number] = (
                    Severity[mark[1].upper()] if mark[1] else rule.severity,
                    Confidence[mark[2].upper()] if mark[2] else rule.confidence,
                )
            lines.append(MARK.sub("", line))
        data = ("\n".join(lines) + "\n").encode()
        found[-1].files[path] = (bytes.fromhex(data.decode()) if language == "hex" else data) * int(times or 1)
    return found


def look(filename: str, files: dict[str, bytes]) -> tuple[Finding, ...]:
    members = [Member(path, len(data), lambda data=data: data) for path, data in files.items()]  # type: ignore[misc]  # mypy cannot infer a lambda with a default
    return scan(filename, members).findings


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_example_is_flagged_where_it_says_and_nowhere_else(rule: Rule) -> None:
    shown = examples(rule)
    for example in shown:
        found: Places = {}
        for each in look(example.filename, example.files):
            if each.rule == rule.id:
                place = (each.path, each.line)
                found[place] = max(found.get(place, (Severity.INFO, Confidence.LOW)), (each.severity, each.confidence))
        assert found == example.marked, list(example.files)
    assert any(example.marked for example in shown)
    assert any(not example.marked for example in shown)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_page_says_what_a_reader_asks(rule: Rule) -> None:
    text = (FOLDER / f"{rule.id.replace('-', '_')}.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {rule.id}\n")
    assert page(rule.id) == text
    for heading in ("**Why it matters.**", "**Examples.**", "**When it is fine.**", "**What to do.**"):
        assert heading in text
    assert re.search(MARK.pattern.replace("$", " *$"), text, re.MULTILINE)
    own = f"{rule.severity.name.lower()}, {rule.confidence.name.lower()} confidence"
    assert f" finding: {own}\n" in text, "nothing on the page says how bad and how sure the rule itself is"


def test_a_rule_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(InvalidInput, match="no rule is called startup") as caught:
        page("startup")
    assert caught.value.advice == f"there are {', '.join(rule.id for rule in RULES)}"
