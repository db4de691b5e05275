"""Texts that are spelled in pieces: put together as Python would, within bounds, and nothing of the file is run."""

import ast
import base64
import bz2
import lzma
import time
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.facts.scan.languages.python import folding
from pratique.facts.scan.observation import How
from pratique.facts.scan.value import HOLE, NOT_KNOWN, UNKNOWN, Value
from pratique.model import limits
from tests.facts.languages.python_seen import inside, reading, seen

SPELLED = "print(1)"


@pytest.mark.parametrize(
    "text",
    [
        "'pri' + 'nt(1)'",
        "'pri' 'nt(1)'",
        "''.join(['p','r','int','(1)'])",
        "b''.join([b'pri', b'nt(1)']).decode()",
        "chr(112)+chr(114)+'int(1)'",
        "''.join(map(chr, [112,114,105,110,116,40,49,41]))",
        "''.join(chr(c) for c in [112,114,105,110,116,40,49,41])",
        "''.join([chr(c) for c in (112,114,105,110,116,40,49,41)])",
        "''.join(chr(c ^ 7) for c in b'wunis/6.')",
        "''.join(chr(a ^ b) for a, b in zip(b'\\x11\\x10\\n\\x0f\\x16KPK', b'abcabcab'))",
        "''.join(chr(ord(a) ^ 3) for a in 'sqjmw+2*')",
        "''.join(chr(c ^ i) for i, c in enumerate(b'pskmp-7.'))",
        "''.join(chr(c - 3) for c in [115,117,108,113,119,43,52,44])",
        "bytes([112,114,105,110,116,40,49,41])",
        "bytes([112,114,105,110,116,40,49,41]).decode()",
        "bytearray([112,114,105,110,116,40,49,41])",
        "'xxprint(1)xx'[2:-2]",
        "'p.r.i.n.t.(.1.)'[::2]",
        "')1(tnirp'[::-1]",
        "''.join(reversed(')1(tnirp'))",
        "'{}{}'.format('pri','nt(1)')",
        "'{1}{0}'.format('nt(1)','pri')",
        "'{a}{b}'.format(a='pri',b='nt(1)')",
        "'%s%s' % ('pri','nt(1)')",
        "'pri%s' % 'nt(1)'",
        "'%c%c%c%c%c(1)' % (112,114,105,110,116)",
        "'%(a)snt(1)' % {'a': 'pri'}",
        "f\"{'pri'}nt(1)\"",
        "(lambda a: f'{a}nt(1)')('pri')",
        "'prXint(1)'.replace('X','')",
        "'pr!!int(1)'.replace('!','',2)",
        "'  print(1) '.strip()",
        "'PRINT(1)'.lower()",
        "'PRINT(1)'.swapcase()",
        "'qsjou(1)'.translate({113:112,115:114,106:105,111:110,117:116})",
        "'qsjou(1)'.translate(str.maketrans('qsjou','print'))",
        "''.join('p r i n t ( 1 )'.split())",
        "'a|print(1)|b'.split('|')[1]",
        "'' * 3 + 'print(1)'",
        "(lambda: 'print(1)')()",
        "(8102654602709053737).to_bytes(8, 'big')",
        "bytes.fromhex('7072696e74283129')",
        "bytes.fromhex('7072696e74283129').decode('utf-8')",
        "__import__('base64').b64decode('cHJpbnQoMSk=')",
        "__import__('base64').b32decode(b'OBZGS3TUFAYSS===')",
        "__import__('base64').b16decode(b'7072696E74283129')",
        "__import__('base64').b85decode(b'aB^vGbSN<?')",
        "__import__('base64').a85decode(b'E,oZ1F=8jm')",
        "__import__('base64').urlsafe_b64decode('cHJpbnQoMSk=')",
        "__import__('binascii').unhexlify('7072696e74283129')",
        "__import__('binascii').a2b_base64('cHJpbnQoMSk=')",
        "__import__('binascii').a2b_uu(b\"(<')I;G0H,2D \\n\")",
        "__import__('zlib').decompress(b'x\\x9c+(\\xca\\xcc+\\xd10\\xd4\\x04\\x00\\x0e\\x15\\x02\\xb0')",
        "__import__('gzip').decompress(b'\\x1f\\x8b\\x08\\x00@\\x17\\x0ck\\x02\\xff+(\\xca\\xcc+\\xd10\\xd4\\x04\\x00\\x08\\xa7\\x90\\xed\\x08\\x00\\x00\\x00')",
        f"__import__('bz2').decompress({bz2.compress(SPELLED.encode())!r})",
        f"__import__('lzma').decompress({lzma.compress(SPELLED.encode())!r})",
        "__import__('codecs').decode('cevag(1)','rot13')",
        "__import__('codecs').encode('cevag(1)','rot13')",
        "__import__('codecs').decode('7072696e74283129','hex')",
        "b'\\\\x70rint(1)'.decode('unicode_escape')",
        "str(b'print(1)','utf-8')",
        "__import__('zlib').decompress(__import__('base64').b64decode(b'eJwrKMrMK9Ew1AQADhUCsA=='))",
        "__import__('zlib').decompress(__import__('base64').b64decode(b'==AsCUhDAQA1wE9KMrMKrwJe'[::-1]))",
        "__import__('urllib.parse').parse.unquote('%70rint(1)')",
        "'{a}nt(1)'.format_map({'a':'pri'})",
        "{'a':'print(1)'}['a']",
        "__import__('functools').reduce(lambda a, b: a + b, ['pri', 'nt(1)'])",
        "'print(1)' if True else 'x'",
        "__import__('textwrap').dedent('print(1)')",
        "''.join(map(lambda c: chr(c ^ 7), b'wunis/6.'))",
        "bytes(c ^ 7 for c in b'wunis/6.')",
        "bytes(c ^ b'key'[i % 3] for i, c in enumerate(b'\\x1b\\x17\\x10\\x05\\x11QZL'))",
        "chr(0x70)+chr(0b1110010)+'int(1)'",
        "chr(int('112'))+'rint(1)'",
        "''.join(chr(int(x,16)) for x in '70 72 69 6e 74 28 31 29'.split())",
        "''.join(chr(int('7072696e74283129'[i:i+2],16)) for i in range(0,16,2))",
        "''.join(filter(lambda c: c != 'x', 'pxrxixnxtx(1)'))",
        "''.join(c for c in 'pxrxixnxtx(1)' if c != 'x')",
        "'p' + 'r' + 'i' + 'n' + 't' + '(1)'",
        "''.join(sorted('print(1)', key=None))",
        "''.join({'a':'p','b':'r'}[c] for c in 'ab') + 'int(1)'",
        "'cHJpbnQoMSk='.decode('base64')",
        "'7072696e74283129'.decode('hex')",
    ],
)
def test_a_text_in_pieces_is_put_together(text: str) -> None:
    assert ("python", SPELLED) in inside(f"exec({text})")
    assert ("python", SPELLED) in inside(f"x = {text}\nexec(x)")


