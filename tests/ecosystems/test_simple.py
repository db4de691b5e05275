"""Project pages into values: what is read, what is refused, and that nothing changes on the way through."""

import contextlib
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from pratique.ecosystems.pypi.names import normalise
from pratique.ecosystems.pypi.render import encode_html, encode_json
from pratique.ecosystems.pypi.simple import JSON_TYPE, TEXT_HTML, negotiate, parse_page
from pratique.ecosystems.pypi.steering import ClientStyle, Marks, steer_page
from pratique.errors import InvalidInput
from pratique.model.artifact import Digest, ProjectName, VersionText
from pratique.model.listing import ListedFile, Listing, Rejected

URL = "https://index.example/simple/demo/"
DEMO = ProjectName("demo")
SHA = "a" * 64


def page(*files: dict[str, object], **more: object) -> Listing:
    body = {"meta": {"api-version": "1.1"}, "name": "demo", "files": list(files), **more}
    return parse_page(json.dumps(body).encode(), JSON_TYPE, URL, DEMO)


def file(filename: str = "demo-1.0-py3-none-any.whl") -> dict[str, object]:
    return {
        "filename": filename,
        "url": f"https://files.example/packages/{filename}",
        "hashes": {"sha256": SHA},
    }


def test_every_field_of_a_file_is_read() -> None:
    told = file() | {
        "upload-time": "2024-09-14T02:58:28.463127Z",
        "size": 7,
        "requires-python": ">=3.8",
        "yanked": "broken",
    }
    assert page(
        told | {"core-metadata": {"sha256": "B" * 64}, "hashes": {"sha256": SHA, "sha512": "C" * 128}}
    ).files == (
        ListedFile(
            filename="demo-1.0-py3-none-any.whl",
            url="https://files.example/packages/demo-1.0-py3-none-any.whl",
            version=VersionText("1.0"),
            kind="wheel",
            digest=Digest(f"sha256:{SHA}"),
            size=7,
            upload_time=datetime(2024, 9, 14, 2, 58, 28, 463127, tzinfo=UTC),
            requires=">=3.8",
            yanked="broken",
            metadata=Digest("sha256:" + "b" * 64),
            digests=(Digest(f"sha256:{SHA}"), Digest("sha512:" + "c" * 128)),
        ),
    )


