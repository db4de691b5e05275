"""What a confined child makes of the installed files of a distribution: rules over files, and byte code against its source."""

from hashlib import sha256
from typing import IO, Final

import msgspec

from pratique.adapters.byte_code import Difference, difference, source_of
from pratique.adapters.scan_bundle import Frame, Holds, frames
from pratique.errors import InvalidInput
from pratique.facts.scan.engine import worst_of
from pratique.model import limits
from pratique.model.evidence import Confidence, Finding, Scan, Severity, Unread

BYTE_CODE: Final = "foreign-byte-code"
_HOOK: Final = "_virtualenv"
_VIRTUALENV: Final = frozenset(
    {
        "e3db5fe06ab41ca9b95dd6463b83836787028a1b55562cc383803bb83001a45c",
        "684b8c07932ba4a84ac2e5ae9afe49ef04e92bac3d8d4191d455cf09d093e5fc",
        "ce57d5e0d9b5d7356cb42da7450ba8f9359bdf693e335f4c921626943c77e64d",
        "c9199315871b11b12df226f890a38e66e63191e1adbfb11a66e6861151b33fca",
        "119e4eb9c1a39e6ffd220840844bd326fa1bd3acf2f1c9fa0612949aedc228a5",
        "0aeb86546345c1d0fada097536e35525714d5cdbcc2d8eb3f9912a955044fcff",
        "0f20351ea7e90039c46d3fabdef991f28b1e3ff33eb13ee6f0d5cd21ea0e8b14",
        "ee52b2e2e720a40885a6b4b90c40e28e5c70e550af74d5efd169eaa5db2a6f6f",
        "6cf30c56faf2a55228914dbbd17f8088ed371ebb08f5e7fa6fd931f913fcaf1d",
    }
)
"""SHA-256 of `_virtualenv.py` as virtualenv (20.0.20 to 20.33) and uv (0.1 to 0.11) put it into each environment they make.

It belongs to no distribution, and `_virtualenv.pth` imports it at every start.
"""


def with_byte_code(seen: Scan, stream: IO[bytes], *, same_python: bool) -> Scan:
    """What was seen in a bundle of installed files, and beside it what its byte code shows.

    `same_python` says that this very release of Python made the byte code, so that any difference counts. Raises
    `InvalidInput` for a bundle that breaks off.
    """
    stream.seek(0)
    held = list(frames(stream))
    sources = {frame.path: frame for frame in held if frame.holds is Holds.FILE}
    findings, unread, compared = list(seen.findings), list(seen.coverage.unread), 0
    if _is_virtualenv(sources, stream):
        findings = [each for each in findings if each.path != f"{_HOOK}.pth"]
    for frame in held:
        if frame.holds not in (Holds.BYTE_CODE, Holds.BYTE_CODE_COMPARED_WHOLE):
            continue
        try:
            found = _difference(frame, sources, stream)
        except InvalidInput as error:
            unread.append(Unread(frame.path, str(error)))
            continue
        compared += 1
        if found is not None:
            findings.append(_finding(frame.path, found, same_python=same_python))
    kept, dropped = worst_of(findings)
    more = len(unread) - len(seen.coverage.unread)
    coverage = msgspec.structs.replace(
        seen.coverage,
        read={**seen.coverage.read, **({"byte code": compared} if compared else {})},
        unread=tuple(unread[: limits.SCAN_UNREAD_NAMED_MAX]),
        unread_count=seen.coverage.unread_count + more,
    )
    return msgspec.structs.replace(
        seen, findings=kept, findings_dropped=seen.findings_dropped + dropped, coverage=coverage
    )


def _difference(frame: Frame, sources: dict[str, Frame], stream: IO[bytes]) -> Difference | None:
    path, optimised = source_of(frame.path) or ("", 0)
    if path not in sources:
        raise InvalidInput("its source is not there")
    whole = frame.holds is Holds.BYTE_CODE_COMPARED_WHOLE
    return difference(sources[path].read(stream), frame.read(stream), optimised=optimised, compiles=whole)


def _finding(path: str, found: Difference, *, same_python: bool) -> Finding:
    told = f"{found.why}; it has {', '.join(found.foreign)}" if found.foreign else found.why
    if found.foreign:
        severity, confidence = Severity.CRITICAL, Confidence.HIGH
    elif same_python:
        severity, confidence = Severity.HIGH, Confidence.HIGH
    else:  # releases of one Python may compile a source to code that is not quite the same
        severity, confidence = Severity.LOW, Confidence.LOW
    return Finding(BYTE_CODE, severity, confidence, path, 0, told, "module_top")


def _is_virtualenv(sources: dict[str, Frame], stream: IO[bytes]) -> bool:
    """Whether the hook that virtualenv and uv leave is there, and is theirs."""
    hook, module = sources.get(f"{_HOOK}.pth"), sources.get(f"{_HOOK}.py")
    if hook is None or module is None:
        return False
    says = hook.read(stream).strip() == f"import {_HOOK}".encode()
    return says and sha256(module.read(stream)).hexdigest() in _VIRTUALENV
