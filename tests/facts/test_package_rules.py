"""Rules that look at an artifact as a whole: what its files are, how they are called, what starts them, and what is not there."""

import json

import pytest

from pratique.ecosystems.archive import Member
from pratique.errors import LimitExceeded
from pratique.facts.scan.engine import scan
from pratique.facts.scan.well_known import COMMANDS, MODULES
from pratique.model import limits
from pratique.model.evidence import Finding, Severity

WHEEL = "demo-1.0-py3-none-any.whl"
SDIST = "demo-1.0.tar.gz"
ELF = b"\x7fELF\x02\x01\x01" + bytes(16)
PE = b"MZ" + bytes(58) + (64).to_bytes(4, "little") + b"PE\0\0"
OLD_PE = b"MZ" + bytes(58) + (4_000).to_bytes(4, "little") + b"This program cannot be run in DOS mode."
STARTS = b"import subprocess\nsubprocess.Popen(['./%s'], stdout=subprocess.DEVNULL)\n"


def found(rule: str, files: dict[str, bytes], filename: str = WHEEL) -> list[Finding]:
    members = [Member(path, len(data), lambda data=data: data) for path, data in files.items()]  # type: ignore[misc]  # mypy cannot infer a lambda with a default
    return [each for each in scan(filename, members).findings if each.rule == rule]


def places(rule: str, files: dict[str, bytes], filename: str = WHEEL) -> list[tuple[str, Severity]]:
    return [(each.path, each.severity) for each in found(rule, files, filename)]


def code(flags: int = 0) -> bytes:
    return b"\xa7\x0d\r\n" + flags.to_bytes(4, "little") + bytes(8)


@pytest.mark.parametrize(
    ("path", "beside", "severity"),
    [
        ("core.pyc", (), Severity.HIGH),
        ("pkg/core.pyo", (), Severity.HIGH),
        ("pkg/core.cpython-311.pyc", (), Severity.HIGH),
        ("pkg/__pycache__/core.cpython-311.opt-2.pyc", (), Severity.LOW),
        ("__pycache__/core.cpython-311.pyc", (), Severity.LOW),
        ("__pycache__/core.cpython-311.pyc", ("pkg/core.py",), Severity.LOW),
        ("pkg/__pycache__/core.cpython-311.pyc", ("core.py",), Severity.LOW),
        ("pkg/core.pyc", ("pkg/core.py",), None),
        ("pkg/core.pyc", ("pkg/core.pyw",), None),
        ("__pycache__/core.cpython-311.pyc", ("core.py",), None),
        ("docs/core.pyc", (), None),
    ],
)
def test_byte_code_without_a_source_is_told_by_where_the_source_would_be(
    path: str, beside: tuple[str, ...], severity: Severity | None
) -> None:
    files = {path: code(), **dict.fromkeys(beside, b"A = 1\n")}
    assert places("orphan-bytecode", files) == ([] if severity is None else [(path, severity)])


@pytest.mark.parametrize(
    ("head", "bad"),
    [
        (code(1), True),
        (code(0), False),
        (code(3), False),
        (b"\xa7\x0d\0\0" + code(1)[4:], False),
        (code(1)[:5], True),
        (code(1)[:4], False),
        (b"", False),
    ],
)
def test_a_cached_file_that_is_not_compared_with_its_source_runs_instead_of_it(head: bytes, bad: bool) -> None:  # noqa: FBT001 - a row
    assert bool(found("orphan-bytecode", {"pkg/__pycache__/a.cpython-311.pyc": head, "pkg/a.py": b"A = 1\n"})) is bad
    assert not found("orphan-bytecode", {"pkg/a.pyc": head, "pkg/a.py": b"A = 1\n"})


def test_many_are_told_of_once() -> None:
    (one,) = found("orphan-bytecode", {f"pkg/m{number}.pyc": code() for number in range(30)})
    assert one.message.endswith(", and 29 more")
    (alone,) = found("orphan-bytecode", {"pkg/a.pyc": code()})
    assert alone.message == "is byte code that is imported without a source"


