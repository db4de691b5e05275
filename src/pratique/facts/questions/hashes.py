"""The digests of the file: stated, remembered, received."""

from datetime import datetime
from typing import Final, final

import msgspec

from pratique.facts.question import Kind, Question, Word
from pratique.model.artifact import Digest
from pratique.model.evidence import Unknown

_ONE: Final = Digest("sha256:" + "0" * 64)
_OTHER: Final = Digest("sha256:" + "1" * 64)


@final
class Hashes(msgspec.Struct, frozen=True, gc=False, tag="hashes", omit_defaults=True):
    """The file's digest: as the index states it, as we recorded it when we first saw that file name, as received."""

    published: Digest | None
    remembered: Digest | None = None
    received: Digest | None = None


def known(hashes: Hashes) -> dict[str, Digest]:
    """Each digest that is known, by whom it is known from."""
    each = {"stated": hashes.published, "first seen": hashes.remembered, "received": hashes.received}
    return {who: digest for who, digest in each.items() if digest is not None}


def _told(hashes: Hashes) -> str:
    by_digest: dict[Digest, list[str]] = {}
    for who, digest in known(hashes).items():
        by_digest.setdefault(digest, []).append(who)
    told = [f"{' and '.join(who)} {digest}" for digest, who in by_digest.items()]
    return "; ".join(told) or "none is stated, and none was seen before"


def _changed(hashes: Hashes, now: datetime) -> bool:
    del now
    return len(set(known(hashes).values())) > 1


HASHES: Final = Question(
    id="hashes",
    answer=Hashes,
    asks="its digests",
    source="its index, the gate's memory, and the bytes",
    unanswered=Unknown("index", "it was not asked for the file's digest"),
    benign=lambda _: Hashes(_ONE, _ONE, _ONE),
    told=_told,
    words=(
        Word(
            "hashes.published",
            Kind.YES_NO,
            "whether the index states a SHA-256",
            lambda hashes, _: hashes.published is not None,
            lambda _, stated, __: Hashes(_ONE if stated else None, _ONE, _ONE),
        ),
        Word(
            "hashes.changed",
            Kind.YES_NO,
            "whether two known digests of the file differ",
            _changed,
            lambda _, changed, __: Hashes(_OTHER if changed else _ONE, _ONE, None),
        ),
    ),
)
