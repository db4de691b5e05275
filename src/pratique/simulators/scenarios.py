"""What a drill replays: five attacks with their dates, and benign releases that look like trouble and are none.

Dates and windows follow public records; where sources differ, the index's own. Stand-ins keep the versions, and the age of their
project: its first upload is on the day of the real one, so that what contains them is what would have contained it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from pratique.model.scenario import Scenario
from pratique.simulators.standins import ctxlook, inferlook, llmlook, trilook
from pratique.simulators.upstream import SimulatedIndex
from pratique.simulators.wheels import wheel

_DAY: Final = timedelta(days=1)
_YEAR: Final = 365 * _DAY
_NOON: Final = datetime(2026, 6, 1, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Play:
    """A scenario, and how its index is set up."""

    scenario: Scenario
    stage: Callable[[SimulatedIndex], None]


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _history(
    index: SimulatedIndex, project: str, files: Callable[[str], dict[str, str]], first: datetime, until: datetime
) -> None:
    """A release every two months from a project's first upload on: it is neither young nor silent."""
    for count in range((until - first) // (60 * _DAY)):
        version = f"0.{count}"
        index.add(project, wheel(project, version, files(version)), first + count * 60 * _DAY)


def _litellm(version: str, at: str, exposed: timedelta, name: str) -> Play:
    published = _at(at)
    made = wheel("llmlook", version, llmlook(version))

    def stage(index: SimulatedIndex) -> None:
        _history(index, "llmlook", llmlook, _at("2023-07-27T12:00"), published)
        index.add("llmlook", wheel("llmlook", "1.82.5", llmlook("1.82.5")), published - 60 * _DAY)
        index.add("llmlook", wheel("llmlook", "1.82.6", llmlook("1.82.6")), published - 30 * _DAY)
        index.add("llmlook", made, published, removed=published + exposed)

    title = "LiteLLM, released with a stolen token"
    scenario = Scenario(name, title, "llmlook", (made[0],), published, published + exposed, control="cooldown")
    return Play(scenario, stage)


def _torchtriton() -> Play:
    published = _at("2022-12-25T12:00")
    made = wheel("trilook", "3.0.0", trilook("3.0.0"))

    def stage(index: SimulatedIndex) -> None:
        index.add("trilook", made, published, removed=published + 5 * _DAY)

    return Play(
        Scenario(
            "torchtriton-2022",
            "PyTorch nightly: a private name taken on the public index",
            "trilook",
            (made[0],),
            published,
            published + 5 * _DAY,
            control="sources",
            reserved=("trilook",),
        ),
        stage,
    )


def _ctx() -> Play:
    published = _at("2022-05-14T19:18:36")
    removed = _at("2022-05-24T10:07:17")
    rebuilt = wheel("ctxlook", "0.1.2", ctxlook("0.2.6"), build="1")
    made = wheel("ctxlook", "0.2.6", ctxlook("0.2.6"))

    def stage(index: SimulatedIndex) -> None:
        index.add("ctxlook", wheel("ctxlook", "0.1.2", ctxlook("0.1.2")), _at("2014-12-19T08:00"))
        index.add("ctxlook", rebuilt, published, removed=removed)
        index.add("ctxlook", made, published + timedelta(minutes=5), removed=removed)

    title = "ctx: a dormant project taken over through an expired domain, its old version rebuilt"
    files = (rebuilt[0], made[0])
    return Play(Scenario("ctx-phpass-2022", title, "ctxlook", files, published, removed, control="cooldown"), stage)


def _xinference() -> Play:
    published = _at("2026-04-22T09:00")
    removed = published + 2 * _DAY
    made = wheel("inferlook", "2.6.2", inferlook("2.6.2"))

    def stage(index: SimulatedIndex) -> None:
        _history(index, "inferlook", inferlook, _at("2023-07-07T12:00"), published)
        index.add("inferlook", wheel("inferlook", "2.5.0", inferlook("2.5.0")), published - 40 * _DAY)
        index.add("inferlook", made, published, removed=removed)
        index.yank(made[0], published + timedelta(hours=6), "compromised")

    title = "Xinference: yanked at once, still served for two days"
    return Play(
        Scenario("xinference-2026", title, "inferlook", (made[0],), published, removed, control="cooldown"), stage
    )


def attacks() -> tuple[Play, ...]:
    """The attacks, in the order of the catalogue."""
    return (
        _litellm("1.82.7", "2026-03-24T10:39", timedelta(minutes=152), "litellm-1.82.7-import"),
        _litellm("1.82.8", "2026-03-24T10:52", timedelta(minutes=140), "litellm-1.82.8-pth"),
        _torchtriton(),
        _ctx(),
        _xinference(),
    )


def _benign(identity: str, title: str, project: str, version: str, files: dict[str, str]) -> Play:
    """A release of an old project, forty days old, with a release a month before it."""
    made = wheel(project, version, files)

    def stage(index: SimulatedIndex) -> None:
        index.add(project, wheel(project, "0.9"), _NOON - 3 * _YEAR)
        index.add(project, wheel(project, "0.9.1"), _NOON - 70 * _DAY)
        index.add(project, made, _NOON - 40 * _DAY)

    return Play(Scenario(identity, title, project, (made[0],), _NOON - 40 * _DAY), stage)


_NAMESPACE: Final = (
    "import sys, types, os;has_mfs = sys.version_info > (3, 5);p = os.path.join(sys._getframe(1).f_locals['sitedir'], "
    "*('spacelook',));importlib = has_mfs and __import__('importlib.util');has_mfs and __import__('importlib.machinery');"
    "m = has_mfs and sys.modules.setdefault('spacelook', importlib.util.module_from_spec("
    "importlib.machinery.PathFinder.find_spec('spacelook', [os.path.dirname(p)])));"
    "m = m or sys.modules.setdefault('spacelook', types.ModuleType('spacelook'));"
    "mp = (m or []) and m.__dict__.setdefault('__path__',[]);(p not in mp) and mp.append(p)\n"
)
_DISTUTILS: Final = (
    "import os; var = 'SETUPTOOLS_USE_DISTUTILS'; enabled = os.environ.get(var, 'local') == 'local'; "
    "enabled and __import__('_distutils_hack')\n"
)


def benign() -> tuple[Play, ...]:
    """Releases that must come in, by the number of the control they stand for."""
    module = {"calmlook/__init__.py": "VERSION = 1\n"}
    return (
        _benign(
            "1-editable-pth", "an editable install's .pth", "editlook", "1.0", {"editlook.pth": "/srv/editlook/src\n"}
        ),
        _benign(
            "2-namespace-pth", "a namespace package's .pth", "spacelook", "1.0", {"spacelook-nspkg.pth": _NAMESPACE}
        ),
        _benign(
            "3-coverage-pth",
            "coverage's start-up .pth",
            "measurelook",
            "1.0",
            {"measurelook.pth": "import coverage; coverage.process_startup()\n"},
        ),
        _benign("4-distutils-pth", "setuptools' .pth", "setuplook", "1.0", {"distutils-precedence.pth": _DISTUTILS}),
        _benign(
            "5-networking",
            "a minor release that gains networking",
            "netlook",
            "1.1",
            {
                "netlook/__init__.py": "import os\nimport urllib.request\n\nTOKEN = os.environ.get('NETLOOK_TOKEN')\n\n\n"
                "def get(url):\n    return urllib.request.urlopen(url)\n"
            },
        ),
        _benign("7-no-provenance", "a project that never attested anything", "calmlook", "1.0", module),
        _fresh_fix(),
        _benign(
            "12-minified-bundle",
            "a large minified bundle",
            "frontlook",
            "1.0",
            {"frontlook/__init__.py": "", "frontlook/app.min.js": "var a=function(b){return b};" * 20_000},
        ),
        _benign("13-native", "a new native extension", "fastlook", "1.0", {"fastlook/core.so": "\x7fELF inert text"}),
        _benign("14-near-name", "an old project with a name near a popular one", "requestlook", "1.0", module),
        _yanked_for_a_bug(),
        _backfill(),
    )


def _fresh_fix() -> Play:
    published = _NOON - timedelta(minutes=20)
    made = wheel("fixlook", "2.0.1")

    def stage(index: SimulatedIndex) -> None:
        index.add("fixlook", wheel("fixlook", "2.0.0"), _NOON - 60 * _DAY)
        index.add("fixlook", made, published)

    title = "a security fix of twenty minutes ago: held, with a way to have it at once"
    return Play(Scenario("11-security-fix", title, "fixlook", (made[0],), published, refused_by="cooldown"), stage)


def _yanked_for_a_bug() -> Play:
    made = wheel("buglook", "1.1")

    def stage(index: SimulatedIndex) -> None:
        index.add("buglook", wheel("buglook", "1.0"), _NOON - 2 * _YEAR)
        index.add("buglook", made, _NOON - 50 * _DAY)
        index.yank(made[0], _NOON - 49 * _DAY, "breaks on Windows")

    title = "a release yanked for a bug: not served silently, not called malware"
    return Play(
        Scenario("15-yanked-bug", title, "buglook", (made[0],), _NOON - 50 * _DAY, refused_by="withdrawn"), stage
    )


def _backfill() -> Play:
    made = wheel("linelook", "1.9.9")

    def stage(index: SimulatedIndex) -> None:
        index.add("linelook", wheel("linelook", "1.9.8"), _NOON - 2 * _YEAR)
        index.add("linelook", wheel("linelook", "2.4.0"), _NOON - 30 * _DAY)
        index.add("linelook", made, _NOON - 8 * _DAY)

    return Play(
        Scenario("16-backfill", "maintainers release an old line", "linelook", (made[0],), _NOON - 8 * _DAY), stage
    )


def noon() -> datetime:
    """The moment at which benign releases are asked for."""
    return _NOON
