"""Project pages for clients, in JSON and in HTML, from the same values: there is no second path.

PEP 503, 592, 658, 691, 700, 714, 792.
"""

from html import escape
from typing import Final

import msgspec

from pratique.ecosystems.pypi.entries import FileEntry
from pratique.ecosystems.pypi.simple import ProjectPage

API_VERSION: Final = "1.4"


class _Meta(msgspec.Struct, rename="kebab"):
    api_version: str = API_VERSION


class _Status(msgspec.Struct, omit_defaults=True):
    status: str
    reason: str = ""


class _Page(msgspec.Struct, rename="kebab"):
    meta: _Meta
    name: str
    versions: list[str]
    project_status: _Status
    files: tuple[FileEntry, ...]


_ENCODER: Final = msgspec.json.Encoder()


def encode_json(page: ProjectPage) -> bytes:
    """The page as PEP 691 JSON. Every wheel has metadata beside it (PEP 658): the gate makes it where the index has none."""
    return _ENCODER.encode(
        _Page(
            meta=_Meta(),
            name=page.name,
            versions=list(dict.fromkeys([entry.version for entry in page.files])),
            project_status=_Status(page.status, page.status_reason),
            files=page.files,
        )
    )


def encode_html(page: ProjectPage) -> bytes:
    """The page as PEP 503 HTML."""
    name = escape(page.name)
    status = f'<meta name="pypi:project-status" content="{escape(page.status)}">'
    if page.status_reason:
        status += f'<meta name="pypi:project-status-reason" content="{escape(page.status_reason)}">'
    head = (
        f'<!DOCTYPE html><html><head><meta name="pypi:repository-version" content="{API_VERSION}">{status}'
        f"<title>Links for {name}</title></head><body><h1>Links for {name}</h1>\n"
    )
    return (head + "".join(_anchor(entry) for entry in page.files) + "</body></html>\n").encode()


def _anchor(entry: FileEntry) -> str:
    href = entry.url if entry.sha256 is None else f"{entry.url}#{entry.sha256.replace(':', '=')}"
    attributes = [f'href="{escape(href)}"']
    if entry.requires_python is not None:
        attributes.append(f'data-requires-python="{escape(entry.requires_python)}"')
    if entry.yanked:
        attributes.append(f'data-yanked="{escape("" if entry.yanked is True else entry.yanked)}"')
    if entry.filename.endswith(".whl"):
        value = "true" if entry.metadata_sha256 is None else entry.metadata_sha256.replace(":", "=")
        attributes.append(f'data-core-metadata="{value}" data-dist-info-metadata="{value}"')
    return f"<a {' '.join(attributes)}>{escape(entry.filename)}</a><br>\n"
