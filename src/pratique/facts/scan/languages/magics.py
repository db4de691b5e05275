"""What commands of IPython do (its documentation, "Built-in magic commands"): by name, what stands behind it, a body."""

import re
from typing import Final

from pratique.facts.scan.content import Reader
from pratique.facts.scan.observation import Context, How

CALLS: Final = frozenset({"<ipython>.run_line_magic", "<ipython>.run_cell_magic", "<ipython>.magic"})
"""Methods by which Python code gives such a command."""

_LANGUAGES: Final = {
    **dict.fromkeys(("bash", "sh", "zsh", "ksh", "shell", "system", "sx", "sc", "!", "!!"), "shell"),
    **dict.fromkeys(("python", "python2", "python3", "pypy", "pypy3"), "python"),
    **dict.fromkeys(("javascript", "js", "node", "nodejs", "deno", "bun", "typescript", "ts"), "javascript"),
    **dict.fromkeys(("powershell", "pwsh"), "powershell"),
    **dict.fromkeys(("r", "rscript"), "r"),
    "cmd": "batch",
}
"""The language of what a command runs, or of what an interpreter takes."""
_OF_PYTHON: Final = frozenset(
    [
        "capture",
        "time",
        "timeit",
        "prun",
        "memit",
        "mprun",
        "lprun",
        "debug",
        "px",
        "autopx",
        "local",
        "spark",
        "pyspark",
        "ipytest",
        "run_pytest",
        "cache",
        "cached",
        "skip",
        "heat",
        "snakeviz",
        "scalene",
        "wandb",
        "with_mlflow",
        "ai_fix",
        "cython",
        "cython_inline",
        "cython_pyximport",
        "pybind11",
        "exec",
    ]
)
"""Commands whose body is Python of the same notebook, more or less."""
_INSTALLERS: Final = frozenset({"pip", "conda", "mamba", "micromamba", "uv", "pixi"})
_WRITERS: Final = frozenset({"writefile", "file", "save", "writetemplate"})
_SUFFIXES: Final = {
    ".py": "python",
    ".pth": "startup",
    ".sh": "shell",
    ".bash": "shell",
    ".js": "javascript",
    ".mjs": "javascript",
    ".ps1": "powershell",
    ".bat": "batch",
    ".cmd": "batch",
    ".r": "r",
}
"""The language of a file that a cell writes."""
_SCRIPT: Final = re.compile(r"(?:--?[\w-]+(?:[ =](?=\S)|\s+)|\S+=\S+\s+)*(\S+)")
_ADDRESS: Final = re.compile(r"https?://|^ftp://", re.IGNORECASE)


def body_language(name: str, line: str) -> str:
    """The language of the body of a cell that begins with a command; `html` for markup, empty for what is no code."""
    low = name.lower()
    if low == "script":
        found = _SCRIPT.match(line.strip())
        program = found[1].rpartition("/")[2].lower() if found else ""
        return _LANGUAGES.get(program, "")
    if low in ("html", "svg", "markdown"):
        return "html"
    if low in _OF_PYTHON:
        return "notebook"
    if low in _WRITERS:
        path = line.rsplit(maxsplit=1)[-1].lower() if line.split() else ""
        return next((language for suffix, language in _SUFFIXES.items() if path.endswith(suffix)), "")
    return _LANGUAGES.get(low, "")


def tell(
    words: list[str],
    reader: Reader,
    line: int,
    *,
    labels: frozenset[str] = frozenset(),
    context: Context | None = None,
    unit: int | None = None,
) -> None:
    """Tell of a command: its name, what stands behind it, and its body, where it has one."""
    name, rest, body = ([*words, "", "", ""])[:3]
    low = name.lower()
    how = How.RESOLVED if labels else How.LITERAL
    shown = f"%{name} {rest}".strip()
    if low in _INSTALLERS:
        reader.embed("shell", f"{low} {rest}", line, how=how, context=context, unit=unit)
    elif low in ("system", "sx", "sc"):
        command = f"{rest}\n{body}".strip()
        reader.emit("proc.shell", line, how=how, inputs=labels, text=shown, context=context, unit=unit)
        reader.embed("shell", command, line, how=how, inputs=_made(labels), context=context, unit=unit)
    elif low in ("env", "set_env"):
        key = rest.partition("=")[0].partition(" ")[0]
        label = "write.env" if rest.strip() != key else ("read.env" if key else "read.env_all")
        reader.emit(label, line, inputs=labels | reader.labels_of(rest), text=shown, context=context, unit=unit)
    elif low in ("load", "loadpy", "run") and _ADDRESS.search(rest):
        label = "code.exec" if low == "run" else "net.http"
        inputs = labels | reader.labels_of(rest) | {"net.http"}
        reader.emit(label, line, inputs=inputs, text=shown, context=context, unit=unit)
    elif low in ("load_ext", "reload_ext"):
        reader.emit("code.dynamic_import", line, inputs=labels, text=shown, context=context, unit=unit)
    elif low in _WRITERS:
        reader.emit("write.file", line, inputs=labels | reader.labels_of(rest), text=shown, context=context, unit=unit)
    language = body_language(name, rest)
    if language == "shell" and low not in ("system", "sx", "sc"):
        reader.emit("proc.shell", line, how=how, inputs=labels, text=shown, context=context, unit=unit)
    if body and language not in ("", "html", "notebook"):
        reader.embed(language, body, line, how=how, inputs=_made(labels), context=context, unit=unit)
    elif body and language == "notebook":
        reader.embed("python", body, line, how=how, inputs=_made(labels), context=context, unit=unit)


def _made(labels: frozenset[str]) -> frozenset[str]:
    return frozenset(label for label in labels if label.startswith(("decode.", "net.")))
