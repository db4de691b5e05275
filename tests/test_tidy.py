"""The style guide as a test: what a machine can notice of STYLE.md."""

import ast
import importlib
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import click
import pytest
from packageurl.contrib import purl2url

from pratique.cli.main import Verbs
from pratique.cli.main import main as command_line
from pratique.cli.other_clients import BY_A_VERB, BY_THE_GATE
from pratique.cli.verbs import VERBS
from pratique.settings import OPTIONS

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src/pratique"
CORE = ("model", "facts", "policy", "record", "ecosystems", "render", "flow")
CORE_FILES = ("errors.py", "ports.py", "settings.py")
FORBIDDEN_CALLS = frozenset({"open", "print", "input", "exec", "eval", "__import__", "compile"})
VAGUE_NAMES = frozenset({"utils", "util", "common", "helpers", "helper", "manager", "handler", "misc"})
FUNCTION_LINES_MAX = 70
STANDALONE = frozenset({"record/pratique_verify.py"})
"""Files that stand alone: they are run by themselves, and are no part of the core."""
BOUNDARIES = frozenset(
    {
        "adapters/attestations/library.py",
        "adapters/attestations/verifier.py",
        "adapters/scan_child.py",
        "adapters/store/writer.py",
    }
)
"""Where `except Exception` is right: anything may come, and all of it becomes `Unknown`, `Rejected`, or reaches whoever waits."""
MARKERS = re.compile("|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X"]))
EXCUSE = re.compile(r"#\s*(noqa(?!:)|noqa:\s*[A-Z0-9, ]+$|type:\s*ignore(?!\[)|type:\s*ignore\[[a-z-, ]+\]\s*$)")
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:home|root|Users)/[A-Za-z]")


def modules(package: Path) -> Iterator[tuple[str, Path, ast.Module]]:
    for path in sorted(package.rglob("*.py")):
        yield str(path.relative_to(package)), path, ast.parse(path.read_text(encoding="utf-8"))


def untidy(package: Path) -> list[str]:
    """Everything in a package that the style guide speaks against."""
    found: list[str] = []
    for name, path, tree in modules(package):
        if ast.get_docstring(tree) is None:
            found.append(f"{name}: no module docstring")
        if path.stem in VAGUE_NAMES or path.parent.name in VAGUE_NAMES:
            found.append(f"{name}: says nothing of what is in it")
        core = name.split("/")[0] in CORE or name in CORE_FILES
        for node in ast.walk(tree):
            if core and name not in STANDALONE and _is_forbidden(node):
                found.append(f"{name}:{node.lineno}: the core does not {ast.unparse(node)[:20]}")  # type: ignore[attr-defined]  # calls have lines
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and name not in STANDALONE:
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > FUNCTION_LINES_MAX:
                    found.append(f"{name}:{node.lineno}: {node.name} has {lines} lines")
            if isinstance(node, ast.ExceptHandler) and _is_broad(node) and name not in BOUNDARIES:
                found.append(f"{name}:{node.lineno}: a broad except outside the named boundaries")
        found += untidy_lines(name, path.read_text(encoding="utf-8"))
    return found


def untidy_lines(name: str, text: str) -> list[str]:
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if MARKERS.search(line):
            found.append(f"{name}:{number}: something is left to do")
        if EXCUSE.search(line):
            found.append(f"{name}:{number}: an exception from the linter without code and reason")
        if MACHINE_PATH.search(line):
            found.append(f"{name}:{number}: a path of somebody's machine")
    return found


