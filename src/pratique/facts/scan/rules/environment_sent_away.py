"""The whole environment, with every secret in it, handed to the network."""

import ast
from collections.abc import Iterator

from pratique.facts.scan.python_view import PythonView
from pratique.facts.scan.rule import File, Place, Rule
from pratique.model.evidence import Confidence, Severity

_SENDERS = frozenset(
    {
        "urllib.request.urlopen",
        "urllib.request.Request",
        "requests.post",
        "requests.get",
        "requests.put",
        "requests.request",
        "httpx.post",
        "httpx.get",
        "httpx.put",
        "http.client.HTTPConnection",
        "http.client.HTTPSConnection",
        "socket.create_connection",
        "socket.socket",
        "aiohttp.ClientSession",
    }
)
_WHOLE = frozenset({"dict", "str", "repr", "json.dumps", "list", "tuple", "pickle.dumps", "pprint.pformat"})


def detect(file: File) -> Iterator[Place]:
    """Functions and classes that both take the whole environment as data and open a connection."""
    view = file.python
    if view is None:
        return
    for body in view.bodies():
        taken = next(_taken(view, body), None)
        if taken is not None and any(name in _SENDERS for name, _ in view.calls(body)):
            yield Place(taken, "takes the whole environment and opens a connection")


def _taken(view: PythonView, body: ast.AST) -> Iterator[int]:
    """Lines where the environment becomes one piece of data: dumped, copied as text, or iterated into a string."""
    for name, call in view.calls(body):
        arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
        if name in _WHOLE and any(_is_environment(view, each) for each in arguments):
            yield call.lineno
    for node in ast.walk(body):
        if isinstance(node, ast.FormattedValue) and _is_environment(view, node.value):
            yield node.lineno
        if isinstance(node, ast.comprehension) and _is_environment(view, node.iter):
            yield node.iter.lineno


def _is_environment(view: PythonView, node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=owner, attr="items" | "copy" | "values"), args=[]):
            return _is_environment(view, owner)
        case ast.Call(func=function, args=[argument]) if view.name(function) in ("dict", "sorted"):
            return _is_environment(view, argument)
        case ast.Dict(keys=[None], values=[value]):
            return _is_environment(view, value)
        case _:
            return view.name(node) in ("os.environ", "os.environb")


RULE = Rule("environment-sent-away", 1, Severity.CRITICAL, Confidence.HIGH, (".py", ".pyw"), (b"environ",), detect)
