"""Command lines that code of any language runs: the program, and the code among its arguments."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.facts.scan.content import Content, Reader, Reading
from pratique.facts.scan.engine import lexicon
from pratique.facts.scan.languages import commands
from pratique.facts.scan.observation import Context, How
from pratique.facts.scan.value import HOLE

GET = "Get-Date"
ENCODED = base64.b64encode(GET.encode("utf-16-le")).decode()


def ran(words: list[str]) -> Reading:
    found = Reading("a.py")
    content = Content("a.py", "python", b"", Context.MODULE_TOP)
    commands.run(words, Reader(content, found, lexicon()), 3)
    return found


@pytest.mark.parametrize(
    ("line", "language", "code"),
    [
        ("python -c 'print(1)'", "python", "print(1)"),
        ("/usr/bin/python3.11 -u -c 'print(1)'", "python", "print(1)"),
        ("C:\\Python\\python.exe -c 'print(1)'", "", ""),
        ("'C:\\Python\\python.exe' -c 'print(1)'", "python", "print(1)"),
        ("sudo env A=1 nohup bash -c 'echo 1'", "shell", "echo 1"),
        ("sh -lc 'echo 1'", "shell", "echo 1"),
        ("node --eval 'f()'", "javascript", "f()"),
        ("bun -e 'f()'", "javascript", "f()"),
        ("Rscript -e 'f()'", "r", "f()"),
        ("cmd.exe /d /c echo 1", "batch", "echo 1"),
        ("cmd /K echo 1", "batch", "echo 1"),
        (f"powershell -NoProfile -Command {GET}", "powershell", GET),
        (f"pwsh -c {GET}", "powershell", GET),
        (f"powershell {GET}", "powershell", GET),
        (f"powershell.exe -w hidden -enc {ENCODED}", "powershell", GET),
        (f"powershell -EncodedCommand {ENCODED}", "powershell", GET),
        (f"powershell /e {ENCODED}", "powershell", GET),
        ("python script.py", "", ""),
        ("python -c", "", ""),
        ("ls -c 'print(1)'", "", ""),
        (f"python -c {HOLE}", "", ""),
        ("A=1", "", ""),
        ("", "", ""),
    ],
)
def test_code_among_the_arguments_goes_on_in_its_language(line: str, language: str, code: str) -> None:
    found = ran(commands.words_of(line))
    assert [(each.language, each.text(), each.line) for each in found.waiting] == [(language, code, 3)] * bool(code)


@pytest.mark.parametrize(
    ("line", "label"),
    [
        ("certutil -urlcache -f x", "proc.lolbin"),
        ("C:/Windows/System32/mshta.exe x", "proc.lolbin"),
        ("bun x", "proc.foreign_runtime"),
        (f"powershell -enc {ENCODED}", "proc.encoded_ps"),
        ("python -c 'print(1)'", "proc.inline_code"),
    ],
)
def test_what_a_program_is_known_for_is_told(line: str, label: str) -> None:
    assert label in {each.label for each in ran(commands.words_of(line)).observations}
    assert ran(commands.words_of("ls -l")).observations == []


def test_an_encoded_command_counts_as_decoded() -> None:
    (inner,) = ran(commands.words_of(f"powershell -enc {ENCODED}")).waiting
    assert inner.how is How.DECODED
    assert commands.decoded_powershell("a") == ""


@given(st.text(max_size=60))
def test_any_line_is_cut_into_words_and_run_without_an_error(line: str) -> None:
    ran(commands.words_of(line))
    for start in ("powershell ", "cmd ", "python -c ", "sudo "):
        ran(commands.words_of(start + line))
