"""A client's own file is told one value, keeps all else of what was written in it, and gets it back."""

import configparser
import itertools
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.adapters.client_files.edits import (
    COMMENT,
    pip_options,
    read_toml,
    set_pdm_index,
    set_pip_index,
    set_uv_index,
    taken_back,
)
from pratique.adapters.client_files.places import Machine, pip_own
from pratique.adapters.client_files.setting_up import ClientSetup
from pratique.errors import InvalidInput

GATE = "http://127.0.0.1:8470/simple/"
OLD = "https://ann:secret@index.example/simple/"
CLIENTS = ("pip", "uv", "pdm")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine({"HOME": str(tmp_path / "home")}, tmp_path, "linux", tmp_path / "root")


@pytest.fixture
def setup(machine: Machine, tmp_path: Path) -> ClientSetup:
    return ClientSetup(machine, tmp_path / "ledger")


def written(machine: Machine, client: str, text: str) -> Path:
    path = machine.configuration / {"pip": "pip/pip.conf", "uv": "uv/uv.toml", "pdm": "pdm/config.toml"}[client]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


PIP_FILES = (
    "",
    "# nothing but a comment",
    f"[global]\nindex-url = {OLD}\ntimeout = 5\n",
    f"[global]\r\nindex_url={OLD}\r\ntimeout=5\r\n",
    f"[install]\nINDEX-URL: {OLD}\n\n[global]\ntimeout = 5",
    f"[global]\n--index-url = {OLD}\n# why it is so\nextra-index-url =\n    https://one.example/simple\n    https://two.example/simple\n",
    f"[global]\nindex-url =\n    {OLD}\nno-cache-dir = yes\n[list]\nformat = columns\n",
)


@pytest.mark.parametrize("text", PIP_FILES)
def test_pip_reads_the_gate_in_every_section_and_all_else_as_before(text: str) -> None:
    edited = set_pip_index(text, GATE).text
    before, after = pip_options(text), pip_options(edited)
    assert {options["index-url"] for options in after.values() if "index-url" in options} == {GATE}
    assert after["global"]["index-url"] == GATE
    for section, options in before.items():
        assert {k: v for k, v in options.items() if k != "index-url"} == {
            k: v for k, v in after[section].items() if k != "index-url"
        }
    comments = [line for line in text.splitlines() if line.startswith("#")]
    assert [line for line in edited.splitlines() if line.startswith("#") and line != COMMENT] == comments


UV_FILES = (
    "",
    "# mine\nexclude-newer = '7 days'  # a cooldown of my own\n",
    f'[[index]]\nname = "x"\nurl = "https://x.example/simple"\n\n[[index]]\nurl = "{OLD}"\ndefault = true\n',
    f"index = [{{ url = '{OLD}', default = true }}]\n",
    f'index-url = "{OLD}"\n[pip]\nindex-url = "{OLD}"\nno-build = true',
    f'[pip]\nindex-url = "{OLD}"\n',
    f'environments = ["sys_platform == \'linux\'"]\n[[index]]\ndefault = true\nurl = "{OLD}" # "{OLD}"\n',
)


@pytest.mark.parametrize("text", UV_FILES)
def test_uv_has_one_default_index_and_all_else_as_before(text: str) -> None:
    edited = tomllib.loads(set_uv_index(text, GATE).text)
    defaults = [each["url"] for each in edited.get("index", []) if each.get("default")]
    assert [*defaults, *([edited["index-url"]] if "index-url" in edited else [])] == [GATE]
    assert edited.get("pip", {}).get("index-url", GATE) == GATE
    before = tomllib.loads(text)
    assert {key: value for key, value in before.items() if key not in ("index", "index-url", "pip")} == {
        key: value for key, value in edited.items() if key not in ("index", "index-url", "pip")
    }
    assert all(line in set_uv_index(text, GATE).text for line in text.splitlines() if OLD not in line)


PDM_FILES = (
    "",
    "check_update = false\n",
    f'[pypi]\nurl = "{OLD}"\nverify_ssl = true\n',
    "[pypi]\nverify_ssl = true\n\n[venv]\nbackend = 'venv'",
    "pypi.verify_ssl = true\ncheck_update = false\n",
    f"pypi.url = '{OLD}'\n",
)


