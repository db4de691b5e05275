"""What all scaffolds share: names that can be used, and files that are not there yet."""

import keyword
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

PACKAGE: Final = Path("src/pratique")
_NAME: Final = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


def module_name(name: str) -> str:
    """The module of something called `quiet-hours`: `quiet_hours`. Raises `SystemExit` for what is no name."""
    module = name.replace("-", "_")
    if not _NAME.fullmatch(name) or keyword.iskeyword(module):
        raise SystemExit(f"{name} is no name that can be used; one is written like quiet-hours")
    return module


def class_name(name: str) -> str:
    """The class of something called `quiet-hours`: `QuietHours`."""
    return "".join(part.title() for part in name.split("-"))


def write_new(files: Mapping[Path, str]) -> list[Path]:
    """Write files that are not there yet; all of them, or none. Raises `SystemExit` where one is there already."""
    taken = [path for path in files if path.exists()]
    if taken:
        raise SystemExit(f"there is a {taken[0].name} already; choose another name")
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(files)


def insert_after(path: Path, line: str, added: str) -> Path:
    """Put `added` behind the one line of a file that reads `line`. Raises `SystemExit` where that line is gone."""
    text = path.read_text(encoding="utf-8")
    if text.count(f"{line}\n") != 1:
        raise SystemExit(f"{path.name} has no line {line!r} any more: tools/scaffolds has to follow")
    path.write_text(text.replace(f"{line}\n", f"{line}\n{added}\n"), encoding="utf-8")
    return path
