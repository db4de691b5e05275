"""Where the pickles are in a file of data: alone, in a row, compressed, in a zip of PyTorch or NumPy, behind an array.

Formats: PyTorch's `serialization.py` (zip, tar, and a row of pickles), NEP 1 (`.npy`, `.npz`), joblib's `numpy_pickle.py`.
"""

import ast
import io
import lzma
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from pratique.ecosystems.archive import open_archive, open_artifact, unpacked
from pratique.errors import InvalidInput, LimitExceeded
from pratique.facts.scan.languages.pickle.opcodes import plausible
from pratique.facts.scan.languages.pickle.symbols import Made, Name, Symbol, value_of
from pratique.model import limits

ZIP: Final = b"PK\x03\x04"
HDF: Final = b"\x89HDF\r\n\x1a\n"
NPY: Final = b"\x93NUMPY"
GGUF: Final = b"GGUF"
_OTHER_ARCHIVES: Final = {b"7z\xbc\xaf\x27\x1c": "7z", b"Rar!\x1a\x07": "RAR", b"MSCF": "CAB"}
_EMPTY_ZIP: Final = b"PK\x05\x06"
_EMPTY_ZIP_BYTES_MAX: Final = 64
_COMPRESSED: Final = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd")
_ZLIB: Final = re.compile(rb"\x78[\x01\x5e\x9c\xda]")
_OLD_JOBLIB: Final = re.compile(rb"ZF(0x[0-9a-fA-F]{1,16}) *")
_OLD_JOBLIB_HEADER: Final = 21
_LZMA: Final = b"\x5d\x00\x00"
_LZ4: Final = b"\x04\x22\x4d\x18"
_STORAGES: Final = re.compile(r"(?:^|/)data/\d+$")
_PICKLES: Final = re.compile(
    r"\.(?:pkl|pickle|pck|pcl|pckl|dill|joblib)$|(?:^|/)(?:pickle|storages|tensors|sys_info)$", re.IGNORECASE
)
_HEAD_BYTES: Final = 512
_LAYERS_MAX: Final = 3
_STARTS: Final = re.compile(rb"\x80[\x02-\x05]|c[A-Za-z_][\w.]{1,60}\n[A-Za-z_][\w.]{1,60}\n")
_STARTS_MAX: Final = 20_000
_PLAUSIBLE_MAX: Final = 200
_ITEM_BYTES: Final = re.compile(r"[<>|=]?([?bBiufcmMSaUVO])(\d{0,9})")


@dataclass(frozen=True, slots=True)
class Part:
    """One file in a container, or the container itself where it is none. `name` is empty for the file itself."""

    name: str
    data: bytes
    start: int = 0


