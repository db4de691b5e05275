"""Settings: in sections, from several places, of which a project may only narrow."""

import ast
import os
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest

from pratique.cli.main import main
from pratique.errors import InvalidInput
from pratique.here import configured_here
from pratique.settings import (
    OPTIONS,
    PREFIX,
    PROJECT_OPTIONS,
    Configured,
    Option,
    Settings,
    Source,
    environment_sources,
    read_settings,
)

ROOT = Path(__file__).resolve().parent.parent
EVERY = sorted(OPTIONS)
POLICY = """
[scopes]
workstation = { mode = "warn" }
ci = { mode = "enforce" }
lab = { mode = "observe" }
swift = { mode = "enforce" }

[cooldown]
workstation = "3 days"
ci = "7 days"
swift = "1 day"

[withdrawn]

[malware]

[fixed-bytes]
"""


def other_value(option: Option) -> Any:  # noqa: ANN401 - a value of the option's own type
    """A value of an option that is not its default."""
    kind = get_args(option.kind)[0]
    if option.kind is bool or kind is bool:
        return not option.default
    if kind is int:
        return int(str(option.default)) + 1
    if get_origin(kind) is tuple:
        return [401, 403] if "codes" in option.key else ["192.0.2.1", "192.0.2.2"]
    choices = get_args(kind)
    return next(each for each in choices if each != option.default) if choices else "/some/where"


def as_text(value: Any) -> str:  # noqa: ANN401 - as above
    """The same value as a variable holds it."""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def tree(key: str, value: object) -> dict[str, object]:
    """A file with one option in it."""
    for part in reversed(key.split(".")):
        value = {part: value}
    assert isinstance(value, dict)
    return value


def shown(configured: Configured, key: str) -> object:
    found = {row: value for row, value, _ in configured.rows()}[key]
    return list(found) if isinstance(found, tuple) else found


@pytest.mark.parametrize("key", EVERY)
def test_every_option_is_honoured_in_its_variable_and_in_a_file(key: str) -> None:
    option, full = OPTIONS[key], key.replace("*", "our-own")
    value = other_value(option)
    by_file = read_settings([Source("a file", tree(full, value))])
    variable = option.variable.replace("<NAME>", "OUR_OWN")
    by_variable = read_settings(environment_sources({variable: as_text(value)}))
    for configured, place in ((by_file, "a file"), (by_variable, variable)):
        assert shown(configured, full) == value
        assert configured.set_by == {full: place}
    assert by_file.settings == by_variable.settings != Settings()


@pytest.mark.parametrize("key", EVERY)
def test_every_option_that_is_documented_is_one_that_is_read_and_the_other_way(key: str) -> None:
    page = (ROOT / "docs/reference/settings.md").read_text(encoding="utf-8")
    assert f"| `{key.rpartition('.')[2]}` | `{OPTIONS[key].variable}` |" in page
    assert page.count(f"| `{PREFIX}") == len(EVERY)


@pytest.mark.parametrize("key", EVERY)
def test_a_project_sets_nothing_but_what_narrows(key: str) -> None:
    full = key.replace("*", "public")
    project = Source("a clone/pratique.toml", tree(full, other_value(OPTIONS[key])), narrowing=True)
    if key.startswith(PROJECT_OPTIONS):
        assert read_settings([project]).set_by == {full: project.name}
        return
    with pytest.raises(InvalidInput, match="a project may not") as refused:
        read_settings([project], user_file="the user's file")
    assert f"a clone/pratique.toml sets `{full}`" in str(refused.value)
    assert "the user's file" in refused.value.advice


def test_the_last_place_that_sets_an_option_wins() -> None:
    places = [
        Source("machine", {"server": {"port": 1, "host": "::1"}, "index": {"one": {"url": "https://index.example/1"}}}),
        Source("user", {"server": {"port": 2}, "index": {"two": {"url": "https://index.example/2"}}}),
        *environment_sources({"PRATIQUE_SERVER__PORT": "3"}),
    ]
    configured = read_settings(places)
    assert (configured.settings.server.port, configured.settings.server.host) == (3, "::1")
    assert list(configured.settings.index) == ["one", "two"]
    assert configured.set_by["server.port"] == "PRATIQUE_SERVER__PORT"
    assert configured.set_by["server.host"] == "machine"


