"""What the organisation has already made up its mind about, by package URL or by digest."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import ClassVar, Final, Generic, TypeVar

from pratique.errors import InvalidInput
from pratique.facts.questions.hashes import Hashes
from pratique.model.artifact import Artifact, Digest
from pratique.model.decision import Reason, Remedy, Verdict
from pratique.policy.condition import Case
from pratique.policy.pattern import PackagePattern

_ID: Final = "lists"
_NOT_LISTED: Final = Reason(_ID, Verdict.ALLOW, "not on the list of what stays out")
_WAY_OUT: Final = "choose another version or another project; pratique explain lists says how an entry is changed"


@dataclass(frozen=True, slots=True)
class Denied:
    """Something that stays out: releases by purl pattern, or one file by its digest."""

    package: PackagePattern | None = None
    digest: Digest | None = None
    why: str = "it is on this organisation's list of what stays out"
    use: str = ""

    def __post_init__(self) -> None:
        _check(self.package, self.digest)


@dataclass(frozen=True, slots=True)
class Allowed:
    """Something that somebody has looked at: it need not wait out the cooldown. `why` says who looked, and when."""

    why: str
    package: PackagePattern | None = None
    digest: Digest | None = None

    def __post_init__(self) -> None:
        _check(self.package, self.digest)


EntryT = TypeVar("EntryT", Denied, Allowed)


@dataclass(frozen=True, slots=True)
class _Index(Generic[EntryT]):
    """The entries of a list by what they can be looked up with."""

    named: dict[str, list[EntryT]]
    patterns: list[EntryT]
    digests: dict[str, EntryT]

    def find(self, artifact: Artifact, digests: Iterable[Digest]) -> EntryT | None:
        for entry in self._candidates(artifact):
            if entry.package is not None and entry.package.matches(artifact):
                return entry
        return next((self.digests[digest] for digest in digests if digest in self.digests), None)

    def _candidates(self, artifact: Artifact) -> Iterator[EntryT]:
        yield from self.named.get(artifact.name, ())
        yield from self.patterns


@dataclass(frozen=True, slots=True)
class Lists:
    """Refuses what is on `deny`; lifts the cooldown, and nothing else, from what is on `allow`."""

    id: ClassVar[str] = _ID
    title: ClassVar[str] = "What the organisation has already made up its mind about."
    waivable_by: ClassVar[tuple[str, ...]] = ()
    exempts_from: ClassVar[tuple[str, ...]] = ("cooldown",)

    deny: tuple[Denied, ...] = ()
    allow: tuple[Allowed, ...] = ()
    denied: _Index[Denied] = field(init=False, repr=False, compare=False)
    allowed: _Index[Allowed] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "denied", _index(self.deny))
        object.__setattr__(self, "allowed", _index(self.allow))

    def judge(self, case: Case) -> Reason:
        """DENY what is listed, whichever of its digests the entry names."""
        if not self.deny:
            return _NOT_LISTED
        hashes = case.evidence.hashes
        known = _digests(hashes) if type(hashes) is Hashes else ()
        entry = self.denied.find(case.artifact, known)
        if entry is None:
            return _NOT_LISTED
        return Reason(_ID, Verdict.DENY, entry.why, Remedy(use=entry.use) if entry.use else Remedy(do=_WAY_OUT))

    def exemption(self, case: Case) -> str:
        """Why an artifact need not wait: the entry that allows it, by its name or by the bytes it really has."""
        if not self.allow:
            return ""
        hashes = case.evidence.hashes
        known = hashes.received or hashes.published if type(hashes) is Hashes else None
        entry = self.allowed.find(case.artifact, () if known is None else (known,))
        return "" if entry is None else f"on the list of what need not wait: {entry.why}"


def _check(package: PackagePattern | None, digest: Digest | None) -> None:
    if (package is None) == (digest is None):
        raise InvalidInput("an entry of a list says either `package` or `digest`")


def _digests(hashes: Hashes) -> tuple[Digest, ...]:
    return tuple(each for each in (hashes.received, hashes.published, hashes.remembered) if each is not None)


def _index(entries: tuple[EntryT, ...]) -> _Index[EntryT]:
    index: _Index[EntryT] = _Index({}, [], {})
    for entry in entries:
        if entry.digest is not None:
            index.digests.setdefault(entry.digest, entry)
        elif entry.package is not None and entry.package.exact_name:
            index.named.setdefault(entry.package.exact_name, []).append(entry)
        else:
            index.patterns.append(entry)
    return index
