"""What an index says of one file, as JSON: typed values, and what odd ones are taken for (PEP 691, 700, 714).

Indexes write odd things: a null, an empty time, a number as a text. Such a value costs itself, or its file, and is named.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

import msgspec

from pratique.errors import InvalidInput
from pratique.model import limits
from pratique.model.artifact import Digest

_DIGITS: Final = re.compile(r"[0-9]{1,18}")
_INTEGERS: Final = 1 << 63


class Hashes(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Digests in hexadecimal, of the algorithms known here; others are not looked at."""

    sha256: str | None = None
    sha384: str | None = None
    sha512: str | None = None


NO_HASHES: Final = Hashes()


def hashes_of(digests: Iterable[Digest]) -> Hashes:
    """Digests as a page states them."""
    return Hashes(**dict(digest.split(":", 1) for digest in digests))


class Told(msgspec.Struct, frozen=True, gc=False, rename="kebab"):
    """One file, each value of the type the specifications give it. Other keys are not looked at."""

    filename: str
    url: str
    hashes: Hashes
    size: int | None = None
    upload_time: datetime | None = None
    requires_python: str | None = None
    yanked: bool | str = False
    core_metadata: bool | Hashes | None = None
    dist_info_metadata: bool | Hashes | None = None
    provenance: str | msgspec.UnsetType | None = msgspec.UNSET


def mended(told: Mapping[str, object]) -> tuple[Told, list[str]]:
    """A file out of any JSON object, and what is wrong with the values that were set aside.

    Raises `InvalidInput` for a file without a name or a URL, or with a digest that is no text: it could not be checked.
    """
    filename, url = told.get("filename"), told.get("url")
    if not isinstance(filename, str) or not isinstance(url, str):
        raise InvalidInput("it has no name" if not isinstance(filename, str) else "its URL is no text")
    wrong: list[str] = []
    file = Told(
        filename=filename,
        url=url,
        hashes=_hashes(told.get("hashes"), wrong),
        size=_size(told.get("size"), wrong),
        upload_time=_upload_time(told.get("upload-time"), wrong),
        requires_python=_requires(told.get("requires-python"), wrong),
        yanked=_yanked(told.get("yanked"), wrong),
        core_metadata=_metadata(told.get("core-metadata"), wrong),
        dist_info_metadata=_metadata(told.get("dist-info-metadata"), wrong),
        provenance=_provenance(told, wrong),
    )
    return file, wrong


def _hashes(value: object, wrong: list[str]) -> Hashes:
    if not isinstance(value, Mapping):
        wrong.append("hashes is no object")
        return NO_HASHES
    known = {name: value.get(name) for name in Hashes.__struct_fields__}
    for name, digest in known.items():
        if digest is not None and not isinstance(digest, str):
            raise InvalidInput(f"its {name} is no text")
    return Hashes(**known)


def _size(value: object, wrong: list[str]) -> int | None:
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        return int(value)
    if isinstance(value, float) and value.is_integer() and abs(value) <= limits.FILE_BYTES_MAX:
        return int(value)
    if type(value) is int and abs(value) < _INTEGERS:
        return value
    if value is not None:
        wrong.append("size is no number of bytes")
    return None


def _upload_time(value: object, wrong: list[str]) -> datetime | None:
    try:
        if isinstance(value, str):
            return datetime.fromisoformat(value.strip())
    except ValueError:
        pass
    if value is not None:
        wrong.append("upload-time is no moment")
    return None


def _requires(value: object, wrong: list[str]) -> str | None:
    if value is None or isinstance(value, str):
        return value
    wrong.append("requires-python is no text")
    return None


def _yanked(value: object, wrong: list[str]) -> bool | str:
    """What is neither yes, no nor a reason counts as a yank, unless it says nothing at all."""
    if isinstance(value, bool | str):
        return value
    if value is not None:
        wrong.append("yanked is neither true, false nor a reason")
    return bool(value)


def _provenance(told: Mapping[str, object], wrong: list[str]) -> str | msgspec.UnsetType | None:
    if "provenance" not in told:
        return msgspec.UNSET
    value = told["provenance"]
    if value is None or isinstance(value, str):
        return value
    wrong.append("provenance is no URL")
    return None


def _metadata(value: object, wrong: list[str]) -> bool | Hashes | None:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Mapping):
        digest = value.get("sha256")
        if digest is None or isinstance(digest, str):
            return Hashes(sha256=digest)
    wrong.append("core-metadata is neither true, false nor digests")
    return bool(value)
