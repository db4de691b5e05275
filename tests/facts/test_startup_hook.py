"""Start-up code in every form that Python 3.11 to 3.15 runs."""

import pytest

from pratique.ecosystems.archive import Member
from pratique.facts.scan.engine import scan

HOOK = b"import evil; evil.start()\n"
COVERAGE = b"import coverage; coverage.process_startup()"
SHIM = (
    b"import os; var = 'SETUPTOOLS_USE_DISTUTILS'; enabled = os.environ.get(var, 'local') == 'local'; "
    b"enabled and __import__('_distutils_hack').add_shim(); "
)
NAMESPACE = (
    b"import sys, types, os;p = os.path.join(sys._getframe(1).f_locals['sitedir'], *('paste',));"
    b"m = sys.modules.setdefault('paste', types.ModuleType('paste'));"
    b"mp = (m or []) and m.__dict__.setdefault('__path__',[]);(p not in mp) and mp.append(p)"
)
NAMESPACE_3 = (
    b"import sys, types, os;has_mfs = sys.version_info > (3, 5);"
    b"p = os.path.join(sys._getframe(1).f_locals['sitedir'], *('paste',));"
    b"importlib = has_mfs and __import__('importlib.util');has_mfs and __import__('importlib.machinery');"
    b"m = has_mfs and sys.modules.setdefault('paste', importlib.util.module_from_spec("
    b"importlib.machinery.PathFinder.find_spec('paste', [os.path.dirname(p)])));"
    b"m = m or sys.modules.setdefault('paste', types.ModuleType('paste'));"
    b"mp = (m or []) and m.__dict__.setdefault('__path__',[]);(p not in mp) and mp.append(p)"
)
PYTEST_COV = (
    rb"""import os, sys;exec('if \'COV_CORE_SOURCE\' in os.environ:\n try:\n  from pytest_cov.embed import init\n  init()\n"""
    rb""" except Exception as exc:\n  sys.stderr.write(\n   "it failed: {0!r} "\n   "Exception: {1!r}\\n".format(\n    """
    rb"""dict((k, v) for k, v in os.environ.items() if k.startswith(\'COV_CORE\')),\n    exc\n   )\n  )\n')"""
)
EDITABLE = b"import __editable___demo_1_0_finder; __editable___demo_1_0_finder.install()"


def found(files: dict[str, bytes], filename: str = "demo-1.0-py3-none-any.whl") -> list[tuple[str, int]]:
    members = [Member(path, len(data), lambda data=data: data) for path, data in files.items()]  # type: ignore[misc]  # mypy cannot infer a lambda with a default
    return [
        (finding.path, finding.line) for finding in scan(filename, members).findings if finding.rule == "startup-hook"
    ]


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (HOOK, 1),
        (b"import\tevil\n", 1),
        (b"\xef\xbb\xbf" + HOOK, 1),
        (b"/srv\n" * 50_000 + HOOK, 50_001),
        (b"/srv\r" + HOOK, 2),
        (b"/srv\r\n" + HOOK, 2),
        (b"# a comment\x0c" + HOOK, 1),
        (b"# a comment\x0b" + HOOK, 1),
        (b"# a comment\x1c" + HOOK, 1),
        (b"# a comment\x1d" + HOOK, 1),
        (b"# a comment\x1e" + HOOK, 1),
        ("# a comment\x85".encode() + HOOK, 1),
        (b"# a comment\x85" + HOOK, 1),
        ("# a comment\u2028".encode() + HOOK, 1),
        ("# a comment\u2029".encode() + HOOK, 1),
        (COVERAGE + b"\x0c; evil()\n", 1),
        (COVERAGE + b"; evil()\n", 1),
        (COVERAGE + b"\n" + HOOK, 2),
        (b"import evil\xff\n", 1),
    ],
)
def test_a_line_of_code_is_seen_however_a_version_of_site_takes_lines_apart(data: bytes, line: int) -> None:
    assert found({"x.pth": data}) == [("x.pth", line)]


@pytest.mark.parametrize(
    "path",
    [
        "x.pth",
        ".hidden.pth",
        "demo-1.0.data/purelib/x.pth",
        "demo-1.0.data/platlib/x.pth",
        "demo-1.0.data/data/x.pth",
        "demo-1.0.data/data/lib/python3.11/site-packages/x.pth",
        "demo-1.0.data/data/Lib/site-packages/x.pth",
        "demo-1.0.data/data/lib/python3/dist-packages/x.pth",
    ],
)
def test_a_hook_is_seen_wherever_an_installer_puts_it(path: str) -> None:
    assert found({path: HOOK}) == [(path, 1)]


