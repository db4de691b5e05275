"""Code that every start of the interpreter runs, whether or not anything is imported."""

import ast
import re
from collections.abc import Iterator
from typing import Final

from pratique.facts.scan.artifact import ArtifactView
from pratique.facts.scan.observation import Context
from pratique.facts.scan.rule import Place, Rule, Whole
from pratique.model.evidence import Confidence, Severity

_CUSTOM: Final = re.compile(r"(?:(.+)/)?(?:site|user)customize(?:(?:\.[\w.-]+)?\.(?:pyw?|pyc|so|pyd)|/__init__\.\S+)")
"""Modules that `site` imports at each start, if they are there: source, byte code, native, or a package; and their folder."""
_STANDARD: Final = re.compile(
    r"(?:lib(?:64)?/python\d[\d.]*t?|Lib)/(?!site-packages/|dist-packages/)(.+)\.(?:pyw?|pyc|so|pyd)"
)
_INTERPRETER: Final = re.compile(r"(?:bin/|Scripts/)?(?:pyvenv\.cfg|python\d*\._pth|python(?:\d[\d.]*t?)?w?(?:\.exe)?)")

# What well-known tools write, recognised by what it does and not by the name of the file; beside it the modules that it
# calls and the project they belong to. Where another project's archive brings such a module, the line is like any other.
_BENIGN: Final = (
    # setuptools, distutils-precedence.pth: swaps distutils for its own copy.
    (
        re.compile(
            r"import os; var = 'SETUPTOOLS_USE_DISTUTILS'; enabled = os\.environ\.get\(var, '(?:local|stdlib)'\) == 'local'; "
            r"enabled and __import__\('(_distutils_hack)'\)(?:\.add_shim\(\))?;?"
        ),
        "setuptools",
    ),
    # setuptools, editable installs: one finder module, one call. No published archive brings the finder.
    (re.compile(r"import (__editable___\w+_finder); __editable___\w+_finder\.install\(\)"), ""),
    # coverage: starts measuring in child processes when asked to by the environment.
    (re.compile(r"import (coverage); coverage\.process_startup\(\)"), "coverage"),
    (
        re.compile(
            r"import sys; exec\('try: import (coverage); coverage\.process_startup\(\)\\nexcept ImportError: pass'\)"
        ),
        "coverage",
    ),
    (
        re.compile(
            r"import sys; exec\('import os\\n\\nif os\.getenv\(\"COVERAGE_PROCESS_START\"\) or "
            r"os\.getenv\(\"COVERAGE_PROCESS_CONFIG\"\):\\n try:\\n  import (coverage)\\n except:\\n  pass\\n else:\\n  "
            r"coverage\.process_startup\((?:slug=\"pth\")?\)'\)"
        ),
        "coverage",
    ),
    # pytest-cov: the same, and says what went wrong in words of its own.
    (
        re.compile(
            r"import os, sys;exec\('if \\'COV_CORE_SOURCE\\' in os\.environ:\\n try:\\n  "
            r"from (pytest_cov)\.embed import init\\n  init\(\)\\n except Exception as exc:\\n  "
            r"sys\.stderr\.write\((?:\\n   \"[\w .,:{}!-]*(?:\\\\n)?\")+\.format\(\\n    "
            r"dict\(\(k, v\) for k, v in os\.environ\.items\(\) if k\.startswith\(\\'COV_CORE\\'\)\),"
            r"\\n    exc\\n   \)\\n  \)\\n'\)"
        ),
        "pytest-cov",
    ),
)
_ACTING: Final = re.compile(
    r"net\.|proc\.|code\.(?:exec|compile|native|deserialise|reflected)|decode\.|harm\.|write\.|obf\."
)
"""Observations that make a start-up hook more than an arrangement of modules."""
_IMPORTED: Final = re.compile(r"\b(?:import|from)\s+([A-Za-z_][\w.]*)")
_LINE_CHARACTERS_MAX: Final = 2_000
_NAMESPACE_NAMES: Final = frozenset({"importlib.util", "importlib.machinery", "importlib", "sys", "types", "os"})
_NAMESPACE_IMPORTS: Final = frozenset(f"__import__({name!r})" for name in _NAMESPACE_NAMES)
_PARENT: Final = re.compile(r"setattr\(sys\.modules\['[\w.]+'\], '\w+', m\)")
_OUTSIDE: Final = ".."
_ENCODINGS: Final = ("utf-8-sig", "utf-8", "latin-1")
"""Versions of `site` read with a byte order mark passed over, in UTF-8, or in the encoding of the locale."""


def wants(path: str) -> bool:
    """Whether a file tells `site` what to do."""
    return path.endswith((".pth", ".start"))


