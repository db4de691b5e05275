"""Make the lists of used names that ship: `python -m tools.names_data --on DATE WORD=PLACE ...`.

`tools/names_data.toml` names the sources, all of them public; the command line says where each lies here: a repository (its
newest state is read), an unpacked folder, or a file with one name a line. A list says of itself when it was made, and from what.
"""

import argparse
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from pratique.facts.names.lists import FIRST, Names, normal

ROOT: Final = Path(__file__).resolve().parent.parent
FOLDER: Final = ROOT / "src/pratique/facts/names"
SOURCES: Final = Path(__file__).with_suffix(".toml")
_CHARACTERS_MAX: Final = 100


@dataclass(frozen=True, slots=True)
class Source:
    """One source of names, as `names_data.toml` describes it."""

    kind: str
    at: str
    pattern: str
    says: str
    file: str = ""
    below: str = ""
    ranked: bool = False
    history: bool = False


def sources() -> list[Source]:
    """Every source, in the order of the file."""
    return [Source(**each) for each in tomllib.loads(SOURCES.read_text(encoding="utf-8"))["source"]]


def found(source: Source, place: Path) -> Iterator[str]:
    """The names that a source has, as it writes and orders them."""
    pattern = re.compile(source.pattern)
    for line in _lines(source, place):
        for match in pattern.finditer(line):
            yield match[1]


def made(kind: str, places: Mapping[str, Path], on: date) -> tuple[str, list[str]]:
    """A list of one kind as a text, and what came from where, a line each."""
    ranked: dict[str, None] = {}
    used: dict[str, None] = {}
    told = []
    for source in sources():
        if source.kind != kind or source.at not in places:
            continue
        fresh = 0
        for written in found(source, places[source.at]):
            name = normal(kind, written)
            if not name or len(name) > _CHARACTERS_MAX or name in ranked or name in used:
                continue
            (ranked if source.ranked else used)[name] = None
            fresh += 1
        told.append(f"{source.says}: {fresh} ({source.at}, {_dated(places[source.at], on)})")
    head = [FIRST, f"# {kind}, made on {on}", *(f"# {each}" for each in told)]
    return "\n".join([*head, *ranked, "", *sorted(used), ""]), told


def _lines(source: Source, place: Path) -> Iterator[str]:
    if place.is_file():
        yield from place.read_text(encoding="utf-8").splitlines()
        return
    if not _is_repository(place):
        yield from (place / source.file).read_text(encoding="utf-8").splitlines()
        return
    if source.below:
        plain = re.sub(r"\(\?[:=]", "(", source.pattern)
        yield from _git(place, "grep", "-h", "-I", "-P", plain, "HEAD", "--", source.below).splitlines()
        return
    states = _git(place, "log", "--format=%H", "--", source.file).split() if source.history else ["HEAD"]
    for state in states:
        try:
            text = _git(place, "show", f"{state}:{source.file}")
        except subprocess.CalledProcessError:
            continue  # the state that took the file away
        yield from text.replace("{", "\n{").splitlines()


def _dated(place: Path, on: date) -> str:
    """The date of a source: of a repository's newest state, and of anything else the day it was read."""
    is_repository = place.is_dir() and _is_repository(place)
    return _git(place, "log", "-1", "--format=%cs").strip() if is_repository else str(on)


def _is_repository(place: Path) -> bool:
    return (place / "HEAD").is_file() or (place / ".git").exists()


def _git(place: Path, *arguments: str) -> str:
    line = ["git", "-C", str(place), *arguments]
    return subprocess.run(line, check=True, capture_output=True, text=True).stdout  # noqa: S603 - git, with our own arguments


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the list of every kind whose ranked source is there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--on", required=True, type=date.fromisoformat, help="the date that the lists shall bear")
    parser.add_argument("--out", default=FOLDER, type=Path, help="the folder of the lists")
    parser.add_argument("places", nargs="+", metavar="WORD=PLACE", help="where a source lies, by its word in the file")
    told = parser.parse_args(arguments)
    places = {word: Path(place) for word, _, place in (each.partition("=") for each in told.places)}
    unknown = places.keys() - {each.at for each in sources()}
    if unknown:
        sys.exit(f"no source is called {', '.join(sorted(unknown))}")
    for kind in dict.fromkeys(each.kind for each in sources() if each.ranked and each.at in places):
        text, lines = made(kind, places, told.on)
        Names.read(kind, text)
        (told.out / f"{kind}.txt").write_text(text, encoding="utf-8")
        print(f"{kind}.txt: {len(text.encode())} bytes", *lines, sep="\n  ")


if __name__ == "__main__":
    main()
