"""Packs of indicators: read strictly, within bounds, and looked for in names, files and texts, however these are put together."""

import base64
import hashlib

import pytest

from pratique.ecosystems.archive import Member
from pratique.errors import InvalidInput
from pratique.facts.scan import indicators
from pratique.facts.scan.engine import scan
from pratique.facts.scan.indicators import Packs, packs, refanged, shipped, with_own
from pratique.facts.scan.sources import rules_digest
from pratique.model import limits
from pratique.model.evidence import Confidence, Finding, Severity

BAD = b"VERSION = 1\n"
PACK = f"""
[pack]
name = "example"
version = 3

[[attack]]
id = "example-2026"
source = "INC-2026-17"
hosts = ["C2[.]example[.]invalid", "*.drop[.]example[.]invalid", "192[.]0[.]2[.]7[:]8080"]
sha256 = ["{hashlib.sha256(BAD).hexdigest()}"]
texts = ["a \\"quoted\\" text, and \\\\ more"]
packages = ["pypi/example 1.0 1.1", "npm/@example/all"]
""".encode()
OWN = with_own([PACK])


def found(files: dict[str, bytes], filename: str = "demo-1.0-py3-none-any.whl", known: Packs = OWN) -> list[Finding]:
    members = [Member(path, len(data), lambda data=data: data) for path, data in files.items()]  # type: ignore[misc]  # mypy cannot infer a lambda with a default
    return [each for each in scan(filename, members, packs=known).findings if each.rule == "known-indicator"]


def test_a_pack_is_read_with_its_hosts_as_they_are_written_in_code() -> None:
    made = packs([PACK])
    assert made.names == ("example 3",)
    assert set(made.hosts) == {"c2.example.invalid", "drop.example.invalid", "192.0.2.7:8080"}
    assert made.hashes == {hashlib.sha256(BAD).hexdigest(): "example-2026"}
    assert made.packages == {
        ("pypi", "example"): {"1.0": "example-2026", "1.1": "example-2026"},
        ("npm", "@example/all"): {"": "example-2026"},
    }
    assert made.own == ()


def test_the_pack_that_ships_is_one_and_names_no_host_as_it_is() -> None:
    assert shipped().names == ("public 1",)
    for document in indicators.shipped_documents():
        assert not [host for host in shipped().hosts if host.encode() in document]
    assert len(shipped().hosts) > 20


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (b"\xff", "no pack of indicators"),
        (b"[pack", "no pack of indicators"),
        (b"", "missing required field `pack`"),
        (b"[pack]\nname = 'x'\nversion = 0\n", "Expected `int` >= 1"),
        (b"[pack]\nname = 'X y'\nversion = 1\n", "matching regex"),
        (b"[pack]\nname = 'x'\nversion = 1\nkey = 1\n", "unknown field `key`"),
        (b"[pack]\nname = 'x'\nversion = 1\n[[attack]]\nid = 'a'\nhost = ['b']\n", "unknown field `host`"),
        (b"[pack]\nname = 'x'\nversion = 1\n[[attack]]\nid = 'a'\nhosts = ['b']\n", "b is no host"),
        (b"[pack]\nname = 'x'\nversion = 1\n[[attack]]\nid = 'a'\nhosts = ['a b.c']\n", "is no host"),
        (b"[pack]\nname = 'x'\nversion = 1\n[[attack]]\nid = 'a'\nhosts = ['a.b/c']\n", "is no host"),
        (b"[pack]\nname = 'x'\nversion = 1\n[[attack]]\nid = 'a'\nhosts = [1]\n", "Expected `str`"),
        (b"[pack]\nname = 'x'\nversion = 1\n[[attack]]\nid = 'a'\nsha256 = ['AB']\n", "matching regex"),
        (b"[pack]\nname = 'x'\nversion = 1\n[[attack]]\nid = 'a'\ntexts = ['1234567']\n", "too short"),
        (b"[pack]\nname = 'x'\nversion = 1\n[[attack]]\nid = 'a'\npackages = ['gem/x']\n", "is no package"),
        (b"[pack]\nname = 'x'\nversion = 1\n[[attack]]\nid = 'a'\npackages = ['pypi/x, 1']\n", "is no package"),
        (b"x = " + b"[" * 5_000 + b"]" * 5_000, "no pack of indicators"),
    ],
)
def test_what_is_no_pack_is_refused_with_what_is_wrong(document: bytes, why: str) -> None:
    with pytest.raises(InvalidInput, match=why) as caught:
        packs([document])
    assert "docs/how-to/indicators.md" in str(caught.value.advice)


