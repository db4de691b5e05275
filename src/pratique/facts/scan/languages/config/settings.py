"""Settings of a file, flat: the keys that lead to a value, the value, and its line. JSON with comments, TOML, YAML, INI, XML.

All of it is read tolerantly and without a schema: what an editor takes must not be lost here, and what it refuses may stay.
"""

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from pratique.errors import InvalidInput
from pratique.model import limits

_DEPTH_MAX: Final = 64
_JSON: Final = re.compile(r'"((?:[^"\\\n]|\\.)*+)"?|//[^\n]*|/\*.*?(?:\*/|\Z)|[\[\]{}:,]|[^\s\[\]{}:,"]+', re.DOTALL)
"""What is not closed ends with its line, or with the file: so editors read it, and no part is gone over twice."""
_ESCAPE: Final = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_SECTION: Final = re.compile(r"\s*+\[{1,2}+([^\]]+)\]")
_GIT_SECTION: Final = re.compile(r'\s*\[\s*([\w.-]+)(?:\s+"([^"]*)")?\s*\]')
_ASSIGNED: Final = re.compile(r"\s*+([\w.\"'\s-]++)=\s*+(.*)$")
_TEXTS: Final = re.compile(r"\"\"\"(.*?)\"\"\"|'''(.*?)'''|\"((?:[^\"\\]|\\.)*+)(?:\"|\Z)|'([^']*)'", re.DOTALL)
_OPENING: Final = re.compile(r"(\"\"\"|''')|\"(?:[^\"\\]|\\.)*+\"?|'[^']*+'?|[\[\]]")
"""What opens or closes something in a line of TOML, or is a text in it."""
_YAML: Final = re.compile(r"^(\s*)((?:-\s+)*)(?:([\w$./{} \"'*-]++):(?:\s+(.*))?|(.+))$")
_BLOCK: Final = re.compile(r"[|>][+-]?\d?(?:\s+#.*)?$")
_ATTRIBUTE: Final = re.compile(r"<(\w[\w.-]*)((?:\s+[\w:.-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*)\s*/?>")
_PAIR: Final = re.compile(r"([\w:.-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")


@dataclass(frozen=True, slots=True)
class Setting:
    """A value: elements of lists have their number among the keys. `lines` are those of a text that has several."""

    keys: tuple[str, ...]
    value: str
    line: int
    lines: tuple[int, ...] = ()

    @property
    def key(self) -> str:
        """The last key that is no number."""
        return next((key for key in reversed(self.keys) if not key.isdecimal()), "")


Reader = Callable[[str], Iterator[Setting]]


def bounded(settings: Iterator[Setting]) -> list[Setting]:
    """So many settings. Raises `InvalidInput` for more."""
    found: list[Setting] = []
    for each in settings:
        found.append(each)
        if len(found) > limits.SCAN_SETTINGS_MAX:
            raise InvalidInput(f"it has more than {limits.SCAN_SETTINGS_MAX} settings")
    return found


def json(text: str) -> Iterator[Setting]:
    """JSON, with comments and commas too many, as editors take it. Raises `InvalidInput` for what is nested too deeply."""
    keys: list[str] = []
    places: list[int] = []
    key, line, last, before = "", 1, 0, ""
    for token in _JSON.finditer(text):
        sign = token[0]
        if sign.startswith(("//", "/*")):
            continue
        if sign in ("{", "["):
            keys.append(key if not places or places[-1] < 0 else str(places[-1]))
            places.append(-1 if sign == "{" else 0)
            key = ""
            if len(keys) > _DEPTH_MAX:
                raise InvalidInput("its settings are nested too deeply")
        elif sign in ("}", "]"):
            del keys[-1:], places[-1:]
            key = ""
        elif sign == ",":
            if places and places[-1] >= 0:
                places[-1] += 1
            key = ""
        elif sign != ":":
            value = _plain(token[1]) if token[1] is not None else sign
            after = text[token.end() : token.end() + 40].lstrip()
            if token[1] is not None and places and places[-1] < 0 and after.startswith(":") and before != ":":
                key = value
            else:
                line += text.count("\n", last, token.start())
                last = token.start()
                own = key if not places or places[-1] < 0 else str(places[-1])
                yield Setting((*keys[1:], own), value, line)
        before = sign
    del before


def toml(text: str) -> Iterator[Setting]:
    """TOML, as far as texts and lists of texts go."""
    section: tuple[str, ...] = ()
    lines = text.split("\n")
    place = 0
    while place < len(lines):
        start = place
        place += 1
        head = _SECTION.match(lines[start])
        assigned = _ASSIGNED.match(lines[start])
        if head is not None and (assigned is None or lines[start].lstrip().startswith("[")):
            section = tuple(part.strip(" \"'") for part in head[1].strip().split("."))
        elif assigned is not None and not lines[start].lstrip().startswith("#"):
            parts = [assigned[2]]
            opened = _opened(parts[0], "", 0)
            while (opened[0] or opened[1] > 0) and place < len(lines):
                parts.append(lines[place])
                opened = _opened(lines[place], *opened)
                place += 1
            whole = "\n".join(parts)
            keys = (*section, *(part.strip(" \t\"'") for part in assigned[1].split(".")))
            yield from _values(keys, whole, start + 1)