@pytest.mark.parametrize("data", [ELF, PE, OLD_PE, b"\xcf\xfa\xed\xfe" + bytes(16), b"\xfe\xed\xfa\xce" + bytes(16)])
@pytest.mark.parametrize("path", ["pkg/logo.PNG", "pkg/notes.txt", "pkg/style.css", "pkg/font.woff2", "README.md"])
def test_a_program_is_known_by_its_first_bytes_whatever_it_is_called(data: bytes, path: str) -> None:
    assert places("opaque-blob", {path: data}) == [(path, Severity.HIGH)]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("pkg/logo.png", b"\x89PNG\r\n\x1a\n" + ELF),
        ("pkg/notes.txt", b"MZ, as in Mozambique" + bytes(60)),
        ("pkg/notes.txt", b"MZ"),
        ("pkg/notes.txt", b""),
        ("pkg/library.so", ELF),
        ("pkg/tool.exe", PE),
        ("pkg/tool", ELF),
        ("examples/notes.txt", ELF),
        ("pkg/tests/logo.png", PE),
        ("demos/logo.png", PE),
    ],
)
def test_what_is_what_it_is_called_or_is_only_looked_at_in_tests_is_quiet(path: str, data: bytes) -> None:
    assert found("opaque-blob", {path: data}) == []


def test_a_folder_called_like_the_project_is_its_own_whatever_that_means() -> None:
    assert places("opaque-blob", {"demo/logo.png": ELF}) == [("demo/logo.png", Severity.HIGH)]
    assert places("orphan-bytecode", {"demo/a.pyc": code()}) == [("demo/a.pyc", Severity.HIGH)]


@pytest.mark.parametrize(
    ("starter", "severity"),
    [
        ("pkg/__init__.py", Severity.HIGH),
        ("pkg/start.py", Severity.HIGH),
        ("tests/test_start.py", None),
    ],
)
def test_a_program_that_is_started_unseen_on_import_is_bad(starter: str, severity: Severity | None) -> None:
    files = {"pkg/tool.exe": PE, starter: b"import urllib.request\n" + STARTS % b"tool.exe"}
    assert places("opaque-blob", files) == ([] if severity is None else [("pkg/tool.exe", severity)])
    louder = {path: data.replace(b", stdout=subprocess.DEVNULL", b"") for path, data in files.items()}
    assert places("opaque-blob", louder) == ([] if severity is None else [("pkg/tool.exe", Severity.MEDIUM)])


def test_the_earliest_of_several_starts_counts() -> None:
    call = b"import subprocess\nimport urllib.request\ndef start():\n    subprocess.run(['./helper.bin'])\n"
    files = {"demo-1.0/helper.bin": ELF, "demo-1.0/pkg/a.py": call}
    assert places("opaque-blob", files, SDIST) == [("demo-1.0/helper.bin", Severity.LOW)]
    both = {**files, "demo-1.0/setup.py": b"import os\nos.system('./helper.bin --once')\n"}
    (one,) = found("opaque-blob", both, SDIST)
    assert (one.severity, one.context) == (Severity.HIGH, "setup_top")
    assert "(demo-1.0/setup.py, line 2)" in one.message


def test_a_large_script_counts_in_a_package_of_python_only_and_only_if_it_is_large() -> None:
    start = b"import os\nos.system('node bundle.js')\n"
    large = b"a" * 500_000
    assert places("opaque-blob", {"pkg/bundle.js": large, "pkg/__init__.py": start}) == [
        ("pkg/bundle.js", Severity.MEDIUM)
    ]
    assert found("opaque-blob", {"pkg/bundle.js": large[1:], "pkg/__init__.py": start}) == []
    assert found("opaque-blob", {"pkg/bundle.txt": large, "pkg/__init__.py": start.replace(b".js", b".txt")}) == []
    script = b"require('child_process').exec('node bundle.js')\n"
    assert found("opaque-blob", {"package/bundle.js": large, "package/index.js": script}, "demo-1.0.0.tgz") == []


def test_a_name_too_short_to_be_told_from_others_starts_nothing() -> None:
    files = {"pkg/run": ELF, "pkg/__init__.py": b"import os\nos.system('cargo run')\n"}
    assert found("opaque-blob", files) == []


def test_a_file_too_large_to_be_read_for_its_beginning_is_no_file_that_should_have_been_read() -> None:
    def refuse() -> bytes:
        raise LimitExceeded("too large")

    seen = scan(WHEEL, [Member("pkg/film.mp4", limits.ARCHIVE_MEMBER_BYTES_MAX + 1, refuse)])
    assert (seen.coverage.unread_count, seen.coverage.other) == (0, 1)


