"""R Markdown, Quarto and Sweave documents: the code in their chunks, at the lines where it stands."""

import re
from typing import Final

from pratique.facts.scan.content import Reader

_SUFFIXES: Final = (".rmd", ".qmd", ".rnw")
_CHUNK: Final = re.compile(r"^\s*(`{3,}|~{3,})\s*\{\s*\.?([A-Za-z0-9_]+)[^}]*\}\s*$")
_SWEAVE: Final = re.compile(r"^<<.*>>=\s*$")
_INLINE: Final = re.compile(r"`r\s++([^`\n]++)`")
_LANGUAGES: Final = {
    "python": "python",
    "bash": "shell",
    "sh": "shell",
    "zsh": "shell",
    "js": "javascript",
    "node": "javascript",
}


def is_document(path: str) -> bool:
    """Whether a file is prose with code in it."""
    return path.lower().endswith(_SUFFIXES)


def code_of(text: str, path: str, reader: Reader) -> str:
    """The R code of a document with every other line empty. Chunks of other languages are handed on."""
    if path.lower().endswith(".rnw"):
        return _sweave(text)
    kept: list[str] = []
    language, close, start = "", "", 0
    other: list[str] = []
    for number, line in enumerate(text.split("\n"), 1):
        if language:
            if line.strip().startswith(close) and not line.strip().strip("`~"):
                if language != "r":
                    _hand_on(language, other, start, reader)
                language, other = "", []
                kept.append("")
            elif language == "r":
                kept.append(line)
            else:
                other.append(line)
                kept.append("")
            continue
        found = _CHUNK.match(line)
        if found is not None:
            close, language, start = found[1], found[2].lower(), number + 1
            kept.append("")
        else:
            kept.append("; ".join(_INLINE.findall(line)) if "`r " in line else "")
    if language and language != "r":
        _hand_on(language, other, start, reader)
    return "\n".join(kept)


def _hand_on(language: str, lines: list[str], start: int, reader: Reader) -> None:
    known = _LANGUAGES.get(language)
    if known is not None:
        reader.embed(known, "\n".join(lines), start)


def _sweave(text: str) -> str:
    kept: list[str] = []
    inside = False
    for line in text.split("\n"):
        if _SWEAVE.match(line):
            inside = True
            kept.append("")
        elif line.startswith("@"):
            inside = False
            kept.append("")
        else:
            kept.append(line if inside else "")
    return "\n".join(kept)
