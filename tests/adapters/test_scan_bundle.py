"""Files as one open file for a child: what goes in comes out, and nothing is followed or waited for."""

import hashlib
import io
import os
from pathlib import Path

import pytest

from pratique.adapters.scan_bundle import Bundle, Holds, frames, members, opened
from pratique.errors import InvalidInput, LimitExceeded
from pratique.model import limits

CONTENT = b"one\n" * 1000


async def bundle(*files: tuple[Holds, str, Path]) -> bytes:
    made = Bundle()
    for each in files:
        made.add(*each)
    with await made.opened() as file:
        file.seek(0)
        return file.read()


async def test_what_goes_in_comes_out(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(CONTENT)
    (tmp_path / "b").write_bytes(b"")
    made = Bundle()
    digest = made.add(Holds.FILE, "x/a.py", tmp_path / "a")
    assert digest == f"sha256:{hashlib.sha256(CONTENT).hexdigest()}"
    made.add(Holds.FILE, "x/b.py", tmp_path / "b")
    made.add(Holds.BYTE_CODE, "x/__pycache__/a.cpython-311.pyc", tmp_path / "a")
    made.add_link("x/c.py", "x/a.py")
    with await made.opened() as file:
        file.seek(0)
        found = [(each.path, each.size, each.link, each.link or each.read()) for each in members(file)]
        file.seek(0)
        kinds = [each.holds for each in frames(file)]
    assert found == [
        ("x/a.py", 4000, "", CONTENT),
        ("x/b.py", 0, "", b""),
        ("x/c.py", 0, "x/a.py", "x/a.py"),
    ]
    assert kinds == [Holds.FILE, Holds.FILE, Holds.BYTE_CODE, Holds.LINK]


async def test_the_digest_is_that_of_the_file_also_where_its_bytes_are_not_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = b"0123456789" * 100
    (tmp_path / "large").write_bytes(data)
    monkeypatch.setattr(limits, "ARCHIVE_MEMBER_BYTES_MAX", 999)
    made = Bundle()
    assert made.add(Holds.FILE, "large.py", tmp_path / "large") == f"sha256:{hashlib.sha256(data).hexdigest()}"
    with await made.opened() as file:
        file.seek(0)
        (member,) = members(file)
        with pytest.raises(LimitExceeded, match="it has 1000 bytes"):
            member.read()


async def test_all_together_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(b"x" * 600)
    monkeypatch.setattr(limits, "SCAN_BUNDLE_BYTES_MAX", 1000)
    data = await bundle((Holds.FILE, "a", tmp_path / "a"), (Holds.FILE, "b", tmp_path / "a"))
    first, second = members(io.BytesIO(data))
    assert len(data) < 800
    assert first.read() == b"x" * 600
    with pytest.raises(LimitExceeded):
        second.read()


async def test_a_bundle_that_breaks_off_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x")
    data = await bundle((Holds.FILE, "a", tmp_path / "a"), (Holds.FILE, "b", tmp_path / "a"))
    with pytest.raises(InvalidInput, match="breaks off"):
        list(frames(io.BytesIO(data[: len(data) // 2 + 5])))


def test_only_regular_files_are_opened(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    os.mkfifo(tmp_path / "pipe")
    for name in ("link", "pipe", ".", "gone"):
        with pytest.raises(OSError, match=r".*"):
            opened(tmp_path / name)
    with opened(tmp_path / "file") as file:
        assert file.read() == b"x"