@pytest.mark.parametrize(
    ("version", "wins"),
    [
        ("99.0.0", True),
        ("90", True),
        ("1337.1", True),
        ("89.9.9", False),
        ("1990.1", False),
        ("2026.11.29", False),
        ("2099.1", False),
        ("2100.1", True),
        ("99.0.0.1", False),
        ("99.0rc1", False),
    ],
)
def test_a_version_that_is_chosen_to_win(version: str, wins: bool) -> None:  # noqa: FBT001 - a row
    files = {f"demo-{version}/setup.py": b"import urllib.request as r\nr.urlopen('https://c.example.invalid/')\n"}
    (one,) = found("tiny-with-hook", files, f"demo-{version}.tar.gz")
    assert one.severity is (Severity.CRITICAL if wins else Severity.HIGH)


@pytest.mark.parametrize(
    ("path", "size", "tiny"),
    [
        ("pkg/a.py", 600, True),
        ("pkg/a.py", 601, False),
        ("pkg/a.pyx", 601, False),
        ("src/a.c", 601, False),
        ("pkg/a.js", 601, False),
        ("pkg/a.pyi", 601, False),
        ("tests/a.py", 601, True),
        ("docs/conf.py", 601, True),
        ("pkg/data.txt", 601, True),
    ],
)
def test_what_counts_as_code(path: str, size: int, tiny: bool) -> None:  # noqa: FBT001 - a row
    files = {
        "demo-1.0/setup.py": b"import urllib.request as r\nr.urlopen('https://c.example.invalid/')\n",
        f"demo-1.0/{path}": b"#" * size,
    }
    assert bool(found("tiny-with-hook", files, SDIST)) is tiny


@pytest.mark.parametrize(
    ("hook", "severity"),
    [
        (b"import os\nos.system('make')\n", Severity.MEDIUM),
        (b"import os\nos.system('curl -O https://c.example.invalid/a')\n", Severity.HIGH),
        (b"import base64\nexec(base64.b64decode('cGFzcw=='))\n", Severity.MEDIUM),
        (b"import os\nprint(os.name)\n", None),
    ],
)
def test_how_bad_a_hook_is_goes_by_what_it_reaches(hook: bytes, severity: Severity | None) -> None:
    expected = [] if severity is None else [("demo-1.0/setup.py", severity)]
    assert places("tiny-with-hook", {"demo-1.0/setup.py": hook}, SDIST) == expected
    assert found("tiny-with-hook", {"setup.py": hook}) == []


def test_a_file_by_itself_is_no_package() -> None:
    hook = b"import urllib.request as r\nr.urlopen('https://c.example.invalid/')\n"
    assert found("tiny-with-hook", {"setup.py": hook}, "setup.py") == []
    assert found("tiny-with-hook", {SDIST: b"", "setup.py": hook}, SDIST)


@pytest.mark.parametrize("path", ["demo-1.0.dist-info/entry_points.txt", "EGG-INFO/entry_points.txt"])
def test_commands_of_the_sections_for_commands_count(path: str) -> None:
    text = b"[ console_scripts ]\n# git = a:b\n Git=a:b\nnode = \n[other]\nssh = a:b\n[gui_scripts]\nsudo = a:b\n"
    assert [(each.line, each.message.split(",")[0]) for each in found("entry-point-clash", {path: text})] == [
        (3, "installs a command Git"),
        (8, "installs a command sudo"),
    ]


@pytest.mark.parametrize("name", ["git", "GIT.exe", "pip.py", "ssh.cmd", "npm.bat", "sudo.ps1", "curl.sh"])
def test_a_script_of_a_wheel_counts_with_and_without_a_suffix(name: str) -> None:
    assert places("entry-point-clash", {f"demo-1.0.data/scripts/{name}": b""}) == [
        (f"demo-1.0.data/scripts/{name}", Severity.HIGH)
    ]
    assert found("entry-point-clash", {f"demo-1.0.data/data/{name}": b"", f"pkg/scripts/{name}": b""}) == []
    assert found("entry-point-clash", {f"demo-1.0.data/scripts/{name}": b""}, SDIST) == []


@pytest.mark.parametrize("path", ["demo-1.0/pkg/pyproject.toml", "demo-1.0/pkg/package.json"])
def test_a_manifest_within_a_package_installs_nothing(path: str) -> None:
    text = b'{"name": "demo", "bin": {"git": "a.js"}}' if path.endswith("json") else b'[project.scripts]\ngit = "a:b"\n'
    assert found("entry-point-clash", {path: text}, SDIST) == []
    assert found("entry-point-clash", {path.replace("pkg/", ""): text}, SDIST)


