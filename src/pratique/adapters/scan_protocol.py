"""What the gate and the process that looks into files say to each other: frames over a socket, each with the id of its request.

A request is four bytes of length and a message; a `Job` travels with the open file it is about (SCM_RIGHTS). An answer is
four bytes of length, eight of the request's id, and the answer as the confined child wrote it.
"""

import struct
from collections.abc import Iterator
from typing import Final, Literal, TypeAlias

import msgspec

from pratique.ecosystems.pypi.wheel import CoreMetadata
from pratique.model.artifact import Digest
from pratique.model.evidence import Scan, Unknown

What: TypeAlias = Literal["scan", "metadata"]
Answer: TypeAlias = Scan | CoreMetadata | Unknown

_LENGTH: Final = struct.Struct(">I")
_ID: Final = struct.Struct(">Q")


class Job(msgspec.Struct, frozen=True, tag="job"):
    """Look into the file that comes with this message, whose bytes have this digest."""

    id: int
    what: What
    filename: str
    digest: Digest


class Cancel(msgspec.Struct, frozen=True, tag="cancel"):
    """Nobody waits for this job any more."""

    id: int


_REQUEST: Final = msgspec.msgpack.Decoder(Job | Cancel)
_ANSWER: Final = msgspec.msgpack.Decoder(Scan | CoreMetadata | Unknown)


def request(message: Job | Cancel) -> bytes:
    """A request as a frame."""
    body = msgspec.msgpack.encode(message)
    return _LENGTH.pack(len(body)) + body


def requests(received: bytearray) -> Iterator[Job | Cancel]:
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
