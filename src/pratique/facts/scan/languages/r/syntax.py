"""R's expressions put together from tokens, in the order of its operators (`?Syntax`). What fits nowhere is left out."""

from typing import Final

from pratique.errors import InvalidInput
from pratique.facts.scan.languages.r.nodes import (
    Assign,
    Binary,
    Block,
    Call,
    Constant,
    Function,
    Index,
    Member,
    Name,
    Node,
    Unary,
)
from pratique.facts.scan.languages.r.tokens import Kind, Token, number, tokens

_DEPTH_MAX: Final = 100
_LEFT: Final = {
    "?": 1,
    "=": 3,
    "<-": 5,
    "<<-": 5,
    ":=": 5,
    "->": 7,
    "->>": 7,
    "~": 9,
    "|": 11,
    "||": 11,
    "&": 13,
    "&&": 13,
    "==": 17,
    "!=": 17,
    "<": 17,
    ">": 17,
    "<=": 17,
    ">=": 17,
    "+": 19,
    "-": 19,
    "*": 21,
    "/": 21,
    "|>": 23,
    ":": 25,
    "^": 29,
    "**": 29,
}
"""How tightly operators bind what stands on their left; `%any%` does as `|>`."""
_FROM_RIGHT: Final = frozenset({"=", "<-", "<<-", ":=", "^", "**"})
_UNARY: Final = {"-": 27, "+": 27, "!": 15, "~": 9, "?": 1}
_ASSIGNS: Final = frozenset({"<-", "<<-", "=", ":=", "->", "->>"})
_PIPES: Final = frozenset({"|>", "%>%", "%<>%", "%T>%"})
_TIGHTEST: Final = 40
_SPECIAL: Final = 23
_BETWEEN: Final = frozenset({")", "]", "}", ",", ";"})

_WORDS: Final[dict[str, bool | None]] = {
    "TRUE": True,
    "FALSE": False,
    "NULL": None,
    "NA": None,
    "Inf": None,
    "NaN": None,
    "NA_character_": None,
    "NA_integer_": None,
    "NA_real_": None,
}


