"""What comes with a Python, and so with every new environment."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

SEEDS: Final = frozenset({"pip", "setuptools", "wheel"})
"""What virtualenv brings with it and puts into each new environment."""


def bundled_with(environment: Path) -> set[tuple[str, str]]:
    """What the Python below an environment puts into each new one: the wheels that lie beside `ensurepip`."""
    try:
        home = re.search(r"^home\s*=\s*(.+?)\s*$", (environment / "pyvenv.cfg").read_text("utf-8"), re.MULTILINE)
    except (OSError, UnicodeDecodeError):
        return set()
    if home is None:
        return set()
    wheels = Path(home[1]).parent.glob("lib*/python3*/ensurepip/_bundled/*.whl")
    return {(parts[0].lower(), parts[1]) for parts in (path.name.split("-") for path in wheels) if len(parts) > 1}


def seeded_in(places: Iterable[Path]) -> set[tuple[str, str]]:
    """What virtualenv put into folders of packages: beside each it leaves a mark with its name and version."""
    marks = (path.stem.rpartition("-") for place in places for path in place.glob("*.virtualenv"))
    return {(name, version) for name, _, version in marks if name in SEEDS}
