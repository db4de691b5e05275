"""What a client is asked to do, and every place that what it reads names, whatever the option, the file or the spelling."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from pratique.adapters.clients import Client, Errand, Gate, known_index
from pratique.adapters.clients.interpreter import interpreter
from pratique.adapters.clients.options import Options
from pratique.adapters.clients.pdm import Pdm
from pratique.adapters.clients.pip import Pip
from pratique.adapters.clients.pip_settings import PipSettings
from pratique.adapters.clients.pipx import Pipx
from pratique.adapters.clients.poetry import Poetry
from pratique.adapters.clients.uv import Uv
from pratique.adapters.clients.wrapping import Wrapping
from pratique.errors import InvalidInput

HERE = "https://index.example/simple/"
THERE = "https://other.example/simple/"
BIN = str(Path(sys.executable).parent)


@pytest.fixture
def bare(tmp_path: Path) -> dict[str, str]:
    home = tmp_path / "home"
    home.mkdir()
    return {"PATH": f"{BIN}{os.pathsep}{os.defpath}", "HOME": str(home), "XDG_CONFIG_DIRS": str(home / "none")}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


class Urls:
    """A gate's URLs, in front of one index."""

    simple = "http://gate.pratique.invalid/simple"

    def name_of(self, url: str) -> str:
        return "there" if url == THERE else "public" if url == HERE else ""

    def to_gate(self, url: str) -> str:
        return url.replace(THERE, "http://gate.pratique.invalid/index/there/simple/").replace(HERE, f"{self.simple}/")

    def file(self, name: str, url: str) -> str:
        return f"http://gate.pratique.invalid/files/{name}/{url.split('/', 3)[3]}"

    async def learn(self, content: bytes) -> None:
        """Nothing is to be learned."""

    def turned_back(self, content: bytes) -> bytes:
        return content


def gate(folder: Path) -> Gate:
    return Gate(Urls(), 4000, folder)


