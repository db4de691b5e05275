"""The scenarios that can be played: those that ship, and an organisation's own."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from pratique.errors import InvalidInput, NotFound
from pratique.model import limits
from pratique.simulators.making import play_of
from pratique.simulators.plays import Play
from pratique.simulators.scenario_folder import TABLE, read_folder
from pratique.simulators.scenario_table import Mistakes


@cache
def shipped() -> tuple[Play, ...]:
    """The scenarios that ship."""
    return _plays(files("pratique.simulators") / "scenarios", "")


def in_folder(folder: Path) -> tuple[Play, ...]:
    """The scenarios in a folder, a folder each; those whose names begin with a dot are left out.

    Raises `InvalidInput` with every mistake in them, each with its place.
    """
    if not folder.is_dir():
        raise InvalidInput(f"{folder} is no folder", advice="docs/how-to/drill.md shows what is in one")
    if (folder / TABLE).exists():
        raise InvalidInput(f"{folder} is itself a scenario", advice="give the folder that scenarios are in")
    try:
        return _plays(folder, str(folder))
    except OSError as error:
        raise InvalidInput(f"{error.filename or folder} cannot be read: {error.strerror}") from error


def repertoire(folder: Path | None, *, only: bool = False) -> tuple[Play, ...]:
    """What a drill plays: what ships, and what is in a folder; with `only` nothing else.

    Raises `InvalidInput` as `in_folder` does, and for a scenario that is called as one that ships.
    """
    own = () if folder is None else in_folder(folder)
    if only:
        return own
    names = {play.scenario.id for play in shipped()}
    mistakes = Mistakes()
    for play in own:
        if play.scenario.id in names:
            mistakes.add(f"{folder}/{play.scenario.id}", "a scenario that ships is called so; give it another name")
    mistakes.check()
    return (*shipped(), *own)


def release_of(scenario: str, version: str) -> tuple[str, bytes]:
    """The first file of one release of a scenario that ships: its name and its bytes. Raises `NotFound`."""
    for play in shipped():
        for made in play.made:
            if play.scenario.id == scenario and made.file.version == version:
                return made.file.filename, made.data()
    raise NotFound(f"no scenario {scenario} with a release {version} ships")


def _plays(folder: Traversable, source: str) -> tuple[Play, ...]:
    mistakes = Mistakes()
    plays = list(_each(folder, source, mistakes))
    if not plays and not mistakes.found:
        mistakes.add(source or folder.name, "there is no scenario in this folder")
    mistakes.check()
    return tuple(plays)


def _each(folder: Traversable, source: str, mistakes: Mistakes) -> Iterator[Play]:
    visible = (each for each in folder.iterdir() if each.is_dir() and not each.name.startswith("."))
    inner = sorted(visible, key=lambda each: each.name)
    if len(inner) > limits.SCENARIOS_MAX:
        mistakes.add(source or folder.name, f"there are more than {limits.SCENARIOS_MAX} scenarios")
        return
    for each in inner:
        read = read_folder(each, f"{source or folder.name}/{each.name}", mistakes)
        play = None if read is None else play_of(read, source)
        if play is not None:
            yield play
