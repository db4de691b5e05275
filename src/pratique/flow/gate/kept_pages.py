"""Judgements of project pages, kept for as long as a new one would be the same, the record of each requester included.

What a page depends on beside the client's own wishes (`web/pypi/project_page.py`), and how each of these is kept in step:

- the policy, the ecosystem and the settings: one `KeptPages` belongs to one world, and another policy makes another world;
- what the index lists and what is remembered of the project: the very `KnownProject` that `Listings` gives at this moment;
- the scope with its projects, and the Python that a client installs for where anything is held: part of the key;
- the waivers that this requester may use: read again whenever the ledger has grown, at the moment one of them expires, and when
  the day of a use is over. To grant, revoke or use one is an entry of the ledger, whichever process writes it;
- the moment: a judgement is for its own moment up to `policy.decide.changes_at`, where a hold ends or is told in other words;
- that what is held back is on record for this requester: looked up again whenever the ledger has grown.

The ledger only grows, so its size, read before all else, stands for everything that it has put in force.
"""

import weakref
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from pratique.flow.bounded_cache import BoundedCache
from pratique.flow.gate.steer import SteeredPage, Steering, judge_page, note, tell
from pratique.flow.listings import KnownProject
from pratique.flow.people.waivers import usable_waivers
from pratique.flow.requester import Requester
from pratique.flow.single_flight import SingleFlight
from pratique.flow.world import World
from pratique.model import limits
from pratique.model.artifact import ProjectName
from pratique.model.scope import Scope
from pratique.model.waiver import Waiver

_Place = tuple[str, ProjectName, Scope]
_Variant = tuple[tuple[Waiver, ...], str | None]
"""Waivers, and the Python that a client installs for: empty where it does not say, None where it does not matter."""
_Who = tuple[ProjectName, Scope, str, str, str, str]

_HELD_BYTES = 4 * 1024
"""About what a held file with an account takes."""
_NAME_BYTES = 256
_ANSWERED_BYTES = 512


@dataclass(frozen=True, slots=True)
class _Judged:
    """The judgements of one state of a project in one scope; the oldest first."""

    known: KnownProject
    variants: dict[_Variant, Steering] = field(default_factory=dict)

    @property
    def weight_bytes(self) -> int:
        """About how much memory they take, with the project, which they keep alive."""
        newest = sum(len(each.adverse.newest) for each in self.variants.values())
        names = sum(len(each.page.held) + len(each.page.previews) for each in self.variants.values())
        own = _ANSWERED_BYTES * (1 + len(self.variants)) + _HELD_BYTES * newest + _NAME_BYTES * names
        return self.known.weight_bytes + own


@dataclass(frozen=True, slots=True)
class _Answered:
    """What a requester was given with the ledger at this size, and from when until when its waivers are the same."""

    size: int
    steering: "weakref.ref[Steering]"
    since: datetime
    until: datetime

    def again(self, size: int, known: KnownProject, now: datetime) -> Steering | None:
        """The same judgement, if it still is the right one and is on record."""
        steering = self.steering()
        if steering is None or self.size != size or steering.page.known is not known:
            return None
        return steering if steering.holds(now) and self.since <= now < self.until else None


class KeptPages:
    """Project pages of one world, judged once for many who ask."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._judged: BoundedCache[_Place, _Judged] = BoundedCache(limits.PAGES_JUDGED_BYTES_MAX)
        self._answered: BoundedCache[_Who, _Answered] = BoundedCache(limits.PAGES_ANSWERED_BYTES_MAX)
        self._judging: SingleFlight[tuple[_Place, _Variant], Steering] = SingleFlight()

    async def steer(
        self, project: ProjectName, requester: Requester, *, runtime: str = "", index: str = ""
    ) -> SteeredPage:
        """As `flow.gate.steer.steer`. What is the same object is the same page in the same words."""
        world, who = self._world, _who(project, requester, runtime)
        size = await world.store.size()
        known = await world.pages.find(project, index)
        now = world.clock.now()
        steering = self._again(who, size, known, now)
        if steering is None:
            world.scanner.prepare()  # who reads a page that is new here mostly asks for a file next
            waivers = await usable_waivers(world, now, requester)
            steering = await self._steering(known, requester.scope, waivers, runtime, now)
            await note(world, requester, steering, now)
            answered = _Answered(size, weakref.ref(steering), now, _until(waivers, now))
            self._answered.put(who, answered, _ANSWERED_BYTES)
        tell(world, steering)
        return steering.page

    async def again(
        self, project: ProjectName, requester: Requester, *, runtime: str = "", index: str = ""
    ) -> SteeredPage | None:
        """What `steer` gives where that is what it gave before; None where it would ask an index, judge or record.

        Raises as `Store.size`.
        """
        world = self._world
        size = await world.store.size()
        known = await world.pages.kept_of(project, index)
        if known is None:
            return None
        steering = self._again(_who(project, requester, runtime), size, known, world.clock.now())
        if steering is None:
            return None
        tell(world, steering)
        return steering.page

    def _again(self, who: _Who, size: int, known: KnownProject, now: datetime) -> Steering | None:
        before = self._answered.get(who)
        return None if before is None else before.again(size, known, now)

    async def _steering(
        self, known: KnownProject, scope: Scope, waivers: tuple[Waiver, ...], runtime: str, now: datetime
    ) -> Steering:
        """A judgement that is kept, or one for all who ask for the same by now."""
        place = (known.index, known.project, scope)
        kept = self._judged.get(place)
        if kept is not None and kept.known is known:
            for each in (waivers, None), (waivers, runtime):
                steering = kept.variants.get(each)
                if steering is not None and steering.holds(now):
                    return steering
        judging = partial(self._judge, known, scope, waivers, runtime, now)
        shared = await self._judging.run((place, (waivers, runtime)), judging)
        if shared.page.known is known and shared.holds(now):
            return shared
        return await judging()

    async def _judge(
        self, known: KnownProject, scope: Scope, waivers: tuple[Waiver, ...], runtime: str, now: datetime
    ) -> Steering:
        """Judge, and keep that beside what was judged of the same state; where nothing is held, for every Python."""
        steering = await judge_page(self._world, known, scope, now, waivers, runtime)
        place = (known.index, known.project, scope)
        kept = self._judged.get(place)
        if kept is None or kept.known is not known:
            kept = _Judged(known)
        variants = kept.variants
        variants.pop((waivers, None), None)
        variants[waivers, runtime if steering.adverse.newest else None] = steering
        while len(variants) > limits.PAGE_VARIANTS_MAX:
            variants.pop(next(iter(variants)))
        self._judged.put(place, kept, kept.weight_bytes)
        return steering


def _who(project: ProjectName, requester: Requester, runtime: str) -> _Who:
    actor = requester.actor
    return (project, requester.scope, actor.kind, actor.name, requester.machine, runtime)


def _until(waivers: tuple[Waiver, ...], now: datetime) -> datetime:
    """When the waivers that can be used may be others although the ledger has not grown: one expires, or the day ends."""
    day = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return min([day, *(waiver.expires for waiver in waivers)])
