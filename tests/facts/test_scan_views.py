"""How files are read before rules look at them: encodings, what no Python runs, where files go."""

import io
import sys
import zipfile

import pytest

from pratique.errors import InvalidInput
from pratique.facts.scan import sources
from pratique.facts.scan.artifact import ArtifactView
from pratique.facts.scan.languages.python.never_python import never_runs
from pratique.facts.scan.languages.python.source import searchable

TAIL = b"# coding: utf-7\n+AGU-xec\n"
"""Says `exec` where the declaration counts."""


@pytest.mark.parametrize(
    ("head", "counts"),
    [
        (b"", True),
        (b"\n", True),
        (b" \t\x0c\n", True),
        (b"# a comment\n", True),
        (b" \t\x0c# a comment\r", True),
        (b"# a comment\r\n", True),
        (b"\n\n", False),
        (b"a\n", False),
        (b"X\n", False),
        (b"X#\n", False),
        (b"a #\n", False),
        # Of the characters that are blank elsewhere, Python's tokenizer passes over space, tab and form feed only.
        (b"\x0b\n", False),
        (b"\x0b#\n", False),
    ],
)
def test_a_declaration_of_the_encoding_counts_where_python_looks_for_it(head: bytes, counts: bool) -> None:  # noqa: FBT001 - a row
    assert searchable(head + TAIL).decode().endswith("exec\n" if counts else "+AGU-xec\n")


def test_a_declaration_is_found_behind_a_byte_order_mark() -> None:
    assert searchable(b"\xef\xbb\xbf# coding: utf-8\na\n") == b"\xef\xbb\xbf# coding: utf-8\na\n"
    with pytest.raises(InvalidInput, match="utf-7"):
        searchable(b"\xef\xbb\xbf" + TAIL)


@pytest.mark.parametrize(
    ("text", "never"),
    [
        ('print "x"', True),
        ("exec code", True),
        ("print x", True),
        ("# a comment\n\nprint x", True),
        ('x "y"', True),
        ("x 1", True),
        ("x = `y`", True),
        ("{% if x %}", True),
        ("x = 0777", sys.version_info < (3, 12)),
        ("print in x", False),
        ("exec if x else y", False),
        ('return "x"', False),
        ('x = not "y"', False),
        ("return 1", False),
        ('match "x":\n    case 1: pass', False),
        ("case 1", False),
        ("x = [1, 2]", False),
        ("x % {1: 2}", False),
        ("x y", False),
    ],
)
def test_a_text_with_newer_syntax_never_runs_where_two_tokens_stand_together_in_no_version(
    text: str,
    never: bool,  # noqa: FBT001 - a row
) -> None:
    assert never_runs(f"{text}\ntype A = int\n", "invalid syntax") is never


def test_where_nothing_is_newer_what_is_refused_never_runs_unless_for_a_limit_of_this_version() -> None:
    assert never_runs("x y", "invalid syntax")
    assert not never_runs("x y", "too many nested parentheses")
    assert not never_runs("print f'{x}'", "invalid syntax")


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("demo/a.py", "demo/a.py"),
        ("demo.data/purelib/demo/a.py", "demo/a.py"),
        ("demo.data/platlib/a.py", "a.py"),
        ("demo.data/data/lib/python3.11/site-packages/a/b.py", "a/b.py"),
        ("demo.data/data/lib/python3/dist-packages/a.py", "a.py"),
        ("demo.data/data/site-packages/a.py", "a.py"),
        ("demo.data/data/a.py", "a.py"),
        ("demo.data/data/share/a.py", ""),
        ("demo.data/scripts/a.py", ""),
        ("demo.data/headers/b/a.py", ""),
    ],
)
def test_a_file_of_a_wheel_goes_where_an_installer_puts_it(path: str, place: str) -> None:
    assert ArtifactView("demo", wheel=True, sizes={path: 1}, texts={}).site_path(path) == place


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("demo-1.0/a/b.py", "a/b.py"),
        ("demo-1.0/src/a.py", "a.py"),
        ("demo-1.0/a.data/data/b.py", "a.data/data/b.py"),
        ("a.py", "a.py"),
        ("src/a.py", "a.py"),
    ],
)
def test_a_file_of_a_source_distribution_goes_where_a_build_would_put_it(path: str, place: str) -> None:
    assert ArtifactView("demo", wheel=False, sizes={path: 1}, texts={}).site_path(path) == place


def test_the_digest_of_the_scanner_is_over_code_and_data_in_one_order_wherever_it_lies(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert all(path.endswith((".py", ".yar", ".toml")) for path, _ in sources.sources())
    scan = [f"facts/scan/{path}" for path in ("a.py", "b.py", "c/a.py", "c/d.py", "c/e.yar", "w.toml")]
    alone = ["ecosystems/archive/zip.py", "model/limits.py", "adapters/scan_child.py"]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in (*reversed(scan), *alone, "facts/scan/c/__pycache__/d.py", "facts/scan/c/d.md", "facts/scan/d.md"):
            archive.writestr(path, path)
        monkeypatch.setattr(sources, "files", lambda _: zipfile.Path(archive))
        assert list(sources.sources()) == [(path, path.encode()) for path in (*scan, *alone)]
