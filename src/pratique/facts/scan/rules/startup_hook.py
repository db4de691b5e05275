"""A `.pth` file with a line of code, which every start of the interpreter runs, whether or not anything is imported."""

import ast
import re
from collections.abc import Iterator

from pratique.facts.scan.rule import File, Place, Rule
from pratique.model.evidence import Confidence, Severity

# What well-known tools write, recognised by what it does and not by the name of the file.
_BENIGN = (
    # setuptools, distutils-precedence.pth: swaps distutils for its own copy.
    re.compile(
        r"import os; var = 'SETUPTOOLS_USE_DISTUTILS'; enabled = os\.environ\.get\(var, '(?:local|stdlib)'\) == 'local'; "
        r"enabled and __import__\('_distutils_hack'\)(?:\.add_shim\(\))?;?"
    ),
    # setuptools, editable installs: one finder module, one call.
    re.compile(r"import __editable___\w+_finder; __editable___\w+_finder\.install\(\)"),
    # coverage: starts measuring in child processes when asked to by the environment.
    re.compile(r"import coverage; coverage\.process_startup\(\)"),
    re.compile(r"import sys; exec\('try: import coverage; coverage\.process_startup\(\)\\nexcept ImportError: pass'\)"),
)
_NAMESPACE_NAMES = frozenset({"importlib.util", "importlib.machinery", "importlib", "sys", "types", "os"})


def detect(file: File) -> Iterator[Place]:
    """Every line of code, in a `.pth` file that an installer may put into site-packages, that no well-known tool writes.

    `site` looks at the top of site-packages. That is where the top of a wheel goes, and where a path below its `.data` folder
    can lead (PEP 427). A byte order mark at the beginning is passed over, as newer versions of `site` do.
    """
    folder = file.path.rpartition("/")[0]
    if folder and not folder.partition("/")[0].endswith(".data"):
        return
    text = file.data.decode("utf-8-sig", errors="replace")
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith(("import ", "import\t")) and not _is_benign(line.strip()):
            yield Place(number, "runs code at every start of Python")


def _is_benign(line: str) -> bool:
    return any(pattern.fullmatch(line) for pattern in _BENIGN) or _is_namespace(line)


def _is_namespace(line: str) -> bool:
    """The form that setuptools writes for namespace packages (-nspkg.pth): it makes a module object and sets its path.

    Such a line calls only what that needs; anything else called on it makes it code like any other.
    """
    if "_getframe(1).f_locals['sitedir']" not in line or "sys.modules" not in line:
        return False
    try:
        tree = ast.parse(line)
    except (SyntaxError, ValueError, RecursionError):
        return False
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    called = {ast.unparse(call.func) for call in calls if not _imports(call)}
    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    return imported <= _NAMESPACE_NAMES and called <= {
        "sys._getframe",
        "os.path.join",
        "importlib.util.module_from_spec",
        "importlib.machinery.PathFinder.find_spec",
        "os.path.dirname",
        "sys.modules.setdefault",
        "types.ModuleType",
        "m.__dict__.setdefault",
        "mp.append",
    }


def _imports(call: ast.Call) -> bool:
    """Whether a call imports what a namespace needs, and does nothing else."""
    match call:
        case ast.Call(func=ast.Name(id="__import__"), args=[ast.Constant(value=str(module))], keywords=[]):
            return module in _NAMESPACE_NAMES
        case _:
            return False


RULE = Rule("startup-hook", 2, Severity.CRITICAL, Confidence.HIGH, (".pth",), (), detect)
