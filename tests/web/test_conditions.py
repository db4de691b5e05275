"""Conditional and partial requests, by the book (RFC 9110)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from pratique.web.conditions import Part, part_of, takes_gzip

ETAG = "0123abcd"
SIZE = 100


def headers(**told: str) -> CIMultiDict[str]:
    return CIMultiDict({name.replace("_", "-"): value for name, value in told.items()})


@pytest.mark.parametrize(
    ("told", "answer"),
    [
        ("", Part(200, 0, SIZE)),
        ("bytes=0-9", Part(206, 0, 10)),
        ("Bytes=90-", Part(206, 90, SIZE)),
        ("bytes=90-900", Part(206, 90, SIZE)),
        ("bytes=-10", Part(206, 90, SIZE)),
        ("bytes=-900", Part(206, 0, SIZE)),
        ("bytes=0-0", Part(206, 0, 1)),
        ("bytes=100-", Part(416, 0, 0)),
        ("bytes=-0", Part(416, 0, 0)),
        ("bytes=9-3", Part(200, 0, SIZE)),
        ("bytes=-", Part(200, 0, SIZE)),
        ("bytes=0-1,5-6", Part(200, 0, SIZE)),
        ("lines=0-9", Part(200, 0, SIZE)),
        ("bytes=a-9", Part(200, 0, SIZE)),
        ("bytes=" + "9" * 5000 + "-", Part(200, 0, SIZE)),
    ],
)
def test_a_range_is_answered(told: str, answer: Part) -> None:
    assert part_of("GET", headers(Range=told), ETAG, SIZE) == answer
    assert part_of("HEAD", headers(Range=told), ETAG, SIZE) == Part(200, 0, SIZE)


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        (f'"{ETAG}"', 206),
        (f'W/"{ETAG}"', 200),
        ('"other"', 200),
        (ETAG, 200),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 200),
        ("", 200),
    ],
)
def test_a_part_is_sent_only_of_what_the_client_has_the_rest_of(condition: str, status: int) -> None:
    assert part_of("GET", headers(Range="bytes=5-9", If_Range=condition), ETAG, SIZE).status == status


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        (f'"{ETAG}"', 304),
        (f'W/"{ETAG}"', 304),
        (f'"a", W/"{ETAG}" , "b"', 304),
        ("*", 304),
        ('"a", "b"', 200),
        (f'"{ETAG}-gzip"', 200),
        ("", 200),
    ],
)
def test_what_the_client_has_is_not_sent_again(condition: str, status: int) -> None:
    for method in ("GET", "HEAD"):
        assert part_of(method, headers(If_None_Match=condition), ETAG, SIZE).status == status
    assert part_of("GET", headers(If_None_Match=condition, Range="bytes=0-1"), ETAG, SIZE).status == (
        304 if status == 304 else 206
    )


@given(st.integers(0, 300), st.text("0123456789-", max_size=8).map("bytes={}".format))
def test_no_range_leads_outside(size: int, told: str) -> None:
    part = part_of("GET", headers(Range=told), ETAG, size)
    assert 0 <= part.start <= part.end <= size
    assert (part.status == 206) <= (part.start < part.end)


@pytest.mark.parametrize(
    ("told", "gzip"),
    [
        ("gzip", True),
        ("x-gzip", True),
        ("GZIP;q=0.5", True),
        ("br, gzip;q=0.001", True),
        ("*", True),
        ("*;q=0.1", True),
        ("identity;q=0, gzip", True),
        ("", False),
        ("identity", False),
        ("br", False),
        ("gzip;q=0", False),
        ("gzip;q=0.000, *", False),
        ("*;q=0", False),
        ("identity, gzip;q=0.5", False),
    ],
)
def test_gzip_is_for_those_who_want_it(told: str, gzip: bool) -> None:  # noqa: FBT001 - a column of the table
    assert takes_gzip(headers(Accept_Encoding=told)) is gzip


def test_without_a_word_nothing_is_packed() -> None:
    assert not takes_gzip(headers())