@pytest.mark.parametrize(
    "text",
    [
        "x = ''\nfor c in [115, 117, 108, 113, 119, 43, 52, 44]:\n    x += chr(c - 3)\n",
        "x = ''\nfor c in 'tnirp':\n    x = c + x\nx = x + '(1)'\n",
        "x = []\nfor c in (112, 114, 105, 110, 116, 40, 49, 41):\n    x.append(chr(c))\nx = ''.join(x)\n",
        "def d(t, k):\n    return ''.join(chr(ord(c) ^ k) for c in t)\nx = d('wuniS/6.', 7)\nx = d(d('print(1)', 3), 3)\n",
        "def d(t):\n    r = ''\n    for c in t:\n        r += chr(ord(c) - 1)\n    return r\nx = d('qsjou)2*')\n",
        "d = lambda t: t[::-1]\nx = d(')1(tnirp')\n",
        "class D:\n    k = 'pri'\n    def t(self):\n        return self.k + 'nt(1)'\nx = D().t()\n",
        "t = ['nt(1)', 'pri']\nx = t[1] + t[0]\n",
        "a, b = 'pri', 'nt(1)'\nx = a + b\n",
        "t = {'a': 'pri'}\nt['b'] = 'nt(1)'\nx = t['a'] + t['b']\n",
    ],
)
def test_a_decoder_of_the_files_own_is_seen_through(text: str) -> None:
    assert ("python", SPELLED) in inside(f"{text}exec(x)\n")