class Packed(InvalidInput):
    """A container that no loader of its kind of file reads, `kind` by name."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"it is packed as {kind}, which no program reads that loads such files")
        self.kind = kind


def parts_of(data: bytes, name: str = "", layers: int = 0) -> Iterator[Part]:
    """Everything in a file in which there may be a pickle. Raises `InvalidInput` for what cannot be opened."""
    content = _uncompressed(data)
    if content is not None:
        if layers >= _LAYERS_MAX:
            raise LimitExceeded("it is packed in too many layers")
        yield from parts_of(content, name, layers + 1)
    elif data.startswith(ZIP):
        yield from _zipped(data, name, layers)
    elif data[257:262] == b"ustar":
        for member in open_archive("model.tar", io.BytesIO(data)):
            if not member.link and _PICKLES.search(member.path):
                yield Part(member.path, member.read())
    elif data.startswith(NPY):
        start = _behind_header(data)
        if start:
            yield Part(name, data, start)
    elif not (data.startswith(_EMPTY_ZIP) and len(data) <= _EMPTY_ZIP_BYTES_MAX):
        yield Part(name, data)


def _uncompressed(data: bytes) -> bytes | None:
    """The content of a compressed stream; None for what is none. Raises `InvalidInput`."""
    for magic, kind in _OTHER_ARCHIVES.items():
        if data.startswith(magic):
            raise Packed(kind)
    if data.startswith(_LZ4):
        raise InvalidInput("it is compressed with LZ4, which is not read here")
    if data.startswith(_COMPRESSED):
        return unpacked(data)
    if _OLD_JOBLIB.match(data):
        return _unpacked(zlib.decompressobj(), data[_OLD_JOBLIB_HEADER:])
    if _ZLIB.match(data):
        return _unpacked(zlib.decompressobj(), data)
    if data.startswith(_LZMA):
        return _unpacked(lzma.LZMADecompressor(memlimit=limits.ARCHIVE_LZMA_BYTES_MAX), data)
    return None


def _zipped(data: bytes, name: str, layers: int) -> Iterator[Part]:
    for member in open_artifact("model.pt", io.BytesIO(data)):
        path = f"{name}/{member.path}" if name else member.path
        if member.link or not member.size or (_STORAGES.search(member.path) and not _PICKLES.search(member.path)):
            continue
        content = member.read()
        if content.startswith((ZIP, NPY, *_COMPRESSED)):
            yield from parts_of(content, path, layers + 1)
        elif (
            _PICKLES.search(member.path) or content[:1] == b"\x80" or content.startswith(HDF) or path.endswith(".json")
        ):
            yield Part(path, content)


def _unpacked(unpacker: "zlib._Decompress | lzma.LZMADecompressor", data: bytes) -> bytes:
    try:
        found = unpacker.decompress(data, limits.ARCHIVE_MEMBER_BYTES_MAX + 1)
    except (zlib.error, lzma.LZMAError, EOFError) as error:
        raise InvalidInput("it is packed wrongly") from error
    if len(found) > limits.ARCHIVE_MEMBER_BYTES_MAX:
        raise LimitExceeded(f"it unpacks to more than {limits.ARCHIVE_MEMBER_BYTES_MAX} bytes")
    return found


def _behind_header(data: bytes) -> int:
    """Where the pickle of an array of objects begins; 0 for an array of numbers, which is none (NEP 1)."""
    wide = data[6:7] != b"\x01"
    size = int.from_bytes(data[8 : 12 if wide else 10], "little")
    start = (12 if wide else 10) + size
    header = data[12 if wide else 10 : start].decode("latin-1")
    if start > len(data) or size > _HEAD_BYTES * 128:
        raise InvalidInput("the header of its array is longer than there is room")
    try:
        told = ast.literal_eval(re.sub(r"(\d)L\b", r"\1", header.strip()))
    except (ValueError, SyntaxError, MemoryError, RecursionError) as error:
        raise InvalidInput("the header of its array cannot be read") from error
    kind = repr(told.get("descr")) if isinstance(told, dict) else "O"
    return start if "O" in kind else 0


def starts(data: bytes) -> Iterator[int]:
    """Places in bytes of unknown form at which a pickle may begin."""
    count = 0
    for found in islice(_STARTS.finditer(data), _STARTS_MAX):
        if count < _PLAUSIBLE_MAX and plausible(data[found.start() : found.start() + _HEAD_BYTES]):
            count += 1
            yield found.start()


def array_bytes(wrapper: Symbol, data: bytes, place: int) -> tuple[int, bool] | None:
    """Where the numbers end that joblib writes behind a wrapper, in the middle of a pickle, and whether they are objects.

    None for what is no such wrapper, or one that cannot be understood.
    """
    if not isinstance(wrapper, Made) or not isinstance(wrapper.function, Name):
        return None
    if wrapper.function.name != "NumpyArrayWrapper" or not wrapper.function.module.startswith("joblib."):
        return None
    size, shape = _item_bytes(value_of(wrapper.state, "dtype")), value_of(wrapper.state, "shape")
    if size is None or not isinstance(shape, list):
        return None
    if not size:
        return place, True
    for each in shape:
        if not isinstance(each, int):
            return None
        size *= each
    if isinstance(value_of(wrapper.state, "numpy_array_alignment_bytes"), int) and place < len(data):
        place += 1 + data[place]
    return min(place + size, len(data)), False


def _item_bytes(dtype: Symbol) -> int | None:
    """Bytes of one element of an array; 0 for objects."""
    if not isinstance(dtype, Made) or not dtype.arguments or not isinstance(dtype.arguments[0], str):
        return None
    found = _ITEM_BYTES.fullmatch(dtype.arguments[0])
    if found is None:
        return None
    kind, size = found[1], int(found[2] or 1)
    return 0 if kind == "O" else size * (4 if kind == "U" else 1)
