"""Our pages against what the specifications show: under an allow-all policy equal to the index's but for the URLs.

Each page is written after the examples of PEP 503, 592, 629, 658, 691, 700, 714 and 792, in names and words of our own.
"""

import json
from html.parser import HTMLParser
from typing import Any

import pytest

from pratique.ecosystems.pypi.render import encode_html, encode_json
from pratique.ecosystems.pypi.simple import HTML_TYPE, JSON_TYPE, parse_page
from pratique.ecosystems.pypi.steering import ClientStyle, Marks, steer_page
from pratique.errors import InvalidInput
from pratique.model.artifact import ProjectName

HOLY = ProjectName("holylook")
URL = "https://index.example/simple/holylook/"
BASE = "../../files/public"
ONE, TWO, THREE = (digit * 64 for digit in "123")
WHEEL, SDIST = "holylook-1.0-py3-none-any.whl", "holylook-1.0.tar.gz"


def ours(body: bytes, content_type: str) -> tuple[dict[str, Any], bytes]:
    """Our page in both forms."""
    page = parse_page(body, content_type, URL, HOLY)
    assert page.rejected == page.ignored == ()
    shown = steer_page(page, Marks(), ClientStyle.YANK, BASE)
    return json.loads(encode_json(shown)), encode_html(shown)


def json_page(*files: dict[str, object], **more: object) -> dict[str, Any]:
    meta = {"meta": {"api-version": "1.4"}}
    return {**meta, "name": "holylook", "versions": ["1.0"], "files": list(files), **more}


def file(name: str, **more: object) -> dict[str, object]:
    return {"filename": name, "url": f"https://files.example/p/{name}", "hashes": {"sha256": ONE}, "size": 1337, **more}


PAGES = {
    "PEP 691: a wheel and a source distribution": json_page(
        file(SDIST, **{"requires-python": ">=3.7", "yanked": "Had a vulnerability"}),
        file(WHEEL, **{"requires-python": ">=3.7", "core-metadata": True}),
    ),
    "PEP 691: several digests": json_page(file(SDIST, hashes={"sha256": ONE, "sha512": TWO * 2})),
    "PEP 592: yanked with and without a reason": json_page(
        file(SDIST, yanked=True), file(WHEEL, **{"yanked": "broken", "core-metadata": True})
    ),
    "PEP 700: sizes, times and versions": json_page(
        file(SDIST, **{"upload-time": "2021-01-01T13:00:00.123456Z"}),
        file(WHEEL, **{"upload-time": "2021-01-01T13:00:00Z", "core-metadata": True}),
    ),
    "PEP 658 and 714: the digest of metadata": json_page(file(WHEEL, **{"core-metadata": {"sha256": THREE}})),
    "PEP 714: an older server's key": json_page(file(WHEEL, **{"dist-info-metadata": {"sha256": THREE}})),
    "PEP 792: an archived project": json_page(
        file(SDIST), **{"project-status": {"status": "archived", "reason": "It is finished."}}
    ),
    "PEP 792: a project in quarantine": json_page(
        versions=[], **{"project-status": {"status": "quarantined", "reason": "It is looked into."}}
    ),
}


def expected(told: dict[str, Any]) -> dict[str, Any]:
    """The index's page with our URLs, and with what goes without saying said or left out as we do."""
    files = []
    for each in told["files"]:
        renamed = {"core-metadata" if key == "dist-info-metadata" else key: value for key, value in each.items()}
        files.append(renamed | {"url": renamed["url"].replace("https://files.example", BASE)})
    return {"project-status": {"status": "active"}, **told, "files": files}


@pytest.mark.parametrize("name", PAGES)
def test_a_json_page_is_the_indexes_own_but_for_its_urls(name: str) -> None:
    told = PAGES[name]
    page, _ = ours(json.dumps(told).encode(), JSON_TYPE)
    assert page == expected(told)


@pytest.mark.parametrize("name", PAGES)
def test_both_forms_of_a_page_say_the_same(name: str) -> None:
    page, html = ours(json.dumps(PAGES[name]).encode(), JSON_TYPE)
    again, same = ours(html.replace(BASE.encode(), b"https://files.example"), HTML_TYPE)
    for told in page["files"]:
        for unsaid in ("size", "upload-time"):
            told.pop(unsaid, None)
        told["hashes"].pop("sha512", None)
    for part in ("files", "project-status", "name"):
        assert again[part] == page[part]
    assert same == html


class Links(HTMLParser):
    """Anchors and meta tags, as the standard library's parser has them."""

    def __init__(self, html: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.anchors: list[dict[str, str | None]] = []
        self.texts: list[str] = []
        self.meta: dict[str | None, str | None] = {}
        self._inside = False
        self.feed(html.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self._inside = tag == "a"
        if tag == "a":
            self.anchors.append(told)
        elif tag == "meta":
            self.meta[told.get("name")] = told.get("content")

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.texts.append(data)
            self._inside = False


def test_an_html_page_is_the_indexes_own_but_for_its_urls() -> None:
    theirs = (
        '<!DOCTYPE html><html><head><meta name="pypi:repository-version" content="1.4">'
        '<meta name="pypi:project-status" content="deprecated"><meta name="pypi:project-status-reason" content="Use another.">'
        "</head><body><h1>Links</h1>"
        f'<a href="https://files.example/p/{SDIST}#sha256={ONE}" data-requires-python="&gt;=3.7" data-yanked="broken &lt;">'
        f"{SDIST}</a><br/>"
        f'<a href="https://files.example/p/{WHEEL}#sha256={TWO}" data-dist-info-metadata="sha256={THREE}" '
        f'data-core-metadata="sha256={THREE}" data-yanked="">{WHEEL}</a><br/></body></html>'
    )
    _, html = ours(theirs.encode(), HTML_TYPE)
    mine, want = Links(html), Links(theirs.replace("https://files.example", BASE).encode())
    assert (mine.anchors, mine.texts, mine.meta) == (want.anchors, want.texts, want.meta)


@pytest.mark.parametrize(
    ("version", "read"), [("1.0", True), ("1.9", True), ("1.40", True), ("2.0", False), ("0.9", False)]
)
def test_a_new_minor_version_is_read_and_a_new_major_one_is_not(version: str, read: bool) -> None:  # noqa: FBT001 - a table
    body = json.dumps(json_page(file(SDIST), meta={"api-version": version})).encode()
    if read:
        assert ours(body, JSON_TYPE)[0]["meta"] == {"api-version": "1.4"}
    else:
        with pytest.raises(InvalidInput, match="is of API version"):
            ours(body, JSON_TYPE)