def test_how_a_text_was_come_by_is_told() -> None:
    for text, how in (
        ("'import os; os.system(1)'", How.LITERAL),
        ("'import os; os.sys' + 'tem(1)'", How.RESOLVED),
        (f"__import__('base64').b64decode({base64.b64encode(b'import os; os.system(1)')!r})", How.DECODED),
    ):
        (found,) = [each for each in seen(f"exec({text})") if each.label == "proc.shell"]
        assert found.how is how


def test_what_is_not_known_leaves_a_hole_and_runs_nothing() -> None:
    assert inside("exec('print(' + x + ')')") == []
    assert inside("exec(f'print({x})')") == []
    assert inside("exec(x)") == []
    ((_, line),) = inside("import os\nos.system('echo ' + x)")
    assert line == f"echo {HOLE}"


def test_a_label_that_shows_only_once_a_text_is_whole_is_told() -> None:
    whole = "x = '~/.aws/' + 'cred' + 'entials'\nopen(x)"
    assert "read.secret_file" in {each.label for each in seen(whole)}
    assert "read.secret_file" not in {each.label for each in seen("x = '~/.aws/'\ny = 'cred' + 'entials'")}


BOMBS = {
    "repeated": "x = 'a' * 10**9",
    "repeated again": "x = 'a'\n" + "x = x * 1000\n" * 9,
    "doubled": "x = 'aa'\n" + "x = x + x\n" * 60,
    "doubled as bytes": "x = b'aa'\n" + "x += x\n" * 60,
    "doubled as a list": "x = [1]\n" + "x = x + x\n" * 60,
    "a list in itself": "x = [1]\n" + "x = [x, x]\n" * 100 + "f(x)\nexec(x)",
    "a list in itself by its method": "x = []\n" + "x.append(x)\n" * 100 + "f(x)\nexec(x)",
    "a mapping in itself": "x = {}\n" + "x['a'] = {'b': x, 'c': x}\n" * 60 + "f(x)",
    "joined": "x = 'aaaaaaaaaa'\n" + "x = x.join([x, x, x, x])\n" * 60,
    "replaced": "x = 'aaaa'\n" + "x = x.replace('a', x)\n" * 60,
    "formatted": "x = '{0}{0}{0}{0}'\n" + "x = x.format(x)\n" * 60,
    "formatted by name": "x = '{a}{a}{a}{a}'\n" + "x = x.format(a=x)\n" * 60,
    "formatted with width": "x = '%999999999d' % 1\ny = '{:999999999}'.format(1)\nz = f'{1:999999999}'",
    "formatted old": "x = '%s%s%s%s'\n" + "x = x % (x, x, x, x)\n" * 60,
    "formatted in place": "x = 'aaaa'\n" + "x = f'{x}{x}{x}{x}'\n" * 60,
    "a power": "x = 9 ** 9 ** 9 ** 9\ny = 2 ** 10**9",
    "shifted": "x = 1 << 10**10\ny = 1 << (1 << 40)",
    "a long number": "x = int('9' * 100000)\ny = str(x)",
    "a range": "x = list(range(10**12))\ny = bytes(range(10**12))",
    "bytes by their number": "x = bytes(10**12)\ny = bytearray(10**12)",
    "a number as bytes": "x = (1).to_bytes(10**12, 'big')",
    "loops": "for a in range(100):\n for b in range(100):\n  for c in range(100):\n   for d in range(100):\n    f(a)",
    "loops in lists": "x = [f(a) for a in range(100) for b in range(100) for c in range(100) for d in range(100)]",
    "loops in lists in lists": "x = [[[[f(a) for a in range(99)] for b in range(99)] for c in range(99)] for d in range(99)]",
    "functions of functions": "\n".join(f"def f{n}(x):\n    f{n + 1}(x)\n    f{n + 1}(x)" for n in range(60))
    + "\nf0('a')",
    "a function of itself": "def f(x):\n    f(x + x)\n    f(x)\nf('aa')",
    "lambdas of lambdas": "f0 = lambda x: x + x\n"
    + "\n".join(f"f{n + 1} = lambda x: f{n}(f{n}(x))" for n in range(60))
    + "\nf60('a')",
    "mapped": "f = lambda c: c + c\nx = 'a'\n" + "x = list(map(f, 'a' * 10000))\n" * 30,
    "reduced": "import functools\nx = functools.reduce(lambda a, b: a + a, range(10000), 'a')",
    "translated": "x = 'a'.translate({97: 'a' * 1000})\ny = ('a' * 10**6).translate({97: 'b' * 10**6})",
    "a compressed bomb": "import zlib, base64\nx = zlib.decompress(base64.b64decode(BOMB))\nexec(x)",
    "choices": "x = " + "(a if 1 else " * 40 + "b" + ")" * 40,
    "branches": "".join(f"{' ' * n}if a:\n" for n in range(90)) + " " * 90 + "f()",
}


