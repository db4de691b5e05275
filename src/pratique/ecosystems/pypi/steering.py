"""How a held file stays on its page, so that each client passes it over and, where it can, says why.

A yank (PEP 592) makes every client take another version unless that one is pinned, and uv and pip repeat its reason for a
pin. pip hides the reason where a range excludes everything else; it does print an unsatisfied `requires-python`, so for pip
that field carries the reason too. That note must reach pip alone: Poetry ignores a specifier it cannot read, and installs.
And not every pip can read it: 24.1 to 25.3 end in a traceback (docs/adr/0012-which-pip-gets-the-note.md).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, assert_never

import msgspec

from pratique.ecosystems.pypi.entries import FileEntry
from pratique.ecosystems.pypi.simple import ProjectPage

_PIP: Final = re.compile(r"pip/([0-9]{1,4})\.([0-9]{1,4})")
_CANNOT_READ_FROM: Final = (24, 1)
_CAN_READ_AGAIN_FROM: Final = (26, 0)


class ClientStyle(Enum):
    """What a client can be told on a page."""

    YANK_AND_NOTE = "yank and requires-python requires_python_note"
    YANK = "yank"


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a file is held: `reason` in words, `requires_python_note` as a specifier without white space."""

    reason: str
    requires_python_note: str


def style_of(user_agent: str, *, notes: bool) -> ClientStyle:
    """The style for a client. Only ever chooses the explanation: what is held does not depend on it."""
    match = _PIP.match(user_agent) if notes else None
    if match is None or _CANNOT_READ_FROM <= (int(match[1]), int(match[2])) < _CAN_READ_AGAIN_FROM:
        return ClientStyle.YANK
    return ClientStyle.YANK_AND_NOTE


def steer_page(page: ProjectPage, held: Mapping[str, Hold], style: ClientStyle, base: str) -> ProjectPage:
    """The page with our URLs, and with every held file marked in the client's style.

    `base` takes the place of the index's origin in every file's URL (no slash at the end).
    """
    replace = msgspec.structs.replace
    moved = [replace(entry, url=base + entry.path) for entry in page.files]
    if held:
        moved = [_mark(entry, held[entry.filename], style) if entry.filename in held else entry for entry in moved]
    return ProjectPage(page.name, tuple(moved), page.status, page.status_reason)


def _mark(entry: FileEntry, hold: Hold, style: ClientStyle) -> FileEntry:
    match style:
        case ClientStyle.YANK_AND_NOTE:
            return msgspec.structs.replace(entry, yanked=hold.reason, requires_python=hold.requires_python_note)
        case ClientStyle.YANK:
            return msgspec.structs.replace(entry, yanked=hold.reason)
        case _:
            assert_never(style)