def test_html_and_json_are_read_alike() -> None:
    html = (
        '<!DOCTYPE html><html><head><meta name="pypi:repository-version" content="1.4">'
        '<meta name="pypi:project-status" content="archived"></head><body>'
        f'<a href="../../packages/demo-1.0.tar.gz#sha256={SHA}" data-requires-python="&gt;=3.8" data-yanked="broken">'
        "demo-1.0.tar.gz</a>"
        "</body></html>"
    )
    read = parse_page(html.encode(), f"{TEXT_HTML}; charset=utf-8", URL, DEMO)
    told = file("demo-1.0.tar.gz") | {"requires-python": ">=3.8", "yanked": "broken"}
    told["url"] = "https://index.example/packages/demo-1.0.tar.gz"
    assert read == page(told, **{"project-status": {"status": "archived"}})


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (file() | {"url": "https://files.example/other-1.0-py3-none-any.whl"}, "ends in another file name"),
        (file("other-1.0-py3-none-any.whl"), "is no file of demo"),
        (file("demo-1.0.sh"), "of no kind that package indexes serve"),
        (file("demo-1.0-py3-none-any.whl\u0000"), "characters that do not belong there"),
        (file() | {"url": "https://files.example/a%2Fb/demo-1.0-py3-none-any.whl"}, "in several ways"),
        (file() | {"url": "https://files.example/a%252Fb/demo-1.0-py3-none-any.whl"}, "in several ways"),
        (file() | {"url": "https://files.example/a%5Cb/demo-1.0-py3-none-any.whl"}, "in several ways"),
        (file() | {"url": "https://files.example/a%00/demo-1.0-py3-none-any.whl"}, "in several ways"),
        (file() | {"url": "https://files.example/%2e%2e/demo-1.0-py3-none-any.whl"}, "in several ways"),
        (file() | {"url": "https://files.example/%ff/demo-1.0-py3-none-any.whl"}, "in no encoding known here"),
        (
            file() | {"url": "https://files.example/%zz/demo-1.0-py3-none-any.whl"},
            "characters that do not belong there",
        ),
        (file() | {"url": "https://files.example\\x/demo-1.0-py3-none-any.whl"}, "characters that do not belong there"),
        (file() | {"url": "https://files.example:x/demo-1.0-py3-none-any.whl"}, "no plain http or https URL"),
        (file("-demo-1.0.tar.gz"), "no file name of a distribution"),
        (file() | {"url": "http://files.example/demo-1.0-py3-none-any.whl"}, "leaves https"),
        (file() | {"url": "ftp://files.example/demo-1.0-py3-none-any.whl"}, "no plain http or https URL"),
        (file() | {"url": "https://u:p@files.example/demo-1.0-py3-none-any.whl"}, "no plain http or https URL"),
        (file() | {"url": "https://files.example/a/../demo-1.0-py3-none-any.whl"}, "changes when it is read twice"),
        (
            file() | {"url": "https://files.example/" + "a" * 3000 + "/demo-1.0-py3-none-any.whl"},
            "its URL is too long",
        ),
        (file() | {"hashes": {"sha256": "g" * 64}}, "its sha256 is malformed"),
        (file() | {"hashes": {"sha256": "aa " * 21 + "a"}}, "its sha256 is malformed"),
        (file() | {"hashes": {"sha256": 7}}, "its sha256 is no text"),
        (file() | {"hashes": {"sha256": SHA, "sha512": SHA}}, "its sha512 is malformed"),
        (file() | {"hashes": {"sha256": "a" * 63}}, "sha256 is malformed"),
    ],
)
def test_a_file_that_could_be_read_in_two_ways_is_left_out_and_named(told: dict[str, object], why: str) -> None:
    read = page(told, file("demo-2.0.tar.gz"))
    assert [entry.filename for entry in read.files] == ["demo-2.0.tar.gz"]
    assert len(read.rejected) == 1
    assert why in read.rejected[0].why


FLAWS: dict[str, dict[str, object]] = {
    "none": {},
    "relative": {"url": "../../packages/NAME"},
    "fragment": {"url": "https://files.example/packages/NAME#sha256=00"},
    "elsewhere": {"url": "https://other.example/packages/NAME"},
    "plain http": {"url": "http://files.example/packages/NAME"},
    "query": {"url": "https://files.example/packages/NAME?x=1"},
    "line break": {"url": "https://files.example/pack\nages/NAME"},
    "space": {"url": " https://files.example/packages/NAME"},
    "no host": {"url": "https:///packages/NAME"},
    "bracket": {"url": "//[/packages/NAME"},
    "other name": {"url": "https://files.example/packages/x-NAME"},
    "dots": {"url": "https://files.example/packages/../NAME"},
    "empty segment": {"url": "https://files.example/packages//NAME"},
    "short digest": {"hashes": {"sha256": "a" * 63}},
    "other digits": {"hashes": {"sha256": "\u0661" * 64}},
    "no digest": {"hashes": {}},
    "metadata": {"core-metadata": {"sha256": "b" * 64}},
    "short metadata digest": {"core-metadata": {"sha256": "b"}},
    "metadata denied": {"core-metadata": False},
    "control": {"requires-python": ">=3\u0007", "yanked": "a\nb"},
    "empty yank": {"yanked": ""},
    "another zone": {"upload-time": "2024-01-01T00:00:00+02:00"},
    "no zone": {"upload-time": "2024-01-01T00:00:00"},
    "outside the calendar": {"upload-time": "0001-01-01T00:00:00+02:00"},
    "negative": {"size": -1},
    "not a distribution": {"filename": "demo-NUMBER.sh", "url": "https://files.example/demo-NUMBER.sh"},
    "another project": {"filename": "omed-NUMBER.zip", "url": "https://files.example/omed-NUMBER.zip"},
}
"""Entries as indexes have been seen to write them, and as one might that means ill."""