def written(folder: Path, files: Mapping[str, str]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


def places(errand: Errand) -> list[tuple[str, str]]:
    return [(each.url, each.where.rpartition("/")[2]) for each in errand.named]


def options_of(client: str) -> list[list[str]]:
    """Every option that a client lists in its own help, for each of its commands, as it may be given a URL."""
    commands = {
        "pip": ("install", "download", "wheel"),
        "uv": ("lock", "sync", "add", "pip install", "pip compile", "tool install"),
    }
    found = []
    for command in commands[client]:
        words = command.split()
        said = subprocess.run([f"{BIN}/{client}", *words, "--help"], capture_output=True, text=True, check=True).stdout
        found += [[*words, option] for option in sorted(Options.in_help(said).valued)]
    return found


EVERY_OPTION = [(client, words) for client in ("pip", "uv") for words in options_of(client)]


def test_the_help_of_the_clients_is_understood() -> None:
    assert len(EVERY_OPTION) > 200
    for client, option in (("pip", "--extra-index-url"), ("pip", "-i"), ("uv", "--default-index"), ("uv", "-f")):
        assert any(client == each and words[-1] == option for each, words in EVERY_OPTION)


def test_a_place_is_seen_in_every_option_in_every_spelling(bare: dict[str, str], project: Path) -> None:
    for name, words in EVERY_OPTION:
        *command, option = words
        spelled = [[option, THERE], [f"{option}={THERE}"]]
        if not option.startswith("--"):
            spelled = [[option, THERE], [f"{option}{THERE}"], [f"-q{option[1:]}", THERE], [f"-q{option[1:]}{THERE}"]]
        elif name == "pip":
            spelled += [[option[:end], THERE] for end in range(len("--xxx"), len(option))]
        for each in spelled:
            client: Client = Pip() if name == "pip" else Uv()
            try:
                seen = [named.url for named in client.read([*command, *each, "x"], project, bare).named]
            except InvalidInput as error:
                assert "no proxy" in str(error), (words, each)  # noqa: PT017 - the other way to refuse it
                continue
            assert seen == [THERE] or option.startswith("--cac"), (name, command, each)


@pytest.mark.parametrize(
    ("client", "variable"),
    [
        ("pip", "PIP_EXTRA_INDEX_URL"),
        ("pip", "PIP_FIND_LINKS"),
        ("pip", "PIP_AN_OPTION_OF_A_NEWER_ONE"),
        ("uv", "UV_INDEX"),
        ("uv", "UV_EXTRA_INDEX_URL"),
        ("uv", "UV_FIND_LINKS"),
        ("uv", "UV_PYTHON_INSTALL_MIRROR"),
        ("uv", "UV_AN_OPTION_OF_A_NEWER_ONE"),
        ("poetry", "POETRY_REPOSITORIES_OTHER_URL"),
    ],
)
def test_a_place_is_seen_in_every_variable(client: str, variable: str, bare: dict[str, str], project: Path) -> None:
    clients: dict[str, Client] = {"pip": Pip(), "uv": Uv(), "poetry": Poetry()}
    errand = clients[client].read(["install", "x"], project, {**bare, variable: f"a={THERE} {THERE}b/"})
    assert [(each.url, each.where) for each in errand.named] == [
        (THERE, f"the variable {variable}"),
        (f"{THERE}b/", f"the variable {variable}"),
    ]


PROJECT = '[project]\nname = "x"\nversion = "1"\n'
SCRIPT = f'# /// script\n# dependencies = []\n# [[tool.uv.index]]\n# url = "{THERE}"\n# ///\nprint("{HERE}")\n'
LOCK = f"""version = 1
[[package]]
name = "demo"
source = {{ registry = '{THERE}' }}
"""


@pytest.mark.parametrize(
    ("client", "arguments", "files", "where"),
    [
        ("pip", ["-r", "r.txt"], {"r.txt": f"a\n--extra-index-url {THERE}\n"}, "r.txt, line 2"),
        ("pip", ["-rr.txt"], {"r.txt": f"--index-u {THERE}\n"}, "r.txt, line 1"),
        ("pip", ["--requirement=r.txt"], {"r.txt": f"-i{THERE}\n"}, "r.txt, line 1"),
        ("pip", ["--req", "r.txt"], {"r.txt": f"-f {THERE}\n"}, "r.txt, line 1"),
        ("pip", ["-c", "c.txt"], {"c.txt": f"--find-links={THERE}\n"}, "c.txt, line 1"),
        (
            "pip",
            ["-r", "a/r.txt"],
            {"a/r.txt": "-r b/r.in\n", "a/b/r.in": "--constraint ../c.txt\n", "a/c.txt": f"\n-i {THERE}\n"},
            "c.txt, line 2",
        ),
        ("uv", ["-r", "r.txt"], {"r.txt": f"--extra-index-url {THERE}\n"}, "r.txt, line 1"),
        ("uv", ["--overrides", "o.txt"], {"o.txt": f"-i {THERE}\n"}, "o.txt, line 1"),
        (
            "uv",
            [],
            {"pyproject.toml": f'{PROJECT}[[tool.uv.index]]\nname = "o"\nurl = "{THERE}"\n'},
            "pyproject.toml, line 6",
        ),
        (
            "uv",
            [],
            {"pyproject.toml": f'{PROJECT}[tool.uv.pip]\nextra-index-url = ["{THERE}"]\n'},
            "pyproject.toml, line 5",
        ),
        ("uv", [], {"uv.toml": f'[[index]]\nurl = "{THERE}"\n'}, "uv.toml, line 2"),
        ("uv", ["--config-file", "own.toml"], {"own.toml": f'[[index]]\nurl = "{THERE}"\n'}, None),
        ("uv", [], {"uv.lock": LOCK, "pyproject.toml": PROJECT}, "uv.lock, line 4"),
        ("uv", ["--project", "sub"], {"sub/uv.lock": LOCK, "sub/pyproject.toml": PROJECT}, "uv.lock, line 4"),
        ("uv", ["--directory=sub"], {"sub/uv.lock": LOCK, "sub/pyproject.toml": PROJECT}, "uv.lock, line 4"),
        ("uv", ["--script", "s.py"], {"s.py": SCRIPT}, "s.py, line 4"),
        ("uv", ["--script", "s.py"], {"s.py": "", "s.py.lock": LOCK}, "s.py.lock, line 4"),
        (
            "uv",
            ["-r", "pylock.toml"],
            {"pylock.toml": f'[[packages]]\nname = "a"\nindex = "{THERE}"\n'},
            "pylock.toml, line 3",
        ),
        (
            "uv",
            [],
            {
                "pyproject.toml": f'{PROJECT}[tool.uv.workspace]\nmembers = ["m/*"]\n',
                "m/a/pyproject.toml": f'[tool.uv]\nfind-links = ["{THERE}"]\n',
            },
            "pyproject.toml, line 2",
        ),
        (
            "poetry",
            [],
            {"pyproject.toml": f'[[tool.poetry.source]]\nname = "o"\nurl = "{THERE}"\n'},
            "pyproject.toml, line 3",
        ),
        (
            "poetry",
            ["-C", "sub"],
            {"sub/pyproject.toml": f'[[tool.poetry.source]]\nurl = "{THERE}"\n'},
            "pyproject.toml, line 2",
        ),
        (
            "poetry",
            [],
            {
                "pyproject.toml": "",
                "poetry.lock": f'[[package]]\nname = "a"\n[package.source]\ntype = "legacy"\nurl = "{THERE}"\n',
            },
            "poetry.lock, line 5",
        ),
    ],
)
def test_a_place_is_seen_in_every_file_with_its_line(
    client: str, arguments: list[str], files: dict[str, str], where: str | None, bare: dict[str, str], project: Path
) -> None:
    written(project, files)
    clients: dict[str, Client] = {"pip": Pip(), "uv": Uv(), "poetry": Poetry()}
    errand = clients[client].read([*arguments, "install", "x"], project, bare)
    assert [url for url, _ in places(errand)] == [THERE]
    assert where is None or places(errand) == [(THERE, where)]


def test_what_is_fetched_past_every_index_is_told_apart(bare: dict[str, str], project: Path) -> None:
    written(
        project,
        {
            "pyproject.toml": f'[project]\nname = "x"\nversion = "1"\ndependencies = ["a @ {HERE}a"]\n'
            '[project.urls]\nhome = "https://home.example/"\n[build-system]\nrequires = ["b @ https://git.example/b"]\n'
            '[tool.uv.sources]\nc = { git = "https://git.example/c" }\n',
            "r.txt": "git+https://git.example/d\nhttps://files.example/e-1.0.tar.gz#sha256=00\n",
        },
    )
    errand = Uv().read(["pip", "install", "-r", "r.txt", "git+ssh://git.example/f"], project, bare)
    assert sorted(each.url for each in errand.named if each.direct) == [
        "git+https://git.example/d",
        "git+ssh://git.example/f",
        "https://files.example/e-1.0.tar.gz#sha256=00",
        "https://git.example/b",
        "https://git.example/c",
        f"{HERE}a",
    ]
    assert [each.url for each in errand.named if not each.direct] == []


@pytest.mark.parametrize(
    "odd", ["tool = 3", "[tool]\nuv = []\npoetry = 1", "[tool.uv]\nindex = 3\n[tool.poetry]\nsource = [4]"]
)
def test_configuration_of_another_shape_says_nothing(odd: str, bare: dict[str, str], project: Path) -> None:
    written(project, {"pyproject.toml": odd})
    for client in (Uv(), Poetry()):
        assert client.read(["lock"], project, bare).named == ()
    written(project, {"pyproject.toml": "[tool.uv\n"})
    with pytest.raises(InvalidInput, match=r"pyproject\.toml cannot be read"):
        Uv().read(["lock"], project, bare)


def test_pips_index_is_chosen_by_variable_file_and_constant(bare: dict[str, str], project: Path) -> None:
    config = Path(bare["HOME"]) / ".config/pip/pip.conf"
    written(config.parent, {"pip.conf": f"[global]\nindex-url = {THERE}\nextra-index-url =\n  https://more.example/\n"})
    assert Pip().read(["install"], project, {**bare, "PIP_INDEX_URL": HERE}).index == HERE
    chosen = Pip().read(["install"], project, bare)
    assert (chosen.index, places(chosen)) == (THERE, [("https://more.example/", "pip.conf")])
    assert Pip().read(["install"], project, {**bare, "PIP_CONFIG_FILE": os.devnull}).index == known_index()


def test_nothing_of_pips_configuration_leads_around_the_gate_and_the_rest_is_kept(
    bare: dict[str, str], project: Path
) -> None:
    machines = PipSettings.read(bare, "/nonexistent", "install").options
    config = Path(bare["HOME"]) / ".pip/pip.conf"
    written(
        config.parent,
        {
            "pip.conf": f"[global]\nindex-url = {HERE}\ntimeout = 77\nfind-links = /srv\nproxy = http://proxy.example\n"
            f"trusted_host = a b\n[install]\nextra-index-url = {THERE}\n[download]\ntimeout = 1\n"
        },
    )
    configured = {
        **bare,
        "PIP_RETRIES": "1",
        "PIP_CACHE_DIR": "/srv/cache",
        "NO_PROXY": "*",
        "https_proxy": "http://p.example",
    }
    pip = Pip()
    launch = pip.launch(pip.read(["--isol", "install", "x"], project, configured), gate(project), project, configured)
    assert launch.command == (str(Path(BIN) / "python3"), "-m", "pip", "install", "x")
    assert "PIP_RETRIES" not in launch.environment, "--isolated is kept to, without leading around the gate"
    launch = pip.launch(pip.read(["install", "x"], project, configured), gate(project), project, configured)
    pips = {key: value for key, value in launch.environment.items() if key.startswith("PIP_")}
    assert {key: value for key, value in pips.items() if machines.get(key.removeprefix("PIP_").lower()) != value} == {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_EXTRA_INDEX_URL": "http://gate.pratique.invalid/index/there/simple/",
        "PIP_INDEX_URL": "http://gate.pratique.invalid/simple/",
        "PIP_NO_CACHE_DIR": "1",
        "PIP_RETRIES": "1",
        "PIP_TIMEOUT": "77",
        "PIP_TRUSTED_HOST": "gate.pratique.invalid a b",
    }
    proxies = {key: value for key, value in launch.environment.items() if key.lower().endswith("_proxy")}
    assert set(proxies.values()) == {"http://127.0.0.1:4000"}
    assert set(proxies) == {
        each for name in ("http", "https", "all") for each in (f"{name}_proxy", f"{name.upper()}_PROXY")
    }


def test_uvs_index_is_chosen_by_variable_and_the_users_files_never_by_a_project(
    bare: dict[str, str], project: Path
) -> None:
    written(
        Path(bare["HOME"]) / ".config/uv", {"uv.toml": f'[[index]]\nname = "own"\nurl = "{HERE}"\ndefault = true\n'}
    )
    assert Uv().read(["lock"], project, {**bare, "UV_DEFAULT_INDEX": THERE}).index == THERE
    assert Uv().read(["lock"], project, {**bare, "UV_INDEX_URL": THERE}).index == THERE
    written(project, {"pyproject.toml": f'[[tool.uv.index]]\nurl = "{THERE}"\ndefault = true\n'})
    chosen = Uv().read(["lock"], project, bare)
    assert (chosen.index, places(chosen)) == (HERE, [(THERE, "pyproject.toml, line 2")])
    assert Uv().read(["lock"], project, {**bare, "UV_NO_CONFIG": "1"}).index == known_index().rstrip("/")


def test_uvs_own_configuration_stays_in_force(bare: dict[str, str], project: Path) -> None:
    written(
        Path(bare["HOME"]) / ".config/uv",
        {"uv.toml": f'exclude-newer = "2026-01-01"\n[[index]]\nname = "own"\nurl = "{THERE}"\n'},
    )
    uv = Uv()
    told = {
        **bare,
        "UV_INDEX_OWN_PASSWORD": "secret",
        "UV_CACHE_DIR": "/srv",
        "UV_NO_CACHE": "1",
        "UV_EXCLUDE_NEWER": "2026-02-01",
    }
    launch = uv.launch(uv.read(["lock", "--cache-dir", "/srv"], project, told), gate(project), project, told)
    assert launch.command[1:] == ("lock",)
    assert {key: value for key, value in launch.environment.items() if key.startswith("UV_")} == {
        "UV_CACHE_DIR": str(project / "cache"),
        "UV_DEFAULT_INDEX": "http://gate.pratique.invalid/simple",
        "UV_EXCLUDE_NEWER": "2026-02-01",
        "UV_INDEX": "own=http://gate.pratique.invalid/index/there/simple/",
    }


def test_poetry_cannot_be_told_to_leave_the_gates_plugin_out(bare: dict[str, str], project: Path) -> None:
    for spelled in ("--no-plugins", "--no-pl"):
        with pytest.raises(InvalidInput, match="without plugins"):
            Poetry().read(["install", spelled], project, bare)


def test_where_no_environment_is_active_it_is_said_which_python_is_installed_into(
    bare: dict[str, str], project: Path
) -> None:
    for arguments, more, said in (
        (["install", "x"], {}, True),
        (["--quiet", "install", "x"], {}, True),
        (["list"], {}, False),
        (["install", "x"], {"VIRTUAL_ENV": "/srv/env"}, False),
        (["install", "x"], {"CONDA_PREFIX": "/srv/env"}, False),
    ):
        note = Pip().read(arguments, project, {**bare, **more}).note
        assert (f"{BIN}/python3" in note) is said, arguments


@pytest.mark.parametrize(
    ("arguments", "own", "command"),
    [
        (["run", "prog", "-i", "x"], ["run"], ["prog", "-i", "x"]),
        (["run", "--with", "demo", "prog", "--index", HERE], ["run", "--with", "demo"], ["prog", "--index", HERE]),
        (["--project", "p", "run", "--no-sync", "prog"], ["--project", "p", "run", "--no-sync"], ["prog"]),
        (["run", "--", "prog", "--", "-f"], ["run"], ["prog", "--", "-f"]),
        (["run", "-m", "mod", "-f", "a"], ["run"], ["python", "-m", "mod", "-f", "a"]),
        (["run", "-vp", "3.11", "s.py", "-f"], ["run", "-v", "-p", "3.11"], ["python", "s.py", "-f"]),
        (["tool", "run", "ruff@1.0", "check"], ["tool", "run", "--from", "ruff@1.0"], ["ruff", "check"]),
        (["tool", "run", "--from", "a[b]", "prog"], ["tool", "run", "--from", "a[b]"], ["prog"]),
    ],
)
def test_a_foreign_command_begins_where_uvs_own_options_end(
    arguments: Sequence[str], own: list[str], command: list[str], bare: dict[str, str], project: Path
) -> None:
    written(project, {"s.py": "print(1)\n"})
    uv = Uv()
    launch = uv.launch(uv.read(arguments, project, bare), gate(project), project, bare)
    assert launch.foreign is not None
    assert launch.foreign.command == tuple(command)
    assert list(launch.command[1:-3]) == own
    assert launch.command[-3:-1] == ("python", "-c")


def test_a_foreign_commands_own_words_name_no_places(bare: dict[str, str], project: Path) -> None:
    for client, arguments in (
        (Uv(), ["run", "prog", THERE]),
        (Uv("uvx"), ["prog", "--index", THERE]),
        (Poetry(), ["run", "prog", THERE]),
    ):
        assert client.read(arguments, project, bare).named == (), arguments


def test_a_script_with_a_block_waits_beside_itself_with_its_lock(bare: dict[str, str], project: Path) -> None:
    written(project, {"s.py": SCRIPT, "s.py.lock": "version = 1\n"})
    uv = Uv()
    launch = uv.launch(uv.read(["run", "s.py", "-f"], project, bare), gate(project), project, bare)
    assert launch.foreign is not None
    assert launch.foreign.command == ("python", "s.py", "-f")
    waiting = Path(launch.command[-1])
    assert waiting.parent == project
    assert waiting.read_text(encoding="utf-8").startswith(SCRIPT.partition("print")[0])
    assert waiting.with_name(f"{waiting.name}.lock").read_text(encoding="utf-8") == "version = 1\n"


def test_pipx_is_told_as_pip_is_and_its_own_runs_are_refused(bare: dict[str, str], project: Path) -> None:
    pipx = Pipx()
    binary = Path(bare["HOME"]) / "bin/pipx"
    written(binary.parent, {"pipx": "#!/bin/sh\n"})
    binary.chmod(0o755)
    told = {**bare, "PATH": f"{binary.parent}{os.pathsep}{bare['PATH']}", "PIP_RETRIES": "1", "UV_INDEX": THERE}
    errand = pipx.read(["install", "--pip-args=-i " + THERE, "x"], project, told)
    assert [named.url for named in errand.named] == [THERE, THERE]
    assert errand.writes == (Path(bare["HOME"]) / ".local/share/pipx",)
    launch = pipx.launch(errand, gate(project), project, told)
    assert launch.command[1:] == ("install", "--pip-args=-i http://gate.pratique.invalid/index/there/simple/", "x")
    assert launch.environment["PIP_INDEX_URL"] == "http://gate.pratique.invalid/simple/"
    assert launch.environment["PIP_RETRIES"] == "1"
    with pytest.raises(InvalidInput, match="pipx run"):
        pipx.read(["-q", "run", "x"], project, told)


def test_pdm_is_told_by_a_variable_and_a_project_with_sources_is_refused(bare: dict[str, str], project: Path) -> None:
    pdm = Pdm()
    binary = Path(bare["HOME"]) / "bin/pdm"
    written(binary.parent, {"pdm": "#!/bin/sh\n"})
    binary.chmod(0o755)
    told = {**bare, "PATH": f"{binary.parent}{os.pathsep}{bare['PATH']}"}
    written(project, {"pyproject.toml": PROJECT, "s.py": SCRIPT})
    written(
        Path(bare["HOME"]) / ".config/pdm",
        {"config.toml": f'[pypi]\nurl = "{HERE}"\n[pypi.extra]\nurl = "{THERE}"\n'},
    )
    errand = pdm.read(["lock"], project, told)
    assert (errand.index, places(errand)) == (HERE, [(THERE, "config.toml")])
    written(project, {"o.txt": f"-i {THERE}\n"})
    for errand_of, variables in (
        (["lock", "--override", "o.txt"], told),
        (["lock", "--override=o.txt"], told),
        (["lock"], {**told, "PDM_OVERRIDE": "o.txt"}),
    ):
        assert (THERE, "o.txt, line 1") in places(pdm.read(errand_of, project, variables))
    launch = pdm.launch(errand, gate(project), project, told)
    assert launch.environment["PDM_PYPI_URL"] == "http://gate.pratique.invalid/simple/"
    launch = pdm.launch(pdm.read(["run", "prog", "-f"], project, told), gate(project), project, told)
    assert launch.foreign is not None
    assert launch.foreign.command[1:] == ("run", "prog", "-f")
    with pytest.raises(InvalidInput, match=r"pdm installs what s\.py asks for"):
        pdm.read(["run", "s.py"], project, told)
    written(project, {"pyproject.toml": f'[[tool.pdm.source]]\nname = "o"\nurl = "{THERE}"\n'})
    with pytest.raises(InvalidInput, match=rf"pyproject\.toml, line 3: {THERE}: pdm writes a digest"):
        pdm.read(["lock"], project, told)


def test_a_direct_place_is_let_through_where_the_policy_names_its_host(bare: dict[str, str], project: Path) -> None:
    def refused(argument: str, *hosts: str) -> str:
        around = Wrapping(Pip(), Pip().read(["install", argument], project, bare), project, bare)
        try:
            around.refuse_others(Urls(), hosts, "settings.toml")
        except InvalidInput as error:
            return f"{error} {error.advice}"
        return ""

    for argument in ("git+https://git.example/x", "x@https://git.example/x-1.0.zip"):
        assert 'hosts = ["git.example"]' in refused(argument)
        assert refused(argument, "git.example:80") != ""
        assert refused(argument, "git.example:443") == ""
    assert refused(HERE) == ""
    assert '[index.other-example]\n      url = "https://other.example/a/"' in refused(
        "-i https://u:secret@other.example/a/"
    )
    assert "secret" not in refused("-i https://u:secret@other.example/a/")


def test_receipts_of_tools_are_read_for_what_may_use_them(bare: dict[str, str], project: Path) -> None:
    tools = Path(bare["HOME"]) / ".local/share/uv/tools"
    written(
        tools,
        {
            "x/uv-receipt.toml": f'[tool]\nrequirements = [{{ name = "x" }}]\n[tool.options]\nindex = [{{ url = "{THERE}" }}]\n'
        },
    )
    errand = Uv().read(["tool", "upgrade", "x"], project, bare)
    assert places(errand) == [(THERE, "uv-receipt.toml, line 4")]
    assert errand.reads == (tools / "x/uv-receipt.toml",)
    written(project, {"more.txt": "--index-url https://third.example/simple/\nx\n"})
    errand = Uv().read(["tool", "install", "x", "--with-requirements", "more.txt"], project, bare)
    assert sorted(places(errand)) == sorted(
        [(THERE, "uv-receipt.toml, line 4"), ("https://third.example/simple/", "more.txt, line 1")]
    )
    assert Uv().read(["lock"], project, bare).named == ()


def test_folders_that_a_configuration_names_are_not_passed_on(tmp_path: Path) -> None:
    conf = tmp_path / "pip.conf"
    conf.write_text("[global]\nextra-index-url = file:///srv/simple\nfind-links = /srv/wheels\n  ./here\n")
    settings = PipSettings.read({"PIP_CONFIG_FILE": str(conf), "HOME": str(tmp_path)}, str(tmp_path), "install")
    assert set(settings.local_places()) >= {"file:///srv/simple", "/srv/wheels", "./here"}
    assert not {"extra-index-url", "find-links"} & settings.without_local_places().keys()
    mixed = {"PIP_FIND_LINKS": "/srv/wheels https://index.example/links/", "PIP_CONFIG_FILE": os.devnull}
    settings = PipSettings.read(mixed, str(tmp_path), "install")
    assert settings.without_local_places() == {"find-links": "https://index.example/links/"}


@pytest.mark.parametrize(
    ("first", "name"),
    [
        ("#!{bin}/python3", "python3"),
        ("#!{bin}/gone", "python"),
        ("#!/usr/bin/python3", "python"),
        ("print()", "python"),
    ],
)
def test_pip_is_run_under_the_name_that_it_was_installed_with(tmp_path: Path, first: str, name: str) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    for each in ("python", "python3"):
        (folder / each).touch()
    assert interpreter({"VIRTUAL_ENV": str(tmp_path)}) == str(folder / "python")
    (folder / "pip").write_text(first.format(bin=folder) + "\n", encoding="utf-8")
    assert interpreter({"VIRTUAL_ENV": str(tmp_path)}) == str(folder / name)
