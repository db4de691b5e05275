"""Project pages for clients, in JSON and in HTML, from the same values: there is no second path.

PEP 503, 592, 629, 658, 691, 700, 714, 792. Keys that begin with `_` are a server's own (PEP 691): `_rejected` names what the
index says and this gate could not read.
"""

from datetime import datetime
from html import escape
from io import BytesIO
from itertools import chain
from typing import Final

import msgspec

from pratique.ecosystems.pypi.told import Hashes
from pratique.model.artifact import VersionText
from pratique.model.listing import Rejected

API_VERSION: Final = "1.4"
"""The newest version of the API whose every promise is kept here."""
_WITHOUT_SIZES: Final = "1.0"
"""The version of a page that does not know the size of every file, which 1.1 promises (PEP 700)."""


class ShownFile(msgspec.Struct, frozen=True, gc=False, rename="kebab", omit_defaults=True):
    """One file as a client is told of it. `core_metadata` says that the gate serves metadata beside it: for wheels always."""

    filename: str
    url: str
    hashes: Hashes
    size: int | None = None
    upload_time: datetime | None = None
    requires_python: str | None = None
    yanked: bool | str = False
    core_metadata: bool | Hashes = False


class ShownPage(msgspec.Struct, frozen=True):
    """A project's page as a client is told of it."""

    name: str
    files: list[ShownFile]
    versions: list[VersionText]
    status: str = "active"
    status_reason: str = ""
    rejected: list[Rejected] = []


class _Meta(msgspec.Struct, rename="kebab"):
    api_version: str


class _Status(msgspec.Struct, omit_defaults=True):
    status: str
    reason: str = ""


class _Head(msgspec.Struct, rename="kebab", omit_defaults=True):
    """A page but for its files."""

    meta: _Meta
    name: str
    versions: list[VersionText]
    project_status: _Status
    rejected: list[Rejected] = msgspec.field(default_factory=list, name="_rejected")


_FILES_AT_ONCE: Final = 5_000
_ENCODER: Final = msgspec.json.Encoder()


def encode_json(page: ShownPage) -> bytearray:
    """The page as PEP 691 JSON. To encode is one step, during which no other thread runs, so files are written some at a time."""
    complete = None not in [file.size for file in page.files]
    head = _Head(
        meta=_Meta(API_VERSION if complete else _WITHOUT_SIZES),
        name=page.name,
        versions=page.versions,
        project_status=_Status(page.status, page.status_reason),
        rejected=page.rejected,
    )
    body = bytearray(_ENCODER.encode(head)[:-1] + b',"files":[]')
    for start in range(0, len(page.files), _FILES_AT_ONCE):
        place = len(body) - (2 if start == 0 else 1)
        _ENCODER.encode_into(page.files[start : start + _FILES_AT_ONCE], body, place)
        if start:
            body[place : place + 1] = b","
    body += b"}"
    return body


def encode_html(page: ShownPage) -> bytes:
    """The page as PEP 503 HTML. Sizes and times have no place in it."""
    name = escape(page.name)
    status = f'<meta name="pypi:project-status" content="{escape(page.status)}">'
    if page.status_reason:
        status += f'<meta name="pypi:project-status-reason" content="{escape(page.status_reason)}">'
    head = (
        f'<!DOCTYPE html><html><head><meta name="pypi:repository-version" content="{API_VERSION}">{status}'
        f"<title>Links for {name}</title></head><body><h1>Links for {name}</h1>\n"
    )
    left_out = [f"<p>not read: {escape(one.filename)}: {escape(one.why)}</p>\n" for one in page.rejected]
    body = BytesIO()  # piece by piece: a page of many files is not held three times
    body.writelines(text.encode() for text in chain((head,), map(_anchor, page.files), left_out, ("</body></html>\n",)))
    return body.getvalue()


def _anchor(file: ShownFile) -> str:
    attributes = [f'href="{escape(file.url + _fragment(file.hashes))}"']
    if file.requires_python is not None:
        attributes.append(f'data-requires-python="{escape(file.requires_python)}"')
    if file.yanked:
        attributes.append(f'data-yanked="{escape("" if file.yanked is True else file.yanked)}"')
    if file.core_metadata is not False:
        stated = "" if file.core_metadata is True else _fragment(file.core_metadata)
        value = stated.removeprefix("#") or "true"
        attributes.append(f'data-core-metadata="{value}" data-dist-info-metadata="{value}"')
    return f"<a {' '.join(attributes)}>{escape(file.filename)}</a><br>\n"


def _fragment(hashes: Hashes) -> str:
    """One digest as PEP 503 writes it behind a URL; empty where there is none."""
    told = ((name, getattr(hashes, name)) for name in hashes.__struct_fields__)
    return next((f"#{name}={digest}" for name, digest in told if digest is not None), "")
