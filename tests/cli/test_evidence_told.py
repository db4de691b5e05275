"""What `pratique evidence` prints: sentences on what is known, what is not and why, and what was not asked yet."""

from datetime import UTC, datetime

import msgspec

from pratique.cli.evidence import facts_told
from pratique.facts.gather import gather
from pratique.facts.questions import QUESTIONS
from pratique.model.artifact import Ecosystem
from pratique.model.evidence import Tier, Unknown
from pratique.policy.policy_tests import benign

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def test_what_is_known_is_told_with_its_source() -> None:
    told = facts_told(benign(NOW))
    assert len(told) == len(QUESTIONS)
    assert "when it was uploaded: 2023-09-05 00:00 UTC, the project's first file 2018-03-15 (says its index)" in told
    assert "how its index lists it: listed (says its index)" in told
    assert not any(word in line for line in told for word in ("None", "datetime", "Verdict", "type=", "{"))


def test_what_is_not_known_is_told_with_the_reason_on_one_line() -> None:
    silent = msgspec.structs.replace(benign(NOW), upload=Unknown("index public", "it said\n\x1b[31mnothing"))
    assert "not known: when it was uploaded (index public: it said [31mnothing)" in facts_told(silent)


def test_what_was_not_asked_yet_is_no_unknown() -> None:
    told = facts_told(gather(Ecosystem.PYPI, Tier.INDEX, {}))
    assert told[-1] == "not asked yet: what the scanner sees in it"
    assert sum(line.startswith("not known: ") for line in told) == sum(
        each.tier is not Tier.BYTES for each in QUESTIONS
    )
