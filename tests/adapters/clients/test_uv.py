"""uv around a gate: what it may read, write and install into, how it is told, and what waits in place of a foreign command."""

import os
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from pratique.adapters.clients import Gate, known_index
from pratique.adapters.clients.foreign import Foreign
from pratique.adapters.clients.uv import Uv
from pratique.errors import InvalidInput
from pratique.flow.urls import ORIGIN

HERE = "https://index.example/simple"
THERE = "https://other.example/simple/"
OURS = f"{ORIGIN}/index/there/simple/"
PROJECT = '[project]\nname = "x"\nversion = "1"\n'
BLOCK = "# /// script\n# dependencies = []\n# ///\n"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}",
        "HOME": str(tmp_path / "home"),
        "XDG_CONFIG_DIRS": f"{tmp_path / 'shared'}{os.pathsep}{tmp_path / 'more'}",
    }


def written(folder: Path, files: Mapping[str, str]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


def uvs(variables: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in variables.items() if key.startswith("UV_")}


def test_uv_and_uvx_are_called_by_their_names() -> None:
    assert (Uv().name, Uv("uvx").name) == ("uv", "uvx")


def test_what_uv_may_write_and_install_into_is_known_before_it_runs(
    environment: dict[str, str], project: Path, tmp_path: Path
) -> None:
    (project / "out").mkdir()
    told = {**environment, "VIRTUAL_ENV": str(tmp_path / "env"), "UV_PROJECT_ENVIRONMENT": ".own"}
    arguments = ["pip", "compile", "--target", "a", "-o", "out/r.txt", "--report=out/b=c/x", "nowhere/r.txt", THERE]
    errand = Uv().read(arguments, project, told)
    assert set(errand.writes) == {project, project / "out", tmp_path / "home/.local/share/uv/tools"}
    assert {tmp_path / "env", project / ".own", project / "a"} <= set(errand.installs)
    (project / "b=c").mkdir()
    assert project / "b=c" in Uv().read(["export", "--output-file=b=c/r.txt"], project, environment).writes


def test_the_project_at_hand_is_the_nearest_one_and_those_above_of_which_it_may_be_a_member(
    environment: dict[str, str], project: Path
) -> None:
    written(
        project,
        {
            "pyproject.toml": f'{PROJECT}[[tool.uv.index]]\nurl = "{THERE}"\n',
            "member/pyproject.toml": PROJECT,
            "member/deep/x.txt": "",
        },
    )
    for arguments, folder, variables in (
        (["lock"], project / "member/deep", {}),
        (["lock", "--project", "member/deep"], project, {}),
        (["lock", "--directory=deep"], project / "member", {}),
        (["lock"], project, {"UV_PROJECT": "member"}),
        (["lock"], project, {"UV_WORKING_DIR": "member", "UV_PROJECT": "deep"}),
    ):
        errand = Uv().read(arguments, folder, environment | variables)
        assert set(errand.writes[:2]) == {project / "member", project}
        assert set(errand.reads) == {project / "member/pyproject.toml", project / "pyproject.toml"}
        assert [each.url for each in errand.named] == [THERE]


def test_without_a_project_it_is_about_the_folder_at_hand(environment: dict[str, str], project: Path) -> None:
    errand = Uv().read(["init", "--bare"], project, environment)
    assert errand.writes[0] == project
    assert (errand.reads, errand.named, errand.foreign) == ((), (), ())


@pytest.mark.parametrize(
    "odd", ["[tool.uv]\nworkspace = 3", "[tool.uv.workspace]\nmembers = 3", '[tool.uv.workspace]\nmembers = "a"']
)
def test_a_workspace_of_another_shape_has_no_members(environment: dict[str, str], project: Path, odd: str) -> None:
    written(project, {"pyproject.toml": odd, "a/pyproject.toml": f'[[tool.uv.index]]\nurl = "{THERE}"\n'})
    assert Uv().read(["lock"], project, environment).reads == (project / "pyproject.toml",)


def test_files_that_a_variable_names_are_read_but_none_that_a_foreign_command_is_given(
    environment: dict[str, str], project: Path
) -> None:
    written(project, dict.fromkeys(("c.txt", "o.txt", "notes.txt"), f"-i {THERE}\n"))
    told = {**environment, "UV_CONSTRAINT": "c.txt", "UV_OVERRIDE": "o.txt gone.txt"}
    assert set(Uv().read(["lock"], project, told).reads) == {project / "c.txt", project / "o.txt"}
    assert Uv().read(["run", "prog", "notes.txt"], project, environment).reads == ()


def test_the_first_file_that_chooses_an_index_wins_and_the_places_of_all_are_known(
    environment: dict[str, str], project: Path, tmp_path: Path
) -> None:
    files = ("home/.config/uv/uv.toml", "shared/uv/uv.toml", "more/uv/uv.toml")
    for number, name in reversed([*enumerate(files)]):
        extra = f'extra-index-url = ["https://extra.example/{number}"]\n'
        written(tmp_path, {name: f'index-url = "{HERE}/{number}"\n{extra}'})
        errand = Uv().read(["lock"], project, environment)
        assert errand.index == f"{HERE}/{number}"
        assert {each.url for each in errand.named} == {f"https://extra.example/{each}" for each in range(number, 3)}


@pytest.mark.parametrize("odd", ["index = 3\nindex-url = 3", "index = [3]", 'index = "x"'])
def test_a_users_configuration_of_another_shape_chooses_nothing(
    environment: dict[str, str], project: Path, tmp_path: Path, gate: Gate, odd: str
) -> None:
    written(tmp_path, {"home/.config/uv/uv.toml": odd})
    uv = Uv()
    errand = uv.read(["lock"], project, environment)
    assert (errand.index, errand.named) == (known_index().rstrip("/"), ())
    assert "UV_INDEX" not in uv.launch(errand, gate, project, environment).environment


def test_a_users_file_that_uv_could_not_read_is_refused_by_its_name(
    environment: dict[str, str], project: Path, tmp_path: Path
) -> None:
    written(tmp_path, {"home/.config/uv/uv.toml": "[[index"})
    with pytest.raises(InvalidInput) as refused:
        Uv().read(["lock"], project, environment)
    assert str(refused.value).startswith(f"{tmp_path / 'home/.config/uv/uv.toml'} cannot be read: ")


def test_uv_is_told_of_the_gate_in_its_words_and_variables_and_other_programs_keep_theirs(
    environment: dict[str, str], project: Path, gate: Gate
) -> None:
    told = {
        **environment,
        "UV_INDEX_URL": f"{HERE}/",
        "UV_INDEX": f"own={THERE}",
        "UV_FIND_LINKS": "",
        "UV_LINK_MODE": "symlink",
        "SERVICE_URL": THERE,
    }
    uv = Uv()
    launch = uv.launch(
        uv.read(["--cache-dir", "/srv", "add", "x", "--index", THERE], project, told), gate, project, told
    )
    assert launch.command[1:] == ("add", "x", "--index", OURS)
    assert launch.foreign is None
    assert uvs(launch.environment) == {
        "UV_CACHE_DIR": str(gate.scratch / "cache"),
        "UV_DEFAULT_INDEX": f"{ORIGIN}/simple/",
        "UV_INDEX": f"own={OURS}",
        "UV_LINK_MODE": "copy",
    }
    assert launch.environment["SERVICE_URL"] == THERE


def test_a_users_indexes_are_told_as_the_gates_after_those_of_the_variable_and_without_the_default(
    environment: dict[str, str], project: Path, gate: Gate, tmp_path: Path
) -> None:
    index = '[[index]]\nname = "{}"\nurl = "{}"\n'
    text = f"{index.format('main', HERE)}default = true\n{index.format('own', THERE)}"
    written(tmp_path, {"home/.config/uv/uv.toml": text})
    told = {**environment, "UV_INDEX": f"mine={THERE}"}
    uv = Uv()
    launch = uv.launch(uv.read(["lock"], project, told), gate, project, told)
    assert launch.environment["UV_INDEX"] == f"mine={OURS} own={OURS}"
    written(tmp_path, {"home/.config/uv/uv.toml": f'[[index]]\nurl = "{THERE}"\n'})
    with pytest.raises(InvalidInput, match="has an index without a name") as refused:
        uv.launch(uv.read(["lock"], project, told), gate, project, told)
    assert refused.value.advice == "give it a `name` there"


@pytest.mark.parametrize(
    ("arguments", "own", "command"),
    [
        ("run prog -f", "run", ("prog", "-f")),
        ("run folder -f", "run", ("python", "folder", "-f")),
        ("run app.zip", "run", ("python", "app.zip")),
        ("run plain -f", "run", ("plain", "-f")),
        ("run gone.py", "run", ("gone.py",)),
        ("run -m mod -f", "run", ("python", "-m", "mod", "-f")),
        ("run -qvm mod -f", "run -q -v", ("python", "-m", "mod", "-f")),
        ("run -qp3 prog", "run -q -p3", ("prog",)),
        ("run --group tool --no-sync prog", "run --group tool --no-sync", ("prog",)),
        ("--project tool run -q prog", "--project tool run -q", ("prog",)),
        ("-q tool run -v prog==1 -f", "-q tool run -v --from prog==1", ("prog", "-f")),
        ("tool run --from=demo prog=x", "tool run --from=demo", ("prog=x",)),
        ("tool run --from demo prog", "tool run --from demo", ("prog",)),
        ("run --index {there} prog", "run --index {ours}", ("prog",)),
    ],
)
def test_a_command_waits_in_place_of_the_foreign_one_and_that_is_run_as_uv_would_run_it(
    environment: dict[str, str], project: Path, gate: Gate, arguments: str, own: str, command: tuple[str, ...]
) -> None:
    written(project, {"folder/__main__.py": "", "plain": BLOCK})
    with zipfile.ZipFile(project / "app.zip", "w") as archive:
        archive.writestr("__main__.py", "")
    uv = Uv()
    errand = uv.read(arguments.format(there=THERE).split(), project, environment)
    launch = uv.launch(errand, gate, project, environment)
    assert launch.foreign == Foreign(command, gate.scratch / "met")
    assert launch.command[1:-3] == tuple(own.format(ours=OURS).split())
    assert launch.command[-3:-1] == ("python", "-c")


def test_a_foreign_command_may_be_longer_than_any_path(environment: dict[str, str], project: Path, gate: Gate) -> None:
    uv = Uv()
    launch = uv.launch(uv.read(["run", "x" * 5000], project, environment), gate, project, environment)
    assert launch.foreign == Foreign(("x" * 5000,), gate.scratch / "met")


@pytest.mark.parametrize(
    ("arguments", "python"),
    [("python -c 1", "python"), ("python@3.12 -c 1", "python@3.12"), ("--from demo python -c 1", "python")],
)
def test_as_a_tool_python_waits_in_the_version_that_is_asked_for(
    environment: dict[str, str], project: Path, gate: Gate, arguments: str, python: str
) -> None:
    uvx = Uv("uvx")
    launch = uvx.launch(uvx.read(arguments.split(), project, environment), gate, project, environment)
    assert launch.command[-3:-1] == (python, "-c")
    assert "python" not in launch.command[1:-3], "it is no package to be fetched"
    assert launch.foreign == Foreign(("python", "-c", "1"), gate.scratch / "met")


@pytest.mark.parametrize("arguments", ["run {}", "run --with demo {}", "run -q {} -f"])
def test_a_script_that_uv_fetches_itself_is_a_place_like_any_other(
    environment: dict[str, str], project: Path, arguments: str
) -> None:
    for script in ("https://files.example/s.py", "http://files.example/s.py"):
        errand = Uv().read(arguments.format(script).split(), project, environment)
        assert [each.url for each in errand.named] == [script]
        assert errand.foreign == ()


@pytest.mark.parametrize("arguments", ["run", "run --no-sync", "run --with demo", "tool run", "tool", "-q"])
def test_without_a_foreign_command_nothing_waits(environment: dict[str, str], project: Path, arguments: str) -> None:
    errand = Uv().read(arguments.split(), project, environment)
    assert (errand.arguments, errand.foreign) == (tuple(arguments.split()), ())


@pytest.mark.parametrize(("flag", "name"), [("", "s.py"), ("-s ", "s.py"), ("--script ", "script")])
def test_a_script_that_says_what_it_needs_waits_beside_itself(
    environment: dict[str, str], project: Path, gate: Gate, flag: str, name: str
) -> None:
    written(project, {name: f"{BLOCK}print(1)\n", f"{name}.lock": "version = 1\n"})
    uv = Uv()
    launch = uv.launch(uv.read(f"run {flag}{name} -f".split(), project, environment), gate, project, environment)
    beside = project / f".pratique-{name}"
    lock = project / f".pratique-{name}.lock"
    assert launch.foreign == Foreign(("python", name, "-f"), gate.scratch / "met", (beside, lock))
    assert launch.command[1:] == ("run", "--script", str(beside))
    assert beside.read_text(encoding="utf-8").startswith(BLOCK)
    assert "print(1)" not in beside.read_text(encoding="utf-8")
    assert lock.read_text(encoding="utf-8") == "version = 1\n"


@pytest.fixture
def standard_input(tmp_path: Path) -> Iterator[Path]:
    """A file that this process reads as its standard input."""
    path = tmp_path / "input"
    path.touch()
    before = os.dup(0)
    with path.open("rb") as file:
        os.dup2(file.fileno(), 0)
    yield path
    os.dup2(before, 0)
    os.close(before)


@pytest.mark.parametrize("block", ["", BLOCK])
def test_a_script_on_standard_input_is_kept_for_the_run_that_comes_after(
    environment: dict[str, str], project: Path, gate: Gate, standard_input: Path, block: str
) -> None:
    standard_input.write_text(f"{block}print('ä')\n", encoding="utf-8")
    uv = Uv()
    launch = uv.launch(uv.read(["run", "-", "-f"], project, environment), gate, project, environment)
    kept = gate.scratch / "stdin.py"
    assert launch.foreign is not None
    assert launch.foreign.command == ("python", str(kept), "-f")
    assert kept.read_text(encoding="utf-8") == f"{block}print('ä')\n"
    assert launch.foreign.beside == ((gate.scratch / ".pratique-stdin.py",) if block else ())
    assert os.fstat(0).st_size == standard_input.stat().st_size, "and is not closed"