def test_strange_manifests_are_passed_over() -> None:
    for text in (
        b"[" * 9_000,
        b"{" * 9_000,
        b'{"bin": 1}',
        b'{"name": 1, "bin": {"x": 1}}',
        b"\xff",
        b"project = 1\n",
        b"",
    ):
        for name in ("package.json", "pyproject.toml", "entry_points.txt"):
            assert found("entry-point-clash", {f"demo-1.0/{name}": text}, SDIST) == []


def test_a_command_of_several_projects_belongs_to_each() -> None:
    for owner in COMMANDS["ansible"]:
        name = f"{owner.replace('-', '_')}-1.0"
        files = {f"{name}.dist-info/entry_points.txt": b"[console_scripts]\nansible = a:b\n"}
        assert found("entry-point-clash", files, f"{name}-py3-none-any.whl") == []


@pytest.mark.parametrize(
    ("path", "filename", "clash"),
    [
        ("requests/__init__.py", WHEEL, True),
        ("requests.py", WHEEL, True),
        ("demo-1.0.data/purelib/requests/__init__.py", WHEEL, True),
        ("demo-1.0/requests/__init__.py", SDIST, True),
        ("demo-1.0/src/requests/__init__.py", SDIST, True),
        ("requests/__init__.py", "requests-2.40.0-py3-none-any.whl", False),
        ("pkg/requests/__init__.py", WHEEL, False),
        ("requests/extra.py", WHEEL, False),
        ("requests-stubs/__init__.pyi", WHEEL, False),
        ("demo-1.0.data/scripts/requests.py", WHEEL, False),
    ],
)
def test_modules_of_another_project_count_at_the_top_of_site_packages(path: str, filename: str, clash: bool) -> None:  # noqa: FBT001 - a row
    assert bool(found("module-clash", {path: b"A = 1\n"}, filename)) is clash


def test_each_module_is_told_once() -> None:
    files = {"attr/__init__.py": b"", "attr.py": b"", "attrs/__init__.py": b""}
    assert len(found("module-clash", files)) == 2
    assert MODULES["attr"] == MODULES["attrs"] == {"attrs"}


@pytest.mark.parametrize("name", ["a.so", "a.DLL", "a.dylib", "a.pyd"])
def test_a_library_counts_in_a_wheel_that_says_it_has_none(name: str) -> None:
    assert places("native-unannounced", {f"pkg/{name}": ELF}) == [(f"pkg/{name}", Severity.LOW)]
    assert found("native-unannounced", {f"pkg/{name}": ELF}, "demo-1.0-cp311-cp311-manylinux2014_x86_64.whl") == []
    loads = b"import ctypes\nctypes.CDLL('pkg/%s')\n" % name.encode()
    assert places("native-unannounced", {f"pkg/{name}": ELF, "pkg/__init__.py": loads}) == [
        (f"pkg/{name}", Severity.HIGH)
    ]


def test_observations_of_other_manifests_count_as_dependencies_too() -> None:
    metadata = b"Requires-Dist: a @ https://files.example.invalid/a.zip#sha256=" + b"0" * 64 + b"\r\n\r\n"
    assert places("url-dependency", {"demo-1.0.dist-info/METADATA": metadata}) == [
        ("demo-1.0.dist-info/METADATA", Severity.MEDIUM)
    ]
    assert places("url-dependency", {"demo-1.0.dist-info/METADATA": metadata.replace(b"0" * 64, b"0" * 63)}) == [
        ("demo-1.0.dist-info/METADATA", Severity.HIGH)
    ]


@pytest.mark.parametrize(
    ("command", "native", "severity"),
    [
        ("node prepare.js", False, Severity.CRITICAL),
        ("node prepare.js > /dev/null 2>&1 && echo x", False, Severity.CRITICAL),
        ("node prepare.js > /dev/null 2>&1 && echo x", True, Severity.HIGH),
        ("node prepare.js", True, None),
        ("node -p \"require('node-addon-api').include\"", False, None),
    ],
)
def test_a_command_that_runs_while_a_build_file_is_read(command: str, native: bool, severity: Severity | None) -> None:  # noqa: FBT001 - a row
    build = {"targets": [{"target_name": "a", "sources": [f"<!({command})"]}]}
    files = {"package/binding.gyp": json.dumps(build).encode(), **({"package/src/a.cc": b"int a;"} if native else {})}
    found_here = places("gyp-substitution", files, "demo-1.0.0.tgz")
    assert found_here == ([] if severity is None else [("package/binding.gyp", severity)])
