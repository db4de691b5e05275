"""Single files are opened as archives are: what each is to those who run or load it, or not at all."""

import bz2
import gzip
import io
import lzma
import zipfile

import pytest

from pratique.ecosystems.archive import Form, form_of, open_artifact, unpacked
from pratique.ecosystems.archive.zstd import zstd
from pratique.errors import InvalidInput, LimitExceeded
from pratique.model import limits

CODE = b"print(1)\n"


class Unseekable(io.BytesIO):
    """Where a zip is written to whose sizes follow its members."""

    def tell(self) -> int:
        raise OSError


def zipped(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def sizes_behind(**files: bytes) -> bytes:
    """Members that are stored, with their sizes behind them, as PyTorch writes tensors."""
    target = Unseekable()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target.getvalue()


def read(filename: str, data: bytes) -> dict[str, bytes]:
    return {member.path: member.read() for member in open_artifact(filename, io.BytesIO(data))}


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("demo-1.0-py3-none-any.whl", Form.ZIP),
        ("DEMO-1.0.ZIP", Form.ZIP),
        ("demo-1.0.py3.egg", Form.ZIP),
        ("demo-1.0.tar.gz", Form.TAR),
        ("demo_1.0.tgz", Form.TAR),
        ("demo-1.0-0.tar.bz2", Form.TAR),
        ("demo-1.0.tar.zst", Form.TAR),
        ("demo-1.0-0.conda", Form.CONDA),
        ("a/b.tar.gz/c.py", Form.TEXT),
        ("demo.tar.gz.sh", Form.TEXT),
        ("report.Rmd", Form.TEXT),
        ("analysis.R", Form.TEXT),
        (".Rprofile", Form.TEXT),
        ("demo.ipynb", Form.TEXT),
        ("demo.psm1", Form.TEXT),
        ("model.pt", Form.DATA),
        ("table.RData", Form.DATA),
        ("table.rds", Form.DATA),
        ("demo.gz", None),
        ("demo.exe", None),
        ("demo.py.exe", None),
        ("py", None),
        ("tar.gz", None),
        ("a.py/b", None),
        ("", None),
    ],
)
def test_a_name_says_how_a_file_is_opened(path: str, form: Form | None) -> None:
    assert form_of(path) is form


@pytest.mark.parametrize("name", ["a.py", "a.pth", "a.ipynb", "a.ps1", "A.BAT", "a.R", "a.mjs", "at-17:00:00.sh"])
def test_a_script_is_one_member(name: str) -> None:
    (member,) = open_artifact(f"folder/of/somebody/{name}", io.BytesIO(CODE))
    assert (member.path, member.size, member.link, member.read(), member.read()) == (name, len(CODE), "", CODE, CODE)


def test_a_script_without_an_ending_says_so_itself() -> None:
    assert read("install", b"#!/bin/sh\n") == {"install": b"#!/bin/sh\n"}
    for data in (b"", b"#", CODE, zipped(a=b"")):
        with pytest.raises(InvalidInput, match="no kind"):
            read("install", data)


def test_an_archive_is_its_members() -> None:
    assert read("x/demo-1.0.zip", zipped(a=b"1")) == {"a": b"1"}
    with pytest.raises(InvalidInput):
        read("demo-1.0.whl", gzip.compress(CODE))
    with pytest.raises(InvalidInput):
        read("demo-1.0.tar.gz", zipped(a=b"1"))