def flawed(number: int, flaw: str) -> dict[str, object]:
    told = file(f"demo-{number}-py3-none-any.whl")
    for key, value in FLAWS[flaw].items():
        named = value.replace("NAME", str(told["filename"])) if isinstance(value, str) else value
        told[key] = named.replace("NUMBER", str(number)) if isinstance(named, str) else named
    return told


@given(st.lists(st.sampled_from(sorted(FLAWS)), max_size=6))
def test_an_entry_is_read_the_same_whatever_stands_beside_it(flaws: list[str]) -> None:
    told = [flawed(number, flaw) for number, flaw in enumerate(flaws)]
    alone = [page(each) for each in told]
    together = page(*told)
    assert together.files == tuple(entry for each in alone for entry in each.files)
    assert set(together.rejected) == {rejected for each in alone for rejected in each.rejected}
    assert set(together.ignored) == {ignored for each in alone for ignored in each.ignored}


def test_which_entries_are_kept_and_in_what_form() -> None:
    read = {flaw: page(flawed(1, flaw)) for flaw in FLAWS}
    refused = {flaw for flaw, one in read.items() if one.rejected}
    assert refused == {
        "another project", "bracket", "dots", "empty segment", "line break", "no host", "not a distribution", "other digits",
        "other name", "plain http", "short digest", "space",
    }  # fmt: skip
    entry = {flaw: one.files[0] for flaw, one in read.items() if one.files}
    assert entry["relative"].url == "https://index.example/packages/demo-1-py3-none-any.whl"
    assert entry["fragment"].url == "https://files.example/packages/demo-1-py3-none-any.whl"
    assert entry["query"].path == "/packages/demo-1-py3-none-any.whl"
    assert entry["query"].metadata_url == "https://files.example/packages/demo-1-py3-none-any.whl.metadata?x=1"
    assert (entry["control"].requires, entry["control"].yanked) == (">=3", "a b")
    assert entry["empty yank"].yanked is True
    assert entry["another zone"].upload_time == datetime(2023, 12, 31, 22, tzinfo=UTC)
    assert entry["no zone"].upload_time == datetime(2024, 1, 1, tzinfo=UTC)
    assert (entry["outside the calendar"].upload_time, entry["negative"].size) == (None, None)
    assert (entry["metadata denied"].metadata, entry["short metadata digest"].metadata) == (False, True)


def test_two_files_under_one_name_are_both_left_out() -> None:
    read = page(file(), file() | {"hashes": {"sha256": "b" * 64}})
    assert read.files == ()
    assert read.rejected == (
        Rejected("demo-1.0-py3-none-any.whl", "the page lists two different files under this name"),
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"name": "other", "files": []}',
        b'{"name": "demo", "files": [], "meta": {"api-version": "2.0"}}',
        b'{"name": "demo", "files": 3}',
        b'{"name": "demo", "files": NaN}',
        b'{"name": "d\xffmo", "files": []}',
        b"[" * 100_000,
    ],
)
def test_a_page_that_lies_about_itself_is_refused_whole(body: bytes) -> None:
    with pytest.raises(InvalidInput):
        parse_page(body, JSON_TYPE, URL, DEMO)
    with pytest.raises(InvalidInput):
        parse_page(b"{}", "text/plain", URL, DEMO)


@given(st.binary(max_size=400))
def test_any_bytes_give_a_page_or_a_clear_error(body: bytes) -> None:
    for kind in (JSON_TYPE, TEXT_HTML):
        with contextlib.suppress(InvalidInput):
            parse_page(body, kind, URL, DEMO)