def test_packs_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PACK_BYTES_MAX", len(PACK) - 1)
    with pytest.raises(InvalidInput, match="bytes"):
        packs([PACK])
    monkeypatch.undo()
    monkeypatch.setattr(limits, "PACK_INDICATORS_MAX", 6)
    with pytest.raises(InvalidInput, match="more than 6 indicators"):
        packs([PACK])
    monkeypatch.setattr(limits, "PACK_INDICATORS_MAX", 7)
    assert packs([PACK]).names


def test_own_packs_stand_behind_those_that_ship_and_make_another_digest() -> None:
    assert OWN.names == ("public 1", "example 3")
    assert OWN.own == (PACK,)
    assert OWN.hosts.keys() > shipped().hosts.keys()
    assert with_own([]) is shipped()
    assert rules_digest() == rules_digest(shipped())
    assert len({rules_digest(), rules_digest(OWN), rules_digest(with_own([PACK, PACK]))}) == 3
    first = packs([PACK.replace(b"example-2026", b"first")], [PACK])
    assert set(first.hosts.values()) == {"first"}


@pytest.mark.parametrize(
    "written",
    [
        "'https://c2.example.invalid/x'",
        "'https://c2.' + 'EXAMPLE.invalid'",
        "'https://a.drop.example.invalid/'",
        "'http://192.0.2.7:8080/'",
        f"__import__('base64').b64decode('{base64.b64encode(b'https://c2.example.invalid/').decode()}').decode()",
        "''.join(['https://c2', '.example', '.invalid'])",
    ],
)
def test_a_host_is_found_however_it_is_written(written: str) -> None:
    (first, *_) = found({"demo/__init__.py": f"import urllib.request\nurllib.request.urlopen({written})\n".encode()})
    assert (first.severity, first.confidence, first.path, first.line) == (
        Severity.CRITICAL,
        Confidence.HIGH,
        "demo/__init__.py",
        2,
    )


def test_a_text_is_found_as_it_stands() -> None:
    code = b"import os\nNOTE = 'a \"quoted\" text, and \\\\ more'\nos.environ['A'] = NOTE\n"
    (one,) = found({"demo/__init__.py": code})
    assert (one.line, one.severity, one.message) == (
        2,
        Severity.HIGH,
        "names what the attack example-2026 is known by",
    )


def test_of_many_hosts_each_is_found() -> None:
    listed = ", ".join(f'"h{number:04}[.]example[.]invalid"' for number in range(1_200))
    known = with_own([f'[pack]\nname = "many"\nversion = 1\n[[attack]]\nid = "a"\nhosts = [{listed}]\n'.encode()])
    for number in (0, 499, 500, 999, 1_199):
        code = f"import os\nos.popen('ping h{number:04}.example.invalid')\n".encode()
        assert found({"demo/__init__.py": code}, known=known), number


def test_what_stands_beside_a_host_is_not_found() -> None:
    for near in ("xc2.example.invalid", "c2.example.invalids", "1192.0.2.7:8080"):
        assert found({"demo/__init__.py": f"import os\nA = os.popen('{near}')\n".encode()}) == []


def test_a_file_is_found_by_its_digest() -> None:
    (one,) = found({"demo/version.py": BAD, "demo/other.py": BAD + b"\n"})
    assert (one.path, one.line, one.severity) == ("demo/version.py", 1, Severity.CRITICAL)
    assert one.message == "is a file of the attack example-2026"


@pytest.mark.parametrize(
    ("filename", "bad"),
    [
        ("example-1.1-py3-none-any.whl", True),
        ("Example-1.0.tar.gz", True),
        ("example-1.2.tar.gz", False),
        ("example_more-1.1.tar.gz", False),
        ("all-9.9.tar.gz", False),
    ],
)
def test_a_release_is_found_by_its_name_and_version(filename: str, bad: bool) -> None:  # noqa: FBT001 - a row
    assert [each.message for each in found({"setup.cfg": b""}, filename)] == [
        "is a release of the attack example-2026"
    ] * bad


def test_a_package_of_npm_is_known_by_the_name_in_its_manifest() -> None:
    for manifest, bad in ((b'{"name": "@example/all"}', True), (b'{"name": "all"}', False), (b"{", False)):
        assert bool(found({"package/package.json": manifest}, "all-1.0.0.tgz")) is bad
    assert not found({"package/package.json": b'{"name": "example"}'}, "example-1.0.0.tgz")


def test_without_the_pack_nothing_is_found() -> None:
    code = b"import urllib.request\nurllib.request.urlopen('https://c2.example.invalid/x')\n"
    assert found({"demo/__init__.py": code, "demo/version.py": BAD}, "example-1.0.tar.gz", shipped()) == []


def test_hosts_are_refanged() -> None:
    assert refanged("*.A[.]b[:]1") == "a.b:1"