@pytest.mark.parametrize("text", PDM_FILES)
def test_pdm_asks_the_gate_and_all_else_is_as_before(text: str) -> None:
    before, edited = tomllib.loads(text), tomllib.loads(set_pdm_index(text, GATE).text)
    assert edited.pop("pypi") == {**before.pop("pypi", {}), "url": GATE}
    assert edited == before


FILES = (
    [("pip", text) for text in PIP_FILES] + [("uv", text) for text in UV_FILES] + [("pdm", text) for text in PDM_FILES]
)


@pytest.mark.parametrize(("client", "text"), FILES)
def test_undo_gives_a_file_back_byte_for_byte(machine: Machine, setup: ClientSetup, client: str, text: str) -> None:
    path = written(machine, client, text)
    path.chmod(0o640)
    setup.set_up([client], GATE, "", dry=False)
    assert GATE.encode() in path.read_bytes()
    setup.set_up([client], "https://gate.example/simple/", "", dry=False)
    again = path.read_bytes()
    assert GATE.encode() not in again
    setup.set_up([client], "https://gate.example/simple/", "", dry=False)
    assert path.read_bytes() == again
    setup.undo(dry=False)
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (text.encode(), 0o640)
    assert setup.written() == ()


@pytest.mark.parametrize("client", CLIENTS)
def test_a_file_that_was_not_there_is_gone_again_with_its_folders(
    machine: Machine, setup: ClientSetup, client: str
) -> None:
    setup.set_up([client], GATE, "", dry=False)
    made = [path for path in machine.configuration.rglob("*") if path.is_file()]
    assert [path.stat().st_mode & 0o777 for path in made] == [0o600]
    setup.undo(dry=False)
    assert not machine.home.exists()


MORE = {
    "pip": "[list]\nformat = columns\n",
    "uv": '\n[[index]]\nname = "later"\nurl = "https://later.example/simple"\n',
    "pdm": "\n[venv]\nbackend = 'venv'\n",
}


@pytest.mark.parametrize(("client", "text"), FILES)
def test_of_a_file_that_somebody_changed_since_only_our_lines_are_taken(
    machine: Machine, setup: ClientSetup, client: str, text: str
) -> None:
    more = "# and a word\n" if "index = [" in text or MORE[client].split()[0] in text else MORE[client]
    path = written(machine, client, text)
    setup.set_up([client], GATE, "", dry=False)
    with path.open("a", encoding="utf-8", newline="") as file:
        file.write("\n" + more if not path.read_text(encoding="utf-8").endswith("\n") else more)
    steps = setup.undo(dry=False)
    assert [step.stuck for step in steps] == [False]
    left = path.read_text(encoding="utf-8")
    read = pip_options if client == "pip" else read_toml
    assert GATE not in left
    assert read(left) == read(text + "\n" + more)


def test_what_a_client_wrote_anew_without_comments_is_taken_back_too(machine: Machine, setup: ClientSetup) -> None:
    path = written(machine, "pip", "# mine\n[global]\ntimeout = 5\n")
    setup.set_up(["pip"], GATE, "", dry=False)
    parser = configparser.RawConfigParser()
    parser.read(path)
    parser.set("global", "timeout", "9")
    with path.open("w", encoding="utf-8") as file:
        parser.write(file)
    setup.undo(dry=False)
    assert pip_options(path.read_text(encoding="utf-8")) == {"global": {"timeout": "9"}}


def test_what_somebody_replaced_by_his_own_stays_his(machine: Machine, setup: ClientSetup) -> None:
    path = written(machine, "pip", f"[global]\nindex-url = {OLD}\n")
    setup.set_up(["pip"], GATE, "", dry=False)
    path.write_text("[global]\nindex-url = https://his.example/simple/\n", encoding="utf-8")
    assert [step.stuck for step in setup.undo(dry=False)] == [False]
    assert path.read_text(encoding="utf-8") == "[global]\nindex-url = https://his.example/simple/\n"


def test_where_our_lines_cannot_be_told_apart_nothing_is_touched(machine: Machine, setup: ClientSetup) -> None:
    path = written(machine, "pip", "")
    setup.set_up(["pip"], GATE, "", dry=False)
    path.write_text(f"[global]\nindex_url: {GATE}\n", encoding="utf-8")
    steps = setup.undo(dry=False)
    assert [step.stuck for step in steps] == [True]
    assert path.read_text(encoding="utf-8") == f"[global]\nindex_url: {GATE}\n"
    assert len(setup.written()) == 1


