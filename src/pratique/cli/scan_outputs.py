"""In which form `pratique scan` tells what it saw: for people, or as JSON, JSON Lines or SARIF for programs."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import click

from pratique import __version__
from pratique.cli.exit_codes import Exit
from pratique.errors import InvalidInput
from pratique.facts.looked import Looked, Outcome
from pratique.render import sarif
from pratique.render.scan import Telling, line, terminal, told

TELLING: Final = "people"
JSON: Final = "json"
LINES: Final = "jsonl"
SARIF: Final = "sarif"
EXITS: Final = {
    Outcome.CLEAN: Exit.ALLOWED,
    Outcome.UNKNOWN: Exit.HELD,
    Outcome.SUSPICIOUS: Exit.HELD,
    Outcome.MALICIOUS: Exit.DENIED,
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What is told and how: `what` are the artifacts called, `whole` tells also what is no alarm, `quiet` tells nothing."""

    form: str = TELLING
    what: str = "files"
    whole: bool = False
    quiet: bool = False
    output: Path | None = None

    def begun(self, looked: Looked) -> None:
        """One artifact is done: a line is written at once, so that whoever reads them sees how far it is."""
        if self.form == LINES and not self.quiet and self.output is None:
            click.echo(json.dumps(line(looked), ensure_ascii=False))
            sys.stdout.flush()

    def ended(self, looked: Sequence[Looked], notes: Sequence[str], rules: str) -> Exit:
        """All are done: tell of them. The exit code is that of the worst."""
        worst = max((each.outcome for each in looked), default=Outcome.CLEAN)
        if not self.quiet or self.output is not None:
            self._write(self._text(looked, notes, rules))
        return EXITS[worst]

    def _text(self, looked: Sequence[Looked], notes: Sequence[str], rules: str) -> str:
        found = sorted({each.finding.rule for artifact in looked for each in artifact.noticed})
        if self.form == JSON:
            return json.dumps(_document(looked, notes, rules), indent=2, ensure_ascii=False)
        if self.form == SARIF:
            pages = {rule: _pages(rule)[0] for rule in found}
            return json.dumps(sarif.document(looked, pages, version=__version__, rules=rules), indent=2)
        if self.form == LINES:
            lines = [json.dumps(line(each), ensure_ascii=False) for each in looked]
            return "\n".join(lines) if self.output is not None else ""
        telling = Telling({rule: _pages(rule)[1] for rule in found}, self.whole)
        return terminal(looked, telling, what=self.what, notes=notes)

    def _write(self, text: str) -> None:
        if self.output is None:
            if text:
                click.echo(text)
            return
        with _opened(self.output) as file:
            file.write(f"{text}\n")


def _document(looked: Sequence[Looked], notes: Sequence[str], rules: str) -> dict[str, object]:
    counts = {outcome.word: sum(each.outcome is outcome for each in looked) for outcome in reversed(Outcome)}
    return {
        "format": 1,
        "engine": f"pratique/{__version__}",
        "rules": rules,
        "looked_into": len(looked),
        "counts": counts,
        "artifacts": [told(each) for each in looked],
        "left_out": list(notes),
    }


def _opened(place: Path) -> IO[str]:
    return place.open("w", encoding="utf-8")


def _pages(rule: str) -> tuple[str, str]:
    """The page of a rule, and what it says is to be done; nothing for one that this engine no longer has."""
    from pratique.facts.findings.docs import advice, page

    try:
        return page(rule), advice(rule)
    except InvalidInput:
        return "", ""