class Parser:
    """One text. `mistakes` counts the places where something fits nowhere."""

    def __init__(self, text: str) -> None:
        self._tokens = tokens(text)
        self._at = 0
        self._depth = 0
        self._inside = False
        self.mistakes = 0

    def program(self) -> list[Node]:
        """Every expression at the top of the text. Raises `InvalidInput` for what is nested too deeply."""
        return self._expressions("")

    def _expressions(self, close: str) -> list[Node]:
        found: list[Node] = []
        while True:
            token = self._tokens[self._at]
            if token.kind is Kind.END:
                return found
            if token.kind is Kind.NEWLINE or token.text == ";":
                self._at += 1
            elif token.kind is Kind.OPERATOR and token.text == close:
                self._at += 1
                return found
            else:
                before = self._at
                node = self._expression(0)
                if node is not None:
                    found.append(node)
                if self._at == before:
                    self._at += 1
                    self.mistakes += 1

    def _peek(self) -> Token:
        """The next token; inside brackets, ends of lines are none."""
        token = self._tokens[self._at]
        while token.kind is Kind.NEWLINE and self._inside:
            self._at += 1
            token = self._tokens[self._at]
        return token

    def _lines(self) -> None:
        while self._tokens[self._at].kind is Kind.NEWLINE:
            self._at += 1

    def _is(self, text: str) -> bool:
        token = self._peek()
        return token.kind is Kind.OPERATOR and token.text == text

    def _take(self, text: str) -> bool:
        if self._is(text):
            self._at += 1
            return True
        return False

    def _expression(self, least: int) -> Node | None:
        """An expression whose operators bind at least so tightly; None where none begins."""
        self._depth += 1
        if self._depth > _DEPTH_MAX:
            raise InvalidInput("nested too deeply to be followed")
        node = self._prefix()
        while node is not None:
            token = self._peek()
            if token.kind is not Kind.OPERATOR:
                break
            operator = token.text
            binds = _SPECIAL if operator.startswith("%") else _LEFT.get(operator, 0)
            if not binds or binds < least:
                break
            self._at += 1
            self._lines()
            right = self._expression(binds if operator in _FROM_RIGHT else binds + 1)
            if right is None:
                self.mistakes += 1
                break
            node = _joined(operator, node, right, token.line)
        self._depth -= 1
        return node

    def _prefix(self) -> Node | None:
        token = self._peek()
        if token.kind is Kind.OPERATOR and token.text in _UNARY:
            self._at += 1
            operand = self._expression(_UNARY[token.text])
            return Unary(token.text, operand, token.line) if operand is not None else None
        node = self._primary(token)
        while node is not None:
            following = self._peek()
            if following.kind is not Kind.OPERATOR:
                break
            sign = following.text
            if sign == "(":
                self._at += 1
                node = Call(node, self._arguments(")"), following.line)
            elif sign in ("[", "[["):
                self._at += 1
                node = Index(node, self._arguments("]"), following.line, sign == "[[")
                if sign == "[[":
                    self._take("]")
            elif sign in ("$", "@"):
                self._at += 1
                node = self._member(node, following.line)
            elif sign in ("::", ":::") and isinstance(node, Name | Constant):
                self._at += 1
                node = self._packaged(node)
            else:
                break
        return node

    def _member(self, base: Node, line: int) -> Node:
        self._lines()
        token = self._peek()
        if token.kind in (Kind.NAME, Kind.TEXT):
            self._at += 1
            return Member(base, token.text, line)
        if token.text == "(":
            self._at += 1
            return Index(base, self._arguments(")"), line, double=True)
        return base

    def _packaged(self, package: Name | Constant) -> Node:
        token = self._peek()
        if token.kind not in (Kind.NAME, Kind.TEXT):
            return package
        self._at += 1
        name = package.name if isinstance(package, Name) else str(package.value)
        return Name(token.text, token.line, name)

    def _primary(self, token: Token) -> Node | None:
        line = token.line
        if token.kind is Kind.TEXT:
            self._at += 1
            return Constant(token.text, line, token.spelled)
        if token.kind is Kind.NUMBER:
            self._at += 1
            return Constant(number(token.text), line)
        if token.kind is Kind.NAME:
            self._at += 1
            return self._word(token)
        if token.text == "(":
            self._at += 1
            return Block([node for _, node in self._arguments(")")], line, "(")
        if token.text == "{":
            self._at += 1
            inside, self._inside = self._inside, False
            block = Block(self._expressions("}"), line)
            self._inside = inside
            return block
        if token.text == "\\":
            self._at += 1
            return self._function(line)
        return None

    def _word(self, token: Token) -> Node | None:
        word, line = token.text, token.line
        if word == "function":
            return self._function(line)
        if word == "if":
            return self._if(line)
        if word in ("for", "while"):
            return self._loop(word, line)
        if word == "repeat":
            self._lines()
            body = self._expression(0)
            return Block([body] if body is not None else [], line, word)
        if word in _WORDS:
            return Constant(_WORDS[word], line)
        if word == "else":
            return None
        return Name(word, line, spelled=token.spelled)

    def _function(self, line: int) -> Node:
        parameters: list[tuple[str, Node | None]] = []
        if self._take("("):
            inside, self._inside = self._inside, True
            while not self._is(")") and self._peek().kind is not Kind.END:
                token = self._peek()
                self._at += 1
                if token.kind is not Kind.NAME:
                    continue
                default = self._expression(4) if self._take("=") else None
                parameters.append((token.text, default))
            self._take(")")
            self._inside = inside
        self._lines()
        body = self._expression(4)
        return Function(parameters, body if body is not None else Constant(None, line), line)

    def _if(self, line: int) -> Node:
        """A chain of `if` and `else if`: its conditions and branches in one row, for which one is taken is not known."""
        row: list[Node] = []
        while True:
            if self._take("("):
                row += [node for _, node in self._arguments(")")]
            self._lines()
            branch = self._expression(4)
            if branch is not None:
                row.append(branch)
            place = self._at
            while self._tokens[place].kind is Kind.NEWLINE:
                place += 1
            following = self._tokens[place]
            if following.kind is not Kind.NAME or following.text != "else":
                return Block(row, line, "if")
            self._at = place + 1
            self._lines()
            token = self._tokens[self._at]
            if token.kind is Kind.NAME and token.text == "if":
                self._at += 1
                continue
            last = self._expression(4)
            return Block([*row, last] if last is not None else row, line, "if")

    def _loop(self, word: str, line: int) -> Node:
        name, row = "", []
        if self._take("("):
            inside, self._inside = self._inside, True
            if word == "for" and self._peek().kind is Kind.NAME:
                name = self._peek().text
                self._at += 1
                if self._peek().text == "in":
                    self._at += 1
            head = self._expression(0)
            if head is not None:
                row.append(head)
            self._take(")")
            self._inside = inside
        self._lines()
        body = self._expression(4)
        if body is not None:
            row.append(body)
        return Block(row, line, word, name)

    def _arguments(self, close: str) -> list[tuple[str, Node]]:
        """Arguments up to what closes them, each with its name."""
        inside, self._inside = self._inside, True
        found: list[tuple[str, Node]] = []
        while True:
            token = self._peek()
            if token.kind is Kind.OPERATOR and token.text in _BETWEEN:
                if token.text in (",", ";"):
                    self._at += 1
                    continue
                self._at += token.text == close  # another one closes something further out
                break
            if token.kind is Kind.END:
                break
            before = self._at
            name = self._argument_name(token)
            if name and (self._is(",") or self._is(close)):
                continue
            node = self._expression(4)
            if node is not None:
                found.append((name, node))
            if self._at == before:
                self._at += 1
                self.mistakes += 1
        self._inside = inside
        return found

    def _argument_name(self, token: Token) -> str:
        if token.kind not in (Kind.NAME, Kind.TEXT):
            return ""
        place = self._at + 1
        while self._tokens[place].kind is Kind.NEWLINE:
            place += 1
        following = self._tokens[place]
        if following.kind is Kind.OPERATOR and following.text == "=":
            self._at = place + 1
            return token.text
        return ""


def _joined(operator: str, left: Node, right: Node, line: int) -> Node:
    """Two operands as one expression; a pipe is a call with the left one as its first argument."""
    if operator in _ASSIGNS:
        return Assign(right, left, line) if operator.startswith("->") else Assign(left, right, line)
    if operator in _PIPES:
        if isinstance(right, Call):
            return Call(right.function, [("", left), *right.arguments], right.line)
        return Call(right, [("", left)], line)
    return Binary(operator, left, right, line)
