"""An organisation's own lists of used names: files of a folder, beside the lists that ship."""

from pathlib import Path

from pratique.errors import InvalidInput
from pratique.facts.names.judge import SHIPPED, Known
from pratique.facts.names.lists import KINDS, Names, shipped
from pratique.settings import Settings


def names_in_force(settings: Settings) -> Known:
    """The names that ship, and those of the folder that the settings name.

    Raises `InvalidInput` for a folder that has no list, and for a file that cannot be read as one.
    """
    if not settings.names.lists:
        return SHIPPED
    folder = Path(settings.names.lists).expanduser()
    found = {kind: path for kind in KINDS if (path := folder / f"{kind}.txt").is_file()}
    if not found:
        raise InvalidInput(
            f"{folder} has no list of names", advice=f"a list is called {KINDS[0]}.txt or {KINDS[1]}.txt"
        )
    return Known({kind: shipped(kind).beside(_read(kind, path)) for kind, path in found.items()})


def _read(kind: str, path: Path) -> Names:
    try:
        return Names.read(kind, path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} cannot be read: {error}") from error
