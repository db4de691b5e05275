"""Which rules see which attack: the page says what a look into the files says, and no benign release is more than noted."""

import pytest

from pratique.model.evidence import Alarm
from tools.attacks import PAGE, Seen, page, seen

UNSEEN = frozenset({"solana-key-stealers-2025", "solana-web3js-2024", "termncolor-2025-name"})
"""What is ordinary by itself: only the comparison with the release before shows these, or their names."""
BESIDE = frozenset({"release-diff", "names.suspicious"})


@pytest.fixture(scope="module")
def every() -> list[Seen]:
    return list(seen())


def test_the_page_says_what_the_scanner_sees() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "do  python -m tools.attacks"


def test_every_attack_that_a_file_shows_is_seen_by_a_rule(every: list[Seen]) -> None:
    attacks = [each for each in every if each.scenario.expected is not None]
    assert {each.scenario.id for each in attacks if not each.rules} == UNSEEN
    for each in attacks:
        assert each.rules or (each.scenario.expected is not None and each.scenario.expected.without in BESIDE)


def test_no_benign_release_is_more_than_noted(every: list[Seen]) -> None:
    benign = [each for each in every if each.scenario.expected is None]
    assert len(benign) > 20
    assert [each.scenario.id for each in benign if each.alarm is not Alarm.NONE] == []
