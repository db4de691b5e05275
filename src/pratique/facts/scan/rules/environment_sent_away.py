"""The whole environment, with every secret in it, handed to the network."""

import ast
from collections.abc import Iterator

from pratique.facts.scan.rule import Place, Python, Rule
from pratique.facts.scan.views.python import PythonView, Unit, Words
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


def detect(view: PythonView) -> Iterator[Place]:
    """Functions and classes that both take the whole environment as data and open a connection."""
    for unit in view.units:
        if any(name in _SENDERS for name, _ in unit.calls()):
            taken = min(_taken(view, unit), default=None)
            if taken is not None:
                yield Place(taken, "takes the whole environment and opens a connection")


def _taken(view: PythonView, unit: Unit) -> Iterator[int]:
    """The lines on which the whole environment becomes a value: a dict, a text, a loop over its items, a formatted text."""
    for name, call in unit.calls():
        arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
        if name in _WHOLE and any(_is_environment(view, each) for each in arguments):
            yield call.lineno
    for formatted in unit.formatted:
        if _is_environment(view, formatted.value):
            yield formatted.lineno
    for comprehension in unit.comprehensions:
        if _is_environment(view, comprehension.iter):
            yield comprehension.iter.lineno


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


WORDS = Words(("environ", "environb"), ("urllib", "requests", "httpx", "http", "socket", "aiohttp"))

RULE = Rule("environment-sent-away", Severity.CRITICAL, Confidence.HIGH, Python(WORDS, detect))
