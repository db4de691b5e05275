"""What leads past the gate on a machine, and what came in past it: `pratique doctor` decides here, and asks elsewhere."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from pratique.errors import InvalidInput
from pratique.flow.record.find import Wanted, find
from pratique.flow.world import World
from pratique.model.client_source import ClientSource, Told
from pratique.model.decision import Verdict
from pratique.model.event import Decided, Requested
from pratique.model.installed import Installed
from pratique.model.text import clean
from pratique.record.entry import project_term, release_term
from pratique.settings import without_credentials

_SAMPLE: Final = 8
"""How many packages a sentence names."""


class State(StrEnum):
    """How a finding is to be taken."""

    FINE = "fine"
    NOTE = "note"
    """Worth knowing, and nothing is wrong."""
    WRONG = "wrong"
    """Something leads past the gate, or is not well."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `place` and `line` are where it stands in a file, `do` what to do about it."""

    about: str
    state: State
    says: str
    do: str = ""
    place: str = ""
    line: int = 0


def led(clients: Iterable[str], sources: Sequence[ClientSource], is_gate: Callable[[str], bool]) -> list[Finding]:
    """For each client whether it asks the gate, and everything that leads it elsewhere."""
    findings: list[Finding] = []
    for client in clients:
        own = [source for source in sources if source.client == client]
        past = [_past(source) for source in own if source.told is not Told.PROXY and _leads(source, own, is_gate)]
        findings += past or [_asks(client, own)] if _index(own) is not None else [*past, _asks(client, own)]
    findings += [_swallowed(source) for source in sources if source.told is Told.PROXY]
    return findings


def _index(own: Sequence[ClientSource]) -> ClientSource | None:
    """The index that a client asks, of those it is told; None where it asks the one that it knows by itself."""
    ranked = [source for source in own if source.told is Told.INDEX and source.rank is not None]
    return max(ranked, key=lambda source: source.rank or 0, default=None)


def _leads(source: ClientSource, own: Sequence[ClientSource], is_gate: Callable[[str], bool]) -> bool:
    if source.told is Told.INDEX and source.rank is not None and source is not _index(own):
        return False
    return not is_gate(source.url)


def _asks(client: str, own: Sequence[ClientSource]) -> Finding:
    index = _index(own)
    if index is not None:
        says = f"asks the gate: {_where(index)}"
        return Finding(client, State.FINE, says, place=index.place, line=index.line)
    way = (
        "put pratique before it: pratique poetry install; or name the gate in the project: poetry source add"
        if client == "poetry"
        else f"pratique setup {client}"
    )
    return Finding(client, State.WRONG, "asks the index that it knows by itself: nobody has told it another", way)


def _past(source: ClientSource) -> Finding:
    url = clean(str(without_credentials(source.url)))
    what = {
        Told.INDEX: f"asks {url}",
        Told.BESIDE: f"also takes files from {url}",
        Told.DIRECT: f"takes files from {url}",
    }[source.told]
    do = _way(source) if source.place else f"unset {source.key}"
    return Finding(source.client, State.WRONG, f"{what}: {_where(source)}", do, source.place, source.line)


def _where(source: ClientSource) -> str:
    return f"{clean(source.key)} in {source.place}:{source.line}" if source.place else f"the variable {source.key}"


def _way(source: ClientSource) -> str:
    if source.key == "registry":
        return "pratique uv lock speaks the lock anew; pratique uv sync installs what it names through a gate"
    if source.told is Told.DIRECT:
        return "take a release of it from an index; what comes by its address no gate judges"
    if source.told is Told.BESIDE:
        return "take it out, and give the gate that index as [index.NAME] in its settings"
    return "take it out, or let it be the gate's URL"


def _swallowed(source: ClientSource) -> Finding:
    url = clean(str(without_credentials(source.url)))
    return Finding(
        source.client or "proxy",
        State.WRONG,
        f"what clients ask of the gate goes to the proxy {url}: {_where(source)}",
        "take it out" if source.place else "let NO_PROXY name the gate's host: export NO_PROXY=127.0.0.1,localhost",
        source.place,
        source.line,
    )


async def unserved(world: World, installed: Sequence[Installed]) -> list[Installed]:
    """Those of some installed packages that the record knows as served by no gate of it, and that were not brought along."""
    return [each for each in installed if not each.bundled and not each.origin and not await _served(world, each)]


def came_in(environment: str, installed: Sequence[Installed], past: Sequence[Installed]) -> list[Finding]:
    """What to say of an environment's packages."""
    direct = [each for each in installed if each.origin]
    findings = []
    if past:
        findings.append(
            Finding(
                "installed",
                State.WRONG,
                f"{len(past)} of {len(installed)} packages in {environment} were served by no gate of this record: "
                + _named(past),
                "install them anew through the gate, into a fresh environment",
            )
        )
    else:
        findings.append(
            Finding(
                "installed",
                State.FINE,
                f"the record knows {len(installed)} packages in {environment}, and each was let in",
            )
        )
    if direct:
        told = f"{len(direct)} came by an address or from a folder, which no gate judges: {_named(direct)}"
        findings.append(Finding("installed", State.NOTE, told))
    return findings


def _named(packages: Sequence[Installed]) -> str:
    shown = ", ".join(f"{clean(each.name)} {clean(each.version)}" for each in packages[:_SAMPLE])
    return shown if len(packages) <= _SAMPLE else f"{shown} and {len(packages) - _SAMPLE} more"


async def _served(world: World, package: Installed) -> bool:
    """Whether a file of this very release was handed over."""
    try:
        name = world.ecosystem.name(package.name)
        version = world.ecosystem.version(package.version)
    except InvalidInput:
        return False
    if version is None:
        return False
    project = project_term(world.ecosystem.kind, name)
    terms = (project, release_term(project, version.text), "type=decided")
    async for found in find(world.store, Wanted(terms)):
        event = found.event
        if isinstance(event, Decided) and event.enforced is Verdict.ALLOW and event.requested is Requested.FILE:
            return True
    return False