def _opened(line: str, quote: str, depth: int) -> tuple[str, int]:
    """Behind a line: the quotes of a text of several lines that is still open, and how many brackets are."""
    place = 0
    while place < len(line):
        if quote:
            end = line.find(quote, place)
            if end < 0:
                break
            place, quote = end + len(quote), ""
            continue
        found = _OPENING.search(line, place)
        if found is None:
            break
        place = found.end()
        quote = found[1] or ""
        depth += {"[": 1, "]": -1}.get(found[0], 0)
    return quote, depth


def _values(keys: tuple[str, ...], text: str, line: int) -> Iterator[Setting]:
    listed = text.lstrip().startswith("[")
    found = list(_TEXTS.finditer(text))
    last = 0
    for place, each in enumerate(found):
        value = next(part for part in each.groups() if part is not None)
        value = value if each[2] is not None or each[4] is not None else _plain(value)
        line += text.count("\n", last, each.start())
        last = each.start()
        yield Setting((*keys, str(place)) if listed else keys, value, line)
    if not found:
        yield Setting(keys, text.split("#", maxsplit=1)[0].strip(), line)


def ini(text: str) -> Iterator[Setting]:
    """The configuration of git, and files of its kind."""
    section: tuple[str, ...] = ()
    for number, line in enumerate(text.split("\n"), 1):
        head = _GIT_SECTION.match(line)
        assigned = _ASSIGNED.match(line)
        if head is not None:
            section = (head[1].lower(), head[2]) if head[2] else (head[1].lower(),)
        elif assigned is not None and not line.lstrip().startswith(("#", ";")):
            yield Setting((*section, assigned[1].strip().lower()), _plain(assigned[2].strip().strip('"')), number)


def yaml(text: str) -> Iterator[Setting]:
    """YAML, as far as it is written in workflows: mappings and lists by indentation, texts in blocks."""
    stack: list[tuple[int, str]] = []
    counts: dict[int, int] = {}
    lines = text.split("\n")
    place = 0
    while place < len(lines):
        number = place + 1
        found = _YAML.match(lines[place].replace("\t", "    ").rstrip("\r"))
        place += 1
        if found is None or found[0].lstrip().startswith(("#", "---", "%")):
            continue
        indent = len(found[1])
        stack = [
            each for each in stack if each[0] < indent or (each[0] == indent and found[2] and not each[1].isdecimal())
        ]
        if found[2]:
            counts = {at: count for at, count in counts.items() if at <= indent}
            counts[indent] = counts.get(indent, -1) + 1
            stack = [each for each in stack if not (each[0] == indent and each[1].isdecimal())]
            stack.append((indent, str(counts[indent])))
            indent += len(found[2])
        if len(stack) > _DEPTH_MAX:
            raise InvalidInput("its settings are nested too deeply")
        value = (found[4] or "") if found[3] is not None else (found[5] or "")
        keys = tuple(key for _, key in stack)
        if found[3] is not None:
            key = found[3].strip(" \"'")
            keys = (*keys, key)
            if not value or value.startswith(("#", "&")):
                stack.append((indent, key))
                continue
        if _BLOCK.match(value):
            body, place = _block(lines, place, indent)
            if value.startswith(">"):
                yield Setting(keys, " ".join(body.split("\n")), number + 1)
            else:
                yield Setting(keys, body, number + 1, tuple(range(number + 1, place + 1)) or (number,))
        else:
            yield from _flow(keys, value, number)


def _block(lines: list[str], place: int, indent: int) -> tuple[str, int]:
    """The text of a block behind `|` or `>`, without its indentation, and the line after it."""
    first = place
    width = 0
    while place < len(lines):
        line = lines[place]
        own = len(line) - len(line.lstrip())
        if line.strip():
            if own <= indent:
                break
            width = width or own
        place += 1
    return "\n".join(line[width:] for line in lines[first:place]), place


def _flow(keys: tuple[str, ...], value: str, line: int) -> Iterator[Setting]:
    """A value on one line: a list in brackets, a text in quotes, or plain."""
    if value.startswith("["):
        for place, each in enumerate(value.strip("[]").split(",")):
            yield Setting((*keys, str(place)), each.strip(" \"'"), line)
        return
    quoted = _TEXTS.match(value.strip())
    if quoted is not None and value.strip()[quoted.end() :].lstrip()[:1] in ("", "#"):
        text = next(part for part in quoted.groups() if part is not None)
        yield Setting(keys, text if quoted[4] is not None else _plain(text), line)
    else:
        yield Setting(keys, re.sub(r"(?<!\s)\s+#.*$", "", value), line)


def xml(text: str) -> Iterator[Setting]:
    """Attributes of XML, each by its element and, where it has one, the name that the element gives itself."""
    line, last = 1, 0
    for element in _ATTRIBUTE.finditer(text):
        line += text.count("\n", last, element.start())
        last = element.start()
        pairs = {name: html.unescape(one or two) for name, one, two in _PAIR.findall(element[2])}
        for name, value in pairs.items():
            yield Setting((element[1], pairs.get("name", ""), name), value, line)


def _plain(text: str) -> str:
    """A text of JSON without its escapes."""
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda found: _unescaped(found[1]), text)


def _unescaped(sign: str) -> str:
    if sign[0] == "u" and len(sign) > 1:
        return chr(int(sign[1:], 16))
    return _ESCAPES.get(sign, sign)


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())
