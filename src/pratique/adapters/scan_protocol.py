"""What the gate and the process that looks into files say to each other: frames over a socket, each with the id of its request.

A request is four bytes of length and a message; a `Job` travels with the open file it is about (SCM_RIGHTS). An answer is
four bytes of length, eight of the request's id, and the answer as the confined child wrote it.
"""

import struct
from collections.abc import Iterator
from typing import Final, Literal, TypeAlias

import msgspec

from pratique.ecosystems.pypi.wheel import CoreMetadata
from pratique.facts.scan.observation import Observation
from pratique.model.artifact import Digest
from pratique.model.evidence import Scan, Unknown

What: TypeAlias = Literal["scan", "files", "installed", "observations", "metadata"]
"""`scan` looks into an archive or a single file, `files` into a bundle of files (`scan_bundle`), `installed` into a bundle of
what a distribution has brought, its byte code among it; `observations` tells what was seen in one file of an archive or bundle.
"""

_LENGTH: Final = struct.Struct(">I")
_ID: Final = struct.Struct(">Q")


class Observed(msgspec.Struct, frozen=True, tag="observed"):
    """What was seen in one file, in part where it is much."""

    observations: tuple[Observation, ...]


class Seen(msgspec.Struct, frozen=True, tag="seen"):
    """What was seen in an artifact, and what the next look at one of the same project may know of its files (`read_before`)."""

    scan: Scan
    record: bytes


Answer: TypeAlias = Seen | Observed | CoreMetadata | Unknown


class Asked(msgspec.Struct, frozen=True):
    """What is asked of a file: under which name, and which digest its bytes have; of a bundle it is one over its files.

    `observations` are told of the member at the path `about`, the nearest to `line` first. `same_python` says that installed
    byte code was made by this very release of Python. Of a file of a `project`, what did not change since another of its files
    need not be read again; whoever asks answers for the name.
    """

    what: What
    filename: str
    digest: Digest
    about: str = ""
    line: int = 0
    bundled: bool = False
    same_python: bool = False
    project: str = ""


class Job(msgspec.Struct, frozen=True, tag="job"):
    """Look into the file that comes with this message. `record` is that of an earlier look, empty where there was none."""

    id: int
    asked: Asked
    record: bytes = b""


class Load(msgspec.Struct, frozen=True, tag="load"):
    """Packs of indicators to look for beside those that ship, as their files are; they hold for every job behind this."""

    packs: tuple[bytes, ...]


class Cancel(msgspec.Struct, frozen=True, tag="cancel"):
    """Nobody waits for this job any more."""

    id: int


Message: TypeAlias = Job | Load | Cancel

_REQUEST: Final = msgspec.msgpack.Decoder(Message)
_ANSWER: Final = msgspec.msgpack.Decoder(Seen | Observed | CoreMetadata | Unknown)


def request(message: Message) -> bytes:
    """A request as a frame."""
    body = msgspec.msgpack.encode(message)
    return _LENGTH.pack(len(body)) + body


def requests(received: bytearray) -> Iterator[Message]:
    """Every whole request in what was received, taken out of it."""
    for body in _frames(received):
        yield _REQUEST.decode(body)


def answer(job: int, body: bytes) -> bytes:
    """An answer as a frame; `body` is what `encoded` made of it."""
    return _LENGTH.pack(_ID.size + len(body)) + _ID.pack(job) + body


def encoded(said: Answer) -> bytes:
    """An answer as a confined child writes it."""
    return msgspec.msgpack.encode(said)


def answers(received: bytearray) -> Iterator[tuple[int, Answer]]:
    """Every whole answer in what was received, taken out of it, by the id of its request.

    One that cannot be read is `Unknown`: a child that was taken over may write anything.
    """
    for body in _frames(received):
        (job,) = _ID.unpack_from(body)
        try:
            said: Answer = _ANSWER.decode(body[_ID.size :])
        except (msgspec.MsgspecError, UnicodeDecodeError):
            said = Unknown("scanner", "what it said of the file cannot be read")
        yield job, said


def _frames(received: bytearray) -> Iterator[bytes]:
    while len(received) >= _LENGTH.size:
        (length,) = _LENGTH.unpack_from(received)
        if len(received) < _LENGTH.size + length:
            return
        body = bytes(received[_LENGTH.size : _LENGTH.size + length])
        del received[: _LENGTH.size + length]
        yield body
