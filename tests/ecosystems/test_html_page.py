"""HTML pages as installers read them, and in a time that grows with their size and no faster."""

import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.ecosystems.pypi.html_page import read_html
from pratique.ecosystems.pypi.simple import TEXT_HTML, parse_page
from pratique.errors import InvalidInput, LimitExceeded
from pratique.model import limits
from pratique.model.artifact import ProjectName
from pratique.model.listing import ListedFile, Listing

DEMO = ProjectName("demo")
URL = "https://index.example/simple/demo/"
NAME = "demo-1.0-py3-none-any.whl"
SHA = "a" * 64


def read(html: str | bytes, content_type: str = TEXT_HTML) -> Listing:
    return parse_page(html if isinstance(html, bytes) else html.encode(), content_type, URL, DEMO)


def one(html: str | bytes, content_type: str = TEXT_HTML) -> ListedFile:
    page = read(html, content_type)
    assert page.rejected == page.ignored == ()
    return page.files[0]


@pytest.mark.parametrize(
    "html",
    [
        f'<a href="/p/{NAME}#sha256={SHA}">{NAME}</a>',
        f"<a href='/p/{NAME}#sha256={SHA}'>x</a>",
        f"<a href=/p/{NAME}#sha256={SHA}>x</a>",
        f'<A HREF = "/p/{NAME}#sha256={SHA}" >x</A>',
        f'<a\n\thref="/p/{NAME}#sha256={SHA.upper()}"/>',
        f'<a class="x>y" data-x href=" /p/{NAME}#sha256={SHA} ">demo-1.0..&gt;</a>',
        f'<a href="/p/{NAME}#egg=demo&amp;sha256={SHA}&amp;x=1">',
        f'<a href="/p/{NAME}#sha256={SHA}&egg=demo-1.0">',
        f'<a href="/p/{NAME}#sha256={SHA}" href="/other">first counts</a>',
        f'<base href="/p/"><a href="{NAME}#sha256={SHA}">',
        f'<BASE href="https://index.example/p/" target=x><base href="/q/"><a href="{NAME}#sha256={SHA}">',
        f'<base href="../../p/x"><a href="./{NAME}#sha256={SHA}">',
        f'<!-- <a href="/q/{NAME}"> --><a href="/p/{NAME}#sha256={SHA}">',
        f'<script>"<a href=/q/{NAME}>"</script><style>a<b</style><a href="/p/{NAME}#sha256={SHA}">',
        f'<a href="&#x2f;p&#47;{NAME}#sha256={SHA}">',
        f'<p>1 < 2 <3></x><?php <a> ?><!doctype html><a href="/p/{NAME}#sha256={SHA}">',
        f'<a href="../">up</a><a name="top"><a href="mailto:a@b"><a href="/p/{NAME}#sha256={SHA}">',
    ],
)
def test_a_link_is_read_as_installers_read_it(html: str) -> None:
    file = one(html)
    assert (file.filename, file.url) == (NAME, f"https://index.example/p/{NAME}")
    assert file.digest == f"sha256:{SHA}"


@pytest.mark.parametrize(
    ("attributes", "requires", "yanked", "metadata"),
    [
        ("", None, False, False),
        ('data-requires-python="&gt;=3.8,&lt;4"', ">=3.8,<4", False, False),
        ("data-yanked", None, True, False),
        ('DATA-YANKED=""', None, True, False),
        ('data-yanked="broken &amp; bad"', None, "broken & bad", False),
        (f'data-core-metadata="sha256={SHA}" data-dist-info-metadata="true"', None, False, f"sha256:{SHA}"),
        (f'data-dist-info-metadata="sha256={SHA}"', None, False, f"sha256:{SHA}"),
        ("data-dist-info-metadata=true data-gpg-sig=false", None, False, True),
        ("data-core-metadata=false", None, False, False),
    ],
)
def test_attributes_mean_what_the_specifications_say(
    attributes: str,
    requires: str | None,
    yanked: bool | str,  # noqa: FBT001 - PEP 592 writes a yank as true or as its reason
    metadata: bool | str,  # noqa: FBT001 - PEP 714 has true or a digest
) -> None:
    file = one(f'<a href="/p/{NAME}" {attributes}>')
    assert (file.requires, file.yanked, file.metadata) == (requires, yanked, metadata)