@pytest.mark.parametrize(
    ("document", "said", "meant"),
    [
        ({"sever": {"port": 1}}, "sever", "pratique settings lists them"),
        ({"server": {"prot": 1}}, "server.prot", "server.port"),
        ({"port": 1}, "port", "server.port"),
        ({"indexes": {"public": "https://index.example/"}}, "indexes", "index.NAME.url"),
        ({"index": {"public": "https://index.example/"}}, "index.public", "index.NAME.url"),
        ({"index": {"public": {"ulr": "https://index.example/"}}}, "index.public.ulr", "index.NAME.url"),
        ({"index": {"Our_Own": {"url": "https://index.example/"}}}, "Our_Own is no name", "small letters"),
        ({"index": {"../x": {"url": "https://index.example/"}}}, "../x is no name", "small letters"),
        ({"scope\x1b[2J": "ci"}, "scope [2J", "pratique settings"),
    ],
)
def test_what_no_option_is_called_is_refused_with_what_may_be_meant(
    document: dict[str, object], said: str, meant: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_settings([Source("a file", document)])
    assert said in str(refused.value)
    assert meant in refused.value.advice


@pytest.mark.parametrize(
    ("variable", "meant"),
    [
        ("PRATIQUE_PORT", "PRATIQUE_SERVER__PORT"),
        ("PRATIQUE_TOKENS_REQUIRED", "PRATIQUE_SERVER__TOKENS_REQUIRED"),
        ("PRATIQUE_SERVER_TOKENS_REQUIRED", "PRATIQUE_SERVER__TOKENS_REQUIRED"),
        ("PRATIQUE_SERVER__TOKEN_REQUIRED", "PRATIQUE_SERVER__TOKENS_REQUIRED"),
        ("PRATIQUE_INDEXES", "PRATIQUE_INDEX__<NAME>__URL"),
        ("PRATIQUE_NOT__A__THING", "pratique settings"),
    ],
)
def test_a_variable_that_is_nearly_one_of_ours_is_not_silently_ignored(variable: str, meant: str) -> None:
    with pytest.raises(InvalidInput, match=variable) as refused:
        environment_sources({variable: "1"})
    assert meant in refused.value.advice


def test_a_variable_of_somebody_else_is_left_alone() -> None:
    assert environment_sources({"PRATIQUE_BIN": "/opt/x", "PATH": "/bin"}) == ()


def test_a_value_of_another_kind_is_named_with_its_place() -> None:
    for place in (Source("a file", {"server": {"port": "8470"}}), Source("a file", {"server": {"port": 99999}})):
        with pytest.raises(InvalidInput, match=r"a file: `server\.port`"):
            read_settings([place])


def test_a_path_in_a_file_is_relative_to_the_file_and_not_to_wherever_a_command_runs() -> None:
    told = {"policy": "policy.toml", "home": "/srv/pratique", "ca_bundle": "~/ca.pem"}
    settings = read_settings([Source("a file", told, folder="/etc/xdg/pratique")]).settings
    assert settings.policy == "/etc/xdg/pratique/policy.toml"
    assert (settings.home, settings.ca_bundle) == ("/srv/pratique", "~/ca.pem")


def test_credentials_in_urls_are_not_shown() -> None:
    document = {"index": {"own": {"url": "https://ann:secret@index.example/simple/"}}}
    rows = list(read_settings([Source("a file", document)]).rows())
    assert "secret" not in str(rows)
    assert ("index.own.url", "https://***@index.example/simple/", "a file") in rows


class Machine:
    """An account with files of its own, and a clone it works in."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.system, self.user = folder / "xdg/pratique/pratique.toml", folder / "config/pratique/pratique.toml"
        self.clone = folder / "clone"
        self.project = self.clone / "pratique.toml"
        for path in (self.system, self.user, self.clone / ".git/config", self.clone / "deep/down/x"):
            path.parent.mkdir(parents=True)
        for name in [each for each in os.environ if each.startswith(PREFIX)]:  # noqa: TID251 - a test sets variables
            monkeypatch.delenv(name)
        monkeypatch.setenv("XDG_CONFIG_DIRS", str(folder / "xdg"))
        monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
        (self.user.parent / "policy.toml").write_text(POLICY, encoding="utf-8")
        self.user.write_text('policy = "policy.toml"\n', encoding="utf-8")
        monkeypatch.chdir(self.clone / "deep/down")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(tmp_path, monkeypatch)


def test_machine_user_and_project_are_read_in_their_order(machine: Machine) -> None:
    machine.system.write_text('scope = "workstation"\n[server]\nport = 1\n', encoding="utf-8")
    machine.project.write_text('scope = "ci"\n[client]\nrequires_python_note = false\n', encoding="utf-8")
    configured = configured_here()
    assert configured.settings.scope == "ci"
    assert configured.settings.policy == str(machine.user.parent / "policy.toml")
    assert configured.set_by == {
        "server.port": str(machine.system),
        "policy": str(machine.user),
        "scope": str(machine.project),
        "client.requires_python_note": str(machine.project),
    }


@pytest.mark.parametrize("scope", ["ci", "workstation"])
def test_a_project_may_choose_a_scope_that_is_as_strict(machine: Machine, scope: str) -> None:
    machine.project.write_text(f'scope = "{scope}"\n', encoding="utf-8")
    assert configured_here().settings.scope == scope


@pytest.mark.parametrize(
    ("scope", "why"), [("lab", "its mode is observe, not warn"), ("swift", "new releases wait 1 day there")]
)
def test_a_project_may_not_choose_a_laxer_scope(machine: Machine, scope: str, why: str) -> None:
    machine.project.write_text(f'scope = "{scope}"\n', encoding="utf-8")
    with pytest.raises(InvalidInput) as refused:
        configured_here()
    assert why in str(refused.value)
    assert str(machine.project) in str(refused.value)


@pytest.mark.parametrize(
    "more",
    [
        '[hash-required]\nscopes = ["workstation"]\n',
        '[[rule]]\nid = "own"\nwhen = \'scope.name == "workstation"\'\nthen = "hold"\nwhy = "x"\nuse = "y"\n',
    ],
)
def test_a_scope_that_escapes_a_condition_is_laxer(machine: Machine, more: str) -> None:
    (machine.user.parent / "policy.toml").write_text(POLICY + more, encoding="utf-8")
    machine.project.write_text('scope = "ci"\n', encoding="utf-8")
    with pytest.raises(InvalidInput, match="laxer than workstation"):
        configured_here()


def test_what_the_environment_chooses_is_not_the_projects_choice(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.project.write_text('scope = "lab"\n', encoding="utf-8")
    monkeypatch.setenv("PRATIQUE_SCOPE", "workstation")
    assert configured_here().settings.scope == "workstation"


def test_a_file_above_the_repository_is_nobodys(machine: Machine) -> None:
    (machine.clone.parent / "pratique.toml").write_text("[store]\nkind = 'memory'\n", encoding="utf-8")
    assert configured_here().settings.store.kind == "sqlite"


@pytest.mark.parametrize("content", [b"x = " + b"[" * 60_000, b"#" * 70_000, b"\xff", b"scope"])
def test_a_file_that_is_no_settings_is_one_sentence(machine: Machine, content: bytes) -> None:
    machine.project.write_bytes(content)
    with pytest.raises(InvalidInput, match=r"pratique\.toml"):
        configured_here()


def test_the_verb_says_what_set_each_option(machine: Machine) -> None:
    from click.testing import CliRunner

    machine.project.write_text('scope = "ci"\n', encoding="utf-8")
    lines = CliRunner().invoke(main, ["settings"]).output.splitlines()
    assert [line.split()[-1] for line in lines if line.startswith(("scope ", "policy ", "home "))] == [
        "default",
        str(machine.user),
        str(machine.project),
    ]


def test_every_condition_that_looks_at_the_scope_is_compared_before_a_project_chooses_one() -> None:
    folder = ROOT / "src/pratique/policy/conditions"
    looking = {path.stem for path in folder.glob("*.py") if ".scope" in path.read_text(encoding="utf-8")}
    strictness = ast.parse((folder.parent / "strictness.py").read_text(encoding="utf-8"))
    imported = {
        str(node.module).rpartition(".")[2]
        for node in ast.walk(strictness)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("pratique.policy.conditions.")
    }
    assert looking
    assert looking == imported
