"""How a held file stays on its page, so that each client passes it over and, where it can, says why.

A yank (PEP 592) makes every client take another version unless that one is pinned, and uv and pip repeat its reason for a
pin. pip hides the reason where a range excludes everything else; it does print an unsatisfied `requires-python`, so for pip
that field carries the reason too. That note must reach pip alone: Poetry ignores a specifier it cannot read, and installs.
And not every pip can read it: 24.1 to 25.3 end in a traceback (docs/adr/0012-which-pip-gets-the-note.md).
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import Final, assert_never

from msgspec.structs import replace

from pratique.ecosystems.pypi.filenames import Kind
from pratique.ecosystems.pypi.render import ShownFile, ShownPage
from pratique.ecosystems.pypi.told import NO_HASHES, Hashes, hashes_of
from pratique.model import limits
from pratique.model.listing import ListedFile, Listing, path_of

_PIP: Final = re.compile(r"pip/([0-9]{1,4})\.([0-9]{1,4})")
_CANNOT_READ_FROM: Final = (24, 1)
_CAN_READ_AGAIN_FROM: Final = (26, 0)
_AGENTS_KEPT: Final = 256
_AGENT_CHARACTERS_MAX: Final = 2_000
_PYTHON: Final = re.compile(r'"python": ?"([0-9]{1,3}(?:\.[0-9]{1,4}){1,2}[0-9A-Za-z.+]{0,20})"')
_WHEEL: Final = Kind.WHEEL


class ClientStyle(Enum):
    """What a client can be told on a page."""

    YANK_AND_NOTE = "yank and a note in requires-python"
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


@lru_cache(_AGENTS_KEPT)
def python_of(user_agent: str) -> str:
    """The version of the Python that a client installs for, where it says so, as pip and uv do; otherwise empty."""
    if len(user_agent) > _AGENT_CHARACTERS_MAX or not user_agent.startswith(("pip/", "uv/")):
        return ""
    match = _PYTHON.search(user_agent)
    return match[1] if match else ""


@dataclass(frozen=True, slots=True)
class Marks:
    """What is different on a page from what its index says, by file name.

    `held` files are marked in the client's style. Files that are `passed_over` are yanked with that reason, which stops nobody
    who asks for their version. Those that are `left_out` are not listed.
    """

    held: Mapping[str, Hold] = field(default_factory=dict)
    passed_over: Mapping[str, str] = field(default_factory=dict)
    left_out: Collection[str] = ()


def steer_page(page: Listing, marks: Marks, style: ClientStyle, base: str) -> ShownPage:
    """The page with our URLs and these marks.

    `base` takes the place of the index's origin in every file's URL (no slash at the end).
    """
    out = marks.left_out
    listed = page.files if not out else [file for file in page.files if file.filename not in out]
    if marks.held or marks.passed_over:
        files = [_marked(_shown(file, base), marks, style) for file in listed]
    else:
        files = [_shown(file, base) for file in listed]
    versions = list(dict.fromkeys([file.version for file in page.files]))
    rejected = [*page.rejected, *page.ignored][: limits.REJECTED_TOLD_MAX]
    return ShownPage(page.name, files, versions, page.status, page.status_reason, rejected)


def _shown(file: ListedFile, base: str) -> ShownFile:
    digest, metadata = file.digest, file.metadata
    beside: bool | Hashes = file.kind == _WHEEL  # the gate makes them where the index states none
    if metadata is not True and metadata is not False:
        beside = Hashes(metadata.removeprefix("sha256:"))
    return ShownFile(
        file.filename,
        base + path_of(file.url),
        NO_HASHES if digest is None else Hashes(digest[7:]) if not file.digests else hashes_of(file.digests),
        file.size,
        file.upload_time,
        file.requires,
        file.yanked,
        beside,
    )


def _marked(file: ShownFile, marks: Marks, style: ClientStyle) -> ShownFile:
    hold = marks.held.get(file.filename)
    if hold is None:
        reason = marks.passed_over.get(file.filename)
        return file if reason is None or file.yanked else replace(file, yanked=reason)
    match style:
        case ClientStyle.YANK_AND_NOTE:
            return replace(file, yanked=hold.reason, requires_python=hold.requires_python_note)
        case ClientStyle.YANK:
            return replace(file, yanked=hold.reason)
        case _:
            assert_never(style)
