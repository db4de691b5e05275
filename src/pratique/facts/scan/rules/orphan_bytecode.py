"""Byte code without its source, or in place of it."""

from collections.abc import Iterator
from typing import Final

from pratique.facts.scan.artifact import ArtifactView
from pratique.facts.scan.places import is_aside
from pratique.facts.scan.rule import Place, Rule, Whole, nothing
from pratique.model.evidence import Confidence, Severity

_SUFFIXES: Final = (".pyc", ".pyo")
_CACHE: Final = "__pycache__"
_FLAGS: Final = slice(4, 8)
_HASHED, _CHECKED = 1, 2
"""Flags behind the magic number (PEP 552): the file goes by a hash of its source, and that is compared at import."""
_MAGIC_END: Final = b"\r\n"


def begins(path: str) -> bool:
    """Whether a file is byte code by its name."""
    return path.endswith(_SUFFIXES)


def detect(view: ArtifactView) -> Iterator[Place]:
    """Byte code that is imported without a source, run instead of one, or kept where only code that looks for it finds it."""
    loads = any(file.has("code.compile_load", "decode.marshal") for file in view.files.values())
    found: dict[str, list[str]] = {}
    for path in sorted(view.paths):
        if path.endswith(_SUFFIXES) and not is_aside(path, wheel=view.wheel, project=view.project):
            kind = _kind(view, path)
            if kind:
                found.setdefault(kind, []).append(path)
    for kind, paths in found.items():
        more = f", and {len(paths) - 1} more" if len(paths) > 1 else ""
        yield Place(
            1, f"{_SAYS[kind]}{more}", paths[0], severity=Severity.LOW if kind == _CACHE and not loads else None
        )


_SAYS: Final = {
    "alone": "is byte code that is imported without a source",
    _CACHE: "is byte code whose source is not there",
    "instead": "is run instead of the source beside it, whatever that says",
}


def _kind(view: ArtifactView, path: str) -> str:
    """Which of the three it is; empty for byte code that goes with its source."""
    folder, _, name = path.rpartition("/")
    cached = folder.rpartition("/")[2] == _CACHE
    home = folder.removesuffix(_CACHE).rstrip("/") if cached else folder
    module = f"{home}/{name.partition('.')[0]}" if home else name.partition(".")[0]
    if view.paths.isdisjoint({f"{module}.py", f"{module}.pyw"}):
        return _CACHE if cached else "alone"
    head = view.heads.get(path, b"")
    flags = int.from_bytes(head[_FLAGS], "little")
    unchecked = head[2:4] == _MAGIC_END and flags & _HASHED and not flags & _CHECKED
    return "instead" if unchecked and cached else ""


RULE = Rule("orphan-bytecode", Severity.HIGH, Confidence.MEDIUM, Whole(nothing, detect, begins))
