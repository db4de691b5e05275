"""Texts and numbers as they are written in JavaScript (ECMA-262, section 12.9), and which long texts nobody reads."""

import re
from typing import Final

_ESCAPE: Final = re.compile(
    r"\\(?:u\{([0-9a-fA-F]{1,8})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([0-7]{1,3})|(\r\n|[\s\S]))"
)
_SINGLE: Final = {
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "b": "\b",
    "v": "\v",
    "f": "\f",
    "0": "\0",
    "\n": "",
    "\r\n": "",
    "\r": "",
}
_PLAIN: Final = re.compile(r"\\(?:x[2-7][0-9a-fA-F]|u00[2-7][0-9a-fA-F]|u\{0*[2-7][0-9a-fA-F]\}|1[0-7]{2}|[4-7][0-7])")
_SPELLED_MIN: Final = 3
_BLOB_CHARACTERS_MIN: Final = 200
_BLOB: Final = re.compile(r"[A-Za-z0-9+/=_\-\s]*|[0-9a-fA-F\s,:x\\%]*")
_SAMPLE: Final = 4_000
_SPACE_SHARE: Final = 50
_UNREADABLE_SHARE: Final = 0.3
_POINT_MAX: Final = 0x10FFFF


def unescaped(text: str) -> str:
    """A text without its escapes; halves of pairs are put together."""
    if "\\" not in text:
        return text
    out = _ESCAPE.sub(_character, text)
    return out.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if _has_surrogates(out) else out


def _has_surrogates(text: str) -> bool:
    return any("\ud800" <= each <= "\udfff" for each in text)


def _character(found: "re.Match[str]") -> str:
    braced, four, two, octal, other = found.groups()
    digits = braced or four or two
    if digits is not None:
        point = int(digits, 16)
        return chr(point) if point <= _POINT_MAX else ""
    if octal is not None:
        return chr(int(octal, 8))
    return _SINGLE.get(other, other)


def is_spelled(text: str) -> bool:
    """Whether plain letters are spelled in escapes, as nobody does who wants to be read."""
    return len(_PLAIN.findall(text)) >= _SPELLED_MIN


def is_blob(text: str) -> bool:
    """Whether a long text is something encoded: one alphabet and hardly a space, or characters that nobody reads."""
    if len(text) < _BLOB_CHARACTERS_MIN or text.startswith("data:"):
        return False
    sample = text[:_SAMPLE]
    if sample.count(" ") * _SPACE_SHARE < len(sample) and _BLOB.fullmatch(sample):
        return len(set(sample)) > 8 and any(each.isdigit() for each in sample)
    return sum(not each.isprintable() and each not in "\n\r\t" for each in sample) > len(sample) * _UNREADABLE_SHARE


def number(text: str) -> int | float | None:
    """A number literal; None for what is none."""
    plain = text.replace("_", "").removesuffix("n")
    try:
        if plain[:2].lower() in ("0x", "0o", "0b"):
            return int(plain, 0)
        if len(plain) > 1 and plain[0] == "0" and plain.isdigit():
            return int(plain, 8) if not set(plain) & set("89") else int(plain)
        if plain.isdigit():
            return int(plain) if len(plain) <= 300 else None
        value = float(plain)
    except ValueError:
        return None
    return int(value) if value.is_integer() and abs(value) < 2**53 else value