def test_where_attestations_are_stands_in_an_attribute() -> None:
    url = "https://index.example/integrity/a"
    assert one(f'<a href="/p/{NAME}" data-provenance="{url}">').provenance == url
    assert one(f'<a href="/p/{NAME}">').provenance == ""


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("caf\u00e9".encode("latin-1"), "text/html; charset=ISO-8859-1"),
        ("caf\u00e9".encode("latin-1"), 'text/html;charset="latin1"'),
        ("caf\u00e9".encode(), "text/html; charset=utf-8"),
        (b"\xef\xbb\xbfcaf\xc3\xa9", TEXT_HTML),
        (b'<meta charset="windows-1252">caf\xe9', TEXT_HTML),
        (b'<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-15">caf\xe9', TEXT_HTML),
        (b"caf\xe9 in no encoding at all", TEXT_HTML),
    ],
)
def test_a_page_is_read_in_the_encoding_it_is_in(body: bytes, content_type: str) -> None:
    reason = b'<a href="/p/%b" data-yanked="%b">' % (NAME.encode(), body)
    assert one(body + reason, content_type).yanked is not False
    assert one(body + b'<a href="/p/%b">x</a>' % NAME.encode(), content_type).filename == NAME


@pytest.mark.parametrize("charset", ["utf-7", "utf-16", "hex", "rot13", "idna", "x" * 39])
def test_an_encoding_in_which_tags_are_spelled_otherwise_is_refused(charset: str) -> None:
    with pytest.raises(InvalidInput, match="which is not read here"):
        read(b"", f"text/html; charset={charset}")


def test_meta_tags_say_version_and_status() -> None:
    status = (
        '<meta name="pypi:project-status" content="archived"><meta content="old" name="pypi:project-status-reason">'
    )
    page = read(f'<META NAME="pypi:repository-version" CONTENT="1.1">{status}<a href="/p/{NAME}">')
    assert (page.status, page.status_reason) == ("archived", "old")
    with pytest.raises(InvalidInput, match=r"API version '2\.0'"):
        read('<meta name="pypi:repository-version" content="2.0">')


def test_a_link_to_another_projects_file_is_named() -> None:
    page = read('<a href="/p/other-1.0.tar.gz"><a href="/p/demo-1.0.tar.gz">')
    assert [file.filename for file in page.files] == ["demo-1.0.tar.gz"]
    assert [one.filename for one in page.rejected] == ["other-1.0.tar.gz"]


HOSTILE = {
    "open tags": "<a ",
    "open comments": "<!--",
    "open declarations": "<!",
    "open instructions": "<?",
    "open attributes": "<a x=",
    "open quotes": '<a href="',
    "other quotes": "<a href='",
    "names": "<a" + "x" * 50,
    "spaces": "<a" + " " * 50,
    "slashes": "<a /////",
    "equal signs": "<a ====",
    "scripts": "<script>",
    "closed scripts": "<script></script ",
    "entities": '<a href="' + "&#" * 20 + '">',
    "digits": '<a href="&#' + "9" * 50,
    "less than": "<",
    "ends": "</a",
    "anchors": "<a href=demo-1.zip>",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_twice_as_much_takes_no_more_than_twice_as_long(kind: str) -> None:
    def seconds(size: int) -> float:
        page = (HOSTILE[kind] * (size // len(HOSTILE[kind]))).encode()
        taken = []
        for _ in range(3):
            start = time.process_time()
            read_html(page, TEXT_HTML, DEMO)
            taken.append(time.process_time() - start)
        return min(taken)

    assert seconds(400_000) < 20 * max(seconds(50_000), 0.002), "eight times as much"


def test_an_entity_of_many_digits_is_no_number() -> None:
    page = read(f'<a href="/p/{NAME}" data-yanked="&#{"9" * 5000};">')
    assert [file.filename for file in page.files] == [NAME]


def test_more_files_than_the_limit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PAGE_FILES_MAX", 3)
    with pytest.raises(LimitExceeded):
        read('<a href="demo-1.zip">' * 5)


class Anchors(HTMLParser):
    """The anchors as the standard library's parser sees them, which pip uses."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found.append(dict(reversed(attrs)).get("href"))


attributes = st.sampled_from(
    [
        "",
        "href=/p/demo-1.zip",
        'href="/p/demo-2.zip"',
        "HREF='/p/demo-3.zip'",
        "data-yanked",
        'data-x="a > b"',
        "x = y",
        "/",
    ]
)
pieces = st.sampled_from(
    ["<p>", "</p>", "text &lt; <br/>", "<!-- <a href=/p/demo-9.zip> -->", "<!DOCTYPE html>", "<div class='a'>"]
)
tags = st.lists(attributes, max_size=3).map(lambda each: f"<a {' '.join(each)}>x</a>")


@given(st.lists(st.one_of(pieces, tags), max_size=8).map("".join))
def test_links_are_those_that_the_standard_parser_sees(html: str) -> None:
    parser = Anchors()
    parser.feed(html)
    expected = [href for href in parser.found if href is not None and href.endswith(".zip")]
    assert [file.url for file in read_html(html.encode(), TEXT_HTML, DEMO).files] == expected
