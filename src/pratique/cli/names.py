"""`pratique names`: whether names are those of the packages that are meant."""

import json
import sys
from collections.abc import Iterable, Iterator
from itertools import islice

import click

from pratique.cli.exit_codes import Exit
from pratique.errors import InvalidInput, LimitExceeded
from pratique.facts.names.judge import resemblances
from pratique.facts.names.lists import KINDS, PYPI
from pratique.facts.names.resemblance import Resemblance, said
from pratique.here import names_in_force, settings_here
from pratique.model import limits
from pratique.model.text import clean


@click.group()
def command() -> None:
    """Ask whether names are those of the packages that are meant.

    By lists of names that are used: those that ship, and your own where the setting `names.lists` says so. No index is asked.
    """


@command.command()
@click.argument("names", nargs=-1, required=True)
@click.option("--ecosystem", type=click.Choice(KINDS), default=PYPI, show_default=True, help="Whose names they are.")
@click.option("--jsonl", is_flag=True, help="Print a line of JSON for each name: name, suspicious, intended, why.")
def check(names: tuple[str, ...], ecosystem: str, *, jsonl: bool) -> None:
    """Say of each name whether it is likely taken for another, and for which. `-` reads names from the input, one a line.

    Ends with 0 when none is, and with 10 when one is.
    """
    known, worst = names_in_force(settings_here()), Exit.ALLOWED
    for name in _wanted(names):
        found = resemblances(ecosystem, name, known)
        worst = Exit.HELD if found else worst
        click.echo(_told(name, found) if jsonl else _line(name, found))
    raise SystemExit(worst)


def _wanted(names: Iterable[str]) -> Iterator[str]:
    """The names, at most so many. Raises `LimitExceeded`, and `InvalidInput` for input that is no text."""
    for count, name in enumerate(islice(_all(names), limits.NAMES_CHECKED_MAX + 1), 1):
        if count > limits.NAMES_CHECKED_MAX:
            raise LimitExceeded(f"more than {limits.NAMES_CHECKED_MAX} names", advice="check them in parts")
        yield name


def _all(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        if name != "-":
            yield name
            continue
        try:
            yield from (line.strip() for line in sys.stdin if line.strip())
        except UnicodeDecodeError as error:
            raise InvalidInput("the names are no text in UTF-8", advice="one name a line") from error


def _told(name: str, found: tuple[Resemblance, ...]) -> str:
    why = said(found[0]) if found else ""
    told = {"name": name, "suspicious": bool(found), "intended": [each.intended for each in found], "why": why}
    return json.dumps(told, ensure_ascii=False)


def _line(name: str, found: tuple[Resemblance, ...]) -> str:
    if not found:
        return f"fine        {clean(name)}"
    meant = " or ".join(each.intended for each in found)
    return f"suspicious  {clean(name)}   did you mean {meant}?   {said(found[0])}"
