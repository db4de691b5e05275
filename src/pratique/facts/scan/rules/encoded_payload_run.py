"""A long encoded text that is decoded and run, in this interpreter or in a child of it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from pratique.facts.scan.rule import Place, Python, Rule
from pratique.facts.scan.views.python import Assignment, PythonView, Words, children, nodes
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


def detect(view: PythonView) -> Iterator[Place]:
    """Calls that run something, with what they run drawn from an encoded literal through assignments in the module."""
    runs = [call for name, call in view.calls() if name in _RUNNERS or name in _CHILDREN]
    if not runs:
        return
    flows = [(list(_targets(node)), _flow(view, node.value)) for node in view.assignments if node.value is not None]
    encoded = frozenset(target for targets, flow in flows if flow.literal for target in targets)
    decoded = _decoded(flows, encoded)
    for call in runs:
        flow = _flow(view, *call.args, *(keyword.value for keyword in call.keywords))
        if flow.decodes(encoded) or not decoded.isdisjoint(flow.names):
            yield Place(call.lineno, "runs what an encoded text in the file decodes to")


@dataclass(slots=True)
class _Flow:
    """What goes into an expression: names, whether an encoded literal; `fed` is what goes into a decoder in it."""

    names: set[str] = field(default_factory=set)
    literal: bool = False
    fed: set[str] = field(default_factory=set)
    fed_literal: bool = False

    def decodes(self, encoded: frozenset[str]) -> bool:
        """Whether a decoder is called in it on an encoded literal or on a name that holds one."""
        return self.fed_literal or not encoded.isdisjoint(self.fed)


def _flow(view: PythonView, *roots: ast.AST) -> _Flow:
    """One walk over an expression."""
    flow = _Flow()
    waiting = [(root, False) for root in roots]
    while waiting:
        node, fed = waiting.pop()
        if isinstance(node, ast.Name):
            flow.names.add(node.id)
            if fed:
                flow.fed.add(node.id)
        elif isinstance(node, ast.Constant):
            if _is_encoded(node):
                flow.literal = True
                flow.fed_literal = flow.fed_literal or fed
        elif isinstance(node, ast.Call):
            fed = fed or view.name(node.func) in _DECODERS
        waiting.extend((child, fed) for child in children(node))
    return flow


def _decoded(flows: list[tuple[list[str], _Flow]], encoded: frozenset[str]) -> set[str]:
    """Names that hold a decoded text, followed through assignments until nothing new is found."""
    leads: dict[str, list[str]] = {}
    known: set[str] = set()
    for targets, flow in flows:
        if flow.decodes(encoded):
            known.update(targets)
        for name in flow.names:
            leads.setdefault(name, []).extend(targets)
    waiting = list(known)
    while waiting:
        for target in leads.pop(waiting.pop(), ()):
            if target not in known:
                known.add(target)
                waiting.append(target)
    return known


def _is_encoded(node: ast.Constant) -> bool:
    """A string or bytes constant that is long and no prose: it has hardly any white space, or characters that nobody reads."""
    if not isinstance(node.value, str | bytes) or len(node.value) < _LITERAL_CHARACTERS_MIN:
        return False
    text = node.value if isinstance(node.value, str) else node.value.decode("latin-1")
    words = text.split()
    return len(words) <= 1 + len(text) // 60 or not all(word.isprintable() for word in words)


def _targets(node: Assignment) -> Iterator[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    for target in targets:
        for each in nodes(target):
            if isinstance(each, ast.Name):
                yield each.id


WORDS = Words(
    (
        "b64decode",
        "urlsafe_b64decode",
        "standard_b64decode",
        "b32decode",
        "b85decode",
        "a85decode",
        "decodebytes",
        "a2b_base64",
        "unhexlify",
        "fromhex",
        "decompress",
        "marshal",
        "codecs",
    ),
    ("exec", "eval", "subprocess", "system", "popen", "execv", "execve", "spawnv", "FunctionType", "run_path"),
)

RULE = Rule("encoded-payload-run", Severity.CRITICAL, Confidence.HIGH, Python(WORDS, detect))
