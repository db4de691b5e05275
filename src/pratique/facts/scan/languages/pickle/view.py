"""Pickles and models, followed without loading them: every function that would be called while they are read."""

import re
from typing import Final

from pratique.errors import InvalidInput, LimitExceeded
from pratique.facts.scan.content import Content, Reader
from pratique.facts.scan.languages.pickle import containers, models
from pratique.facts.scan.languages.pickle.containers import Packed, Part, array_bytes, parts_of, starts
from pratique.facts.scan.languages.pickle.judging import Judge
from pratique.facts.scan.languages.pickle.machine import Machine
from pratique.facts.scan.languages.pickle.opcodes import Broken, plausible
from pratique.facts.scan.languages.pickle.symbols import Symbol

CERTAIN: Final = re.compile(
    r"\.(?:pkl|pickle|pck|pcl|pckl|p|pk|dill|joblib|pt|pt2|pth|ckpt|npy|npz)$|\.(?:pkl|pickle|joblib)\.(?:gz|bz2|xz|zst|z|lzma)$"
)
"""Paths of files that are pickles, or made of them: one that cannot be read is not passed over."""
_HEAD_BYTES: Final = 512
_NO_PROSE: Final = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f\x80]")
_PROSE_BYTES: Final = 4_096
_PEEKED_BYTES: Final = 256 * 1024
"""How much is followed from a place in what cannot be opened."""
_STREAMS_MAX: Final = 10_000
_INNER_MAX: Final = 64
_LEGACY_TORCH: Final = b"\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19"
"""`LONG1` with the number by which PyTorch before 1.6 knows its own files: five pickles, and numbers behind them."""
_LEGACY_STREAMS: Final = 5


def read(content: Content, reader: Reader) -> None:
    """Tell of what a file of data calls while it is loaded. What cannot be read to its end is noted as unread."""
    Walk(content, reader).file()


class Walk:
    """One file on its way through."""

    def __init__(self, content: Content, reader: Reader) -> None:
        self._content = content
        self._reader = reader
        self._certain = content.inside or CERTAIN.search(content.path.lower()) is not None
        self._inner = 0

    def file(self) -> None:
        """All that is in the file, and if it cannot be opened, all in it that looks like a pickle."""
        data = self._content.data
        parts = parts_of(data)
        while True:
            try:
                part = next(parts, None)
            except Packed as error:
                self._judge("").broken(0, f"is packed as {error.kind}, which no loader reads")
                self._unread(str(error), data)
                return
            except InvalidInput as error:
                if self._certain or data.startswith(containers.ZIP) or isinstance(error, LimitExceeded):
                    self._unread(str(error), data)
                return
            if part is None:
                return
            self._part(part)

    def _unread(self, why: str, data: bytes) -> None:
        """What cannot be opened is looked into as bytes, for packers often store what they hold as it is."""
        self._reader.reading.problem(why)
        for place in starts(data):
            judge = self._judge("")
            try:
                self._stream(data[place : place + _PEEKED_BYTES], 0, judge)
            except Broken:
                if judge.worst_calls:
                    judge.broken(place, "breaks off behind what it calls")
            if judge.worst_calls:
                judge.tell()

    def _part(self, part: Part) -> None:
        judge = self._judge(part.name)
        if models.tell(part, self._reader, judge.context):
            return
        if not (self._certain or part.name or part.start or plausible(part.data[:_HEAD_BYTES])):
            return
        self._streams(part.data, part.start, judge)
        judge.tell()

    def _streams(self, data: bytes, place: int, judge: Judge) -> None:
        """One pickle behind the other, as far as there are any."""
        legacy = data.startswith(_LEGACY_TORCH, place + 2)
        for count in range(_STREAMS_MAX):
            try:
                place = self._stream(data, place, judge)
            except Broken as error:
                self._broken(error, judge, first=count == 0 or legacy)
                return
            if place >= len(data) or (legacy and count + 1 == _LEGACY_STREAMS):
                return
            if not plausible(data[place : place + _HEAD_BYTES]):
                return
        self._reader.reading.problem(f"it holds more than {_STREAMS_MAX} pickles")

    def _broken(self, error: Broken, judge: Judge, *, first: bool) -> None:
        if judge.calls:
            judge.broken(error.place, "breaks off behind what it calls")
        if judge.calls or (first and self._certain and not _is_prose(self._content.data)):
            self._reader.reading.problem(f"not readable as a pickle to its end: at byte {error.place}, {error.why}")

    def _stream(self, data: bytes, start: int, judge: Judge) -> int:
        """One pickle, and those in its texts. Gives where it ends. Raises `Broken`."""

        def build(target: Symbol, place: int) -> int:
            found = array_bytes(target, data, place)
            if found is None:
                return place
            end, objects = found
            return self._stream(data, end, judge) if objects else end

        inner: list[bytes] = []
        machine = Machine(data, judge.called, judge.named, build, inner)
        judge.at(data, start)
        try:
            _, end = machine.run(start)
        except RecursionError as error:
            raise Broken(start, "nested too deeply to be followed") from error
        finally:
            for each in (*inner, *judge.take_inner()):
                self._nested(each, judge)
        return end

    def _nested(self, data: bytes, judge: Judge) -> None:
        """A pickle in a text of a pickle: of interest if it calls what acts, for somebody may load it."""
        self._inner += 1
        if self._inner > _INNER_MAX:
            return
        within = judge.deeper()
        try:
            for part in parts_of(data):
                if plausible(part.data[part.start : part.start + _HEAD_BYTES]):
                    self._streams_within(part, within)
        except LimitExceeded:
            raise
        except InvalidInput:
            pass  # bytes that only begin as a container does
        within.tell()

    def _streams_within(self, part: Part, judge: Judge) -> None:
        place = part.start
        for _ in range(_LEGACY_STREAMS):
            try:
                place = self._stream(part.data, place, judge)
            except Broken as error:
                if judge.worst_calls:
                    judge.broken(error.place, "breaks off behind what it calls")
                return
            if place >= len(part.data):
                return

    def _judge(self, name: str) -> Judge:
        return Judge(self._content, self._reader, name)


def _is_prose(data: bytes) -> bool:
    """Whether a file is text that people write: a loader stops in it, and has called nothing before."""
    head = data[:_PROSE_BYTES]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", errors="replace").encode("utf-8", errors="replace")
    return not _NO_PROSE.search(head) and head.decode("utf-8", errors="replace").count("\ufffd") <= 1
