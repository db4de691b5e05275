"""What is known against releases that somebody has: in an environment, in a lock file, in a list."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pratique.errors import InvalidInput, Unavailable
from pratique.facts.advisories.matching import match
from pratique.facts.gather import gather
from pratique.facts.questions.advisories import ADVISORIES, Known, unsettled
from pratique.flow.world import World
from pratique.model.artifact import Artifact, ProjectName, VersionText
from pratique.model.decision import Verdict
from pratique.model.ecosystem import Version
from pratique.model.evidence import Tier, Unknown
from pratique.model.pinned import Pinned
from pratique.model.scope import Scope
from pratique.policy.condition import Case


@dataclass(frozen=True, slots=True)
class Concern:
    """A release with what is known against it, and what the policy would make of that.

    `enough` is the lowest version that has none of it which has a fix at all; empty where nothing has one.
    """

    pinned: Pinned
    artifact: Artifact
    known: tuple[Known, ...]
    verdict: Verdict
    enough: VersionText


@dataclass(frozen=True, slots=True)
class Audit:
    """What came of it: how many releases were looked up, those that something is known against, and what was not looked up.

    `settled` are those of which the organisation's own statements settle all that is known, where the policy lets them.
    """

    looked_up: int
    concerns: tuple[Concern, ...]
    passed_over: tuple[Pinned, ...]
    as_of: datetime
    settled: tuple[Concern, ...] = ()


async def audit(world: World, pins: Iterable[Pinned]) -> Audit:
    """Hold releases against the feeds. Raises `Unavailable` where no feed was imported, or what is kept cannot be read."""
    condition = next((each for each in world.policy.conditions if each.id == ADVISORIES.id), None)
    read, now = world.ecosystem.version, world.clock.now()
    concerns: list[Concern] = []
    settled: list[Concern] = []
    passed_over: list[Pinned] = []
    oldest = now
    seen: dict[tuple[str, str], Pinned] = {}
    for pinned in pins:
        release = _release(world, pinned)
        if release is None:
            passed_over.append(pinned)
            continue
        name, version = release
        if seen.setdefault((name, version.text), pinned) is not pinned:
            continue
        about = await world.advisories.about(world.ecosystem.kind, name)
        if isinstance(about, Unknown):
            raise Unavailable(f"nothing can be said: {about.why}", advice="pratique advisories import FOLDER|ZIP|URL")
        oldest = min(oldest, about.as_of)
        facts = match(about, [version.text], read).advisories(version.text)
        if not facts.known:
            continue
        artifact = Artifact(world.ecosystem.kind, name, version.text)
        evidence = gather(artifact.kind, Tier.INDEX, {ADVISORIES.id: facts})
        case = Case(artifact, evidence, Scope(world.scope), now)
        verdict = Verdict.ALLOW if condition is None else condition.judge(case).verdict
        left = unsettled(facts)
        told = left or facts.known
        fixes = [fix for known in told if (fix := read(known.fixed)) is not None]
        enough = max(fixes, key=lambda fix: fix.key).text if fixes else VersionText("")
        is_settled = not left and verdict is Verdict.ALLOW
        (settled if is_settled else concerns).append(Concern(pinned, artifact, told, verdict, enough))
    return Audit(len(seen), tuple(concerns), tuple(passed_over), oldest, tuple(settled))


def _release(world: World, pinned: Pinned) -> tuple[ProjectName, Version] | None:
    """Name and version in normal form; None for what is no release."""
    version = world.ecosystem.version(pinned.version)
    try:
        return None if version is None else (world.ecosystem.name(pinned.name), version)
    except InvalidInput:
        return None
