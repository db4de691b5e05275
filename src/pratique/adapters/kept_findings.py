"""The newest findings of this account's scans, so that they can be asked about: nothing of the artifacts but the lines shown."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec

from pratique.errors import InvalidInput, NotFound
from pratique.facts.looked import Kept
from pratique.model import limits
from pratique.model.identifier import read_identifier

_NAME: Final = "findings.jsonl"
_LINE: Final = msgspec.json.Decoder(Kept)


class KeptFindings:
    """A file of lines, the newest last; the oldest make room."""

    def __init__(self, home: Path) -> None:
        self._place = home / _NAME

    def all(self) -> list[Kept]:
        """Every finding that is kept. A line that cannot be read is passed over."""
        try:
            with self._place.open("rb") as file:
                lines = file.read(limits.FINDINGS_KEPT_BYTES_MAX).splitlines()
        except OSError:
            return []
        found: list[Kept] = []
        for line in lines:
            try:
                found.append(_LINE.decode(line))
            except (msgspec.MsgspecError, UnicodeDecodeError):
                continue
        return found

    def find(self, typed: str) -> Kept:
        """The finding with this id, or the one id that begins so. Raises `NotFound`, and `InvalidInput` for several."""
        wanted = read_identifier(typed)
        found = {each.id: each for each in self.all() if each.id.startswith(wanted)}
        if not found:
            raise NotFound(
                f"no finding {typed} is known to this account",
                advice="look into the file again: pratique scan FILE prints the ids of what it finds",
            )
        if len(found) > 1:
            raise InvalidInput(
                f"{len(found)} findings begin with {typed}: {', '.join(list(found)[: limits.IDS_LISTED_MAX])}"
            )
        return next(iter(found.values()))

    def add(self, findings: Iterable[Kept]) -> None:
        """Keep findings; of one that is kept already, the newer word. Raises `OSError`."""
        new = {each.id: each for each in findings}
        if not new:
            return
        every = [each for each in self.all() if each.id not in new] + list(new.values())
        beside = self._place.with_suffix(f".{os.getpid()}")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(msgspec.json.encode(each) + b"\n" for each in every[-limits.FINDINGS_KEPT_MAX :])
        beside.replace(self._place)
