"""pip (current and 23.2) and uv against the simulator, during an attack window: what installs, and what the user reads."""

import hashlib
import re

import pytest

from pratique.simulators.wheels import wheel
from tests.journeys.conftest import Gate

pytestmark = pytest.mark.journey

PIPS = pytest.mark.parametrize("which", ["current", "pip-23.2"])
SENTENCE = (
    "Pratique held llmlook 1.82.8: published 6 hours ago; new releases wait 3 days here. Use 1.82.6. pratique explain "
)
YANK_AND_NOTE = (
    "1.82.8 Requires-Python ===Pratique-held:published-6-hours-ago-new-releases-wait-3-days-here:use-1.82.6:"
    "pratique-explain-"
)
YANKED = "Pratique stopped yanklook 1.1: yanked by its maintainers (breaks on Windows). Use 1.0. pratique explain "


def pinned(name: str, version: str) -> str:
    """A requirement with the hash of the simulator's wheel."""
    return f"{name}=={version} --hash=sha256:{hashlib.sha256(wheel(name, version)[1]).hexdigest()}\n"


@PIPS
async def test_pip_takes_the_safe_version_in_an_attack_window_without_a_word(gate: Gate, which: str) -> None:
    ended, installed = await gate.pip(which, "parentlook")
    assert (ended.code, installed) == (0, {"parentlook-1.0", "llmlook-1.82.6"})
    assert "Pratique" not in ended.said


async def test_a_pip_that_cannot_read_the_carrier_is_steered_by_the_yank_alone(gate: Gate) -> None:
    ended, installed = await gate.pip("pip-25.3", "parentlook")
    assert (ended.code, installed) == (0, {"parentlook-1.0", "llmlook-1.82.6"})
    ended, installed = await gate.pip("pip-25.3", "llmlook==1.82.8")
    assert (ended.code, installed) == (1, set())
    assert f"403 Client Error: {SENTENCE}" in ended.said
    assert "Traceback" not in ended.said


async def test_uv_takes_the_safe_version_in_an_attack_window_without_a_word(gate: Gate) -> None:
    ended, installed = await gate.uv("parentlook")
    assert (ended.code, installed) == (0, {"parentlook-1.0", "llmlook-1.82.6"})
    assert "Pratique" not in ended.said


@PIPS
@pytest.mark.parametrize("requirement", ["llmlook==1.82.8", "llmlook>=1.82.7"])
async def test_pip_says_why_a_held_version_is_passed_over(gate: Gate, which: str, requirement: str) -> None:
    ended, installed = await gate.pip(which, requirement)
    assert (ended.code, installed) == (1, set())
    assert (
        f"ERROR: Ignored the following versions that require a different python version: {YANK_AND_NOTE}" in ended.said
    )


@PIPS
async def test_pip_shows_the_sentence_for_a_direct_url(gate: Gate, which: str) -> None:
    await gate.pip(which, "llmlook")
    path = next(gate.world.pages.kept.items())[1][0].entries["llmlook-1.82.8-py3-none-any.whl"].path  # type: ignore[union-attr]  # it is known
    ended, installed = await gate.pip(which, f"llmlook @ {gate.url}/files/public{path}")
    assert (ended.code, installed) == (1, set())
    assert f"403 Client Error: {SENTENCE}" in ended.said


async def test_uv_shows_the_sentence_for_a_pin_a_range_and_a_direct_url(gate: Gate) -> None:
    ended, _ = await gate.uv("llmlook==1.82.8")
    assert ended.code != 0
    assert f"HTTP status client error (403 {SENTENCE}" in ended.said
    assert (
        "cause: Server message: Pratique cooldown, Published 6 hours ago; new releases wait 3 days here. Use 1.82.6."
        in ended.said
    )
    ended, _ = await gate.uv("llmlook>=1.82.7")
    assert ended.code != 0
    assert f"Because llmlook==1.82.8 was yanked (reason: {SENTENCE}" in ended.said
    path = next(gate.world.pages.kept.items())[1][0].entries["llmlook-1.82.8-py3-none-any.whl"].path  # type: ignore[union-attr]  # it is known
    ended, _ = await gate.uv(f"llmlook @ {gate.url}/files/public{path}")
    assert ended.code != 0
    assert SENTENCE in ended.said


async def test_a_parent_that_pins_it_is_named(gate: Gate) -> None:
    ended, _ = await gate.pip("current", "pinlook")
    assert ended.code == 1
    assert YANK_AND_NOTE in ended.said
    ended, _ = await gate.uv("pinlook")
    assert ended.code != 0
    assert SENTENCE in ended.said


