"""An environment, distribution by distribution: each in a confined child, unless it is as it was when it was last looked into."""

import asyncio
import platform
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from pratique.adapters.clock import SystemClock
from pratique.adapters.confined import Confined
from pratique.adapters.installed.check import Checked, check, whole
from pratique.adapters.installed.environment import Environment, Placed, placed_in
from pratique.adapters.installed.groups import Group, Grouping, placed_elsewhere
from pratique.adapters.installed.kept import Kept, KeptFile, KeptGroup, stood, stood_all
from pratique.adapters.scan_bundle import Bundle
from pratique.adapters.scan_protocol import Asked
from pratique.facts.looked import Looked
from pratique.model import limits
from pratique.model.artifact import Digest
from pratique.model.evidence import Scan, Unknown

_BYTE_CODE: Final = "byte code"


@dataclass(slots=True)
class InstalledLook:
    """One look into one environment.

    `kept_in` is where answers are kept, None for nowhere; `shown` is what people call its folder; with `thorough` all byte code
    is compared with its source compiled. `notes` say what was left out, `unchanged` counts what was not looked into again.
    """

    environment: Environment
    confined: Confined
    kept_in: Path | None
    shown: str
    thorough: bool = False
    told: Callable[[int, int], None] = lambda _done, _of: None
    notes: list[str] = field(default_factory=list)
    unchanged: int = 0

    async def looked(self) -> AsyncIterator[Looked]:
        """Every distribution, and what belongs to none, as each is done. Raises `InvalidInput` for what has too many files."""
        placed, unlisted = await asyncio.to_thread(placed_in, self.environment)
        before = Kept() if self.kept_in is None else self._file(self.kept_in).read()
        if before.stood and not unlisted and before.stood == _stands(placed, before.elsewhere):
            self.notes += before.notes
            self.unchanged = len(before.groups)
            for kept in before.groups.values():
                yield msgspec.structs.replace(kept.looked, folder=self.shown)
            return
        grouping = Grouping(self.environment)
        await asyncio.to_thread(grouping.sort, placed)
        self.notes += [*grouping.notes, *(f"{folder} cannot be listed" for folder in unlisted)]
        groups = [each for each in grouping.groups if each.members or each.without_record]
        after: dict[str, KeptGroup] = {}
        others = 0
        async for kept, lasting in self._each(groups, before):
            others += kept.of_other_pythons
            if lasting:
                after[kept.looked.path] = kept
            yield msgspec.structs.replace(kept.looked, folder=self.shown)
        if unlisted or others:
            yield self._not_compared(others, unlisted)
        whole = len(after) == len(groups) and not unlisted and not others
        stands = _stands(placed, grouping.elsewhere) if whole else ""
        self._keep(before, Kept("", after, stands, grouping.elsewhere, tuple(grouping.notes)))

    async def _each(self, groups: Sequence[Group], before: Kept) -> AsyncIterator[tuple[KeptGroup, bool]]:
        place = asyncio.Semaphore(self.confined.at_once)
        waiting = [asyncio.ensure_future(self._group(each, before.groups.get(each.name), place)) for each in groups]
        try:
            for done, each in enumerate(asyncio.as_completed(waiting), 1):
                found = await each
                self.told(done, len(groups))
                yield found
        finally:
            for task in waiting:
                task.cancel()

    async def _group(self, group: Group, before: KeptGroup | None, place: asyncio.Semaphore) -> tuple[KeptGroup, bool]:
        """What is known of a group, and whether it may be kept: not what may have been written at this very moment."""
        if self.thorough:
            group.cached = [(member, True) for member, _ in group.cached]
        stands, changed_ns = stood(group)
        if before is not None and before.stood == stands:
            self.unchanged += 1
            return before, True
        now_ns = int(SystemClock().now().timestamp() * 1e9)
        async with place:
            bundle = Bundle()
            with bundle.file:
                checked = await asyncio.to_thread(check, group, bundle)
                if before is not None and before.manifest == checked.manifest and not checked.unread:
                    return msgspec.structs.replace(before, stood=stands), True
                looked = await self._look(group, checked)
        settled = now_ns - changed_ns > limits.BLOB_SETTLED_SECONDS * 1e9
        lasting = settled and isinstance(looked.scan, Scan) and bool(looked.scan.rules) and not checked.unread
        return KeptGroup(stands, checked.manifest, looked, checked.of_other_pythons), lasting

    async def _look(self, group: Group, checked: Checked) -> Looked:
        same = self.environment.release == platform.python_version()
        asked = Asked("installed", group.filename, checked.manifest, bundled=True, same_python=same)
        found = whole(group, checked, await self.confined.seen(asked, checked.bundle.opened))
        paths = {each.path for each in found.findings} if isinstance(found, Scan) else set()
        digests = {path: digest for path, digest in checked.digests.items() if path in paths}
        return Looked(
            path=group.name,
            digest=checked.manifest,
            scan=found,
            filename=group.filename,
            digests=digests,
        )

    def _not_compared(self, others: int, unlisted: list[str]) -> Looked:
        told = (
            [f"{others} files of byte code are those of another Python than {platform.python_version()}"]
            if others
            else []
        )
        told += [f"{len(unlisted)} folders cannot be listed"] if unlisted else []
        return Looked(
            path=_BYTE_CODE, digest=Digest(""), scan=Unknown("environment", "; ".join(told)), folder=self.shown
        )

    def _keep(self, before: Kept, after: Kept) -> None:
        if self.kept_in is None or msgspec.structs.replace(before, engine="") == after:
            return
        try:
            self._file(self.kept_in).write(after)
        except OSError as error:
            self.notes.append(f"nothing is kept for the next time: {error.strerror}")

    def _file(self, folder: Path) -> KeptFile:
        return KeptFile(folder, self.environment, self.confined.rules, self.thorough)


def _stands(placed: Mapping[str, Placed], elsewhere: Sequence[str]) -> str:
    return stood_all({**placed, **placed_elsewhere(elsewhere)})
