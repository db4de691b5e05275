"""One ledger entry: its bytes, the documents it names, and the terms by which it is found again.

Terms are made from the bytes alone, so that whoever reads the ledger can make them again and hold them against the index.
A store keeps, for each term, the numbers of the blocks of 256 entries in which it occurs.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import msgspec

from pratique.model.artifact import Digest
from pratique.model.decision import Verdict
from pratique.model.event import FORMAT, Event, encode

Documents = Mapping[Digest, bytes]
"""Documents by the digest of their bytes."""

BLOCK_ENTRIES: Final = 256
"""How many entries share a block of the index, and a tile of the tree (C2SP tlog-tiles)."""

VERDICTS: Final = tuple(verdict.name.lower() for verdict in Verdict)


class Entry(msgspec.Struct, frozen=True):
    """Canonical bytes, beside the documents they name, which are stored with them or not at all."""

    data: bytes
    documents: tuple[tuple[Digest, bytes], ...] = ()
    terms: tuple[str, ...] = ()


class _Who(msgspec.Struct, frozen=True, gc=False):
    name: str = ""


class _What(msgspec.Struct, frozen=True, gc=False):
    kind: str = ""
    namespace: str = ""
    name: str = ""
    version: str = ""


_NOBODY: Final = _Who()


class Head(msgspec.Struct):
    """The part of an entry that is looked at when many are read: cheaper than the event, and blind to its kind."""

    type: str = ""
    v: int = 0
    at: str = ""
    actor: _Who = _NOBODY
    machine: str = ""
    documents: tuple[Digest, ...] = ()
    id: str = ""
    artifact: _What | None = None
    kind: str = ""
    project: str = ""
    scope: _Who | str | None = None
    verdict: int | None = None
    digest: str | None = None
    used: tuple[msgspec.Raw, ...] = ()
    requested: str = "file"
    enforced: int = 0


_HEAD: Final = msgspec.json.Decoder(Head)


def head_of(data: bytes) -> Head | None:
    """The head of an entry, None for bytes that are none of ours."""
    try:
        return _HEAD.decode(data)
    except msgspec.MsgspecError:
        return None


def terms_of(head: Head) -> list[str]:
    """The terms by which an entry is found: `<field>=<value>`. An entry of another format has none."""
    if head.v != FORMAT:
        return []
    scope = head.scope.name if isinstance(head.scope, _Who) else head.scope
    what = head.artifact or _What(head.kind, "", head.project)
    named = what.kind, what.namespace, what.name, None if head.artifact is None else what.version
    terms = [*_shared(head.type, head.at[:10], head.actor.name, head.machine, scope, head.verdict, *named)]
    if head.id:
        terms.append(f"id={head.id}")
    if head.digest is not None:
        terms.append(f"digest={head.digest}")
    return terms


@lru_cache(maxsize=4_096)
def _shared(
    type_: str,
    day: str,
    actor: str,
    machine: str,
    scope: str | None,
    verdict: int | None,
    kind: str,
    namespace: str,
    name: str,
    version: str | None,
) -> tuple[str, ...]:
    """The terms that many entries have in common; kept, because of an audit they are most of the work."""
    terms = [f"type={type_}", f"day={day}", f"actor={actor}", f"machine={machine}"]
    if version is not None or name:
        terms.append(project_term(kind, name, namespace))
    if version is not None:
        terms.append(release_term(terms[-1], version))
    if scope is not None:
        terms.append(f"scope={scope}")
    if verdict is not None and 0 <= verdict < len(VERDICTS):
        terms.append(f"verdict={VERDICTS[verdict]}")
    return tuple(terms)


def project_term(kind: str, name: str, namespace: str = "") -> str:
    """The term of a project, whatever its version."""
    return f"project={kind}/{namespace}/{name}" if namespace else f"project={kind}/{name}"


def release_term(project: str, version: str) -> str:
    """The term of one release of a project, given the project's term."""
    return f"release{project.removeprefix('project')}@{version}"


def entry_of(event: Event, documents: Documents) -> Entry:
    """The entry of an event with all documents that it names, which become part of it."""
    named = msgspec.structs.replace(event, documents=tuple(documents))
    data = encode(named)
    head = head_of(data)
    return Entry(data, tuple(documents.items()), tuple(terms_of(head)) if head is not None else ())
