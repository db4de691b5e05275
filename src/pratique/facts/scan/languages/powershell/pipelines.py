"""Reads the commands of PowerShell and what they are joined by (language specification 3.0, chapters 7 and 8)."""

from typing import Final

from pratique.facts.scan.languages.powershell import lexical
from pratique.facts.scan.languages.powershell.syntax import (
    Assign,
    Comma,
    Command,
    Expression,
    Number,
    Option,
    Pipeline,
    Several,
    Statement,
    Text,
    Variable,
)
from pratique.facts.scan.languages.powershell.terms import Terms

_ENDS: Final = frozenset("\r\n;|&)}")
_OPERANDS: Final = frozenset("$'\"({[@!,+")
_DIGITS: Final = frozenset("0123456789")
_PARTS_OF_BLOCKS: Final = frozenset({"begin", "process", "end", "clean", "dynamicparam"})


class Pipelines(Terms):
    """Adds commands to expressions."""

    def _chain(self) -> Statement:
        """Pipelines joined by `&&` and `||`."""
        first = self._pipeline()
        if self.text[self.at : self.at + 2] not in ("&&", "||"):
            return first
        several: list[Statement] = [first]
        while self.text[self.at : self.at + 2] in ("&&", "||"):
            self.at += 2
            self.gap()
            several.append(self._pipeline())
            self.peek()
        return Several(first.at, several)

    def _pipeline(self) -> Statement:
        start = self.at
        elements: list[Expression | Command] = []
        first = self._element()
        if not isinstance(first, Command):
            assigned = self._assigned(first)
            if assigned is not None:
                return assigned
        elements.append(first)
        self._redirected(elements)
        while True:
            self.peek()
            found = lexical.PIPE.match(self.text, self.at)
            if found is None:
                break
            self.at = found.end()
            self.gap()
            elements.append(self._element())
            self._redirected(elements)
        if self.text[self.at : self.at + 1] == "&" and self.text[self.at : self.at + 2] != "&&":
            self.at += 1
        return elements[0] if len(elements) == 1 else Pipeline(start, elements)

    def _assigned(self, target: Expression) -> Assign | None:
        self.peek()
        found = lexical.ASSIGNED.match(self.text, self.at)
        if found is None:
            return None
        self.at = found.end()
        self.gap()
        return Assign(target.at, target, found[0], self.statement())

    def _redirected(self, elements: "list[Expression | Command]") -> None:
        """What is written to a file by `>` is a command of its own."""
        while self.peek() and self.text[self.at] in ">0123456789*":
            found = lexical.REDIRECT.match(self.text, self.at)
            if found is None:
                return
            start = self.at
            self.at = found.end()
            if found[3] is not None:
                continue
            self.peek()
            target = self._word()
            if (
                found[1] in ("", "1", "*")
                and found[2] != "<"
                and not (type(target) is Variable and target.name == "null")
            ):
                elements.append(Command(start, self.at, "", Text(start, "out-file"), [target]))

    def _element(self) -> Expression | Command:
        start = self.at
        text = self.text
        character = text[start] if start < self.end else ""
        following = text[start + 1 : start + 2]
        if character in _OPERANDS:
            return self.expression()
        if character in _DIGITS or (character == "." and following in _DIGITS and following):
            found = lexical.NUMBER.match(text, start)
            if found is not None and lexical.NUMBER_END.match(text, found.end()) is not None:
                return self.expression()
        if character == "-" and (
            (following and following in "-$(0123456789") or lexical.UNARY.match(text, start) is not None
        ):
            return self.expression()
        if character == "&" or (character == "." and following and following in " \t$('\"{&"):
            self.at += 1
            return self._command(start, character)
        return self._command(start, "")

    def _command(self, start: int, call: str) -> Command:
        character = self.peek()
        name = self._word() if character and character in "$('\"{@" else self.bare()
        words: list[Expression | Option] = []
        text = self.text
        while True:
            character = self.peek()
            if not character or character in _ENDS:
                break
            before = self.at
            if character in ">0123456789*" and lexical.REDIRECT.match(text, self.at) is not None:
                break
            if character == "-":
                words.append(self._option())
                if type(words[-1]) is Text and words[-1].value == "--%":
                    words.append(self._verbatim())
                    break
            else:
                words.append(self._listed())
            if self.at == before:
                self.at += 1
                self.skipped += 1
        return Command(start, self.at, call, name, words)

    def _verbatim(self) -> Text:
        start = self.at
        while self.at < self.end and self.text[self.at] not in "\r\n|":
            self.at += 1
        return Text(start, self.text[start : self.at].strip())

    def _option(self) -> Expression | Option:
        start = self.at
        found = lexical.PARAMETER.match(self.text, start)
        if found is None:
            return self._listed()
        self.at = found.end()
        character = self.text[self.at : self.at + 1]
        if character and character in "'\"$.[" and not found[0].endswith("`"):
            parts: list[str | Expression] = [found[0].replace("`", "")]
            word = self.rest_of_word(start, parts)
            if type(word) is Text:
                return Option(start, word.value.lstrip("-"))
            return word
        name = found[0][1:].replace("`", "")
        if character != ":":
            return Option(start, name)
        self.at += 1
        self.peek()
        return Option(start, name, self._listed())

    def _listed(self) -> Expression:
        """A word of a command, or several with commas between them."""
        start = self.at
        first = self._word()
        if self.peek() != ",":
            return first
        items = [first]
        while self.peek() == ",":
            self.at += 1
            if self.gap() not in _ENDS:
                items.append(self._word())
        return Comma(start, items)

    def _word(self) -> Expression:
        start = self.at
        text = self.text
        character = text[start] if start < self.end else ""
        if character in _DIGITS:
            found = lexical.NUMBER.match(text, start)
            if found is not None and lexical.BARE_END.match(text, found.end()) is not None:
                self.at = found.end()
                return Number(start, lexical.number(found[0]))
        if character and character in "$'\"({@":
            node = self.term()
            if character == "$" and self.at < self.end and lexical.BARE_END.match(text, self.at) is None:
                return self.rest_of_word(start, [node])
            return node
        return self.bare()
