"""Forked workers with little memory and little time: each looks into some inputs, and says of each what came of it."""

import contextlib
import io
import json
import os
import resource
import signal
import time
import traceback
import warnings
from collections.abc import Iterator
from random import Random  # noqa: TID251 - the same input comes of the same seed
from typing import Final

import msgspec

from bench.scan_fuzz.archives import packed
from bench.scan_fuzz.mutations import mutated
from bench.scan_fuzz.seeds import File
from pratique.ecosystems.archive import open_artifact
from pratique.ecosystems.pypi.wheel import core_metadata
from pratique.errors import InvalidInput, LimitExceeded, OutOfTime
from pratique.facts.scan.engine import scan

MEMORY_BYTES_MAX: Final = 2 * 1024 * 1024 * 1024
CPU_SECONDS_MAX: Final = 20
SLOW_SECONDS: Final = 10.0
_FILES_MAX: Final = 4
_BATCH: Final = 40
_FRAMES: Final = 12


class Outcome(msgspec.Struct, frozen=True):
    """What came of one input: its number, what went wrong ("" where nothing did), where, and the seconds of the processor."""

    number: int
    wrong: str = ""
    where: str = ""
    seconds: float = 0.0


def made(seed: int, number: int, files: list[File]) -> tuple[str, bytes]:
    """The file name and the bytes of an input; the same for the same seed, number and files."""
    chance = Random(f"{seed}-{number}")  # noqa: S311 - to be had again, and no secret
    return packed([mutated(files, chance) for _ in range(chance.randint(1, _FILES_MAX))], chance)


def tried(filename: str, data: bytes) -> None:
    """Let everything look that opens what comes from outside. Raises what it raises beside refusals."""
    with contextlib.suppress(InvalidInput, OutOfTime):
        scan(filename, open_artifact(filename, io.BytesIO(data)))
    with contextlib.suppress(InvalidInput):
        for member in open_artifact(filename, io.BytesIO(data)):
            with contextlib.suppress(LimitExceeded):
                if not member.link:
                    member.read()
    if filename.endswith(".whl"):
        with contextlib.suppress(InvalidInput):
            core_metadata(filename, io.BytesIO(data))


def outcomes(seed: int, first: int, files: list[File]) -> Iterator[Outcome]:
    """The outcomes of a batch, from input `first` on. A worker that dies ends it with the input that it died of."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.close(reading)
            _work(seed, first, files, writing)
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    number = first
    try:
        with os.fdopen(reading, "rb") as said:
            for line in said:
                outcome = msgspec.json.decode(line, type=Outcome)
                number = outcome.number + 1
                yield outcome
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
    if number < first + _BATCH:
        ended = signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else f"exit {status}"
        yield Outcome(number, f"died of {ended}", seconds=float(CPU_SECONDS_MAX) if ended == "SIGXCPU" else 0.0)


def _work(seed: int, first: int, files: list[File], writing: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    warnings.simplefilter("ignore")  # what Python says of the code it reads
    for number in range(first, first + _BATCH):
        filename, data = made(seed, number, files)
        begun = time.process_time()
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(begun) + 1 + CPU_SECONDS_MAX, hard))
        outcome = _outcome(number, filename, data, begun)
        os.write(writing, msgspec.json.encode(outcome) + b"\n")


def _outcome(number: int, filename: str, data: bytes, begun: float) -> Outcome:
    wrong = where = ""
    try:
        tried(filename, data)
    except Exception as error:  # noqa: BLE001 - whatever comes is what is looked for
        wrong = f"{type(error).__name__}: {str(error)[:200]}"
        where = json.dumps(traceback.format_tb(error.__traceback__)[-_FRAMES:])
    seconds = time.process_time() - begun
    if not wrong and seconds > SLOW_SECONDS:
        wrong = f"took {seconds:.1f} s"
    return Outcome(number, wrong, where, seconds)
