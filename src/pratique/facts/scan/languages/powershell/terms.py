"""Reads the expressions of PowerShell. It never fails: what fits nowhere is taken for a text, or passed over and counted."""

from abc import abstractmethod
from typing import Final

from pratique.facts.scan.languages.powershell import lexical
from pratique.facts.scan.languages.powershell.syntax import (
    Block,
    Cast,
    Chain,
    Comma,
    Expression,
    Group,
    Index,
    Member,
    Number,
    Numbers,
    Statement,
    Table,
    Text,
    TypeName,
    Unary,
    Variable,
)
from pratique.facts.scan.languages.powershell.texts import Texts
from pratique.facts.scan.observation import How

_DIGITS: Final = frozenset("0123456789")
_OPENS: Final = frozenset("$'\"(@{[")
"""What an operand begins with, beside digits and signs."""
_MAYBE_OPERATOR: Final = frozenset("-+*/%.?")
_ATTRIBUTE_CHARACTERS_MAX: Final = 20_000
_ATTRIBUTE_DEPTH_MAX: Final = 20


class Terms(Texts):
    """Adds expressions to texts."""

    @abstractmethod
    def statements(self, closer: str) -> list[Statement]:
        """Statements up to a closing bracket, which is read too; up to the end for an empty one."""

    @abstractmethod
    def statement(self) -> Statement:
        """One statement."""

    @abstractmethod
    def block(self) -> Block:
        """A block in braces, the first of which is next."""

    def expression(self, least: int = 0, *, commas: bool = True) -> Expression:
        """Operands and the operators between them that bind at least as tightly as `least`."""
        left = self._operand(commas=commas)
        made: Chain | None = None
        level = 0
        while self.peek() in _MAYBE_OPERATOR:
            found = lexical.OPERATOR.match(self.text, self.at)
            if found is None:
                break
            operator = (found[2] or found[3] or found[4]).lower()
            if found[1] and found[1] in "cC" and operator in ("replace", "split"):
                operator = f"c{operator}"
            precedence = lexical.PRECEDENCE.get(operator, lexical.COMPARISON)
            if precedence < least:
                break
            self.at = found.end()
            self.gap()
            right = self.expression(precedence + 1, commas=commas)
            if made is not None and level == precedence:
                made.rest.append((operator, right))
                continue
            made = Chain(left.at, left, [(operator, right)])
            left, level = made, precedence
        if not least and self.at < self.end and self.text[self.at] == "?":
            return self._ternary(left, commas=commas)
        return left

    def _ternary(self, test: Expression, *, commas: bool) -> Expression:
        """`test ? one : other`, of newer versions. Nothing is read twice, also where the second part is missing."""
        self.at += 1
        self.gap()
        one = self.expression(1, commas=commas)
        if self.gap() != ":":
            return Chain(test.at, test, [("?", one)])
        self.at += 1
        self.gap()
        return Chain(test.at, test, [("?", one), (":", self.expression(1, commas=commas))])

    def _operand(self, *, commas: bool) -> Expression:
        """One value, or several with commas between them."""
        start = self.at
        if start < self.end and self.text[start] in _DIGITS and commas:
            found = lexical.NUMBERS.match(self.text, start)
            if found is not None:
                self.at = found.end()
                return Numbers(
                    start, [int(each.strip(), 0) if "x" in each.lower() else int(each) for each in found[0].split(",")]
                )
        first = self._unary()
        if not commas or self.peek() != ",":
            return first
        items = [first]
        while self.peek() == ",":
            self.at += 1
            self.gap()
            items.append(self._unary())
        return Comma(start, items)

    def _unary(self) -> Expression:
        start = self.at
        character = self.peek()
        text = self.text
        if character == "[":
            return self._bracket()
        if character in "!-+," and character:
            found = lexical.UNARY.match(text, self.at) if character == "-" else None
            if found is not None:
                self.at = found.end()
                self.gap()
                return Unary(start, found[1].lower().removeprefix("i"), self._unary())
            self.at += 2 if text[self.at : self.at + 2] in ("++", "--") else 1
            operator = text[self.at - 1]
            self.peek()
            operand = self._unary()
            return Comma(start, [operand]) if operator == "," else Unary(start, operator, operand)
        return self.term()

    def _bracket(self) -> Expression:
        """A type, a cast, or an attribute, which is passed over."""
        start = self.at
        text = self.text
        found = lexical.TYPE.match(text, start)
        if found is None:
            self._attribute()
            return self._unary() if self.gap() in _OPENS else Text(start, "")
        self.at = found.end()
        name = lexical.type_name(found[1])
        if text.startswith("::", self.at):
            return self._behind(TypeName(start, name))
        character = self.peek()
        following = text[self.at + 1 : self.at + 2]
        if character and (
            (character in _OPENS or character in _DIGITS)
            or (character in "-+" and (following in _DIGITS or following in "$(") and following)
            or (character == "-" and lexical.UNARY.match(text, self.at) is not None)
        ):
            return Cast(start, name, self._unary())
        return self._behind(TypeName(start, name))

    def _attribute(self) -> None:
        """Pass over an attribute with its arguments; where there is a block among them, it is kept for later."""
        start = self.at
        last = min(start + _ATTRIBUTE_CHARACTERS_MAX, self.end)
        depth = 0
        while self.at < last:
            found = lexical.IN_ATTRIBUTE.match(self.text, self.at)
            if found is None:
                break
            self.at = found.end()
            depth += {"[": 1, "]": -1}.get(found[0], 0)
            if not depth:
                opened = self.text.find("{", start, self.at)
                if opened >= 0:
                    self.blocks_aside.append((opened, self.at))
                return
            if depth > _ATTRIBUTE_DEPTH_MAX:
                break
        self.at = min(start + 1, self.end)
        self.skipped += 1

    def term(self) -> Expression:
        """A value with members, elements and calls behind it."""
        return self._behind(self.primary())

    def _behind(self, node: Expression) -> Expression:
        text = self.text
        while self.at < self.end:
            character = text[self.at]
            following = text[self.at + 1 : self.at + 2]
            if character == "?" and following and following in ".[" and type(node) is Variable:
                self.at += 1
                continue
            if character == "." and following != ".":
                made = self._member(node, 1, static=False)
            elif character == ":" and following == ":":
                made = self._member(node, 2, static=True)
            elif character == "[":
                self.at += 1
                self.gap()
                made = Index(node.at, node, self.expression())
                self._close("]")
            elif character in "+-" and following == character:
                self.at += 2
                return Unary(node.at, character, node)
            else:
                return node
            if made is None:
                return node
            node = made
        return node

    def _member(self, base: Expression, width: int, *, static: bool) -> Expression | None:
        """A member and its arguments; None where no name follows the dot."""
        start = self.at
        self.at += width
        character = self.gap() if not self.text[self.at : self.at + 1].isalpha() else self.text[self.at]
        found = lexical.MEMBER.match(self.text, self.at)
        name: Expression
        if found is not None:
            self.at = found.end()
            plain = found[0].replace("`", "")
            name = Text(start, plain, How.LITERAL if plain == found[0] else How.RESOLVED)
        elif character and character in "$'\"(":
            name = self.primary()
        else:
            self.at = start
            return None
        if self.text.startswith("(", self.at):
            self.at += 1
            return Member(base.at, base, name, static, self._arguments())
        if self.text.startswith("{", self.at):
            return Member(base.at, base, name, static, [self.block()])
        return Member(base.at, base, name, static)

    def _arguments(self) -> list[Expression]:
        given: list[Expression] = []
        while self.gap() not in ("", ")"):
            before = self.at
            if self.text[self.at] != ",":
                given.append(self.expression(commas=False))
                if self.gap() == ")":
                    break
            if self.text[self.at : self.at + 1] == ",":
                self.at += 1
            elif self.at == before or self.text[self.at : self.at + 1] in (";", "}", "]"):
                break
        self._close(")")
        return given

    def _close(self, closer: str) -> None:
        if self.gap() == closer:
            self.at += 1
        else:
            self.skipped += 1

    def primary(self) -> Expression:
        """A value without what is behind it."""
        start = self.at
        text = self.text
        character = text[start] if start < self.end else ""
        if character == "$":
            if text.startswith("$(", start):
                return self._group("$", 2)
            return self._variable()
        if character == "'":
            return self._single()
        if character == '"':
            return self._double()
        if character == "(":
            return self._group("(", 1)
        if character == "@":
            return self._at()
        if character == "{":
            return self.block()
        if character in _DIGITS or character == ".":
            found = lexical.NUMBER.match(text, start)
            if found is not None:
                self.at = found.end()
                return Number(start, lexical.number(found[0]))
        return self.bare()

    def _group(self, kind: str, width: int) -> Group:
        start = self.at
        self.at += width
        return Group(start, kind, self.statements(")"))

    def _variable(self) -> Expression:
        start = self.at
        found = lexical.VARIABLE.match(self.text, start)
        if found is None:
            self.at += 1
            return Text(start, "$")
        self.at = found.end()
        if found[3] is not None:
            return Variable(start, lexical.variable_name("", found[3].replace("`", "")))
        scope = (found[1] or "").lower()
        name = lexical.variable_name(scope, found[2] or found[4])
        return Variable(start, name, outer=scope in ("global", "script"))

    def _at(self) -> Expression:
        start = self.at
        following = self.text[start + 1 : start + 2]
        if following == "(":
            return self._group("@", 2)
        if following == "{":
            return self._table()
        if following and following in "'\"":
            return self._here(following)
        found = lexical.SPLAT.match(self.text, start)
        if found is not None:
            self.at = found.end()
            return Variable(start, found[1].lower(), splat=True)
        return self.bare()

    def _table(self) -> Table:
        start = self.at
        self.at += 2
        pairs: list[tuple[Expression, Statement]] = []
        while True:
            found = lexical.LINES.match(self.text, self.at)
            self.at = found.end() if found else self.at
            if self.at >= self.end:
                self.skipped += 1
                break
            if self.text[self.at] == "}":
                self.at += 1
                break
            before = self.at
            key = self._key()
            if self.gap() == "=":
                self.at += 1
                self.gap()
                pairs.append((key, self.statement()))
            if self.at == before:
                self.at += 1
                self.skipped += 1
        return Table(start, pairs)

    def _key(self) -> Expression:
        found = lexical.WORD.match(self.text, self.at)
        if found is not None:
            self.at = found.end()
            return Text(found.start(), found[0])
        return self.expression(lexical.FORMAT, commas=False)
