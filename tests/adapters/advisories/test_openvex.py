"""Statements of an organisation about vulnerabilities: read strictly, and kept as a feed of their own."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.adapters.advisories.base import AdvisoryBase
from pratique.adapters.advisories.feed import documents
from pratique.adapters.advisories.openvex import read_statements
from pratique.errors import InvalidInput, LimitExceeded
from pratique.model import limits
from pratique.model.advisory import About, FeedForm, Status
from pratique.model.evidence import Unknown

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)


def statement(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - what statements hold
    said = {
        "vulnerability": {"name": "CVE-2026-7", "aliases": ["GHSA-7"]},
        "products": [{"@id": "pkg:pypi/Demo_Look@1.0"}],
        "status": "not_affected",
        "justification": "vulnerable_code_not_in_execute_path",
    }
    return {key: value for key, value in {**said, **changes}.items() if value is not None}


def vex(*statements: dict[str, Any], **changes: Any) -> bytes:  # noqa: ANN401 - the same
    said = {
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "https://acme.example/vex/1",
        "author": "Acme Security",
        "timestamp": "2026-11-30T10:00:00Z",
        "version": 1,
        "statements": list(statements) or [statement()],
    }
    return json.dumps({key: value for key, value in {**said, **changes}.items() if value is not None}).encode()


def test_a_statement_is_about_the_package_it_names() -> None:
    (read,) = read_statements("a.json", vex(), "acme")
    assert (read.kind, read.name, read.advisory.affected.versions) == ("pypi", "demo-look", ("1.0",))
    assert (read.advisory.id, read.advisory.aliases) == ("CVE-2026-7", ("GHSA-7",))
    assert read.advisory.modified == datetime(2026, 11, 30, 10, tzinfo=UTC)
    stated = read.advisory.stated
    assert stated is not None
    assert (stated.status, stated.by) == (Status.NOT_AFFECTED, "Acme Security")
    assert stated.why == "vulnerable_code_not_in_execute_path"


@pytest.mark.parametrize(
    ("product", "found"),
    [
        ({"@id": "pkg:pypi/demolook"}, [("pypi", "demolook", ())]),
        ({"@id": "pkg:npm/%40acme/tool@2.0.0"}, [("npm", "@acme/tool", ("2.0.0",))]),
        ({"@id": "https://acme.example/x", "identifiers": {"purl": "pkg:pypi/a@1"}}, [("pypi", "a", ("1",))]),
        (
            {"@id": "pkg:pypi/a@1", "identifiers": {"purl": "pkg:pypi/a@1", "cpe23": "cpe:2.3:a"}},
            [("pypi", "a", ("1",))],
        ),
        ({"@id": "pkg:oci/server@sha256:00"}, []),
        ({"@id": "https://acme.example/x"}, []),
    ],
)
def test_products_are_known_by_their_package_urls(product: dict[str, Any], found: list[tuple[str, str, Any]]) -> None:
    reads = read_statements("a.json", vex(statement(products=[product])), "acme")
    assert [(each.kind, each.name, each.advisory.affected.versions) for each in reads] == found


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"{", "truncated"),
        (b"[]", "Expected `object`"),
        (b"\xff", "malformed"),
        (vex(**{"@context": "https://cyclonedx.example/"}), "not that of OpenVEX"),
        (vex(**{"@context": None}), "missing required field `@context`"),
        (vex(author=""), "length >= 1"),
        (vex(author=None), "missing required field `author`"),
        (vex(timestamp="yesterday"), "isoformat"),
        (vex(statements=[]), "length >= 1"),
        (vex(statement(status="harmless")), "Invalid enum value 'harmless'"),
        (vex(statement(products=[])), "length >= 1"),
        (vex(statement(products=None)), "missing required field `products`"),
        (vex(statement(vulnerability={"name": ""})), "length >= 1"),
        (vex(statement(vulnerability="CVE-2026-7")), "Expected `object`"),
        (vex(statement(justification=None)), "statement 1 says not_affected, and has neither"),
        (vex(statement(justification=" ")), "statement 1 says not_affected, and has neither"),
        (vex(statement(), statement(timestamp="x")), "isoformat"),
        (vex(statement(products=[{"@id": "pkg:pypi/a@"}])), "empty version"),
        (vex(statement(products=[{"@id": "pkg:pypi/"}])), "purl"),
        (vex(statement(products=[{"@id": "pkg:pypi/..."}])), "no project name"),
        (
            vex(statement(products=[{"@id": "pkg:oci/app", "subcomponents": [{"@id": "pkg:pypi/a@1"}]}])),
            "statement 1 is about a part of pkg:oci/app; name the package itself",
        ),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_reason(data: bytes, told: str) -> None:
    with pytest.raises(InvalidInput) as error:
        read_statements("a.json", data, "acme")
    assert str(error.value).startswith("a.json is no OpenVEX document: ")
    assert told in str(error.value)


def test_a_huge_one_is_refused() -> None:
    with pytest.raises(LimitExceeded):
        read_statements("a.json", b" " * (limits.ADVISORY_BYTES_MAX + 1), "acme")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.sampled_from(["pkg:pypi/a@1", "fixed"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)
_KEYS = st.sampled_from(
    ["vulnerability", "products", "status", "justification", "timestamp", "impact_statement", "status_notes"]
)


@given(st.dictionaries(_KEYS, _JSON), st.dictionaries(st.sampled_from(["@context", "author", "statements"]), _JSON))
def test_whatever_it_holds_it_is_read_or_refused(inner: dict[str, Any], outer: dict[str, Any]) -> None:
    try:
        reads = read_statements("a.json", vex(statement(**inner), **outer), "acme")
    except InvalidInput:
        return
    assert all(each.kind in {"pypi", "npm"} and each.advisory.stated is not None for each in reads)


async def test_statements_are_a_feed_that_makes_no_other_look_new(tmp_path: Path) -> None:
    base = AdvisoryBase(tmp_path / "advisories.sqlite")
    path = tmp_path / "acme.json"
    path.write_bytes(vex(statement(products=[{"@id": "pkg:pypi/demo@1.0"}])))
    async with base.replacing("acme", str(path), documents(path), NOW, form=FeedForm.OPENVEX) as imported:
        assert (imported.records, imported.packages) == (1, (("pypi", "demo"),))
    assert isinstance(await base.about("pypi", "demo"), Unknown), "no advisory was asked for yet"
    record = {"id": "CVE-2026-7", "affected": [{"package": {"ecosystem": "PyPI", "name": "demo"}}]}
    (tmp_path / "osv.json").write_text(json.dumps(record), encoding="utf-8")
    early = NOW.replace(year=2025)
    async with base.replacing("osv", "osv", documents(tmp_path / "osv.json"), early):
        pass
    about = await base.about("pypi", "demo")
    assert isinstance(about, About)
    assert (about.as_of, len(about.records)) == (early, 2)
    assert [(feed.name, feed.form) for feed in await base.feeds()] == [
        ("acme", FeedForm.OPENVEX),
        ("osv", FeedForm.OSV),
    ]
    with pytest.raises(InvalidInput, match="the feed acme is one of OpenVEX documents"):
        async with base.replacing("acme", "osv", documents(tmp_path / "osv.json"), NOW):
            pass
    await base.close()
