"""Each field of a page with each odd value: it costs that value or that file, which is named, and never the page."""

import json
from datetime import UTC, datetime

import pytest

from pratique.ecosystems.pypi.simple import JSON_TYPE, parse_page
from pratique.errors import InvalidInput
from pratique.model.artifact import ProjectName
from pratique.model.listing import ListedFile, Listing

DEMO = ProjectName("demo")
URL = "https://index.example/simple/demo/"
GOOD = {
    "filename": "demo-1.0-py3-none-any.whl",
    "url": "https://index.example/p/demo-1.0-py3-none-any.whl",
    "hashes": {"sha256": "a" * 64},
    "size": 7,
    "upload-time": "2024-01-01T00:00:00Z",
    "requires-python": ">=3.8",
    "yanked": False,
    "core-metadata": True,
}
BESIDE = GOOD | {name: str(GOOD[name]).replace("1.0", "2.0") for name in ("filename", "url")}
ODD = [
    None, "", " ", "x", "\u0000", 0, 1, -1, 7.5, 1e300, True, False, [], [1], {}, {"sha256": None}, {"a": {"b": "c"}},
    "9" * 5000, 10**30,
]  # fmt: skip
PAGE_FIELDS = ("meta", "project-status", "versions", "name", "alternate-locations", "tracks")


def read(*files: object, **more: object) -> Listing:
    page = {"meta": {"api-version": "1.4"}, "name": "demo", "files": list(files), **more}
    return parse_page(json.dumps(page).encode(), JSON_TYPE, URL, DEMO)


def without(told: dict[str, object], field: str) -> dict[str, object]:
    return {name: value for name, value in told.items() if name != field}


@pytest.mark.parametrize("value", ODD, ids=repr)
@pytest.mark.parametrize("field", GOOD)
def test_an_odd_value_costs_itself_or_its_file_by_name(field: str, value: object) -> None:
    page = read(GOOD | {field: value}, BESIDE)
    by_name = {file.filename: file for file in page.files}
    assert str(BESIDE["filename"]) in by_name
    file = by_name.get(str(GOOD["filename"]))
    named = {one.filename for one in (*page.rejected, *page.ignored)}
    if file is None:
        assert len(page.rejected) == 1
        assert field == "filename" or named == {GOOD["filename"]}
    elif named != {GOOD["filename"]}:
        assert is_meaningful(field, value), "a value was set aside without a word"


def is_meaningful(field: str, value: object) -> bool:
    """Whether a value says something, or says in its field that there is nothing to say."""
    if value is None:
        return field != "hashes"
    if isinstance(value, dict):
        return field in ("core-metadata", "hashes")
    types: dict[str, tuple[type, ...]] = {"yanked": (bool, str), "requires-python": (str,), "core-metadata": (bool,)}
    return isinstance(value, types.get(field, ())) or (field == "size" and type(value) is int and value >= 0)


@pytest.mark.parametrize("value", ODD, ids=repr)
@pytest.mark.parametrize("field", PAGE_FIELDS)
def test_an_odd_value_of_the_page_costs_itself(field: str, value: object) -> None:
    if field == "name" and isinstance(value, str):
        with pytest.raises(InvalidInput):
            read(GOOD, name=value)
        return
    page = read(GOOD, BESIDE, **{field: value})
    assert (len(page.files), page.status, page.rejected) == (2, "active", ())
    if field == "name" or (field == "project-status" and value not in (None, {}, {"sha256": None}, {"a": {"b": "c"}})):
        assert [one.filename for one in page.ignored] == [""]


@pytest.mark.parametrize("value", ODD, ids=repr)
def test_an_odd_value_in_place_of_a_file_costs_that_one(value: object) -> None:
    page = read(value, BESIDE)
    assert [file.filename for file in page.files] == [BESIDE["filename"]]
    assert len(page.rejected) == 1


def test_what_means_something_in_another_form_keeps_its_meaning() -> None:
    def mended(**odd: object) -> ListedFile:
        page = read(GOOD | {name.replace("_", "-"): value for name, value in odd.items()})
        assert page.ignored == page.rejected == ()
        return page.files[0]

    assert mended(hashes={"sha256": "A" * 64}).digest == "sha256:" + "a" * 64
    assert (mended(size="12").size, mended(size=12.0).size) == (12, 12)
    assert mended(upload_time="2024-01-01 02:00:00+02:00").upload_time == datetime(2024, 1, 1, tzinfo=UTC)
    assert (mended(yanked=None).yanked, mended(yanked="").yanked) == (False, True)
    assert mended(core_metadata={"sha256": "B" * 64}).metadata == "sha256:" + "b" * 64
    older = without(GOOD, "core-metadata") | {"dist-info-metadata": {"sha256": "c" * 64}}
    assert read(older).files[0].metadata == "sha256:" + "c" * 64
    assert read(without(GOOD, "hashes")).files[0].digest is None


@pytest.mark.parametrize(
    ("told", "url", "attests", "ignored"),
    [
        ({"provenance": "https://index.example/a.provenance"}, "https://index.example/a.provenance", True, False),
        ({"provenance": "/integrity/a"}, "https://index.example/integrity/a", True, False),
        ({"provenance": None}, "", True, False),
        ({}, "", False, False),
        ({"provenance": 7}, "", True, True),
        ({"provenance": "ftp://index.example/a"}, "", True, True),
        ({"provenance": "https://index.example/\n"}, "", True, True),
        ({"provenance": "//[not a host"}, "", True, True),
        ({"provenance": "https://index.example/" + "a" * 9000}, "", True, True),
    ],
)
def test_where_attestations_are_is_a_url_or_is_said_to_be_none(
    told: dict[str, object],
    url: str,
    attests: bool,  # noqa: FBT001 - a row
    ignored: bool,  # noqa: FBT001 - a row
) -> None:
    page = read(GOOD | told)
    assert (page.files[0].provenance, page.attests, bool(page.ignored)) == (url, attests, ignored)


@pytest.mark.parametrize(
    ("told", "status", "reason"),
    [
        ({"status": "quarantined", "reason": "malware"}, "quarantined", "malware"),
        ({"status": "Quarantined "}, "quarantined", ""),
        ({"status": "quarantined", "reason": 7}, "quarantined", ""),
        ({"status": "shiny", "reason": "new"}, "active", ""),
        ("archived", "archived", ""),
    ],
)
def test_a_status_is_read_and_one_nobody_knows_is_named(told: object, status: str, reason: str) -> None:
    page = read(GOOD, **{"project-status": told})
    assert (page.status, page.status_reason) == (status, reason)
    assert [one.why for one in page.ignored] == (
        ["the project status 'shiny' is not known here"] if "shiny" in str(told) else []
    )


@pytest.mark.parametrize("value", ODD, ids=repr)
def test_a_file_with_an_odd_value_is_read_as_without_it_whatever_stands_beside(value: object) -> None:
    odd = GOOD | {"size": value}
    alone, together = read(odd), read(BESIDE, odd)
    assert set(alone.files) <= set(together.files)
    assert (alone.rejected, alone.ignored) == (together.rejected, together.ignored)
