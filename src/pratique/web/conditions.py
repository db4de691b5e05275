"""What a request asks for of a thing whose validator and size are known: all of it, a part, or nothing new (RFC 9110)."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from multidict import CIMultiDict, CIMultiDictProxy

Headers = CIMultiDict[str] | CIMultiDictProxy[str]

_RANGE: Final = re.compile(r"bytes=\s*(\d{0,19})-(\d{0,19})\s*", re.IGNORECASE | re.ASCII)
_ETAG: Final = re.compile(r'(?:W/)?"([^"]*)"')
_ENCODINGS_KEPT: Final = 256
_Q: Final = re.compile(r"\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*", re.IGNORECASE | re.ASCII)

FULL: Final = 200
PARTIAL: Final = 206
NOT_MODIFIED: Final = 304
UNSATISFIABLE: Final = 416


@dataclass(frozen=True, slots=True)
class Part:
    """The answer to a request for `size` bytes: its status, and which of them it carries (`end` excluded)."""

    status: int
    start: int
    end: int

    @property
    def from_the_first(self) -> bool:
        """Whether the first byte comes with it."""
        return self.start == 0 < self.end


def part_of(method: str, headers: Headers, etag: str, size: int) -> Part:
    """What a GET or HEAD is to be answered with, for content with the strong validator `etag` (without its quotes).

    Conditions come in the order of section 13.2.2. A range is looked at in a GET only; of several, and of one that cannot be
    read, no notice is taken (section 14.2). `If-Range` needs the strong validator: dates are none of ours.
    """
    if has(headers, etag):
        return Part(NOT_MODIFIED, 0, 0)
    told = _RANGE.fullmatch(headers.get("Range", "")) if method == "GET" else None
    if told is None or headers.get("If-Range", f'"{etag}"') != f'"{etag}"':
        return Part(FULL, 0, size)
    first, last = told.groups()
    if not first and not last:
        return Part(FULL, 0, size)
    if not first:
        start, end = max(size - int(last), 0), size
    else:
        start, end = int(first), min(int(last) + 1, size) if last else size
        if last and int(last) < start:
            return Part(FULL, 0, size)
    return Part(PARTIAL, start, end) if start < end else Part(UNSATISFIABLE, 0, 0)


def has(headers: Headers, etag: str) -> bool:
    """Whether the client says that it has what `etag` stands for: weak comparison, a list, or `*` (section 13.1.2)."""
    told = ",".join(headers.getall("If-None-Match", ()))
    return told.strip() == "*" or etag in _ETAG.findall(told)


def takes_gzip(headers: Headers) -> bool:
    """Whether a client would rather have gzip than nothing done at all (section 12.5.3)."""
    return _gzip_in(",".join(headers.getall("Accept-Encoding", ())))


@lru_cache(_ENCODINGS_KEPT)
def _gzip_in(accepted: str) -> bool:
    weights: dict[str, float] = {}
    for part in accepted.split(","):
        name, *parameters = part.split(";")
        weighted = [found for parameter in parameters if (found := _Q.fullmatch(parameter))]
        weights[name.strip().lower()] = float(weighted[0][1]) if weighted else 1.0
    gzip = max(weights.get("gzip", -1.0), weights.get("x-gzip", -1.0))
    if gzip < 0:
        gzip = weights.get("*", 0.0)
    return gzip > 0 and gzip >= weights.get("identity", 0.0)