@PIPS
async def test_pip_installs_what_is_pinned_by_hash(gate: Gate, which: str) -> None:
    requirements = gate.folder() / "requirements.txt"
    requirements.write_text(pinned("llmlook", "1.82.6") + pinned("sidelook", "0.3"), encoding="utf-8")
    ended, installed = await gate.pip(which, "--require-hashes", "-r", str(requirements))
    assert (ended.code, installed) == (0, {"llmlook-1.82.6", "sidelook-0.3"})
    requirements.write_text(pinned("llmlook", "1.82.8"), encoding="utf-8")
    ended, installed = await gate.pip(which, "--require-hashes", "-r", str(requirements))
    assert (ended.code, installed) == (1, set())
    assert YANK_AND_NOTE in ended.said


async def test_uv_installs_what_is_pinned_by_hash(gate: Gate) -> None:
    requirements = gate.folder() / "requirements.txt"
    requirements.write_text(pinned("llmlook", "1.82.6"), encoding="utf-8")
    ended, installed = await gate.uv("--require-hashes", "-r", str(requirements))
    assert (ended.code, installed) == (0, {"llmlook-1.82.6"})
    requirements.write_text(pinned("llmlook", "1.82.8"), encoding="utf-8")
    ended, installed = await gate.uv("--require-hashes", "-r", str(requirements))
    assert ended.code != 0
    assert SENTENCE in ended.said


@PIPS
async def test_pip_builds_a_source_distribution_takes_extras_and_previews(gate: Gate, which: str) -> None:
    ended, installed = await gate.pip(which, "sdlook", "parentlook[side]", "--pre", "prelook")
    assert ended.code == 0, ended.said
    assert installed >= {"sdlook-1.0", "parentlook-1.0", "sidelook-0.3", "prelook-2.0rc1"}
    ended, installed = await gate.pip(which, "prelook")
    assert installed == {"prelook-1.0"}


async def test_uv_builds_a_source_distribution_takes_extras_and_previews(gate: Gate) -> None:
    ended, installed = await gate.uv("sdlook", "parentlook[side]", "prelook==2.0rc1")
    assert ended.code == 0, ended.said
    assert installed == {"sdlook-1.0", "parentlook-1.0", "llmlook-1.82.6", "sidelook-0.3", "prelook-2.0rc1"}


BESIDE = [
    ("besidelook", {"besidelook-1.0"}),
    ("besidelook>=1.1", set()),
    ("firstlook", set()),
    ("besidelook==2.0rc1", {"besidelook-2.0rc1"}),
    ("latelook", {"latelook-1.0"}),
    ("escapelook", {"escapelook-1.0+cpu"}),
]
"""What a requirement brings in where a final is held beside a preview, a wheel beside sources, and where a URL has escapes."""


@pytest.mark.parametrize("which", ["current", "pip-23.2", "pip-25.3"])
@pytest.mark.parametrize(("requirement", "brings"), BESIDE)
async def test_pip_is_led_on_to_nothing(gate: Gate, which: str, requirement: str, brings: set[str]) -> None:
    ended, installed = await gate.pip(which, requirement)
    assert (ended.code == 0, installed) == (bool(brings), brings), ended.said
    assert "Traceback" not in ended.said


@pytest.mark.parametrize(("requirement", "brings"), BESIDE)
async def test_uv_is_led_on_to_nothing(gate: Gate, requirement: str, brings: set[str]) -> None:
    ended, installed = await gate.uv(requirement)
    assert (ended.code == 0, installed) == (bool(brings), brings), ended.said
    if not brings:
        assert "Pratique held" in ended.said or "Pratique passes over this pre-release" in ended.said


@PIPS
async def test_a_yanked_pin_is_stopped_and_pip_says_why(gate: Gate, which: str) -> None:
    ended, installed = await gate.pip(which, "yanklook==1.1")
    assert (ended.code, installed) == (1, set())
    assert re.search(r"403 Client Error: " + re.escape(YANKED), ended.said), ended.said
    _, installed = await gate.pip(which, "yanklook")
    assert installed == {"yanklook-1.0"}


async def test_a_yanked_pin_is_stopped_and_uv_says_why(gate: Gate) -> None:
    ended, _ = await gate.uv("yanklook==1.1")
    assert ended.code != 0
    assert YANKED in ended.said
    _, installed = await gate.uv("yanklook")
    assert installed == {"yanklook-1.0"}


@PIPS
async def test_pip_from_the_real_index(real: Gate, which: str) -> None:
    ended, installed = await real.pip(which, "requests")
    assert ended.code == 0, ended.said
    assert {name.rpartition("-")[0] for name in installed} == {
        "requests",
        "urllib3",
        "idna",
        "certifi",
        "charset_normalizer",
    }
    assert await real.every_decision_replays() >= len(installed)


async def test_uv_from_the_real_index(real: Gate) -> None:
    ended, installed = await real.uv("requests[socks]", "six==1.16.0")
    assert ended.code == 0, ended.said
    assert "six-1.16.0" in installed
    assert any(name.lower().startswith("pysocks") for name in installed)
