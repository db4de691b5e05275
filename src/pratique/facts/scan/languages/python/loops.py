"""Loops that nothing ends, and what grows in them without bound."""

import ast
from collections.abc import Iterator
from typing import Final

_WAYS_OUT: Final = (ast.Break, ast.Return, ast.Raise, ast.Yield, ast.YieldFrom, ast.Await, ast.Assert)
_WAITING: Final = frozenset(
    {"sleep", "wait", "accept", "recv", "join", "get", "read", "readline", "input", "exit", "_exit", "select"}
)
"""Methods and functions that wait for something, or end the program: a loop around them is one that serves."""
_GROWING: Final = (ast.Add, ast.Mult, ast.Pow)


def is_endless(loop: ast.While) -> bool:
    """Whether nothing in a loop ends it, or waits."""
    if not isinstance(loop.test, ast.Constant) or not loop.test.value:
        return False
    for node in ast.walk(loop):
        if isinstance(node, _WAYS_OUT):
            return False
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in _WAITING:
                return False
    return True


def growing(loop: ast.While) -> Iterator[ast.stmt]:
    """Statements by which a name gets at least twice as large each time: `x += x`, `x *= 2`, `x = x + x`."""
    for node in loop.body:
        match node:
            case ast.AugAssign(target=ast.Name(id=name), op=operator, value=value):
                doubled = isinstance(operator, ast.Mult | ast.Pow) and _is_more_than_one(value)
                if doubled or (isinstance(operator, _GROWING) and _is(value, name)):
                    yield node
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.BinOp(left=left, op=operator, right=right)):
                if (
                    isinstance(operator, _GROWING)
                    and _is(left, name)
                    and (_is(right, name) or _doubles(operator, right))
                ):
                    yield node
            case _:
                pass


def _doubles(operator: ast.operator, right: ast.expr) -> bool:
    return isinstance(operator, ast.Mult | ast.Pow) and _is_more_than_one(right)


def _is(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _is_more_than_one(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int and node.value > 1
