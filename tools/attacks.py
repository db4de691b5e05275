"""Write `docs/reference/attacks.md`: which rules see which of the attacks that a drill plays, from looking into their files.

`python -m tools.attacks` writes, `--check` only says whether the page would change and ends with 1 if it would. Apart from
`tools.generate` because it looks into every file, which takes some seconds.
"""

import argparse
import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pratique.ecosystems.archive import open_artifact
from pratique.facts.scan.engine import scan
from pratique.facts.severity import alarm, worst
from pratique.model.evidence import Alarm, Scan
from pratique.model.scenario import Scenario
from pratique.simulators.repertoire import shipped

ROOT: Final = Path(__file__).resolve().parent.parent
PAGE: Final = ROOT / "docs/reference/attacks.md"
_HEAD: Final = """# Attacks and the rules that see them

The attacks that `pratique drill` plays, and what the scanner makes of the files that matter: rules whose findings are at
least suspicious. Most attacks are held before their files are looked into, by the age of the release, by the sources of a
name or by its publisher; `pratique drill` says by what. The stand-ins are inert, and written from descriptions. Written by
`python -m tools.attacks`.

| attack | what happened | judged | seen by |
|---|---|---|---|
"""
_BENIGN: Final = """
Benign releases that are like attacks in one thing each. None of them may be more than noted:

| release | what it is | judged | noted by |
|---|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """A scenario with what was seen in the files of it that matter."""

    scenario: Scenario
    alarm: Alarm
    rules: tuple[str, ...]
    others: tuple[str, ...]


def seen() -> Iterator[Seen]:
    """Every scenario that ships, in the order of their names."""
    for play in shipped():
        scans = [_scan(made.file.filename, made.data()) for made in play.made if made.file.asked_for]
        found = [each for one in scans for each in one.findings]
        rules = {each.rule for each in found if alarm(each) is not Alarm.NONE}
        others = {each.rule for each in found} - rules
        yield Seen(play.scenario, max(map(worst, scans)), tuple(sorted(rules)), tuple(sorted(others)))


def page() -> str:
    """The whole page."""
    every = list(seen())
    attacks = "".join(_row(each, each.rules) for each in every if each.scenario.expected is not None)
    benign = "".join(_row(each, (*each.rules, *each.others)) for each in every if each.scenario.expected is None)
    return f"{_HEAD}{attacks}{_BENIGN}{benign}"


def _row(each: Seen, rules: tuple[str, ...]) -> str:
    expected = each.scenario.expected
    told = ", ".join(f"`{rule}`" for rule in rules)
    if not told and expected is not None:
        told = f"no rule; held by `{expected.without}`"
    judged = each.alarm.name.lower() if each.alarm is not Alarm.NONE else "-"
    title = each.scenario.title.replace("|", "\\|")
    return f"| {each.scenario.id} | {title} | {judged} | {told} |\n"


def _scan(filename: str, data: bytes) -> Scan:
    return scan(filename, open_artifact(filename, io.BytesIO(data)))


def main() -> None:
    """Write or check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="only say whether it would change")
    check: bool = parser.parse_args().check
    text = page()
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == text:
        return
    if check:
        print(f"out of date: {PAGE.relative_to(ROOT)}\ndo  python -m tools.attacks")
        sys.exit(1)
    PAGE.write_text(text, encoding="utf-8")
    print(f"written: {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