ARCHIVES = {
    "zip": zipped(a=b"1"),
    "empty zip": zipped(),
    "gzip": gzip.compress(CODE),
    "bzip2": bz2.compress(CODE),
    "xz": lzma.compress(CODE),
    "zstd": zstd.compress(CODE),
    "7z": b"7z\xbc\xaf\x27\x1c" + bytes(30),
    "rar": b"Rar!\x1a\x07\x01\x00",
    "a zip behind a script": b"#!/usr/bin/env python\n" + zipped(a=b"1"),
    "a zip with something behind it": CODE + zipped(a=b"1") + b"\n# " + b"x" * 60_000,
    "a zip behind the sign of one": b"#PK\5\6" + bytes(30) + zipped(a=b"1"),
    "a zip whose places are counted from its own beginning": CODE * 100 + zipped(a=b"1"),
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_a_script_whose_bytes_are_an_archive_to_somebody_is_refused(name: str) -> None:
    for filename in ("a.py", "a.sh", "a.ipynb"):
        with pytest.raises(InvalidInput):
            read(filename, ARCHIVES[name])


def test_python_runs_the_zip_behind_a_script() -> None:
    data = b"raise SystemExit\n" + zipped(**{"__main__.py": CODE})
    assert zipfile.is_zipfile(io.BytesIO(data))
    with pytest.raises(InvalidInput, match="zip"):
        read("a.py", data)


def test_a_script_with_the_longer_end_of_a_zip_is_refused() -> None:
    directory = b"PK\1\2" + bytes(42)
    longer = b"PK\6\6" + bytes(36) + len(directory).to_bytes(8, "little") + bytes(8)
    locator = b"PK\6\7" + bytes(16)
    end = b"PK\5\6" + bytes(8) + b"\xff" * 8 + bytes(2)
    with pytest.raises(InvalidInput, match="zip"):
        read("a.py", CODE + directory + longer + locator + end)
    assert read("a.py", CODE + longer + locator + end) != {}


def test_a_script_that_names_the_sign_of_a_zip_is_read() -> None:
    for data in (rb'END = b"PK\x05\x06"', b"#PK\5\6", b"# PK\5\6" + bytes(30), b"x" * 100_000 + b"PK\5\6"):
        assert read("a.py", data) == {"a.py": data}


MODEL = {"m/data.pkl": b"\x80\x02.", "m/data/0": b"\0" * 100, "m/version": b"3\n"}


@pytest.mark.parametrize("name", ["m.pt", "m.ckpt", "m.npz", "m.pth", "pytorch_model.bin"])
def test_a_model_that_is_a_zip_is_read_by_its_directory(name: str) -> None:
    assert read(name, zipped(**MODEL)) == MODEL
    assert read(name, sizes_behind(**MODEL)) == MODEL
    with pytest.raises(InvalidInput, match="where it ends"):
        read("m.zip", sizes_behind(**MODEL))


def test_a_model_whose_sizes_behind_differ_is_refused() -> None:
    data = bytearray(sizes_behind(**MODEL))
    data[data.index(b"PK\7\x08") + 8] ^= 1
    with pytest.raises(InvalidInput, match="what follows"):
        read("m.pt", bytes(data))


@pytest.mark.parametrize("line", [b"import demo", b"import\tdemo"])
def test_a_model_that_is_a_path_file_with_code_to_python_is_refused(line: bytes) -> None:
    for before in (b"\n", b"x\r", b"x" * ((1 << 20) - 36) + b"\n"):
        data = zipped(a=before + line)
        assert read("a.pt", data) == {"a": before + line}
        with pytest.raises(InvalidInput, match="path file"):
            read("a.pth", data)
    for before in (b"# ", b"#" * ((1 << 20) - 39)):
        assert read("a.pth", zipped(a=before + line)) == {"a": before + line}


@pytest.mark.parametrize("name", ["a.rds", "a.rda", "a.RData", "a.pkl", "a.joblib"])
@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress, zstd.compress, bytes])
def test_compressed_data_are_unpacked(name: str, compress: object) -> None:
    data = bytes(compress(b"X\n\0\0\0\2"))  # type: ignore[operator]  # five functions of bytes
    assert read(name, data) == {name: b"X\n\0\0\0\2"}
    with pytest.raises(InvalidInput, match="zip"):
        read(name, data + zipped(a=b"1"))


def test_a_single_file_is_read_up_to_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ARCHIVE_MEMBER_BYTES_MAX", len(CODE))
    assert read("a.py", CODE) == {"a.py": CODE}
    assert read("a.rds", CODE) == {"a.rds": CODE}
    for name in ("a.py", "a.rds"):
        (member,) = open_artifact(name, io.BytesIO(CODE + b"x"))
        with pytest.raises(LimitExceeded):
            member.read()


def test_one_stream_is_unpacked_up_to_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    assert unpacked(b"") == b""
    assert unpacked(CODE) == CODE
    data = gzip.compress(bytes(1000))
    monkeypatch.setattr(limits, "ARCHIVE_MEMBER_BYTES_MAX", 1000)
    assert unpacked(data) == bytes(1000)
    for bad in (data[:-1], data + b"x", data + data, b"\x1f\x8b" + CODE):
        with pytest.raises(InvalidInput):
            unpacked(bad)
    monkeypatch.setattr(limits, "ARCHIVE_MEMBER_BYTES_MAX", 999)
    with pytest.raises(LimitExceeded):
        unpacked(data)


@pytest.mark.parametrize("name", ["a\\b.py", "a b .py/..", "a\n.py", "x" * 2_000 + ".py", "a.exe", ""])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput):
        read(name, CODE)
