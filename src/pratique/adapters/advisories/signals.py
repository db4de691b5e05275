"""What lists say of vulnerabilities by their names: that one is used in attacks (KEV), how likely that is soon (EPSS).

Both forms are read as their publishers write them: the catalogue of known exploited vulnerabilities in JSON, the scores in CSV.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import msgspec

from pratique.ecosystems.archive.source import unpacked
from pratique.errors import InvalidInput, LimitExceeded, Unavailable
from pratique.model import limits

_NAME: Final = re.compile(r"CVE-[0-9]{4}-[0-9]{1,19}")
_COLUMNS: Final = ("cve", "epss")
_ADVICE: Final = "name the catalogue of exploited vulnerabilities (JSON) or a day's EPSS scores (CSV)"


@dataclass(frozen=True, slots=True)
class Signals:
    """What lists of exploited vulnerabilities and of likelihoods say, by the names of vulnerabilities; in thousandths."""

    exploited: frozenset[str] = frozenset()
    likelihood: tuple[tuple[str, int], ...] = ()


class _Listed(msgspec.Struct):
    id: str = msgspec.field(name="cveID")


class _Catalogue(msgspec.Struct):
    vulnerabilities: Annotated[list[_Listed], msgspec.Meta(max_length=limits.SIGNALS_MAX)]


_DECODER: Final = msgspec.json.Decoder(_Catalogue)


def read_signals(path: Path) -> Signals:
    """Either list, packed with gzip or not. Raises `Unavailable`, `LimitExceeded`, and `InvalidInput` for what is neither."""
    try:
        with path.open("rb") as file:
            packed = file.read(limits.SIGNALS_BYTES_MAX + 1)
    except OSError as error:
        raise Unavailable(f"{path} cannot be read: {error.strerror}", advice=_ADVICE) from error
    data = unpacked(packed)
    if len(packed) > limits.SIGNALS_BYTES_MAX or len(data) > limits.SIGNALS_BYTES_MAX:
        raise LimitExceeded(f"{path} has more than {limits.SIGNALS_BYTES_MAX} bytes")
    try:
        signals = _exploited(data) if data.lstrip()[:1] == b"{" else _likelihoods(data.decode())
    except (msgspec.MsgspecError, ValueError, csv.Error) as error:
        raise InvalidInput(f"{path} is no such list: {' '.join(str(error).split())[:200]}", advice=_ADVICE) from error
    if not signals.exploited and not signals.likelihood:
        raise InvalidInput(f"{path} names no vulnerability", advice=_ADVICE)
    return signals


def _exploited(data: bytes) -> Signals:
    names = (each.id for each in _DECODER.decode(data).vulnerabilities)
    return Signals(exploited=frozenset(name for name in names if _NAME.fullmatch(name)))


def _likelihoods(text: str) -> Signals:
    """Raises `ValueError` for a table without the two columns, or with a score that is none."""
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    rows = csv.reader(lines)
    header = next(rows, [])
    if not set(_COLUMNS) <= set(header):
        raise ValueError(f"a table of scores has the columns {' and '.join(_COLUMNS)}")
    name, score = (header.index(column) for column in _COLUMNS)
    return Signals(likelihood=tuple(_scores(rows, name, score)))


def _scores(rows: Iterator[list[str]], name: int, score: int) -> Iterator[tuple[str, int]]:
    for count, row in enumerate(rows, 1):
        if count > limits.SIGNALS_MAX:
            raise LimitExceeded(f"a table of scores has at most {limits.SIGNALS_MAX} rows")
        if len(row) <= max(name, score):
            raise ValueError(f"row {count} is cut off")
        likelihood = float(row[score])
        if not 0 <= likelihood <= 1:
            raise ValueError(f"row {count} has the score {row[score][:20]}, which is no part of 1")
        if _NAME.fullmatch(row[name]):
            yield row[name], round(likelihood * 1000)