words = st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S"]), max_size=12)
listed = st.builds(
    lambda number, sha, size, requires, yanked, metadata: ListedFile(
        filename=f"demo-{number}-py3-none-any.whl",
        url=f"https://files.example/p/demo-{number}-py3-none-any.whl",
        version=VersionText(f"{number}"),
        kind="wheel",
        digest=Digest(f"sha256:{sha:064x}") if sha else None,
        size=size,
        upload_time=datetime(2024, 1, 1, 1, 1, 1, number, tzinfo=UTC) if size else None,
        requires=requires,
        yanked=yanked,
        metadata=Digest(f"sha256:{metadata:064x}") if metadata else True,
    ),
    st.integers(0, 999),
    st.integers(0, 9),
    st.none() | st.integers(0, 9),
    st.none() | words.filter(bool),
    st.booleans() | words.filter(bool),
    st.integers(0, 3),
)


@given(st.lists(listed, max_size=4, unique_by=lambda file: file.filename))
def test_what_is_written_reads_as_the_same_in_both_forms(files: list[ListedFile]) -> None:
    shown = steer_page(Listing(DEMO, tuple(files)), Marks(), ClientStyle.YANK, "https://files.example")
    assert parse_page(bytes(encode_json(shown)), JSON_TYPE, URL, DEMO).files == tuple(files)
    html = parse_page(encode_html(shown), TEXT_HTML, URL, DEMO)
    assert html.files == tuple(replace(file, size=None, upload_time=None) for file in files)


def test_a_version_is_read_from_the_file_name_whatever_the_page_says() -> None:
    entry = page(file() | {"_version": "9.9", "version": "9.9"}).files[0]
    assert entry.version == "1.0"
    assert (entry.path, entry.digest) == ("/packages/demo-1.0-py3-none-any.whl", f"sha256:{SHA}")


def test_what_follows_an_unknown_key_is_dropped() -> None:
    told = file() | {"evil": {"nested": ["x"]}}
    shown = steer_page(page(told), Marks(), ClientStyle.YANK, "..")
    assert b"evil" not in encode_json(shown)
    assert b"evil" not in encode_html(shown)


@given(st.text(max_size=40))
def test_normalising_a_name_twice_changes_nothing(name: str) -> None:
    try:
        once = normalise(name)
    except InvalidInput:
        return
    assert normalise(once) == once


@pytest.mark.parametrize(
    ("accept", "answer"),
    [
        ("", TEXT_HTML),
        ("*/*", TEXT_HTML),
        (f"{JSON_TYPE}, text/html; q=0.01", JSON_TYPE),
        (f"{JSON_TYPE};q=0, text/html", TEXT_HTML),
        ("application/vnd.pypi.simple.latest+json", JSON_TYPE),
        ("application/vnd.pypi.simple.v2+json", None),
        ("text/html;q=soon", None),
    ],
)
def test_the_media_type_is_what_the_client_prefers(accept: str, answer: str | None) -> None:
    assert negotiate(accept) == answer


@given(
    st.sampled_from(["demo", "DEMO", "d_emo", "other", "de"]),
    st.sampled_from(["1.0", "1.0rc1", "01", "1.0-1", "1+x", "1!2", "1.0.post1.dev2", "v1", "1" * 130]),
    st.sampled_from(
        [
            "-py3-none-any.whl",
            "-1-py3-none-any.whl",
            "-py3-none.whl",
            ".tar.gz",
            ".zip",
            "-x.tar.gz",
            ".egg",
            ".tar.gz.whl",
        ]
    ),
    st.sampled_from(["/p/", "/", "/a/./b/", "/a//b/", "/a%20b/", "/" + "a" * 2000 + "/"]),
)
def test_the_short_way_says_what_the_long_way_says(name: str, version: str, end: str, folder: str) -> None:
    filename = f"{name}{version and '-'}{version}{end}"
    told = file(filename) | {"url": f"https://files.example{folder}{filename}"}
    first, later = page(told), page(file("demo-0.1.zip"), told)
    assert later.files[1:] == first.files, "the first file of a page is always read the long way"
    assert later.rejected == first.rejected
