"""The options of a client, from the help it prints itself: so that those of a newer one are understood too."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

_LINE: Final = re.compile(
    r"^ {2,8}(?P<short>-\w)?(?P<early>[ =](?:<[^>]+>|[A-Z][A-Z_]*\b))?(?:, +| +)?(?P<long>--[a-z][a-z0-9-]*)?"
    r"(?P<late>[ =](?:<[^>]+>|\[<|[A-Z][A-Z_]*\b|\{))?",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Options:
    """The spellings that take a value, and those that take none."""

    valued: frozenset[str]
    flags: frozenset[str]

    @classmethod
    def in_help(cls, *texts: str) -> "Options":
        """The options that help texts list."""
        valued: set[str] = set()
        flags: set[str] = set()
        for text in texts:
            for line in _LINE.finditer(text):
                spelled = {spelling for spelling in (line["short"], line["long"]) if spelling}
                (valued if line["early"] or line["late"] else flags).update(spelled)
        return cls(frozenset(valued), frozenset(flags - valued))

    def first_word(self, arguments: Sequence[str], start: int = 0) -> int:
        """The place of the first argument from `start` that is neither an option nor the value of one; their number if none is.

        `--` ends the options and is passed over. An option that no help lists takes no further argument.
        """
        place = start
        while place < len(arguments):
            argument = arguments[place]
            if argument == "--":
                return place + 1
            if not argument.startswith("-") or argument == "-":
                return place
            place += 2 if self.waits(argument) else 1
        return len(arguments)

    def waits(self, argument: str) -> bool:
        """Whether the next argument is the value of this one: `--project`, `-p`, and `-vp` too, but not `-p3`."""
        if argument.startswith("--"):
            return argument in self.valued
        for place, letter in enumerate(argument[1:], 1):
            if f"-{letter}" in self.valued:
                return place == len(argument) - 1
        return False

    def apart(self, arguments: Iterable[str]) -> list[str]:
        """Arguments with flags that share a word (`-qm`) in words of their own; the last may take a value (`-qp 3`, `-qp3`)."""
        found: list[str] = []
        for argument in arguments:
            letters = argument[1:]
            while len(letters) > 1 and not argument.startswith("--") and f"-{letters[0]}" in self.flags:
                found.append(f"-{letters[0]}")
                letters = letters[1:]
            found.append(f"-{letters}" if argument.startswith("-") else argument)
        return found

    def values(self, arguments: Iterable[str], *spellings: str) -> list[str]:
        """The values given to an option, in any of its spellings; abbreviated ones are none of these."""
        found: list[str] = []
        waiting = False
        for argument in arguments:
            if waiting:
                found.append(argument)
                waiting = False
                continue
            name, joined, value = argument.partition("=")
            if argument == "--":
                break
            if argument in spellings:
                waiting = True
            elif joined and name in spellings:
                found.append(value)
            elif argument[:2] in spellings and not argument.startswith("--"):
                found.append(argument[2:])
        return found
