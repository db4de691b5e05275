"""One run of `pratique scan`: what is seen as it comes, what of it is accepted, and what is kept for later questions."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from pratique import __version__
from pratique.cli.installed_environment import shown
from pratique.cli.scan_outputs import Shown
from pratique.errors import InvalidInput, PratiqueError
from pratique.facts.looked import Kept, Looked
from pratique.model.evidence import Alarm, Scan
from pratique.scanning import Environment, KeptFindings, Looking, Walk, data_folder, looking, packs_here, waivers_here

ADVICE: Final = "pratique scan FILE, FOLDER or pkg:pypi/requests@2.31.0, or pratique scan --installed"


class Seen(NamedTuple):
    """An artifact that was looked into; `what` and `place` as in `Kept`."""

    looked: Looked
    what: str
    place: str


@dataclass(slots=True)
class ScanRun:
    """`count` is told how far it is; `looked` and `notes` are what there is to tell at the end, `rules` who looked."""

    shown: Shown
    walk: Walk
    thorough: bool = False
    count: Callable[[int, int], None] = lambda _done, _of: None
    looked: list[Looked] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    rules: str = ""
    _kept: list[Kept] = field(default_factory=list)
    _accepted: Mapping[str, str] | None = None

    async def all(self, what: Sequence[str], environment: Environment | None) -> None:
        """Look into everything. Raises `InvalidInput` where there is nothing, and what asking an index raises."""
        async with looking(packs_here()) as look:
            self.rules = look.confined.rules
            if environment is not None:
                await self._take(self._installed(look, environment))
            paths = [each for each in what if not each.startswith("pkg:")]
            if paths:
                await self._take(self._files(look, paths))
            purls = [each for each in what if each.startswith("pkg:")]
            if purls:
                await self._take(self._releases(purls))
        if not self.looked:
            raise InvalidInput("there is nothing to look into", advice="; ".join(self.notes) or ADVICE)
        self._keep()

    async def _take(self, every: AsyncIterator[Seen]) -> None:
        async for looked, what, place in every:
            if any(each.alarm is Alarm.SUSPICIOUS for each in looked.noticed):
                looked = msgspec.structs.replace(looked, accepted=await self._acceptances())  # noqa: PLW2901 - the same, known better
            self.looked.append(looked)
            self.shown.begun(looked)
            self._kept += _kept(looked, what, place)

    async def _installed(self, look: Looking, environment: Environment) -> AsyncIterator[Seen]:
        prefix = str(environment.prefix)
        folder = self._data_folder()
        kept_in = None if folder is None else folder / "installed"
        found = look.installed(environment, shown(environment), kept_in, thorough=self.thorough)
        found.told = self.count
        async for looked in found.looked():
            yield Seen(looked, "installed", prefix)
        self.notes += found.notes

    async def _files(self, look: Looking, paths: Sequence[str]) -> AsyncIterator[Seen]:
        targets = {each.shown: each for each in self.walk.targets(paths)}
        done = 0
        async for looked in look.each(targets.values()):
            done += 1
            self.count(done, len(targets))
            target = targets[looked.path]
            yield Seen(looked, "folder" if target.is_folder else "file", str(target.place.absolute()))
        self.notes += self.walk.notes

    async def _releases(self, purls: Sequence[str]) -> AsyncIterator[Seen]:
        from pratique.app import open_world
        from pratique.flow.scanning.release import look_into_release
        from pratique.here import settings_here
        from pratique.policy.pattern import read_file

        async with open_world(settings_here()) as world:
            for purl in purls:
                try:
                    release = read_file(purl)
                except InvalidInput as error:
                    raise InvalidInput(str(error), advice=ADVICE) from error
                async for looked in look_into_release(world, release):
                    yield Seen(looked, "release", purl)

    async def _acceptances(self) -> Mapping[str, str]:
        """The findings that are accepted, asked for once, when something is suspicious."""
        if self._accepted is None:
            try:
                self._accepted = await _accepted_here()
            except PratiqueError as error:
                self._accepted = {}
                self.notes.append(f"what is accepted is not known: {error}")
        return self._accepted

    def _data_folder(self) -> Path | None:
        try:
            return data_folder()
        except PratiqueError as error:
            if (note := f"nothing is kept: {error}") not in self.notes:
                self.notes.append(note)
            return None

    def _keep(self) -> None:
        """Keep what was found, so that it can be asked about. That it cannot be kept ends nothing."""
        folder = self._data_folder() if self._kept else None
        if folder is None:
            return
        try:
            KeptFindings(folder).add(self._kept)
        except OSError as error:
            self.notes.append(f"findings are not kept, and cannot be asked about later: {error.strerror}")


async def _accepted_here() -> Mapping[str, str]:
    """What waivers accept, of a policy of one's own and of the ledger, where there is either."""
    policy, ledger = waivers_here()
    if not policy and not ledger:
        return {}
    from pratique.here import SystemClock, policy_in_force, settings_here

    settings = settings_here()
    if ledger:
        from pratique.app import open_world
        from pratique.flow.scanning.accepted import accepted_findings

        async with open_world(settings, upstreams={}) as world:
            return await accepted_findings(world)
    from pratique.flow.scanning.accepted import accepting
    from pratique.model.scope import ScopeName

    own = policy_in_force(settings)
    return accepting(own.waivers, ScopeName(settings.scope) or own.default_scope, SystemClock().now())


def _kept(looked: Looked, what: str, place: str) -> list[Kept]:
    scan = looked.scan
    if not isinstance(scan, Scan):
        return []
    return [
        Kept(
            id=each.id,
            finding=each.finding,
            digest=each.digest,
            what=what,
            place=place,
            path=looked.path,
            filename=looked.filename,
            artifact=looked.digest,
            coverage=scan.coverage,
            rules=scan.rules,
            engine=f"pratique/{__version__}",
            folder=looked.folder,
        )
        for each in looked.noticed
    ]
