"""The releases that files of every client pin, and what is said of what they do not pin."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.adapters.pins import LOCKS, pins_of
from pratique.errors import InvalidInput, NotFound, PratiqueError
from pratique.model import limits

REQUIREMENTS = """\
# a comment
requests==2.31.0 \\
    --hash=sha256:0000
Django == 4.2 ; python_version > "3.8"  # why
numpy>=1
pandas==2.*
arbitrary===1.0+local
-r other.txt
--index-url https://index.example/simple
demo @ https://index.example/demo.whl
!!!
"""
PYLOCK = """\
lock-version = "1.0"
created-by = "test"
[[packages]]
name = "attrs"
version = "25.1.0"
[[packages.wheels]]
name = "attrs-25.1.0-py3-none-any.whl"
url = "https://index.example/attrs-25.1.0-py3-none-any.whl"
hashes = { sha256 = "00" }
[[packages]]
name = "local"
[packages.directory]
path = "."
"""
UV = """\
version = 1
[[package]]
name = "mine"
version = "0.1.0"
source = { editable = "." }
[[package]]
name = "requests"
version = "2.31.0"
source = { registry = "https://index.example/simple" }
[[package]]
name = "forked"
version = "1.0"
source = { git = "https://git.example/forked?rev=1#00" }
"""
POETRY = """\
[[package]]
name = "requests"
version = "2.31.0"
[[package]]
name = "inner"
version = "1.0"
[package.source]
type = "legacy"
url = "https://index.example/simple"
reference = "inner"
"""
PIPFILE = '{"default": {"requests": {"version": "==2.31.0"}, "here": {"path": "."}}, "develop": {"pytest": {"version": "==8.0"}}}'


def told(folder: Path, name: str, text: str) -> list[tuple[str, str, bool]]:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return [(each.name, each.version, bool(each.why)) for each in pins_of(path)]


def test_requirements_and_those_that_they_name(tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text("inner==3.0\n-r requirements.txt\n-c constraints.txt\n", encoding="utf-8")
    assert told(tmp_path, "requirements.txt", REQUIREMENTS) == [
        ("requests", "2.31.0", False),
        ("Django", "4.2", False),
        ("numpy", "", True),
        ("pandas", "", True),
        ("arbitrary", "1.0+local", False),
        ("inner", "3.0", False),
        ("-r requirements.txt", "", True),
        ("demo", "", True),
        ("!!!", "", True),
    ]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("pylock.toml", PYLOCK, [("attrs", "25.1.0", False), ("local", "", True)]),
        ("pylock.dev.toml", PYLOCK, [("attrs", "25.1.0", False), ("local", "", True)]),
        ("uv.lock", UV, [("requests", "2.31.0", False), ("forked", "1.0", True)]),
        ("poetry.lock", POETRY, [("requests", "2.31.0", False), ("inner", "1.0", False)]),
        ("pdm.lock", POETRY, [("requests", "2.31.0", False), ("inner", "1.0", False)]),
        ("Pipfile.lock", PIPFILE, [("requests", "2.31.0", False), ("here", "", True), ("pytest", "8.0", False)]),
    ],
)
def test_locks(tmp_path: Path, name: str, text: str, expected: list[tuple[str, str, bool]]) -> None:
    assert told(tmp_path, name, text) == expected


def test_a_file_that_is_named_and_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="gone"):
        told(tmp_path, "requirements.txt", "-r gone.txt")


def test_a_folder_has_the_lock_that_is_there_or_says_that_none_is(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no lock file"):
        pins_of(tmp_path)
    told(tmp_path, "uv.lock", UV)
    assert [each.name for each in pins_of(tmp_path)] == ["requests", "forked"]


@pytest.mark.parametrize("name", [*LOCKS, "requirements.txt"])
@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b" " * (limits.PINS_BYTES_MAX + 1)])
def test_what_is_no_text_or_too_long_is_refused(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(InvalidInput):
        pins_of(tmp_path / name)


@pytest.mark.parametrize("name", LOCKS)
@pytest.mark.parametrize("text", ["package = 1", "[[package]]\nversion = 1", "{", "[]", '{"default": [1]}', "[" * 3000])
def test_broken_locks_are_refused_and_not_taken_for_empty_ones(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput, match=name):
        pins_of(tmp_path / name)


@given(name=st.sampled_from([*LOCKS, "requirements.txt"]), text=st.text(max_size=60))
def test_any_text_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, name: str, text: str) -> None:
    path = tmp_path_factory.mktemp("pins") / name
    path.write_text(text, encoding="utf-8", errors="replace")
    try:
        pins_of(path)
    except PratiqueError:
        return
