"""A long encoded text that is decoded and run, in this interpreter or in a child of it."""

import ast
from collections.abc import Iterator

from pratique.facts.scan.python_view import PythonView
from pratique.facts.scan.rule import File, Place, Rule
from pratique.model.evidence import Confidence, Severity

_LITERAL_CHARACTERS_MIN = 120
_DECODERS = frozenset(
    {
        "base64.b64decode",
        "base64.urlsafe_b64decode",
        "base64.standard_b64decode",
        "base64.decodebytes",
        "base64.b32decode",
        "base64.b85decode",
        "base64.a85decode",
        "binascii.a2b_base64",
        "binascii.unhexlify",
        "bytes.fromhex",
        "bytearray.fromhex",
        "zlib.decompress",
        "lzma.decompress",
        "bz2.decompress",
        "gzip.decompress",
        "marshal.loads",
        "codecs.decode",
    }
)
_RUNNERS = frozenset({"exec", "eval", "builtins.exec", "builtins.eval", "types.FunctionType", "runpy.run_path"})
_CHILDREN = frozenset(
    {
        "subprocess.run",
        "subprocess.Popen",
        "subprocess.call",
        "subprocess.check_call",
        "subprocess.check_output",
        "os.system",
        "os.popen",
        "os.execv",
        "os.execve",
        "os.spawnv",
    }
)


def detect(file: File) -> Iterator[Place]:
    """Calls that run something, with what they run drawn from an encoded literal through assignments in the module."""
    view = file.python
    if view is None or not any(_is_encoded(node) for node in ast.walk(view.tree)):
        return
    encoded = _encoded(view)
    decoded = _decoded(view, encoded)
    for name, call in view.calls():
        arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
        if (name in _RUNNERS or name in _CHILDREN) and any(
            _mentions(each, decoded) or _decodes(view, each, encoded) for each in arguments
        ):
            yield Place(call.lineno, "runs what an encoded text in the file decodes to")


def _is_encoded(node: ast.AST) -> bool:
    """A string or bytes constant that is long and without the white space of prose."""
    match node:
        case ast.Constant(value=str() | bytes() as value) if len(value) >= _LITERAL_CHARACTERS_MIN:
            text = value if isinstance(value, str) else value.decode("latin-1")
            return len(text.split()) <= 1 + len(text) // 60
        case _:
            return False


def _encoded(view: PythonView) -> frozenset[str]:
    """Names that are assigned an encoded text."""
    return frozenset(
        target
        for node in ast.walk(view.tree)
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None and _holds_literal(node.value)
        for target in _targets(node)
    )


def _decoded(view: PythonView, encoded: frozenset[str]) -> frozenset[str]:
    """Names that hold a decoded text, followed through assignments until nothing new is found."""
    known: frozenset[str] = frozenset()
    while True:
        found = known | {
            target
            for node in ast.walk(view.tree)
            if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr) and node.value is not None
            for target in _targets(node)
            if _decodes(view, node.value, encoded) or _mentions(node.value, known)
        }
        if found == known:
            return known
        known = found


def _decodes(view: PythonView, node: ast.AST, encoded: frozenset[str]) -> bool:
    """Whether a decoder is called below `node` on an encoded literal or on a name that holds one."""
    return any(
        name in _DECODERS and (_holds_literal(call) or _mentions(call, encoded)) for name, call in view.calls(node)
    )


def _holds_literal(node: ast.AST) -> bool:
    return any(_is_encoded(each) for each in ast.walk(node))


def _mentions(node: ast.AST, names: frozenset[str]) -> bool:
    return any(isinstance(each, ast.Name) and each.id in names for each in ast.walk(node))


def _targets(node: ast.Assign | ast.AnnAssign | ast.NamedExpr) -> Iterator[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    for target in targets:
        for each in ast.walk(target):
            if isinstance(each, ast.Name):
                yield each.id


RULE = Rule(
    "encoded-payload-run",
    1,
    Severity.CRITICAL,
    Confidence.HIGH,
    (".py", ".pyw"),
    (b"exec", b"eval", b"subprocess", b"os.system", b"popen", b"FunctionType"),
    detect,
)
