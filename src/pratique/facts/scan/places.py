"""When a file of an artifact runs, as far as its path says."""

import re
from typing import Final

from pratique.facts.scan.observation import Context

_TESTS: Final = re.compile(
    r"(?:^|/)(?:tests?|testing|testsuite|__tests__|spec|fixtures?|conftest\.py|benchmarks?)(?:/|$)"
    r"|(?:^|/)test_[^/]+$|_test\.\w+$|\.(?:spec|test)\.[cm]?[jt]sx?$"
)
_DOCS: Final = re.compile(
    r"(?:^|/)(?:docs?|documentation|examples?|samples?|demos?|tutorials?|gallery)/|\.(?:md|rst|txt|html?)$"
)
_HOOKS: Final = re.compile(
    r"(?:^|/)(?:site|user)customize(?:\.py|/__init__\.py)$"
    r"|(?:^|/)\.?ipython/profile_[^/]+/startup/[^/]+$|(?:^|/)etc/(?:ipython|jupyter)/\w+_config\.py$"
)
"""Modules that Python, IPython or Jupyter run at each start."""
_EDITORS: Final = re.compile(
    r"(?:^|/)(?:\.vscode/(?:tasks|settings|launch|mcp)\.json|\.claude/(?:settings[\w.]*\.json|hooks/)|\.mcp\.json$"
    r"|\.cursor/(?:hooks|mcp|environment|cli)|\.(?:gemini|qwen|windsurf)/(?:settings|hooks)|\.codex/[^/]+\.toml"
    r"|\.idea/(?:runconfigurations/|startup)|\.devcontainer/|\.devcontainer\.json$|\.git/(?:hooks/|config$)|\.kiro/hooks/)"
)
"""Files that editors, agents and git go by as soon as a folder is opened."""
_TOP_FOLDERS_MAX: Final = 1


def context_of(path: str, *, wheel: bool, project: str = "") -> Context:
    """The context of what stands at the top of a file; `path` is in lower case, `wheel` says that nothing builds it.

    Tests and documentation are told apart by their folders, but never what is run at installation or at start. The folder that
    a source distribution is packed in says nothing, nor does one called like the project, whose name is in normal form.
    """
    name = path.rpartition("/")[2]
    if name.endswith((".pth", ".start")):
        return Context.PTH
    if _HOOKS.search(path):
        return Context.SITECUSTOMIZE
    if not wheel and path.count("/") <= _TOP_FOLDERS_MAX:
        if name == "setup.py":
            return Context.SETUP_TOP
        if name == "binding.gyp":
            return Context.GYP
        if name in ("configure", "configure.win", "cleanup", "cleanup.win"):
            return Context.R_CONFIGURE
    if "/.github/workflows/" in f"/{path}" or ("/.devcontainer/" in f"/{path}" and not name.endswith(".json")):
        return Context.WORKFLOW  # of a container: what its description starts outside of it is moved by `entered.py`
    inner = _inner(path, project, wheel=wheel)
    if _TESTS.search(inner):
        return Context.TEST
    if _DOCS.search(inner) and not name.endswith(".ipynb"):  # examples are what notebooks are for, and people run them
        return Context.DOCS
    if _EDITORS.search(path):
        return Context.AGENT_CONFIG
    return _by_kind(name)


def is_aside(path: str, *, wheel: bool, project: str) -> bool:
    """Whether a file lies in a folder of tests or of documentation, whatever it is itself; the rest as `context_of`."""
    inside = _inner(f"{path.lower().rpartition('/')[0]}/file", project, wheel=wheel)
    return _TESTS.search(inside) is not None or _DOCS.search(inside) is not None


def _inner(path: str, project: str, *, wheel: bool) -> str:
    """A path without the folders whose names somebody chose for the project, and not for what is in them."""
    *folders, name = path.split("/")
    kept = folders if wheel else folders[1:]
    return "/".join([*(each for each in kept if re.sub(r"[-_.]+", "-", each) != project), name])


def _by_kind(name: str) -> Context:
    if name == "__init__.py":
        return Context.INIT_TOP
    if name == "__main__.py":
        return Context.MAIN_GUARD
    if name.endswith(".ipynb"):
        return Context.NOTEBOOK_CELL
    if name.endswith((".ps1", ".psm1", ".psd1")):
        return Context.POWERSHELL
    if name.endswith((".sh", ".bash", ".zsh", ".bat", ".cmd")):
        return Context.SHELL
    if name.endswith((".pkl", ".pickle", ".pt", ".pth", ".joblib", ".rds", ".rda", ".rdata", ".npy", ".bin", ".ckpt")):
        return Context.LOAD
    return Context.MODULE_TOP
