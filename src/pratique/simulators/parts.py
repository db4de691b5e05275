"""Texts of a scenario with what is put into them: `@@name@@`, and `@@name:filter:filter@@` for a text in another form.

A name is that of a file in the scenario's folder `parts`, or one of `id`, `project`, `interlock` (in the language that the file's
suffix says) and `interlock.py`, `interlock.sh` and so on. What is put in may hold names itself.
"""

import base64
import json
import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from pratique.errors import InvalidInput, LimitExceeded
from pratique.model import limits
from pratique.simulators.interlocks import INTERLOCKS

_NAMED: Final = re.compile(r"@@([A-Za-z0-9._-]+)((?::[a-z0-9]+)*)@@")
_LAYERS: Final = 50
_SELECTORS: Final = [chr(code) for code in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))]
"""The 256 variation selectors of Unicode, one for each byte."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What may be put into the texts of one scenario: texts by their names. What was put together once is kept."""

    texts: Mapping[str, str]
    made: dict[tuple[str, str], str] = field(default_factory=dict)

    def put_into(self, text: str, path: str) -> str:
        """The text, whole, of a file at a path.

        Raises `InvalidInput` for a name or a filter that is not known, and `LimitExceeded` for a text that grows too much.
        """
        return self._whole(text, path.rpartition(".")[2], 0)

    def _whole(self, text: str, language: str, deep: int) -> str:
        if deep > limits.SCENARIO_PARTS_DEEP_MAX:
            raise LimitExceeded(f"texts are put into each other more than {limits.SCENARIO_PARTS_DEEP_MAX} deep")

        def part(match: re.Match[str]) -> str:
            key = match[0], language
            if key not in self.made:
                self.made[key] = self._part(match[1], match[2].split(":")[1:], language, deep)
            return self.made[key]

        return _bounded(_NAMED.sub(part, text))

    def _part(self, name: str, filters: list[str], language: str, deep: int) -> str:
        made = self._whole(self._text(name, language), language, deep + 1)
        for each in filters:
            if each not in _FILTERS:
                raise InvalidInput(f"no filter is called {each}; known: {', '.join(_FILTERS)}")
            made = _bounded(_FILTERS[each](made))
        return made

    def _text(self, name: str, language: str) -> str:
        if name in self.texts:
            return self.texts[name]
        language = language if name == "interlock" else name.removeprefix("interlock.")
        if name.startswith("interlock") and language in INTERLOCKS:
            return INTERLOCKS[language]
        raise InvalidInput(f"nothing is called {name} here; known: {', '.join([*self.texts, *_interlocks()])}")


def _interlocks() -> list[str]:
    return ["interlock", *(f"interlock.{language}" for language in INTERLOCKS)]


def _bounded(text: str) -> str:
    if len(text) > limits.SCENARIO_TEXTS_BYTES_MAX:
        raise LimitExceeded(f"a text grows beyond {limits.SCENARIO_TEXTS_BYTES_MAX} characters")
    return text


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _layers(text: str) -> str:
    """Python that runs Python that runs ... so many times, each packed into the one around it."""
    for _ in range(_LAYERS):
        packed = base64.b64encode(zlib.compress(text.encode(), 9)).decode()
        text = f"exec(__import__('zlib').decompress(__import__('base64').b64decode('{packed}')))"
    return text


def _invisible(text: str) -> str:
    """Each byte as one variation selector, of which an editor shows nothing."""
    return "".join(_SELECTORS[each] for each in text.encode())


def _zero_width(text: str) -> str:
    """Each bit as one of two characters without a width."""
    return "".join("\u200c" if bit == "1" else "\u200b" for each in text.encode() for bit in f"{each:08b}")


_FILTERS: Final[Mapping[str, Callable[[str], str]]] = MappingProxyType(
    {
        "base64": _base64,
        "hex": lambda text: text.encode().hex(),
        "json": lambda text: json.dumps(text)[1:-1],
        "zlib64": lambda text: base64.b64encode(zlib.compress(text.encode(), 9)).decode(),
        "reversed": lambda text: text[::-1],
        "layers": _layers,
        "invisible": _invisible,
        "zerowidth": _zero_width,
    }
)