def test_a_file_that_no_client_could_read_is_left_and_named_before_any_is_written(
    machine: Machine, setup: ClientSetup
) -> None:
    broken = written(machine, "uv", "[[index\n")
    with pytest.raises(InvalidInput, match=r"uv\.toml: it is not TOML"):
        setup.set_up(["pip", "uv"], GATE, "", dry=False)
    assert broken.read_text(encoding="utf-8") == "[[index\n"
    assert not pip_own(machine).exists()
    assert setup.written() == ()


def test_a_way_of_writing_that_we_do_not_change_is_left_to_the_person() -> None:
    with pytest.raises(InvalidInput, match="by hand"):
        set_uv_index('index = [{ url = "https:\\u002f/x.example/", default = true }]\n', GATE)
    with pytest.raises(InvalidInput, match="by hand"):
        set_uv_index('index = [{ name = "x", url = "https://x.example/" }]\n', GATE)


def test_a_link_to_a_file_elsewhere_stays_a_link(machine: Machine, setup: ClientSetup, tmp_path: Path) -> None:
    target = tmp_path / "dotfiles" / "pip.conf"
    target.parent.mkdir()
    target.write_text("[global]\ntimeout = 5\n", encoding="utf-8")
    link = pip_own(machine)
    link.parent.mkdir(parents=True)
    link.symlink_to(target)
    setup.set_up(["pip"], GATE, "", dry=False)
    assert link.is_symlink()
    assert GATE in target.read_text(encoding="utf-8")
    setup.undo(dry=False)
    assert target.read_text(encoding="utf-8") == "[global]\ntimeout = 5\n"


def test_a_url_with_a_secret_is_for_the_eyes_of_its_owner(machine: Machine, setup: ClientSetup) -> None:
    path = written(machine, "pip", "[global]\ntimeout = 5\n")
    path.chmod(0o644)
    setup.set_up(["pip"], "https://token:secret@gate.example/simple/", "", dry=False)
    assert path.stat().st_mode & 0o777 == 0o600
    setup.undo(dry=False)
    assert path.stat().st_mode & 0o777 == 0o644


def test_the_index_that_was_asked_before_is_remembered_until_the_last_file_is_back(
    setup: ClientSetup, machine: Machine
) -> None:
    written(machine, "pip", "")
    setup.set_up(["pip"], GATE, OLD, dry=False)
    setup.set_up(["uv"], GATE, "https://other.example/simple/", dry=False)
    assert setup.index_before == OLD
    setup.undo(dry=False)
    assert setup.index_before == ""


def test_a_dry_run_writes_nothing(setup: ClientSetup, tmp_path: Path) -> None:
    steps = setup.set_up(CLIENTS, GATE, OLD, dry=True)
    assert [GATE in (step.after or "") for step in steps] == [True] * 3
    assert list(tmp_path.iterdir()) == []


LINES = (
    "[global]\n",
    "[install]\n",
    f"index-url = {OLD}\n",
    "timeout = 5\n",
    "# x\n",
    "\n",
    "    more\n",
    "no-color = yes",
)


@given(st.lists(st.sampled_from(LINES), max_size=8).map("".join))
def test_whatever_pip_reads_is_set_up_and_taken_back(text: str) -> None:
    try:
        before = pip_options(text)
        edited = set_pip_index(text, GATE)
    except InvalidInput:
        return
    after = pip_options(edited.text)
    assert after["global"]["index-url"] == GATE
    back = taken_back(edited.text, edited.edits, edited.replaced, pip_options, GATE)
    assert back is None or {k: v for k, v in pip_options(back).items() if v} == {k: v for k, v in before.items() if v}


def test_pairs_of_files_do_not_meddle_with_each_other(machine: Machine, setup: ClientSetup) -> None:
    for one, other in itertools.permutations(CLIENTS, 2):
        setup.set_up([one, other], GATE, "", dry=False)
        assert len(setup.written()) == 2
        setup.undo(dry=False)
        assert not machine.home.exists()
