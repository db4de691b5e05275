"""Records as feeds write them, and as nobody should."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.adapters.advisories.record import read_record
from pratique.errors import InvalidInput
from pratique.model import limits
from pratique.model.advisory import Affected, Edge, Event, Level

PACKAGE = {"ecosystem": "PyPI", "name": "Demo.Look"}
RANGE = {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.10"}]}
RECORD: dict[str, Any] = {
    "id": "PYSEC-2026-1",
    "modified": "2026-01-02T03:04:05Z",
    "aliases": ["CVE-2026-1"],
    "details": "One hole.\nMore.",
    "affected": [{"package": PACKAGE, "ranges": [RANGE], "versions": ["1.0", "1.9"]}],
}
V3 = {"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}
YAML = """\
id: PYSEC-2026-1
modified: 2026-01-02T03:04:05Z
affected:
- package: {ecosystem: PyPI, name: demo-look}
  ranges:
  - type: ECOSYSTEM
    events:
    - introduced: 0
    - fixed: 1.10
  versions:
  - 1.0
  - 1.9
"""


def read(path: str = "a.json", **changes: Any) -> list[Any]:  # noqa: ANN401 - what records hold
    return read_record(path, json.dumps({**RECORD, **changes}).encode(), "feed")


def test_a_record_is_read_with_the_name_in_normal_form() -> None:
    (found,) = read()
    assert (found.kind, found.name) == ("pypi", "demo-look")
    advisory = found.advisory
    assert (advisory.id, advisory.aliases, advisory.summary) == ("PYSEC-2026-1", ("CVE-2026-1",), "One hole. More.")
    assert advisory.affected == Affected(("1.0", "1.9"), ((Event(Edge.INTRODUCED, "0"), Event(Edge.FIXED, "1.10")),))
    assert (advisory.malicious, advisory.withdrawn, advisory.source) == (False, False, "feed")


def test_yaml_says_the_same_and_its_versions_are_no_numbers() -> None:
    (found,) = read_record("a.yaml", YAML.encode(), "feed")
    (expected,) = read(aliases=[], details="")
    assert found == expected


@pytest.mark.parametrize(
    ("severity", "said", "level"),
    [
        ([V3], None, Level.CRITICAL),
        ([{"type": "CVSS_V3", "score": "CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N"}], None, Level.LOW),
        ([{"type": "CVSS_V2", "score": "AV:N/AC:L/Au:N/C:P/I:P/A:P"}], None, Level.HIGH),
        ([{"type": "CVSS_V4", "score": "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:L/VI:L/VA:L/SC:N/SI:N/SA:N"}], None, Level.MEDIUM),
        ([{"type": "CVSS_V3", "score": "nonsense"}], "HIGH", Level.HIGH),
        ([{"type": "Ubuntu", "score": "high"}], None, Level.UNRATED),
        ([], "moderate", Level.MEDIUM),
        ([V3], "LOW", Level.CRITICAL),
        ([], 5, Level.UNRATED),
    ],
)  # fmt: skip
def test_ratings(severity: list[object], said: object, level: Level) -> None:
    (found,) = read(severity=severity, database_specific={"severity": said})
    assert found.advisory.level is level


def test_a_rating_of_one_package_counts_beside_that_of_the_record() -> None:
    part = {"package": PACKAGE, "versions": ["1.0"], "severity": [V3]}
    (found,) = read(affected=[part])
    assert found.advisory.level is Level.CRITICAL


def test_malice_and_withdrawal_are_told_by_the_id_and_the_date() -> None:
    (found,) = read(id="MAL-2026-1", withdrawn="2026-02-01T00:00:00Z")
    assert (found.advisory.malicious, found.advisory.withdrawn) == (True, True)


def test_several_packages_of_several_worlds() -> None:
    found = read(
        affected=[
            {"package": PACKAGE, "versions": ["1.0"]},
            {"package": {"ecosystem": "npm", "name": "@scope/Demo"}, "versions": ["2.0.0"]},
            {"package": {"ecosystem": "crates.io", "name": "demo"}, "versions": ["1.0"]},
            {"package": {"ecosystem": "PyPI", "name": "demo_look"}, "versions": ["3.0"]},
        ]
    )
    assert [(each.kind, each.name, each.advisory.affected.versions) for each in found] == [
        ("pypi", "demo-look", ("1.0", "3.0")),
        ("npm", "@scope/Demo", ("2.0.0",)),
    ]


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ({"ranges": [{"type": "GIT", "events": [{"introduced": "0"}]}]}, False),
        ({}, True),
        ({"ranges": [RANGE]}, True),
        ({"ranges": [{"type": "GIT", "events": []}, RANGE]}, True),
    ],
)
def test_ranges_of_commits_say_nothing_of_releases_and_nothing_at_all_means_every_release(
    part: dict[str, object],
    told: bool,  # noqa: FBT001 - a row
) -> None:
    assert bool(read(affected=[{"package": PACKAGE, **part}])) is told


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a]\nid: X-1\naffected: [*b,*b]\n"


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("a.json", b""),
        ("a.json", b"[]"),
        ("a.json", b"{}"),
        ("a.json", b'{"id": ""}'),
        ("a.json", b'{"id": 5}'),
        ("a.json", b'{"id": "X-1", "modified": "yesterday"}'),
        ("a.json", b'{"id": "X-1", "affected": {}}'),
        ("a.json", b'{"id": "X-1", "affected": [{"package": {"ecosystem": "PyPI", "name": "../x"}}]}'),
        ("a.json", b'{"id": "X-1", "affected": [{"package": {"ecosystem": "npm", "name": ""}}]}'),
        ("a.json", b'{"id": "X-1", "database_specific": ' + b'{"a":' * 5000 + b"1" + b"}" * 5000 + b"}"),
        ("a.json", b"\xff\xfe"),
        ("a.yaml", b"id: [unclosed"),
        ("a.yaml", b"just a text"),
        ("a.yaml", b"id: !!python/object/apply:os.system [x]"),
        ("a.yaml", BOMB.encode()),
        ("a.yaml", b"\x00"),
        ("a.json", b" " * (limits.ADVISORY_BYTES_MAX + 1)),
    ],
)  # fmt: skip
def test_what_is_no_record_is_refused_with_its_path(path: str, data: bytes) -> None:
    with pytest.raises(InvalidInput, match=path):
        read_record(path, data, "feed")


@given(st.binary(max_size=200), st.sampled_from(["a.json", "a.yaml"]))
def test_any_bytes_are_a_record_or_are_refused(data: bytes, path: str) -> None:
    try:
        read_record(path, data, "feed")
    except InvalidInput:
        return


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=12,
)


@given(st.sampled_from(sorted(RECORD)), _JSON)
def test_any_value_in_any_place_is_read_or_refused(field: str, value: object) -> None:
    try:
        read_record("a.json", json.dumps({**RECORD, field: value}).encode(), "feed")
    except InvalidInput:
        return
