"""Files of a scenario that are made when they are needed: large ones, and those that are no text."""

import base64
import binascii
import json
import struct
import zlib
from typing import Annotated, Literal, TypeAlias

import msgspec

from pratique.errors import InvalidInput, LimitExceeded
from pratique.model import limits
from pratique.simulators import rds
from pratique.simulators.parts import Parts


class _Generated(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind"):
    """What all of them have: where in the release the file is."""

    path: str


class Repeat(_Generated, frozen=True, tag="repeat"):
    """A text so many times, between `head` and `tail`; `{n}` in it is the number of the time, in seven hexadecimal digits."""

    text: str
    times: Annotated[int, msgspec.Meta(ge=1, le=10_000_000)]
    head: str = ""
    tail: str = ""


class Base64(_Generated, frozen=True, tag="base64"):
    """Bytes as they stand here in base64."""

    text: str


class Rds(_Generated, frozen=True, tag="rds"):
    """An object of R: of an S4 class, or a promise that calls `function(text)`."""

    object: Literal["s4", "promise"]
    function: str = ""
    text: str = ""


class Pickle(_Generated, frozen=True, tag="pickle"):
    """A pickle (protocol 2) that calls `module.name(text)` when it is loaded; `breaks_off` ends it with what is no opcode."""

    module: str
    name: str
    text: str
    breaks_off: bool = False
    wrapped: Literal["", "7z"] = ""


class Safetensors(_Generated, frozen=True, tag="safetensors"):
    """A model in the safetensors form: one tensor of so many numbers of 32 bits."""

    numbers: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]


Generated: TypeAlias = Repeat | Base64 | Rds | Pickle | Safetensors


def size_of(made: Generated) -> int:
    """About how many bytes it will have."""
    match made:
        case Repeat():
            return len((made.head + made.tail).encode()) + len(made.text.replace("{n}", "0" * 7).encode()) * made.times
        case Safetensors():
            return made.numbers * 4
        case Base64() | Rds() | Pickle():
            return len(made.text)


def bytes_of(made: Generated, parts: Parts) -> bytes:
    """The file. Raises `InvalidInput` for base64 that is none, and what `Parts` raises for what is put into a text."""
    match made:
        case Repeat():
            head, tail = (parts.put_into(each, made.path) for each in (made.head, made.tail))
            numbered = (made.text.replace("{n}", f"{n:07x}") for n in range(made.times))
            return (head + "".join(numbered) + tail).encode()
        case Base64():
            try:
                return base64.b64decode(made.text, validate=True)
            except binascii.Error as error:
                raise InvalidInput(f"{made.path} is no base64: {error}") from error
        case Rds():
            return rds.s4_object() if made.object == "s4" else rds.promise(made.function, made.text)
        case Pickle():
            data = _pickle(made, parts.put_into(made.text, made.path).encode())
            return _seven_zip(data) if made.wrapped else data
        case Safetensors():
            return _safetensors(made.numbers)


def check_size(files: int) -> None:
    """Raises `LimitExceeded` when so many bytes are more than a scenario may generate."""
    if files > limits.SCENARIO_GENERATED_BYTES_MAX:
        raise LimitExceeded(f"a scenario generates at most {limits.SCENARIO_GENERATED_BYTES_MAX} bytes")


def _pickle(made: Pickle, text: bytes) -> bytes:
    called = f"c{made.module}\n{made.name}\n".encode()
    return (
        b"\x80\x02"
        + called
        + b"X"
        + struct.pack("<I", len(text))
        + text
        + b"\x85R"
        + (b"\xff" if made.breaks_off else b".")
    )


def _safetensors(numbers: int) -> bytes:
    tensor = {"dtype": "F32", "shape": [numbers], "data_offsets": [0, numbers * 4]}
    header = json.dumps({"__metadata__": {"format": "pt"}, "layer.weight": tensor}).encode()
    header += b" " * (-len(header) % 8)
    weights = b"".join(struct.pack("<f", (n * 7919 % 2003) / 2003 - 0.5) for n in range(numbers))
    return struct.pack("<Q", len(header)) + header + weights


def _seven_zip(data: bytes) -> bytes:
    """One file in a 7z archive, stored as it is (7zFormat.txt of its makers: one folder, one coder, `Copy`)."""
    size = struct.pack("<BI", 0xF0, len(data))
    name = b"\0" + "data.pkl\0".encode("utf-16-le")
    packed = b"\x06\x00\x01\x09" + size + b"\x00"
    unpacked = b"\x07\x0b\x01\x00\x01\x01\x00\x0c" + size + b"\x0a\x01" + struct.pack("<I", zlib.crc32(data)) + b"\x00"
    files = b"\x05\x01\x11" + bytes([len(name)]) + name + b"\x00"
    header = b"\x01\x04" + packed + unpacked + b"\x08\x00\x00" + files + b"\x00"
    start = struct.pack("<QQI", len(data), len(header), zlib.crc32(header))
    return b"7z\xbc\xaf\x27\x1c\x00\x04" + struct.pack("<I", zlib.crc32(start)) + start + data + header
