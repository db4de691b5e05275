"""A warm look: load a tool once, then fork for each package. Runs alone, in the environment of the tool it loads.

`python warm.py LOOK FOLDER`: LOOK is a Python file with `look(path, ecosystem, folder)`, which gives a JSON object; FOLDER is a
private folder that each child may write to, emptied after each. Each line of the input is a JSON object with `path` and
`ecosystem`; each line of the output has `result`, or `error`, with `cpu_seconds` and `rss_bytes` of the child.
"""

import importlib.util
import json
import os
import resource
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

CPU_SECONDS_MAX: Final = 120
MEMORY_BYTES_MAX: Final = 8 * 1024 * 1024 * 1024
RESULT_BYTES_MAX: Final = 1024 * 1024


def loaded(path: Path) -> Callable[[str, str, str], dict[str, Any]]:
    """The function `look` of a file."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    look: Callable[[str, str, str], dict[str, Any]] = module.look
    return look


def measured(look: Callable[[str, str, str], dict[str, Any]], asked: dict[str, str], folder: Path) -> dict[str, Any]:
    """One package in a child of its own."""
    reading, writing = os.pipe()
    private = tempfile.mkdtemp(dir=folder)
    child = os.fork()
    if child == 0:
        os.close(reading)
        _child(look, asked, private, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        told = stream.read(RESULT_BYTES_MAX)
    _, status, usage = os.wait4(child, 0)
    shutil.rmtree(private, ignore_errors=True)
    answer: dict[str, Any]
    try:
        answer = json.loads(told)
    except ValueError:
        answer = {"error": f"the child ended with status {status}"}
    return answer | {"cpu_seconds": usage.ru_utime + usage.ru_stime, "rss_bytes": usage.ru_maxrss * 1024}


def _child(look: Callable[[str, str, str], dict[str, Any]], asked: dict[str, str], private: str, writing: int) -> None:
    """Look, tell, and end at once, whatever happens; nothing that the tool prints reaches the answers."""
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS_MAX, CPU_SECONDS_MAX + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    tempfile.tempdir = private
    answer: dict[str, Any] = {"error": "the tool ended by itself"}
    try:
        answer = {"result": look(asked["path"], asked["ecosystem"], private)}
    except BaseException as error:  # noqa: BLE001 - whatever a tool raises is its answer, and the child ends here
        answer = {"error": f"{type(error).__name__}: {error}"[:300]}
    finally:
        try:
            os.write(writing, json.dumps(answer).encode()[:RESULT_BYTES_MAX])
        finally:
            os._exit(0)


def main() -> None:
    """Answer each line until the input ends."""
    look, folder = loaded(Path(sys.argv[1])), Path(sys.argv[2])
    for line in sys.stdin:
        print(json.dumps(measured(look, json.loads(line), folder)), flush=True)


if __name__ == "__main__":
    main()
