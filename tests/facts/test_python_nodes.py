"""The walk over a module finds what Python's own walk finds, in its order, but for what holds nothing."""

import ast
import sysconfig
from pathlib import Path

import pytest

from pratique.facts.scan.views.python import nodes

LIBRARY = Path(sysconfig.get_path("stdlib"))
NEWER = (
    "match x:\n    case {'a': [b, *c], **d} | P(e=f): pass\nasync def g[T](*, h: int = 1) -> f'{i!r:>{j}}': await k\n"
)
NOT_WALKED = (ast.expr_context, ast.boolop, ast.operator, ast.unaryop, ast.cmpop)


def texts() -> list[str]:
    found = [path.read_text(encoding="utf-8") for path in sorted((LIBRARY / "asyncio").glob("*.py"))]
    return [*found, (LIBRARY / "ast.py").read_text(encoding="utf-8"), NEWER.replace("[T]", "")]


@pytest.mark.parametrize("text", texts())
def test_every_node_is_found_in_its_order(text: str) -> None:
    tree = ast.parse(text, type_comments=True)
    walked = [node for node in ast.walk(tree) if not isinstance(node, NOT_WALKED)]
    assert list(map(id, nodes(tree))) == list(map(id, walked))