@pytest.mark.parametrize(
    "path",
    [
        "sitecustomize.py",
        "usercustomize.py",
        "sitecustomize.pyc",
        "sitecustomize.cpython-311-x86_64-linux-gnu.so",
        "usercustomize.cp313-win_amd64.pyd",
        "sitecustomize/__init__.py",
        "demo-1.0.data/purelib/sitecustomize.py",
        "demo-1.0.data/data/lib/python3.11/site-packages/usercustomize.py",
        "demo-1.0.data/data/lib/python3.11/os.py",
        "demo-1.0.data/data/lib/python3.11/encodings/utf_8.py",
        "demo-1.0.data/data/Lib/site.py",
        "demo-1.0.data/data/pyvenv.cfg",
        "demo-1.0.data/scripts/python3",
        "demo-1.0.data/scripts/python311._pth",
    ],
)
def test_modules_and_files_that_python_takes_at_start_are_seen(path: str) -> None:
    assert found({path: b""}) == [(path, 1)]


def test_entry_points_of_start_files_are_seen() -> None:
    assert found({"x.start": b"# a comment\n\nevil.mod:begin\n"}) == [("x.start", 3)]
    assert found({"demo/x.start": b"evil.mod:begin\n"}) == []


def test_a_folder_that_a_hook_adds_to_the_path_can_bring_a_module_that_is_imported_at_start() -> None:
    files = {"x.pth": b"./inner\n", "inner/sitecustomize.py": b""}
    assert found(files) == [("inner/sitecustomize.py", 1)]
    assert found({"inner/sitecustomize.py": b""}) == []


def test_the_top_of_a_source_distribution_is_looked_at_too() -> None:
    for path in ("demo-1.0/x.pth", "demo-1.0/src/x.pth"):
        assert found({path: HOOK}, "demo-1.0.tar.gz") == [(path, 1)]
    assert found({"demo-1.0/tests/x.pth": HOOK}, "demo-1.0.tar.gz") == []


@pytest.mark.parametrize(
    ("line", "module", "owner"),
    [
        (COVERAGE, "coverage", "coverage"),
        (PYTEST_COV, "pytest_cov", "pytest-cov"),
        (SHIM, "_distutils_hack", "setuptools"),
        (EDITABLE, "__editable___demo_1_0_finder", None),
        (NAMESPACE, "types", None),
        (NAMESPACE_3, "importlib", None),
        (
            NAMESPACE_3.replace(b"import sys, ", b"import importlib, importlib.util, importlib.machinery, sys, "),
            "sys",
            None,
        ),
    ],
)
def test_what_well_known_tools_write_is_quiet_unless_another_archive_brings_what_it_calls(
    line: bytes, module: str, owner: str | None
) -> None:
    assert found({"x.pth": line}) == []
    for path in (f"{module}.py", f"{module}/__init__.py", f"demo-1.0.data/purelib/{module}.py"):
        assert found({"x.pth": line, path: b""}) == [("x.pth", 1)]
    if owner:
        assert (
            found({"x.pth": line, f"{module}/__init__.py": b""}, f"{owner.replace('-', '_')}-1.0-py3-none-any.whl")
            == []
        )


@pytest.mark.parametrize(
    "line",
    [
        NAMESPACE_3.replace(b"'importlib.util'", b"'evil'"),
        NAMESPACE_3.replace(b"'importlib.util'", b"'importlib.util', evil"),
        NAMESPACE_3.replace(b"'importlib.util'", b"name='importlib.util'"),
        NAMESPACE_3.replace(b"__import__('importlib.util')", b"evil('importlib.util')"),
        NAMESPACE_3.replace(b"__import__('importlib.util')", b"m.__import__('importlib.util')"),
        NAMESPACE_3.replace(b"import sys, ", b"import sys, evil, "),
        NAMESPACE_3 + b"; evil()",
        NAMESPACE_3 + b"; import evil",
        NAMESPACE_3 + b" $",
        NAMESPACE_3.replace(b"sitedir", b"other"),
        NAMESPACE.replace(b"m = sys.modules.setdefault(", b"m = sys.mods.setdefault("),
        b"import sys, types; sys.modules.setdefault('json', types.ModuleType('json'))",
        b"import sys, os; p = os.path.join(sys._getframe(1).f_locals['sitedir'], 'a')",
    ],
)
def test_a_line_that_does_more_or_less_than_a_namespace_needs_is_code_like_any_other(line: bytes) -> None:
    assert found({"x.pth": line}) == [("x.pth", 1)]