def _is_forbidden(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FORBIDDEN_CALLS


def _is_broad(node: ast.ExceptHandler) -> bool:
    """`except Exception` or wider, unless it raises again."""
    names = {each.id for each in ast.walk(node.type) if isinstance(each, ast.Name)} if node.type else {"BaseException"}
    raises = any(isinstance(each, ast.Raise) and each.exc is None for each in node.body)
    return bool(names & {"Exception", "BaseException"}) and not raises


def tracked() -> list[Path]:
    """Every file that belongs to the project."""
    if shutil.which("git") and (ROOT / ".git").exists():
        listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        return [ROOT / line for line in listed.splitlines() if (ROOT / line).is_file()]
    return [
        path
        for folder in ("src", "tests", "tools", "docs", "bench")
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
    ]


def test_the_package_is_tidy() -> None:
    assert untidy(PACKAGE) == []


def test_no_file_keeps_the_marks_of_a_merge() -> None:
    marks = re.compile(rb"^(?:<{7}|>{7}) ", re.MULTILINE)
    assert [path.name for path in tracked() if marks.search(path.read_bytes())] == []
    assert marks.search(b"text\n" + b"<" * 7 + b" HEAD\n")


def test_tests_tools_and_benchmarks_are_tidy_too() -> None:
    found = [
        finding
        for folder in ("tests", "tools", "bench")
        for name, path, _ in modules(ROOT / folder)
        for finding in untidy_lines(f"{folder}/{name}", path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("path", "text", "finding"),
    [
        ("policy/x.py", "x = 1\n", "no module docstring"),
        ("policy/x.py", '"""X."""\nopen("f")\n', "the core does not open"),
        ("flow/x.py", '"""X."""\nprint(1)\n', "the core does not print"),
        ("web/utils.py", '"""X."""\n', "says nothing of what is in it"),
        ("web/x.py", '"""X."""\n# ' + "TO" + "DO later\n", "left to do"),
        ("web/x.py", '"""X."""\nx = 1  # ' + "noqa: E501\n", "without code and reason"),
        ("web/x.py", '"""X."""\nx = 1  # ' + "type: ignore\n", "without code and reason"),
        ("web/x.py", '"""X."""\ntry:\n    pass\nexcept Exception:\n    pass\n', "a broad except"),
        ("web/x.py", '"""X."""\nP = "' + "/ho" + 'me/ann/x"\n', "a path of somebody's machine"),
        ("web/x.py", '"""X."""\ndef f():\n' + "    x = 1\n" * 80, "has 81 lines"),
    ],
)
def test_what_is_untidy_is_noticed(tmp_path: Path, path: str, text: str, finding: str) -> None:
    target = tmp_path / path
    target.parent.mkdir(parents=True)
    target.write_text(text, encoding="utf-8")
    assert any(finding in each for each in untidy(tmp_path))


def registry_hosts() -> set[str]:
    """The hosts that no file may name, as libraries know them."""
    constants = importlib.import_module("pip._internal.models.index").PyPI  # noqa: TID251 - pip says which hosts these are
    hosts = {constants.netloc, constants.file_storage_domain}
    return hosts | {urlsplit(str(purl2url.get_repo_url(f"pkg:{kind}/x"))).netloc for kind in ("pypi", "npm")}  # type: ignore[no-untyped-call]  # packageurl has no types here


def naming(words: set[str], paths: list[Path]) -> list[str]:
    return [f"{path}: {word}" for path in paths for word in words if word.encode() in path.read_bytes().lower()]


def test_no_file_names_the_host_of_a_package_registry(tmp_path: Path) -> None:
    hosts = registry_hosts()
    assert len(hosts) > 2
    assert naming(hosts, tracked()) == []
    planted = tmp_path / "planted.md"
    planted.write_text(f"see HTTPS://{hosts.copy().pop().upper()}/x", encoding="utf-8")
    assert len(naming(hosts, [planted])) == 1


def test_no_page_names_a_path_of_somebodys_machine() -> None:
    pages = [path for path in tracked() if path.suffix in {".md", ".toml", ".txt", ".in"} or path.name == "Makefile"]
    assert len(pages) > 20
    assert [str(path) for path in pages if MACHINE_PATH.search(path.read_text(encoding="utf-8"))] == []


def test_every_condition_every_rule_and_every_question_has_its_page() -> None:
    for folder in (PACKAGE / "policy/conditions", PACKAGE / "facts/scan/rules", PACKAGE / "facts/questions"):
        code = {path.stem for path in folder.glob("*.py")} - {"__init__"}
        assert code == {path.stem for path in folder.glob("*.md")}


def test_every_setting_has_a_sentence() -> None:
    assert all(option.sentence.endswith(".") for option in OPTIONS.values())


def test_every_verb_has_its_help() -> None:
    assert isinstance(command_line, Verbs)
    context = click.Context(command_line)
    for verb in command_line.list_commands(context):
        command = command_line.get_command(context, verb)
        assert command is not None
        assert command.help, verb
        for option in command.params:
            assert not isinstance(option, click.Option) or option.help, (verb, option.name)


def test_the_runtime_requirements_are_those_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    listed = (ROOT / "requirements/runtime.in").read_text(encoding="utf-8").splitlines()
    assert [line for line in listed if not line.startswith("#")] == project["dependencies"]


def test_requirements_are_pinned_by_hash_and_name_no_index() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(--(extra-)?index-url|--find-links|://)", text), path.name
        pinned = re.findall(r"^[a-z0-9][A-Za-z0-9._-]*(?:\[[a-z,]+\])?==", text, re.MULTILINE)
        assert pinned
        blocks = re.split(r"\n(?=[a-z0-9])", text.partition("\n")[2].strip())
        assert all("--hash=sha256:" in block for block in blocks if "==" in block), path.name


def test_architecture_names_files_that_exist() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:[a-z_]+/)+[a-z_]+\.py|[a-z_]+\.py)`", text)
    assert len(named) > 10
    for name in named:
        assert (PACKAGE / name).exists() or (ROOT / name).exists(), name


def broken_links(page: Path) -> list[str]:
    targets = re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text(encoding="utf-8"))
    return [f"{page.name}: {target}" for target in targets if not (page.parent / target).exists()]


def test_links_between_pages_lead_somewhere(tmp_path: Path) -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "changes").glob("*.md")]
    assert [broken for page in pages for broken in broken_links(page)] == []
    planted = tmp_path / "page.md"
    planted.write_text("[here](page.md) and [nowhere](gone.md#top)", encoding="utf-8")
    assert broken_links(planted) == ["page.md: gone.md"]


def test_every_record_of_a_decision_is_listed_under_its_number() -> None:
    folder = ROOT / "docs/adr"
    records = sorted(path.name for path in folder.glob("[0-9]*.md"))
    listed = re.findall(r"^\| \[\d{4}\]\(([^)]+)\)", (folder / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert listed == records
    assert len({name[:4] for name in records}) == len(records)
    for name in records:
        title, empty, status = (folder / name).read_text(encoding="utf-8").split("\n")[:3]
        assert title.startswith(f"# {int(name[:4])}. "), name
        assert not empty, name
        told = re.fullmatch(
            r"Status: (?:accepted|superseded by \[(\d{4})\]\(\1-[a-z-]+\.md\)), \d{4}-\d{2}-\d{2}\.", status
        )
        assert told, f"{name}: the third line says no status and date"
        assert told[1] is None or told[1] > name[:4], name


def test_every_limit_is_kept_somewhere(tmp_path: Path) -> None:
    assert unkept(PACKAGE) == []
    (tmp_path / "model").mkdir()
    (tmp_path / "model/limits.py").write_text(
        "KEPT_BYTES_MAX: Final = 1\nLEFT_BYTES_MAX: Final = 2\n", encoding="utf-8"
    )
    (tmp_path / "x.py").write_text("limits.KEPT_BYTES_MAX, limits.LEFT_BYTES_MAX_OF_ANOTHER\n", encoding="utf-8")
    assert unkept(tmp_path) == ["LEFT_BYTES_MAX"]


def unkept(package: Path) -> list[str]:
    """The limits that nothing in a package keeps."""
    table = package / "model/limits.py"
    named = re.findall(r"^([A-Z][A-Z0-9_]+)\b.*=", table.read_text(encoding="utf-8"), re.MULTILINE)
    code = "\n".join(path.read_text(encoding="utf-8") for path in package.rglob("*.py") if path != table)
    return [name for name in named if not re.search(rf"\b{name}\b", code)]


def unknown_commands(text: str) -> list[str]:
    """What a page tells to run that is not there: targets of make, modules of ours, what the command line answers to."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    fenced = re.findall(r"```(?:sh|console)\n(.*?)```|`([^`\n]+)`", text, re.DOTALL)
    code = "\n".join("".join(each) for each in fenced)
    found = [
        f"make {name}" for name in re.findall(r"^(?:\$ )?make ([a-z-]+)", code, re.MULTILINE) if name not in targets
    ]
    modules = re.findall(r"-m ((?:tools|bench)\.[a-z_.]+)", code)
    found += [f"-m {name}" for name in modules if not (ROOT / name.replace(".", "/")).with_suffix(".py").exists()]
    verbs = re.findall(r"^(?:\$ )?pratique ([a-z][a-z-]*)", code, re.MULTILINE)
    return found + [f"pratique {verb}" for verb in verbs if verb not in {*VERBS, *BY_THE_GATE, *BY_A_VERB}]


def test_pages_tell_nobody_to_run_what_is_not_there() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *PACKAGE.rglob("*.md")]
    assert [(path.name, told) for path in pages for told in unknown_commands(path.read_text(encoding="utf-8"))] == []
    page = (
        "`make tea`, `make test`\n\n```sh\npython -m tools.gone x\npratique brew --now\npratique pip install x\n```\n"
    )
    assert unknown_commands(page) == ["make tea", "-m tools.gone", "pratique brew"]


def test_every_target_says_what_it_is_for() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    listed = re.findall(r"^\.PHONY: (.+)$", text, re.MULTILINE)[0].split()
    assert [name for name in listed if not re.search(rf"^{name}:.*## .+\.$", text, re.MULTILINE)] == []


def test_fragments_of_the_change_log_say_what_kind_they_are() -> None:
    for path in (ROOT / "changes").iterdir():
        assert path.name == "README.md" or re.fullmatch(
            r"[a-z0-9-]+\.(added|changed|fixed|removed|security)\.md", path.name
        ), path.name


def test_every_test_file_tests_something() -> None:
    for path in (ROOT / "tests").rglob("test_*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        assert any(name.startswith("test_") for name in names), path.name
