"""What counts as an encoded text, and which ways lead from one to what runs it."""

import base64
import marshal
import zlib

import pytest

from pratique.ecosystems.archive import Member
from pratique.facts.scan.engine import scan

CODE = b"print('nothing happens here')\n" * 8
TEXT = base64.b64encode(CODE).decode()
HEAD = "import base64, codecs, marshal, subprocess, sys, zlib\n"
PACKED = zlib.compress(bytes(range(256)), 0)


def lines(text: str) -> list[int]:
    data = (HEAD + text).encode()
    found = scan("demo-1.0-py3-none-any.whl", [Member("a.py", len(data), lambda: data)]).findings
    return sorted({each.line for each in found if each.rule == "encoded-payload-run"})


@pytest.mark.parametrize(
    "text",
    [
        f"exec(base64.b64decode({TEXT!r}))",
        f"exec(base64.b64decode(s={TEXT!r}))",
        f"exec(source=base64.b64decode({TEXT!r}))",
        f"subprocess.run(args=[sys.executable, '-c', base64.b64decode({TEXT!r})])",
        f"x: str = {TEXT!r}; exec(base64.b64decode(x))",
        f"print(x := {TEXT!r}); exec(base64.b64decode(x))",
        f"x: bytes = base64.b64decode({TEXT!r}); exec(x)",
        f"(a, b), c = x, y = base64.b64decode({TEXT!r}), 1; exec(b)",
        f"exec(zlib.decompress({PACKED!r}))",
        f"exec(zlib.decompress({PACKED.decode('latin-1')!r}.encode('latin-1')))",
        f"exec(marshal.loads({marshal.dumps(compile(CODE, '', 'exec'))!r}))",
        f"exec(__import__('importlib').import_module('base64').b64decode({TEXT!r}))",
    ],
)
def test_what_an_encoded_text_decodes_to_is_seen_where_it_is_run(text: str) -> None:
    assert lines(text) == [2]


@pytest.mark.parametrize(
    "text",
    [
        f"exec({TEXT!r})",
        f"x = {TEXT!r}; exec(x)",
        "exec(x)",
        "exec(base64.b64decode(x))",
        f"x = {TEXT!r}; exec(base64.b64decode(y))",
        f"x = base64.b64decode({TEXT!r}); exec(y)",
        "exec(base64.b64decode('cHJpbnQ='))",
        "exec(codecs.decode(b'a', None, 1))",
        f"print(base64.b64decode({TEXT!r}))",
        "x: str; exec(base64.b64decode(x))",
    ],
)
def test_what_does_not_come_from_an_encoded_text_or_is_not_run_is_quiet(text: str) -> None:
    assert lines(text) == []


def words(count: int, length: int) -> str:
    """So many words in so many characters."""
    head = "a " * (count - 1)
    return head + "a" * (length - len(head))


@pytest.mark.parametrize(
    ("text", "encoded"),
    [
        (words(1, 119), False),
        (words(1, 120), True),
        (words(3, 120), True),
        (words(4, 120), False),
        (words(3, 179), True),
        (words(4, 179), False),
        (words(4, 180), True),
        (words(4, 120).replace(" ", "\n"), False),
        (words(4, 119) + "\x00", True),
        (words(4, 120).replace("a", "\xe9"), False),
    ],
)
def test_a_long_text_is_encoded_unless_it_reads_like_prose(text: str, encoded: bool) -> None:  # noqa: FBT001 - a row
    for literal in (repr(text), repr(text.encode("latin-1"))):
        assert lines(f"exec(codecs.decode({literal}, 'rot13'))") == [2] * encoded
