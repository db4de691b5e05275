"""Code of a serialised object as R's text, so that the view of R can look at it."""

from typing import Final

from pratique.facts.scan.languages.rdata.items import Kind, Node, Thing

_DEPTH_MAX: Final = 80
_CHARACTERS_MAX: Final = 65_536
_PIECES_MAX: Final = 20_000
_OPERATORS: Final = "+ - * / ^ == != < > <= >= & && | || ~ <- <<- = : := $ @ :: ::: ?"
_BETWEEN: Final = frozenset(_OPERATORS.split())
_TIGHT: Final = frozenset({"$", "@", "::", ":::", ":"})


def spelled(thing: Thing) -> str:
    """A piece of code as text, cut where it is nested or long beyond what is looked at."""
    return _Speller().text(thing)[:_CHARACTERS_MAX]


class _Speller:
    """Spells so many pieces: the same call may stand in many places of compiled code, and is written each time."""

    def __init__(self) -> None:
        self._left = _PIECES_MAX

    def text(self, thing: Thing) -> str:
        """A piece of code from its top."""
        return self._spelled(thing, 0)

    def _spelled(self, thing: Thing, depth: int) -> str:
        self._left -= 1
        if depth > _DEPTH_MAX or self._left < 0:
            return "NULL"
        if thing is None:
            return "NULL"
        if isinstance(thing, bool):
            return "TRUE" if thing else "FALSE"
        if isinstance(thing, str):
            return _quoted(thing)
        if isinstance(thing, int | float):
            return repr(thing)
        if isinstance(thing, list):
            return f"c({', '.join(self._spelled(each, depth + 1) for each in thing)})"
        if thing.kind is Kind.CALL:
            return self._call(thing, depth + 1)
        if thing.kind is Kind.CLOSURE:
            return self._function(thing.items[0], thing.items[1], depth + 1)
        if thing.kind is Kind.PROMISE:
            return self._spelled(thing.items[0], depth + 1)
        if thing.kind is Kind.EXPRESSION:
            return "; ".join(self._spelled(each, depth + 1) for each in thing.items)
        if thing.kind in (Kind.SYMBOL, Kind.BUILTIN, Kind.SPECIAL):
            return _name(thing.text)
        if thing.kind is Kind.MISSING:
            return ""
        return "NULL"

    def _call(self, node: Node, depth: int) -> str:
        function, *rest = node.items or [None]
        name = (
            function.text
            if isinstance(function, Node) and function.kind in (Kind.SYMBOL, Kind.BUILTIN, Kind.SPECIAL)
            else ""
        )
        if name in _BETWEEN and len(rest) == 2:
            left, right = (self._spelled(each, depth) for each in rest)
            between = name if name in _TIGHT else f" {name} "
            return (
                f"{left}{between}{right}"
                if name in _TIGHT or name in ("<-", "<<-", "=")
                else f"({left}{between}{right})"
            )
        if name == "{":
            return "{\n" + "\n".join(self._spelled(each, depth) for each in rest) + "\n}"
        if name == "(" and len(rest) == 1:
            return f"({self._spelled(rest[0], depth)})"
        if name == "function" and len(rest) >= 2:
            return self._function(rest[0], rest[1], depth)
        if name == "if" and len(rest) >= 2:
            other = f" else {self._spelled(rest[2], depth)}" if len(rest) > 2 else ""
            return f"if ({self._spelled(rest[0], depth)}) {self._spelled(rest[1], depth)}{other}"
        if name == "for" and len(rest) == 3:
            return f"for ({self._spelled(rest[0], depth)} in {self._spelled(rest[1], depth)}) {self._spelled(rest[2], depth)}"
        if name == "while" and len(rest) == 2:
            return f"while ({self._spelled(rest[0], depth)}) {self._spelled(rest[1], depth)}"
        arguments = self._arguments(node, depth)
        if name in ("[", "[["):
            first, _, others = arguments.partition(", ") if rest else ("", "", "")
            return f"{first}{name}{others}{']' * len(name)}"
        return f"{self._spelled(function, depth)}({arguments})"

    def _arguments(self, node: Node, depth: int) -> str:
        parts = []
        for tag, each in zip(node.tags[1:], node.items[1:], strict=False):
            text = self._spelled(each, depth)
            parts.append(f"{_name(tag)} = {text}" if tag else text)
        return ", ".join(parts)

    def _function(self, formals: Thing, body: Thing, depth: int) -> str:
        parameters = []
        if isinstance(formals, Node) and formals.kind is Kind.PAIRS:
            for tag, default in zip(formals.tags, formals.items, strict=True):
                text = self._spelled(default, depth)
                parameters.append(f"{_name(tag)} = {text}" if text and text != "``" else _name(tag))
        return f"function({', '.join(parameters)}) {self._spelled(body, depth)}"


def _quoted(text: str) -> str:
    inner = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{inner}"'


def _name(text: str) -> str:
    return text if text.replace(".", "_").isidentifier() or text == "..." else "`" + text.replace("`", "") + "`"
