"""Reads a script into statements (PowerShell language specification 3.0, chapter 8); what fits nowhere is counted."""

from collections.abc import Callable
from typing import Final

from pratique.facts.scan.languages.powershell import lexical
from pratique.facts.scan.languages.powershell.pipelines import Pipelines
from pratique.facts.scan.languages.powershell.syntax import (
    Assign,
    Block,
    Each,
    Expression,
    Function,
    Group,
    Leave,
    Loop,
    Parameter,
    Several,
    Statement,
    Switch,
    Tested,
    Variable,
)

_ENDS: Final = frozenset("\r\n;|&)}")
_OPERANDS: Final = frozenset("$'\"({[@!,+")
_DIGITS: Final = frozenset("0123456789")
_STATEMENTS_MAX: Final = 100_000
_PARTS_OF_BLOCKS: Final = frozenset({"begin", "process", "end", "clean", "dynamicparam"})


class Parser(Pipelines):
    """Adds statements to commands."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._keywords: dict[str, Callable[[int], Statement | None]] = {
            "if": self._if,
            "while": self._while,
            "do": self._do,
            "for": self._for,
            "foreach": self._foreach,
            "switch": self._switch,
            "function": self._function,
            "filter": self._function,
            "workflow": self._function,
            "class": self._class,
            "enum": self._class,
            "try": self._try,
            "trap": self._trap,
            "param": self._param,
            "return": self._leave,
            "throw": self._leave,
            "exit": self._leave,
            **dict.fromkeys(_PARTS_OF_BLOCKS, self._part),
        }

    def statements(self, closer: str) -> list[Statement]:
        """Statements up to a closing bracket, which is read too; up to the end for an empty one."""
        made: list[Statement] = []
        text = self.text
        while True:
            found = lexical.LINES.match(text, self.at)
            self.at = found.end() if found else self.at
            if self.at >= self.end:
                self.skipped += bool(closer)
                return made
            character = text[self.at]
            if character == closer:
                self.at += 1
                return made
            if character in ")}":
                self.skipped += 1
                if closer:
                    return made
                self.at += 1
                continue
            before = self.at
            made.append(self.statement())
            if self.at == before:
                self.at += 1
                self.skipped += 1

    def statement(self) -> Statement:
        """One statement: one that begins with a keyword, or a pipeline."""
        start = self.at
        found = lexical.WORD.match(self.text, start)
        if found is not None:
            keyword = self._keywords.get(found[0].lower())
            if keyword is not None:
                self.at = found.end()
                made = keyword(start)
                if made is not None:
                    return made
                self.at = start
        elif self.text[start : start + 1] == ":":
            label = lexical.WORD.match(self.text, start + 1)
            if label is not None:
                self.at = label.end()
                self.gap()
                return self.statement()
        return self._chain()

    def block(self) -> Block:
        """A block in braces, the first of which is next."""
        start = self.at
        self.at += 1
        parameters = self._parameters_of_block()
        body = self.statements("}")
        return Block(start, self.at, parameters, body)

    def _parameters_of_block(self) -> list[Parameter]:
        """The parameters in front of a block's statements, with attributes before them."""
        start = self.at
        found = lexical.LINES.match(self.text, self.at)
        self.at = found.end() if found else self.at
        while self.at < self.end and self.text[self.at] == "[":
            if lexical.TYPE_START.match(self.text, self.at) is None:
                break
            self._attribute()
            found = lexical.LINES.match(self.text, self.at)
            self.at = found.end() if found else self.at
        word = lexical.WORD.match(self.text, self.at)
        if word is not None and word[0].lower() == "param":
            self.at = word.end()
            if self.gap() == "(":
                self.at += 1
                return self._parameters()
        self.at = start
        return []

    def _parameters(self) -> list[Parameter]:
        """Parameters up to the closing bracket, which is read too."""
        made: list[Parameter] = []
        while self.gap() not in ("", ")"):
            character = self.text[self.at]
            if character == "[":
                self._attribute()
            elif character == "$":
                variable = self._variable()
                name = variable.name if type(variable) is Variable else ""
                default = None
                if self.gap() == "=":
                    self.at += 1
                    self.gap()
                    default = self.expression(commas=False)
                made.append(Parameter(name, default))
            elif character == ",":
                self.at += 1
            else:
                before = self.at
                self.bare()
                self.at = max(self.at, before + 1)
        self.at += 1
        return made

    def _test(self) -> Statement | None:
        """What stands in brackets behind `if`, `while` and their like."""
        if self.gap() != "(":
            return None
        start = self.at
        self.at += 1
        return Group(start, "(", self.statements(")"))

    def _body(self) -> list[Statement]:
        if self.gap() != "{":
            return []
        self.at += 1
        return self.statements("}")

    def _next_word(self, *words: str) -> bool:
        """Pass over one of some words, if it is next, and say whether it was."""
        before = self.at
        self.gap()
        found = lexical.WORD.match(self.text, self.at)
        if found is not None and found[0].lower() in words:
            self.at = found.end()
            return True
        self.at = before
        return False

    def _if(self, start: int) -> Statement | None:
        test = self._test()
        if test is None:
            return None
        parts: list[Statement] = [Tested(start, test), Several(start, self._body())]
        while self._next_word("elseif"):
            test = self._test()
            if test is not None:
                parts.append(Tested(start, test))
            parts.append(Several(start, self._body()))
        if self._next_word("else"):
            parts.append(Several(start, self._body()))
        return Several(start, parts)

    def _while(self, start: int) -> Statement | None:
        test = self._test()
        return None if test is None else Loop(start, 0, None, test, None, self._body())

    def _do(self, start: int) -> Statement | None:
        if self.gap() != "{":
            return None
        body = self._body()
        test = self._test() if self._next_word("while", "until") else None
        return Loop(start, self.at, None, test, None, body)

    def _for(self, start: int) -> Statement | None:
        if self.gap() != "(":
            return None
        self.at += 1
        parts: list[Statement | None] = []
        while len(parts) < 3 and self.gap() not in ("", ")"):
            if self.text[self.at] == ";":
                parts.append(None)
            else:
                before = self.at
                parts.append(self.statement())
                self.at += self.at == before
            if self.gap() == ";":
                self.at += 1
        self._close(")")
        first, test, step = [*parts, None, None, None][:3]
        body = self._body()
        return Loop(start, self.at, first, test, step, body)

    def _foreach(self, start: int) -> Statement | None:
        if self.gap() == "-":
            found = lexical.PARAMETER.match(self.text, self.at)
            self.at = found.end() if found is not None else self.at
        if self.gap() != "(":
            return None
        self.at += 1
        if self.gap() != "$":
            return None
        variable = self._variable()
        if not self._next_word("in") or type(variable) is not Variable:
            return None
        self.gap()
        over = self.statement()
        self._close(")")
        body = self._body()
        return Each(start, self.at, variable.name, over, body)

    def _switch(self, start: int) -> Statement | None:
        subject: Statement | None = None
        while self.gap() == "-" and (found := lexical.PARAMETER.match(self.text, self.at)) is not None:
            self.at = found.end()
            if self.peek() and self.text[self.at] not in "({-":
                subject = self._word()
        if subject is None:
            subject = self._test()
        if subject is None:
            return None
        if self.gap() != "{":
            return Several(start, [subject])
        self.at += 1
        cases: list[tuple[Expression, list[Statement]]] = []
        while True:
            found = lexical.LINES.match(self.text, self.at)
            self.at = found.end() if found else self.at
            if self.at >= self.end or self.text[self.at] == "}":
                break
            before = self.at
            case = self._word()
            cases.append((case, self._body()))
            if self.at == before:
                self.at += 1
                self.skipped += 1
        self.at += 1
        return Switch(start, subject, cases)

    def _function(self, start: int) -> Statement | None:
        self.gap()
        name = self._name_of_function()
        if not name:
            return None
        parameters: list[Parameter] = []
        if self.gap() == "(":
            self.at += 1
            parameters = self._parameters()
        if self.gap() != "{":
            return Several(start, [each.default for each in parameters if each.default is not None])
        block = self.block()
        block.parameters = parameters + block.parameters
        return Function(start, name, block)

    def _name_of_function(self) -> str:
        found = lexical.FUNCTION.match(self.text, self.at)
        if found is None:
            return ""
        self.at = found.end()
        name = found[0].lower()
        scope, _, rest = name.partition(":")
        return rest if scope in lexical.SCOPES and rest else name

    def _class(self, start: int) -> Statement | None:
        """A class with its methods; of an enumeration nothing is kept."""
        found = lexical.WORD.match(self.text, self.at) if self.gap() else None
        if found is None:
            return None
        opened = self.text.find("{", self.at)
        if opened < 0 or "\n\n" in self.text[self.at : opened] or opened - self.at > 500:
            return None
        self.at = opened + 1
        members: list[Statement] = []
        while True:
            lines = lexical.LINES.match(self.text, self.at)
            self.at = lines.end() if lines else self.at
            if self.at >= self.end or self.text[self.at] == "}":
                break
            before = self.at
            self._class_member(members)
            if self.at == before:
                self.at += 1
        self.at += 1
        return Several(start, members)

    def _class_member(self, members: list[Statement]) -> None:
        character = self.text[self.at]
        if character == "[":
            self._attribute()
            return
        if character == "$":
            members.append(self.statement())
            return
        if character == "{":
            block = self.block()
            members.append(Several(block.at, block.body))
            return
        found = lexical.WORD.match(self.text, self.at)
        if found is None:
            self.expression()
            return
        self.at = found.end()
        if self.peek() == "(":
            self.at += 1
            parameters = self._parameters()
            if self.gap() == ":":
                self.at = self.text.find("{", self.at) if "{" in self.text[self.at : self.at + 500] else self.at
            if self.gap() == "{":
                block = self.block()
                block.parameters = parameters
                members.append(Function(found.start(), f"::{found[0].lower()}", block))
        elif self.peek() == "=":
            self.at += 1
            self.peek()
            self.expression()

    def _try(self, start: int) -> Statement | None:
        if self.gap() != "{":
            return None
        parts: list[Statement] = [Several(start, self._body())]
        while self._next_word("catch"):
            while self.gap() in ("[", ","):
                if self.text[self.at] == ",":
                    self.at += 1
                else:
                    self._attribute()
            parts.append(Several(start, self._body()))
        if self._next_word("finally"):
            parts.append(Several(start, self._body()))
        return Several(start, parts)

    def _trap(self, start: int) -> Statement | None:
        while self.gap() == "[":
            self._attribute()
        return Several(start, self._body()) if self.gap() == "{" else None

    def _param(self, start: int) -> Statement | None:
        """Parameters that stand where a statement would: their defaults are what the script begins with."""
        if self.gap() != "(":
            return None
        self.at += 1
        made: list[Statement] = [
            Assign(start, Variable(start, each.name), "=", each.default)
            for each in self._parameters()
            if each.default is not None
        ]
        return Several(start, made)

    def _part(self, start: int) -> Statement | None:
        return Several(start, self._body()) if self.gap() == "{" else None

    def _leave(self, start: int) -> Statement | None:
        word = self.text[start : self.at].lower()
        character = self.peek()
        value = None if not character or character in _ENDS else self.statement()
        return Leave(start, word, value)


def parse(text: str) -> tuple[list[Statement], Parser]:
    """The statements of a script, with those in attributes at the end, and the parser, which tells how much fitted nowhere."""
    parser = Parser(text.translate(lexical.PLAIN))
    body = parser.statements("")
    waiting = parser.blocks_aside
    while waiting and len(body) < _STATEMENTS_MAX:
        opened, end = waiting.pop()
        inner = Parser(parser.text)
        inner.at, inner.end = opened, end
        body.append(Several(opened, inner.block().body))
        waiting += inner.blocks_aside
    return body, parser
