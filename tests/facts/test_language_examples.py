"""Short, inert examples of every technique, one a file, by language: each is noticed by the rules it names.

The first line of an example holds, in a comment, `expect: <rule>[, <rule>] | source: <where it is described>`, and perhaps
between them `at: <path>`, the path that it would have in an archive. All hosts are below `example.invalid`,
or of kinds that rules name.
"""

import re
from pathlib import Path
from typing import Final

import pytest

from pratique.ecosystems.archive import Member
from pratique.facts.scan.engine import look
from pratique.facts.scan.rules import RULES
from pratique.facts.severity import alarm
from pratique.model.evidence import Alarm

FOLDER: Final = Path(__file__).resolve().parent / "examples"
HEAD: Final = re.compile(r"expect: ([\w-]+(?:, [\w-]+)*) \| (?:at: (\S+) \| )?source: (\S.*)")
EXAMPLES: Final = sorted(path for path in FOLDER.glob("*/*") if path.is_file())
EXAMPLES_MIN: Final = 40
"""So many of each language."""


def head(path: Path) -> re.Match[str]:
    found = HEAD.search(path.read_bytes().split(b"\n", 1)[0].decode())
    assert found is not None, f"the first line of {path.name} does not say what is expected"
    return found


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_each_example_alarms_by_the_rules_it_names(path: Path) -> None:
    said = head(path)
    data = path.read_bytes()
    inside = said[2] or f"demo-1.0/tools/{path.name}"
    looked = look("demo-1.0.tar.gz", [Member(inside, len(data), lambda: data)])
    alarming = {finding.rule for finding in looked.findings if alarm(finding) > Alarm.NONE}
    assert set(said[1].split(", ")) <= alarming, sorted(alarming)
    assert looked.unread == []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_each_example_expects_rules_that_are_there(path: Path) -> None:
    assert set(head(path)[1].split(", ")) <= {rule.id for rule in RULES}


@pytest.mark.parametrize("language", sorted({path.parent.name for path in EXAMPLES}))
def test_there_are_enough_examples_of_each_language(language: str) -> None:
    assert len([path for path in EXAMPLES if path.parent.name == language]) >= EXAMPLES_MIN
