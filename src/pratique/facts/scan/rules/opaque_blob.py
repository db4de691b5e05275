"""A file that is something else than its name says, or a program in another language that the package brings and starts."""

from collections.abc import Container, Iterator, Mapping
from typing import Final

from pratique.facts.scan.artifact import ArtifactView
from pratique.facts.scan.observation import Observation
from pratique.facts.scan.places import is_aside
from pratique.facts.scan.rule import Place, Rule, Whole, nothing
from pratique.model.evidence import Confidence, Severity

_TEXT_OR_MEDIA: Final = (
    ".txt",
    ".md",
    ".rst",
    ".csv",
    ".json",
    ".xml",
    ".yml",
    ".yaml",
    ".toml",
    ".ini",
    ".cfg",
    ".conf",
    ".log",
    ".css",
    ".html",
    ".svg",
    ".png",
    ".jpg",
    ".jpeg",
    ".gif",
    ".ico",
    ".bmp",
    ".webp",
    ".wav",
    ".mp3",
    ".ogg",
    ".mp4",
    ".ttf",
    ".woff",
    ".woff2",
    ".pdf",
)
_DATA: Final = (".dat", ".data", ".bin", ".db", ".tmp", ".bak", ".pak", ".asset", ".res")
_PROGRAM: Final = (".exe", ".com", ".scr", ".run", ".elf")
_SCRIPT: Final = (".js", ".cjs", ".mjs", ".jar", ".pyz")
_SCRIPT_BYTES_MIN: Final = 500_000
_STARTS: Final = ("proc.shell", "proc.spawn", "proc.inline_code", "proc.foreign_runtime", "code.native_by_path")
_MACH: Final = (b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf")
_PE_AT: Final = slice(0x3C, 0x40)
_NAME_CHARACTERS_MIN: Final = 4


def begins(path: str) -> bool:
    """Whether it says something how a file begins: one that is no program by its name, or has no suffix."""
    name = path.rpartition("/")[2].lower()
    return name.endswith((*_TEXT_OR_MEDIA, *_DATA, *_PROGRAM)) or "." not in name


def detect(view: ArtifactView) -> Iterator[Place]:
    """Programs under another name, and programs and large scripts that the package's own code starts."""
    started = _started(view)
    unseen = {
        (seen.path, seen.line)
        for file in view.files.values()
        for seen in file.each("proc.silent", "proc.hidden_window")
    }
    for path, head in sorted(view.heads.items()):
        lower = path.lower()
        if not _is_program(head) or is_aside(path, wheel=view.wheel, project=view.project):
            continue
        seen = _about(path, started)
        if lower.endswith(_TEXT_OR_MEDIA):
            yield Place(1, "is a program, and not what its name says", path, severity=_worse(seen))
        elif seen is not None:
            yield _place(path, "is a program that the package starts", seen, unseen)
        elif lower.endswith(_DATA):
            yield Place(1, "is a program among the data", path, severity=Severity.LOW)
    python = any(path.endswith(".py") for path in view.paths)
    for path, size in sorted(view.sizes.items()):
        if python and size >= _SCRIPT_BYTES_MIN and path.lower().endswith(_SCRIPT):
            seen = _about(path, started)
            if seen is not None:
                yield _place(path, "is a large script in another language that the package starts", seen, unseen)


def _started(view: ArtifactView) -> Mapping[str, Observation]:
    """What the code of the package starts, by the text of it; what runs earliest counts."""
    found: dict[str, Observation] = {}
    for file in view.files.values():
        for seen in file.each(*_STARTS):
            known = found.get(seen.text)
            if not seen.aside() and (
                known is None or (seen.on_load(), seen.by_itself()) > (known.on_load(), known.by_itself())
            ):
                found[seen.text] = seen
    return found


def _about(path: str, started: Mapping[str, Observation]) -> Observation | None:
    """The worst start of a file, told by its name among what is started."""
    name = path.rpartition("/")[2]
    if len(name) < _NAME_CHARACTERS_MIN:
        return None
    about = [seen for text, seen in started.items() if name in text]
    return max(about, key=lambda seen: (seen.by_itself(), seen.on_load()), default=None)


def _worse(seen: Observation | None) -> Severity | None:
    return Severity.CRITICAL if seen is not None and seen.on_load() else None


def _place(path: str, message: str, seen: Observation, unseen: Container[tuple[str, int]]) -> Place:
    """At installation, and on import where nobody sees it, a start is bad; when it is called, it is only noted."""
    hidden = seen.on_load() and (seen.path, seen.line) in unseen
    severity = None if seen.by_itself() or hidden else Severity.MEDIUM if seen.on_load() else Severity.LOW
    return Place(1, f"{message} ({seen.path}, line {seen.line})", path, seen.context, severity)


def _is_program(head: bytes) -> bool:
    """Whether it begins as a program does: ELF, Mach-O, or PE (whose header says where the rest of it is)."""
    if head.startswith((b"\x7fELF", *_MACH)):
        return True
    at = int.from_bytes(head[_PE_AT], "little")
    return head.startswith(b"MZ") and (head[at : at + 4] == b"PE\0\0" or b"This program" in head)


RULE = Rule("opaque-blob", Severity.HIGH, Confidence.HIGH, Whole(nothing, detect, begins))
