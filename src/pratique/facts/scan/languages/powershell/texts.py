"""Reads the texts of PowerShell: quoted, over several lines, and words without quotes. It never fails."""

from abc import ABC, abstractmethod

from pratique.facts.scan.languages.powershell import lexical
from pratique.facts.scan.languages.powershell.syntax import Expandable, Expression, Text
from pratique.facts.scan.observation import How


class Texts(ABC):
    """A place in a script, and the texts that can be read from there."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.end = len(text)
        self.at = 0
        self.skipped = 0
        """Characters that fitted nowhere."""
        self._pointless = 0
        self.blocks_aside: list[tuple[int, int]] = []
        """Where blocks stand in the arguments of attributes, from brace to bracket: they are run when a value is checked."""

    @abstractmethod
    def primary(self) -> Expression:
        """A value without what is behind it."""

    def peek(self) -> str:
        """The next character behind blanks, which are passed over; empty at the end."""
        found = lexical.BLANK.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.text[self.at] if self.at < self.end else ""

    def gap(self) -> str:
        """The same, with line ends passed over too."""
        found = lexical.GAP.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.text[self.at] if self.at < self.end else ""

    def _single(self) -> Text:
        start = self.at
        found = lexical.QUOTED.match(self.text, start)
        if found is None:
            self.at = self.end
            self.skipped += self.end - start
            return Text(start, self.text[start + 1 :])
        self.at = found.end()
        return Text(start, found[1].replace("''", "'"))

    def _double(self) -> Expression:
        start = self.at
        found = lexical.PLAIN_DOUBLE.match(self.text, start)
        if found is not None:
            self.at = found.end()
            return Text(start, found[1])
        self.at += 1
        pointless = self._pointless
        parts, closed = self._parts(self.end, quoted=True)
        if not closed:
            self.skipped += self.end - start
        made = _put_together(start, parts)
        if type(made) is Text and self._pointless > pointless:
            made.how = How.RESOLVED
        return made

    def _here(self, quote: str) -> Expression:
        """A text over several lines, up to the quote at the beginning of a line."""
        start = self.at
        line_end = self.text.find("\n", start)
        if line_end < 0 or self.text[start + 2 : line_end].strip():
            self.at += 2
            self.skipped += 1
            return Text(start, "@")
        last = self.text.find(f"\n{quote}@", line_end)
        if last < 0:
            last = self.end
            self.skipped += self.end - start
        if quote == "'":
            self.at = min(last + 3, self.end)
            return Text(start, self.text[line_end + 1 : last].removesuffix("\r"))
        self.at = line_end + 1
        parts, _ = self._parts(last, quoted=False)
        self.at = max(self.at, min(last + 3, self.end))
        return _put_together(start, parts)

    def _parts(self, last: int, *, quoted: bool) -> "tuple[list[str | Expression], bool]":
        """The parts of a text that is expanded, up to its quote or to a place; and whether its quote was there."""
        text = self.text
        run = lexical.DOUBLE_RUN if quoted else lexical.HERE_RUN
        parts: list[str | Expression] = []
        while self.at < last:
            character = text[self.at]
            if character == '"' and quoted:
                self.at += 1
                if not text.startswith('"', self.at):
                    return parts, True
                parts.append('"')
                self.at += 1
            elif character == "`":
                parts.append(self.escape())
            elif character == "$":
                parts.append(self.primary())
            else:
                found = run.match(text, self.at, last)
                if found is None:
                    parts.append(character)
                    self.at += 1
                else:
                    parts.append(found[0])
                    self.at = found.end()
        return parts, not quoted

    def escape(self) -> str:
        """What a backtick and the character behind it stand for."""
        self.at += 1
        if self.at >= self.end:
            return ""
        character = self.text[self.at]
        self.at += 1
        if character == "u":
            found = lexical.CODE_POINT.match(self.text, self.at - 1)
            if found is not None and int(found[1], 16) < 0x110000:
                self.at = found.end()
                return chr(int(found[1], 16))
        if character == "\r" and self.text.startswith("\n", self.at):
            self.at += 1
            return ""
        if character.isalpha() and character not in lexical.ESCAPES:
            self._pointless += 1
        return lexical.ESCAPES.get(character, character)

    def bare(self) -> Expression:
        """A word without quotes, in which quotes, variables and escapes may stand."""
        text = self.text
        start = self.at
        found = lexical.BARE.match(text, start)
        if found is not None:
            self.at = found.end()
            if lexical.BARE_END.match(text, self.at) is not None:
                return Text(start, found[0])
        return self.rest_of_word(start, [found[0]] if found is not None else [])

    def rest_of_word(self, start: int, parts: "list[str | Expression]") -> Expression:
        """The parts of a word from here to its end."""
        text = self.text
        pointless, quoted = self._pointless, False
        while self.at < self.end and lexical.BARE_END.match(text, self.at) is None:
            character = text[self.at]
            if character == "`":
                parts.append(self.escape())
            elif character == "$":
                parts.append(self.primary())
            elif character == "'":
                parts.append(self._single())
                quoted = True
            elif character == '"':
                parts.append(self._double())
                quoted = True
            else:
                found = lexical.BARE.match(text, self.at)
                parts.append(found[0] if found is not None else character)
                self.at = found.end() if found is not None else self.at + 1
        if self.at == start and self.at < self.end:
            self.at += 1
            self.skipped += 1
        node = _put_together(start, parts)
        if type(node) is Text and (quoted or self._pointless > pointless):
            node.how = How.RESOLVED
        return node


def _put_together(start: int, parts: "list[str | Expression]") -> Expression:
    """One text of parts, with what is known joined."""
    kept: list[str | Expression] = []
    for part in parts:
        plain = part.value if type(part) is Text else part
        if isinstance(plain, str) and kept and isinstance(kept[-1], str):
            kept[-1] += plain
        else:
            kept.append(plain)
    if not kept:
        return Text(start, "")
    first = kept[0]
    return Text(start, first) if len(kept) == 1 and isinstance(first, str) else Expandable(start, kept)