@pytest.mark.parametrize(
    ("words", "instead"),
    [
        (b"pytest_cov.embed", b"evil.embed"),
        (b"init()", b"init(); evil()"),
        (b"it failed", b'", evil(), "'),
        (b"it failed", rb"\x22, evil(), \x22"),
        (b"it failed", rb"\', evil(), \'"),
        (b"Exception: {1!r}", b'Exception: {1!r}", evil(), "'),
        (b"os.environ.items()", b"evil()"),
        (rb"exc\n   )", rb"exc, evil()\n   )"),
    ],
)
def test_a_line_that_measures_and_does_more_is_code_like_any_other(words: bytes, instead: bytes) -> None:
    assert words in PYTEST_COV
    assert found({"x.pth": PYTEST_COV.replace(words, instead)}) == [("x.pth", 1)]


def test_a_line_of_a_start_file_counts_once_however_it_is_read() -> None:
    assert found({"x.start": b"evil.\xe9:begin\n"}) == [("x.start", 1)]


def test_a_hook_that_is_not_looked_at_hides_none_behind_it() -> None:
    assert found({"a/x.pth": HOOK, "b.pth": HOOK, "c.start": b"evil:begin\n"}) == [("b.pth", 1), ("c.start", 1)]


@pytest.mark.parametrize("scheme", ["data/share", "scripts", "headers", "other"])
def test_a_hook_among_what_a_wheel_installs_elsewhere_is_seen_too(scheme: str) -> None:
    path = f"demo-1.0.data/{scheme}/x.pth"
    assert found({path: HOOK}) == [(path, 1)]


@pytest.mark.parametrize(
    ("path", "filename"),
    [
        ("demo/scripts/python3", "demo-1.0-py3-none-any.whl"),
        ("demo/data/pyvenv.cfg", "demo-1.0-py3-none-any.whl"),
        ("demo-1.0.data/scripts/python3", "demo-1.0.tar.gz"),
        ("demo-1.0.data/purelib/python3", "demo-1.0-py3-none-any.whl"),
        ("demo-1.0.data/scripts/sitecustomize.py", "demo-1.0-py3-none-any.whl"),
        ("demo-1.0.data/scripts/lib/python3.11/os.py", "demo-1.0-py3-none-any.whl"),
    ],
)
def test_files_that_no_installer_puts_over_the_interpreter_are_quiet(path: str, filename: str) -> None:
    assert found({path: b""}, filename) == []


@pytest.mark.parametrize(
    "line",
    [
        "inner",
        "./inner",
        "./inner/",
        "inner/ ",
        "  inner ",
        "././inner",
        ".//inner/.",
        "other/../inner",
        ".\\inner",
        "INNER",
        "../site-packages/inner",
        "/usr/lib/python3/dist-packages/inner",
        "C:\\Python\\Lib\\site-packages\\inner",
    ],
)
def test_a_folder_that_is_added_to_the_path_is_known_however_it_is_written(line: str) -> None:
    for path in ("inner/sitecustomize.py", "inner/usercustomize/__init__.py"):
        assert found({"x.pth": f"{line}\n".encode(), path: b""}) == [(path, 1)]


def test_a_folder_may_begin_with_a_space() -> None:
    assert found({"x.pth": b" inner \n", " inner/sitecustomize.py": b""}) == [(" inner/sitecustomize.py", 1)]


@pytest.mark.parametrize("line", ["# ../inner", "other", "inner/more", "", "inne"])
def test_other_folders_add_nothing(line: str) -> None:
    assert found({"x.pth": f"{line}\n".encode(), "inner/sitecustomize.py": b""}) == []


def test_a_folder_elsewhere_may_be_where_the_data_of_a_wheel_go() -> None:
    path = "demo-1.0.data/data/share/demo/sitecustomize.py"
    assert found({"x.pth": b"../../../share/demo\n", path: b""}) == [(path, 1)]
    assert found({"x.pth": b"share/demo\n", path: b""}) == []


def test_what_lies_beside_the_folder_of_a_source_distribution_is_looked_at_too() -> None:
    files = {"setup.py": b"", "x.pth": HOOK, "sitecustomize.py": b""}
    assert found(files, "demo-1.0.tar.gz") == [("x.pth", 1), ("sitecustomize.py", 1)]


def test_paths_are_no_code() -> None:
    assert found({"x.pth": b"/srv/project\n# import evil\n importlib\nimportant\n"}) == []
