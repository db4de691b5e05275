"""Which versions a record is about: as the OSV schema evaluates it, one version after the other, but for all at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.ecosystems import ECOSYSTEMS
from pratique.facts.advisories.ranges import Ordered
from pratique.model.advisory import Affected, Edge, Event
from pratique.model.artifact import Ecosystem, VersionText

READ = ECOSYSTEMS[Ecosystem.PYPI].version
VERSIONS = tuple(VersionText(f"{major}.{minor}") for major in range(1, 5) for minor in range(4))


def affected(by: Affected, *versions: str) -> set[str]:
    return set(Ordered.of(map(VersionText, versions or VERSIONS), READ).affected(by))


def events(*pairs: tuple[Edge, str]) -> tuple[Event, ...]:
    return tuple(Event(edge, version) for edge, version in pairs)


def by_the_schema(version: str, ranges: tuple[tuple[Event, ...], ...]) -> bool:
    """The evaluation as the schema writes it down, of one version, for ranges whose edges lie at different versions."""

    def key(event: Event) -> tuple[object, ...]:
        read = READ(event.version)
        return () if event.version == "0" or read is None else (read.key,)

    own = READ(version)
    assert own is not None
    for each in ranges:
        vulnerable = False
        for event in sorted(each, key=key):
            place = key(event)
            if event.edge is Edge.INTRODUCED and (not place or own.key >= place[0]):
                vulnerable = True
            elif (event.edge is Edge.FIXED and own.key >= place[0]) or (
                event.edge is Edge.LAST_AFFECTED and own.key > place[0]
            ):
                vulnerable = False
        if vulnerable:
            return True
    return False


EDGES = st.lists(
    st.tuples(st.sampled_from([Edge.INTRODUCED, Edge.FIXED, Edge.LAST_AFFECTED]), st.sampled_from(VERSIONS)),
    unique_by=lambda each: each[1],
    min_size=1,
    max_size=5,
)


@given(st.lists(EDGES, min_size=1, max_size=3))
def test_all_versions_at_once_are_each_version_by_the_schema(ranges: list[list[tuple[Edge, str]]]) -> None:
    made = tuple(events(*each) for each in ranges)
    assert affected(Affected((), made)) == {version for version in VERSIONS if by_the_schema(version, made)}


TWO_SPANS = events((Edge.INTRODUCED, "4.0"), (Edge.INTRODUCED, "1.0"), (Edge.FIXED, "1.1"), (Edge.FIXED, "4.1"))
ENDS_AND_BEGINS = events((Edge.INTRODUCED, "1.0"), (Edge.FIXED, "1.1"), (Edge.INTRODUCED, "1.1"), (Edge.FIXED, "1.2"))


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (Affected(), set(VERSIONS)),
        (Affected(("1.0", "v2.1", "9.9")), {"1.0", "2.1"}),
        (Affected(("01.00",)), {"1.0"}),
        (Affected((), (events((Edge.INTRODUCED, "0"), (Edge.FIXED, "1.1")),)), {"1.0"}),
        (Affected((), (events((Edge.INTRODUCED, "0"), (Edge.LAST_AFFECTED, "1.1")),)), {"1.0", "1.1"}),
        (Affected((), (events((Edge.FIXED, "1.1"), (Edge.INTRODUCED, "1.0")),)), {"1.0"}),
        (Affected((), (TWO_SPANS,)), {"1.0", "4.0"}),
        (Affected((), (ENDS_AND_BEGINS,)), {"1.0", "1.1"}),
        (Affected((), (events((Edge.INTRODUCED, "0"), (Edge.LIMIT, "1.2")),)), {"1.0", "1.1"}),
        (Affected((), (events((Edge.INTRODUCED, "no version"), (Edge.FIXED, "1.1")),)), {"1.0"}),
        (Affected((), (events((Edge.INTRODUCED, "4.2"), (Edge.FIXED, "no version")),)), {"4.2", "4.3"}),
        (Affected((), ((),)), set()),
    ],
)  # fmt: skip
def test_edges(by: Affected, expected: set[str]) -> None:
    assert affected(by) == expected


def test_what_is_no_version_is_compared_as_it_is_written() -> None:
    assert affected(Affected(("2004d",)), "2004d", "1.0") == {"2004d"}
    assert affected(Affected(), "2004d") == {"2004d"}
    assert affected(Affected((), (events((Edge.INTRODUCED, "0")),)), "2004d", "1.0") == {"1.0"}
