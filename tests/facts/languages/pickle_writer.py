"""Writes pickles opcode by opcode, and files that hold them. Nothing here loads one; what they would call is inert."""

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from typing import Final

NONE, STOP, REDUCE, BUILD = b"N", b".", b"R", b"b"
NEWOBJ, MARK = b"\x81", b"("


def text(value: str) -> bytes:
    """A text, as protocol 4 writes it (short) or 2 (long)."""
    data = value.encode()
    if len(data) < 256:
        return b"\x8c" + bytes([len(data)]) + data
    return b"X" + struct.pack("<I", len(data)) + data


def octets(value: bytes) -> bytes:
    """Bytes."""
    return b"B" + struct.pack("<I", len(value)) + value


def name(module: str, attribute: str) -> bytes:
    """A function or class by its name, as protocols 0 to 3 write it."""
    return f"c{module}\n{attribute}\n".encode()


def stack_name(module: str, attribute: str) -> bytes:
    """The same as protocol 4 writes it: from two texts on the stack."""
    return text(module) + text(attribute) + b"\x93"


def tuple_of(*parts: bytes) -> bytes:
    """A tuple of what the parts push."""
    return MARK + b"".join(parts) + b"t"


def call(function: bytes, *arguments: bytes) -> bytes:
    """A call of a function with arguments."""
    return function + tuple_of(*arguments) + REDUCE


def whole(*parts: bytes, protocol: int = 2) -> bytes:
    """A stream: its protocol, its parts, its end."""
    head = b"\x80" + bytes([protocol]) if protocol >= 2 else b""
    return head + b"".join(parts) + STOP


def zipped(*members: tuple[str, bytes], packing: int = zipfile.ZIP_STORED) -> bytes:
    """A zip, as PyTorch and NumPy write them."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", packing) as archive:
        for path, data in members:
            archive.writestr(zipfile.ZipInfo(path), data, packing)
    return buffer.getvalue()


def tarred(*members: tuple[str, bytes]) -> bytes:
    """A tar, as PyTorch wrote them first."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path, data in members:
            info = tarfile.TarInfo(path)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def torch_zip(data: bytes) -> bytes:
    """A model of PyTorch since 1.6: one pickle, numbers beside it."""
    return zipped(("archive/data.pkl", data), ("archive/data/0", bytes(64)), ("archive/version", b"3\n"))


def torch_legacy(data: bytes) -> bytes:
    """A model of PyTorch before 1.6: a number by which it is known, its version, its system, the model, its storages."""
    magic = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."
    version = b"\x80\x02M\xe9\x03."
    system = b"\x80\x02}q\x00(X\x0d\x00\x00\x00little_endianq\x01\x88u."
    return (
        magic + version + system + data + b"\x80\x02]q\x00." + struct.pack("<q", 4) + b"\x80\x02cos\nsystem\n\xff\xff"
    )


def array(header: str, body: bytes) -> bytes:
    """A file of NumPy (NEP 1)."""
    padded = header.encode() + b" " * (-(len(header) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(padded)) + padded + body


OBJECTS: Final = "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"
NUMBERS: Final = "{'descr': '<f8', 'fortran_order': False, 'shape': (4,), }"


def joblib_array(numbers: int, *behind: bytes, kind: str = "f8", aligned: bool = True) -> bytes:
    """An array as joblib writes it: a wrapper in the pickle, and the numbers right behind it, in the middle of the stream."""
    dtype = call(name("numpy", "dtype"), text(kind), b"\x89", b"\x88")
    parts = [
        text("shape") + tuple_of(b"K" + bytes([numbers])),
        text("dtype") + dtype,
        text("allow_mmap") + b"\x88",
        text("numpy_array_alignment_bytes") + (b"K\x10" if aligned else NONE),
    ]
    state = MARK + b"".join(parts) + b"d"
    wrapper = name("joblib.numpy_pickle", "NumpyArrayWrapper") + b")" + NEWOBJ + state + BUILD
    padding = b"\x03\xff\xff\xff" if aligned else b""
    return wrapper + padding + b"\xff" * 8 * numbers + b"".join(behind)


PACKERS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "lzma": lambda data: lzma.compress(data, lzma.FORMAT_ALONE),
    "zlib": zlib.compress,
    "joblib of old": lambda data: b"ZF" + hex(len(data)).encode().ljust(19) + zlib.compress(data),
}
"""How joblib and pandas compress."""
