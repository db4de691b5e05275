"""R: packages, scripts, start-up files, and the code in R Markdown, Quarto and Sweave documents."""

import re
from typing import Final

from pratique.facts.scan.languages.language import Language
from pratique.facts.scan.languages.r.apis import WORDS
from pratique.facts.scan.languages.r.view import read

_SUFFIXES: Final = (".r", ".rmd", ".qmd", ".rnw")
_NAMES: Final = frozenset({".rprofile", "rprofile.site"})
_FIRST_LINE: Final = re.compile(rb"#![^\n]*[/ ](?:Rscript|littler|r)\b")
_ALONE: Final = frozenset({"process", "net", "native", "foreign", "decode", "sources"})
_TOGETHER: Final = frozenset({"code", "reads", "reflect", "secrets", "stay", "harm", "deserialise"})
_PAIRS: Final = (
    frozenset({"code", "texts"}),
    frozenset({"reflect", "texts"}),
    frozenset({"harm", "home"}),
)
_COMMON: Final = frozenset({"read.env_secret", "proc.self_install", "net.paste", "read.host_info", "read.inventory"})
"""Labels of texts that most files which hold them hold for good reason."""


def _claims(path: str, head: bytes) -> bool:
    name = path.rpartition("/")[2]
    return name.endswith(_SUFFIXES) or name in _NAMES or _FIRST_LINE.match(head) is not None


def _worth(found: frozenset[str]) -> bool:
    """Whether a file reaches out of R, decodes something, or runs code that it puts together."""
    if not found.isdisjoint(_ALONE) or any("." in label and label not in _COMMON for label in found):
        return True
    return len(found & _TOGETHER) > 1 or any(found >= pair for pair in _PAIRS)


LANGUAGE: Final = Language("r", _claims, read, WORDS, _worth)