def detect(view: ArtifactView) -> Iterator[Place]:
    """Every form in which Python 3.11 to 3.15 runs code of a package at start (documentation of `site`, PEP 829).

    `site` runs the `import` lines of `.pth` files, calls the entry points of `.start` files, and imports `sitecustomize` and
    `usercustomize`: at the top of site-packages, and in folders that a `.pth` file adds to the path. A file below `.data` can
    also replace a module of Python itself, the interpreter, or the file that says where Python looks.
    """
    folders = {_folder("")}
    for path in sorted(view.texts):
        if not wants(path) or "/" in view.site_path(path):
            continue
        if path.endswith(".start"):
            yield from _entry_points(view, path)
        else:
            yield from _lines(view, path, folders)
    for path in sorted(view.paths):
        yield from _placed(view, path, folders)


def _in_data(view: ArtifactView, path: str) -> bool:
    return view.wheel and path.partition("/")[0].endswith(".data")


def _lines(view: ArtifactView, path: str, folders: set[str]) -> Iterator[Place]:
    seen: set[int] = set()
    brought = view.brings()
    for number, line in _readings(view.texts[path]):
        if line.startswith("#"):
            continue
        if not line.startswith(("import ", "import\t")):
            folders.update(_folder(each) for each in (line.rstrip(), line.strip()))
        elif number not in seen and not _is_benign(line.strip(), view.project, brought):
            seen.add(number)
            acts = _acts(view, path, number, line)
            yield Place(
                number,
                "runs code at every start of Python",
                path,
                Context.PTH,
                severity=None if acts else Severity.HIGH,
            )


def _acts(view: ArtifactView, path: str, number: int, line: str) -> bool:
    """Whether a line, or a module of the archive that it imports, does more than arrange modules."""
    if b"\0" in view.texts[path] or len(line) > _LINE_CHARACTERS_MAX:
        return True
    own = view.files.get(path)
    if own is not None and any(seen.line == number and _ACTING.match(seen.label) for seen in own.observations):
        return True
    modules = {name.replace(".", "/") for name in _IMPORTED.findall(line)}
    for other, seen in view.files.items():
        site = view.site_path(other)
        if any(site in (f"{module}.py", f"{module}/__init__.py") for module in modules):
            return any(_ACTING.match(each.label) for each in seen.observations)
    return False


def _folder(line: str) -> str:
    """What a folder below site-packages is called however it is written; one name for all that may be anywhere."""
    path = line.replace("\\", "/").casefold()
    parts = path.split("/")
    if path.startswith("/") or ":" in path or ".." in parts:
        return _OUTSIDE
    return "/".join(part for part in parts if part not in ("", "."))


def _entry_points(view: ArtifactView, path: str) -> Iterator[Place]:
    seen: set[int] = set()
    for number, line in _readings(view.texts[path]):
        if number not in seen and line.strip() and not line.strip().startswith("#"):
            seen.add(number)
            yield Place(number, "is called at every start of Python", path)


def _readings(data: bytes) -> Iterator[tuple[int, str]]:
    """Every line in every way in which a version of `site` takes the file apart, with its number.

    Up to 3.12 a line ends as in any text file; later versions also end it at form feeds and other separators.
    """
    done: set[str] = set()
    for encoding in _ENCODINGS:
        text = data.decode(encoding, errors="replace")
        if text in done:
            continue
        done.add(text)
        for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
            yield number, line
            parts = line.splitlines()
            if len(parts) > 1:
                yield from ((number, part) for part in parts)


def _placed(view: ArtifactView, path: str, folders: set[str]) -> Iterator[Place]:
    custom = _CUSTOM.fullmatch(view.site_path(path) or path)
    if custom is not None and not folders.isdisjoint({_folder(custom[1] or ""), _OUTSIDE}):
        yield Place(1, "is imported at every start of Python", path)
    if not _in_data(view, path):
        return
    scheme, _, inner = path.partition("/")[2].partition("/")
    if scheme in ("data", "scripts") and _INTERPRETER.fullmatch(inner):
        yield Place(1, "replaces a part of the interpreter", path)
    elif scheme == "data" and _STANDARD.fullmatch(inner):
        yield Place(1, "replaces a module of Python itself", path)


def _is_benign(line: str, project: str, brought: frozenset[str]) -> bool:
    for pattern, owner in _BENIGN:
        found = pattern.fullmatch(line)
        if found is not None:
            return owner == project or not {found[1], "os", "sys"} & brought
    return _is_namespace(line) and not {"importlib", "sys", "types", "os"} & brought


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
    called = {ast.unparse(call.func) for call in calls if not _arranges(ast.unparse(call))}
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


def _arranges(call: str) -> bool:
    """Whether a call imports one of the modules that are needed, or puts a namespace into the one above it."""
    return call in _NAMESPACE_IMPORTS or _PARENT.fullmatch(call) is not None


RULE = Rule("startup-hook", Severity.CRITICAL, Confidence.HIGH, Whole(wants, detect))
