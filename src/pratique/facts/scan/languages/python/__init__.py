"""Python: modules, scripts, and code in texts of either."""

from typing import Final

from pratique.facts.scan.languages.language import Language
from pratique.facts.scan.languages.python.apis import WORDS
from pratique.facts.scan.languages.python.view import read

_SUFFIXES: Final = (".py", ".pyw")
_ALONE: Final = frozenset({"native", "watch", "endless_growth", "endless_forks", "huge_count", "wiped_home"})
_TOGETHER: Final = {
    "decode": frozenset({"code", "process", "net", "reflect", "deserialise"}),
    "net": frozenset({"process", "secrets", "host", "code", "stay", "deserialise", "keys", "patched"}),
    "stay": frozenset({"process", "decode"}),
    "spelled": frozenset({"process", "code", "reflect"}),
    "computed": frozenset({"builtin"}),
    "write.pth": frozenset({"net", "decode"}),
    "code": frozenset({"reflect"}),
}
_COMMON: Final = frozenset(
    {"read.env_secret", "proc.self_install", "net.paste", "read.host_info", "write.pth", "harm.address_pattern"}
)
"""Labels of texts that most files which hold them hold for good reason."""


def _claims(path: str, head: bytes) -> bool:
    if path.endswith(_SUFFIXES):
        return True
    return head.startswith(b"#!") and b"python" in head.split(b"\n", 1)[0]


def _worth(found: frozenset[str]) -> bool:
    """Whether a file has both ends of something: a way in and a way out. A capability alone is told by its words."""
    if not found.isdisjoint(_ALONE) or any("." in label and label not in _COMMON for label in found):
        return True
    return any(one in found and not found.isdisjoint(others) for one, others in _TOGETHER.items())


LANGUAGE: Final = Language("python", _claims, read, WORDS, _worth)