@pytest.mark.parametrize("kind", BOMBS)
def test_what_grows_and_grows_ends(kind: str) -> None:
    bomb = base64.b64encode(zlib.compress(bytes(30 * 1024 * 1024), 9)).decode()
    begun = time.process_time()
    found = reading(BOMBS[kind].replace("BOMB", repr(bomb)))
    assert time.process_time() - begun < limits.SCAN_FILE_SECONDS_MAX
    assert found.inside_bytes <= limits.SCAN_INSIDE_BYTES_MAX


constants = st.one_of(st.text(max_size=8), st.binary(max_size=8), st.integers(), st.booleans(), st.none(), st.floats())


@given(st.sampled_from(sorted(folding._FUNCTIONS)), st.lists(constants, max_size=3))  # noqa: SLF001 - the whole table
def test_a_function_on_any_constants_gives_a_value_or_nothing(name: str, given_: list[object]) -> None:
    found = folding.called(name, [Value(each) for each in given_])  # type: ignore[arg-type]  # constants of every kind
    assert found is None or isinstance(found, Value)


@given(st.text(max_size=12), st.sampled_from(sorted(folding._METHODS)), st.lists(st.text(max_size=4), max_size=2))  # noqa: SLF001 - the whole table
def test_a_method_gives_what_python_gives(text: str, name: str, given_: list[str]) -> None:
    found = folding.method(Value(text), name, [Value(each) for each in given_])
    try:
        wanted = getattr(text, name)(*given_)
    except (TypeError, ValueError, AttributeError):
        assert found is None
        return
    assert found is not None
    if isinstance(wanted, str):
        assert found.constant == wanted or not Value(text).known
    else:
        assert [each.constant for each in found.items or ()] == list(wanted)


@given(st.text(max_size=12), st.integers(-15, 15), st.integers(-15, 15), st.integers(-3, 3))
def test_a_slice_is_what_python_cuts(text: str, lower: int, upper: int, step: int) -> None:
    found = folding.subscripted(Value(text), UNKNOWN, Value(lower), Value(upper), Value(step))
    if HOLE not in text and step:
        assert found.constant == text[lower:upper:step]
    else:
        assert found.constant is NOT_KNOWN


@given(st.text(max_size=12), st.text(max_size=12))
def test_sums_of_texts_are_those_of_python(one: str, two: str) -> None:
    assert folding.operated(ast.Add(), Value(one), Value(two)).constant == one + two
