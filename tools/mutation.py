"""Run mutmut in the current folder, a copy of the project, and write what became of each mutant to `results.json`.

Which changes are made: those of mutmut, but for text that people read. Another wording of a message is no fault that a test
should look for, and whoever tests each word keeps anybody from writing a better one. So string literals and arguments that
are text stay as they are; bytes, which are formats, do not.
"""

import importlib
import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

import libcst as cst
from mutmut.mutation import file_mutation, mutators
from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.stats import status_by_exit_code
from mutmut.utils.file_utils import walk_mutatable_files

DEAD: Final = frozenset({"killed", "timeout"})
RESULTS: Final = Path("results.json")
_TEXT: Final = frozenset({"advice", "why", "use", "do", "description", "title"})
"""Keywords whose arguments are sentences, whatever they are called where they are written."""


def of_bytes(node: cst.BaseString) -> Iterable[cst.BaseString]:
    """What mutmut makes of a literal, where it is one of bytes."""
    if isinstance(node, cst.SimpleString) and "b" in node.prefix.lower():
        yield from mutators.operator_string(node)


def of_arguments(node: cst.Call) -> Iterable[cst.Call]:
    """What mutmut makes of the arguments of a call: each replaced by None, each left out; but not of text."""
    for mutated in mutators.operator_arg_removal(node):
        kept = {id(argument) for argument in mutated.args}
        gone = [argument for argument in node.args if id(argument) not in kept]
        if not any(is_text(argument) for argument in gone):
            yield mutated


def is_text(argument: cst.Arg) -> bool:
    """Whether an argument is a sentence: a literal, a formatted one, several in a row, or one under a known keyword."""
    if argument.keyword is not None and argument.keyword.value in _TEXT:
        return True
    value = argument.value
    if isinstance(value, cst.SimpleString):
        return "b" not in value.prefix.lower()
    return isinstance(value, cst.FormattedString | cst.ConcatenatedString)


INSTEAD: Final[dict[Callable[..., Any], Callable[..., Any]]] = {
    mutators.operator_string: of_bytes,
    mutators.operator_arg_removal: of_arguments,
}


def results() -> list[dict[str, str]]:
    """Every mutant with its function, its change and what became of it."""
    found = []
    for path in walk_mutatable_files():
        data = SourceFileMutationData(path=path)
        data.load()
        for name, code in data.exit_code_by_key.items():
            status = status_by_exit_code[code]
            diff = get_diff_for_mutant(name, path=path) if status not in DEAD else ""
            found.append({"name": name, "file": str(path), "status": status, "diff": diff})
    return found


def to_be_tested(codes: dict[str, int | None]) -> dict[str, int | None]:
    """What an earlier run killed. Since then a test may have been written, and time may have run out on a busy machine."""
    return {name: code if status_by_exit_code[code] == "killed" else None for name, code in codes.items()}


def forget_the_living() -> None:
    """Have what an earlier run did not kill tested again."""
    for path in walk_mutatable_files():
        data = SourceFileMutationData(path=path)
        if not data.meta_path.exists():
            continue
        data.load()
        data.exit_code_by_key = to_be_tested(data.exit_code_by_key)
        data.save()


def main() -> None:
    """Mutate, test, write down."""
    forget_the_living()
    changes = [(node, INSTEAD.get(operator, operator)) for node, operator in mutators.mutation_operators]
    file_mutation.mutation_operators = changes  # type: ignore[attr-defined]  # it is imported there by name
    program = importlib.import_module("mutmut.__main__").cli  # noqa: TID251 - under its name it would run at once
    try:
        program(["run", *sys.argv[1:]])
    except SystemExit as end:
        if end.code:
            raise
    RESULTS.write_text(json.dumps(results(), indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
