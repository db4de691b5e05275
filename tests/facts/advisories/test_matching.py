"""What is known against each version of a project: several records of one thing are one, and the worst of them counts."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from pratique.ecosystems import ECOSYSTEMS
from pratique.facts.advisories.matching import Matched, grouped, match
from pratique.facts.questions.advisories import Known
from pratique.model import limits
from pratique.model.advisory import About, Advisory, Affected, Edge, Event, Level, Statement, Status
from pratique.model.artifact import Ecosystem, VersionText

READ = ECOSYSTEMS[Ecosystem.PYPI].version
ASKED = datetime(2026, 11, 30, 17, 5, tzinfo=UTC)
BELOW_2 = Affected((), ((Event(Edge.INTRODUCED, "0"), Event(Edge.FIXED, "2.0")),))
HOLE = Advisory("PYSEC-2026-1", ASKED, BELOW_2, ("CVE-2026-1",), "It lets others in.", Level.MEDIUM)
TWIN = Advisory("GHSA-1111", ASKED, BELOW_2, ("CVE-2026-1",), "As above.", Level.CRITICAL)


def matched(*records: Advisory, versions: str = "1.0 1.5 2.0") -> Matched:
    return match(About(records, ASKED), map(VersionText, versions.split()), READ)


def known(*records: Advisory, version: str = "1.0") -> tuple[Known, ...]:
    return matched(*records).advisories(VersionText(version)).known


def test_records_of_one_thing_are_told_once_with_the_worst_that_any_says() -> None:
    (one,) = known(HOLE, TWIN)
    assert (one.id, one.aliases, one.level) == ("PYSEC-2026-1", ("GHSA-1111", "CVE-2026-1"), Level.CRITICAL)
    assert (one.summary, one.fixed) == ("It lets others in.", "2.0")


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (2, 0, 1)])
def test_records_belong_together_also_by_way_of_a_third(order: tuple[int, ...]) -> None:
    records = [
        Advisory("A", ASKED, BELOW_2, ("X",)),
        Advisory("B", ASKED, BELOW_2, ("Y",)),
        Advisory("C", ASKED, BELOW_2, ("X", "Y")),
    ]
    (group,) = grouped([records[place] for place in order])
    assert {each.id for each in group} == {"A", "B", "C"}
    assert len(grouped(records[:2])) == 2


def test_what_was_taken_back_is_not_told() -> None:
    assert known(replace(HOLE, withdrawn=True)) == ()
    (left,) = known(replace(HOLE, withdrawn=True), TWIN)
    assert left.id == "GHSA-1111"


def test_a_fix_is_told_of_the_version_that_is_named_as_the_first_without_it() -> None:
    found = matched(HOLE)
    assert found.security_fix(VersionText("2.0")).advisories == ("PYSEC-2026-1",)
    assert found.security_fix(VersionText("1.5")).advisories == ()
    assert matched(HOLE, versions="2.0 2.1").security_fix(VersionText("2.0")).advisories == ()


def test_a_fix_that_another_record_calls_affected_is_none() -> None:
    wider = replace(TWIN, affected=Affected(("2.0",)))
    assert matched(HOLE, wider).security_fix(VersionText("2.0")).advisories == ()


def test_the_worst_comes_first_and_malice_before_all() -> None:
    low = replace(HOLE, id="PYSEC-2026-2", aliases=(), level=Level.LOW)
    used = replace(low, id="PYSEC-2026-3", exploited=True)
    bad = replace(low, id="MAL-2026-1", malicious=True)
    assert [each.id for each in known(low, TWIN, used, bad)] == [
        "MAL-2026-1",
        "PYSEC-2026-3",
        "GHSA-1111",
        "PYSEC-2026-2",
    ]


def test_the_day_is_told_and_so_many_are_told() -> None:
    many = [replace(HOLE, id=f"PYSEC-2026-{number}", aliases=()) for number in range(limits.ADVISORIES_TOLD_MAX + 5)]
    found = matched(*many).advisories(VersionText("1.0"))
    assert (found.as_of, len(found.known)) == (datetime(2026, 11, 30, tzinfo=UTC), limits.ADVISORIES_TOLD_MAX)
    assert matched().advisories(VersionText("1.0")).as_of == found.as_of


def test_a_version_without_a_later_fix_has_none() -> None:
    again = Affected((), ((Event(Edge.INTRODUCED, "1.2"),), (Event(Edge.INTRODUCED, "0"), Event(Edge.FIXED, "1.1"))))
    record = replace(HOLE, affected=again)
    assert [known(record, version=version)[0].fixed for version in ("1.0", "1.5")] == ["1.1", ""]


def stated(status: Status, version: str = "", name: str = "CVE-2026-1", day: int = 1) -> Advisory:
    about = Affected((version,) if version else ())
    return Advisory(name, ASKED.replace(day=day), about, stated=Statement(status, "Acme", "as we saw"))


def statuses(*records: Advisory, version: str = "1.0") -> list[Status | None]:
    return [each.stated.status if each.stated else None for each in known(*records, version=version)]


def test_a_statement_stands_beside_what_it_is_about() -> None:
    assert statuses(HOLE, stated(Status.NOT_AFFECTED)) == [Status.NOT_AFFECTED]
    assert statuses(HOLE, TWIN, stated(Status.FIXED, "1.0", "GHSA-1111")) == [Status.FIXED]
    assert statuses(HOLE, stated(Status.NOT_AFFECTED, "1.0"), version="1.5") == [None]
    assert statuses(HOLE, stated(Status.NOT_AFFECTED, name="CVE-2026-2")) == [None]
    assert statuses(stated(Status.AFFECTED)) == []
    assert statuses(HOLE, replace(stated(Status.NOT_AFFECTED), withdrawn=True)) == [None]


def test_the_last_statement_counts_and_of_two_at_once_the_one_that_settles_less() -> None:
    early, late = stated(Status.NOT_AFFECTED, day=1), stated(Status.AFFECTED, "1.0", "PYSEC-2026-1", day=2)
    assert statuses(HOLE, late, early) == [Status.AFFECTED]
    assert statuses(HOLE, stated(Status.NOT_AFFECTED, day=3), early, late) == [Status.NOT_AFFECTED]
    for pair in ((Status.AFFECTED, Status.NOT_AFFECTED), (Status.FIXED, Status.UNDER_INVESTIGATION)):
        assert statuses(HOLE, *map(stated, pair)) == statuses(HOLE, *map(stated, reversed(pair)))
        (one,) = known(HOLE, *map(stated, pair))
        assert one.stated is not None
        assert not one.stated.settles


def test_a_statement_that_names_two_vulnerabilities_does_not_make_them_one() -> None:
    other = Advisory("CVE-2026-2", ASKED, BELOW_2)
    both = replace(stated(Status.NOT_AFFECTED), aliases=("CVE-2026-2",))
    assert [each.id for each in known(HOLE, other, both)] == ["PYSEC-2026-1", "CVE-2026-2"]
    assert statuses(HOLE, other, both) == [Status.NOT_AFFECTED, Status.NOT_AFFECTED]


def test_a_report_of_malice_is_never_settled() -> None:
    (one,) = known(replace(HOLE, malicious=True), stated(Status.NOT_AFFECTED))
    assert one.stated is not None
    assert not one.is_settled
