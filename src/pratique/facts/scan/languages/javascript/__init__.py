"""JavaScript and TypeScript: modules, scripts, bundles, and code in texts of any language."""

from typing import Final

from pratique.facts.scan.labels import LABELS, Weight, weight
from pratique.facts.scan.languages.javascript.leads import leads
from pratique.facts.scan.languages.javascript.view import read
from pratique.facts.scan.languages.javascript.words import WORDS
from pratique.facts.scan.languages.language import Language

_SUFFIXES: Final = (".js", ".cjs", ".mjs", ".jsx", ".ts", ".mts", ".cts", ".tsx")
_DECLARATIONS: Final = (".d.ts", ".d.mts", ".d.cts")
_ALONE: Final = frozenset({"code", "process", "net", "watch", "native", "own"})
_TOGETHER: Final = frozenset({"decode", "host", "environment", "files", "dynamic", "variable", "split", "modules"})
_TOGETHER_MIN: Final = 2
_MATTERS: Final = ("read.", "proc.", "harm.", "spread.", "write.", "net.", "ioc.")


def _claims(path: str, head: bytes) -> bool:
    if path.endswith(_SUFFIXES):
        return not path.endswith(_DECLARATIONS)
    first = head.split(b"\n", 1)[0]
    return first.startswith(b"#!") and any(word in first for word in (b"node", b"bun", b"deno", b"zx"))


def _worth(found: frozenset[str]) -> bool:
    if found & _ALONE or len(found & _TOGETHER) >= _TOGETHER_MIN:
        return True
    return bool(found & {"pkg.foreign_blob", "obf.tool"}) or any(label.startswith(_MATTERS) for label in found)


def _worth_in_wheel(found: frozenset[str]) -> bool:
    """Scripts of web pages, for the most part: those are read in which a text stands that has hardly a harmless use."""
    return any(each in LABELS and weight(each) is Weight.STRONG for each in found)


LANGUAGE: Final = Language("javascript", _claims, read, WORDS, _worth, leads=leads, worth_in_wheel=_worth_in_wheel)
