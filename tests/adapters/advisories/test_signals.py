"""Lists of exploited vulnerabilities and of likelihoods, as they are published and as nobody should write them."""

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.adapters.advisories.signals import Signals, read_signals
from pratique.errors import PratiqueError

KEV = b'{"title": "x", "vulnerabilities": [{"cveID": "CVE-2026-1234", "vendorProject": "x"}, {"cveID": "other"}]}'
EPSS = b"#model_version:v1,score_date:2026-11-30\ncve,epss,percentile\nCVE-2026-1234,0.9704,0.99\nCVE-2026-99999,0.00043,0.1\n"


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (KEV, Signals(exploited=frozenset({"CVE-2026-1234"}))),
        (EPSS, Signals(likelihood=(("CVE-2026-1234", 970), ("CVE-2026-99999", 0)))),
    ],
)
def test_both_lists(tmp_path: Path, data: bytes, expected: Signals, packed: bool) -> None:  # noqa: FBT001 - a row
    path = tmp_path / "list"
    path.write_bytes(gzip.compress(data) if packed else data)
    assert read_signals(path) == expected


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"{}",
        b'{"vulnerabilities": [{}]}',
        b'{"vulnerabilities": []}',
        b"a,b\n1,2\n",
        b"cve,epss\nCVE-2026-1234\n",
        b"cve,epss\nCVE-2026-1234,nan\n",
        b"cve,epss\nCVE-2026-1234,7\n",
        b"cve,epss\nCVE-2026-1234,much\n",
        b"\xff\xfe",
        b"\x1f\x8b broken",
    ],
)
def test_what_is_neither_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "list"
    path.write_bytes(data)
    with pytest.raises(PratiqueError):
        read_signals(path)


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(PratiqueError, match="cannot be read"):
        read_signals(tmp_path / "nowhere")


@given(st.binary(max_size=100))
def test_any_bytes_are_a_list_or_are_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("signals") / "list"
    path.write_bytes(data)
    try:
        read_signals(path)
    except PratiqueError:
        return
