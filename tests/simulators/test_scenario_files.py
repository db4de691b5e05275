"""Scenarios as files: read strictly, every mistake with its place, and packed into what their kind says."""

import re
from pathlib import Path

import pytest

from pratique.errors import InvalidInput
from pratique.model import limits
from pratique.model.scenario import Kind, Stage
from pratique.simulators.plays import Made
from pratique.simulators.repertoire import in_folder, release_of, repertoire, shipped
from tests.simulators.shipped_files import members

ATTACK = """\
title = "A library with more in it than before"
kind = "pypi"
project = "ownlook"

[attack]
expected = { stage = "before_download", control = "cooldown", without = "malware" }

[history]
since = 2025-01-01T12:00:00Z

[[release]]
version = "1.0"
uploaded = 2025-12-01T12:00:00Z

[[release]]
version = "1.1"
based_on = "1.0"
uploaded = 2026-01-10T12:00:00+02:00
removed = 2026-01-10T18:00:00Z
asked_for = true
"""


def scenario(folder: Path, table: str, files: dict[str, str], name: str = "own") -> Path:
    """A folder of scenarios with one in it."""
    for path, text in {"scenario.toml": table, **files}.items():
        place = folder / name / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    return folder


TREES = {
    "releases/1.0/ownlook/__init__.py.txt": "VERSION = 1\n",
    "releases/1.1/ownlook/more.py.txt": "@@interlock@@\nDATA = '@@payload.py:base64@@'\n",
    "parts/payload.py.txt": "print('@@id@@')\n",
}


def mistakes(folder: Path) -> list[str]:
    """What is wrong with the scenarios in a folder, without the folder itself."""
    with pytest.raises(InvalidInput) as raised:
        in_folder(folder)
    return [line.removeprefix(f"{folder}/") for line in str(raised.value).splitlines()]


def test_a_scenario_of_an_organisation_is_read_and_packed(tmp_path: Path) -> None:
    (play,) = in_folder(scenario(tmp_path, ATTACK, TREES))
    assert play.scenario.kind is Kind.PYPI
    assert play.scenario.source == str(tmp_path)
    assert play.scenario.expected is not None
    assert play.scenario.expected.stage is Stage.BEFORE_DOWNLOAD
    asked = play.made[-1]
    assert asked.file.filename == "ownlook-1.1-py3-none-any.whl"
    assert asked.file.uploaded.isoformat() == "2026-01-10T10:00:00+00:00"
    inside = dict(members(asked))
    assert inside["ownlook/__init__.py"] == b"VERSION = 1\n"
    assert b"DATA = 'cHJpbnQoJ293bicpCg=='" in inside["ownlook/more.py"]
    assert [made.file.version for made in play.made[:2]] == ["0.0", "0.1"]
    assert play.scenario.before(asked.file) == play.made[-2].file


@pytest.mark.parametrize("pack", ["sdist", "npm", "tar", "files"])
def test_each_kind_is_packed_as_it_is_there(tmp_path: Path, pack: str) -> None:
    kind = {"sdist": "pypi", "npm": "npm"}.get(pack, "script")
    version = "1.1.0" if kind == "npm" else "1.1"
    table = f"""title = "t"
kind = "{kind}"
project = "ownlook"
[benign]
asked = 2026-01-01T12:00:00Z
[[release]]
version = "{version}"
pack = "{pack}"
uploaded = 2025-12-01T12:00:00Z
asked_for = true
"""
    files = {f"releases/{version}/package.json.txt": f'{{"name": "ownlook", "version": "{version}"}}'}
    (play,) = in_folder(scenario(tmp_path, table, files))
    (made,) = play.made
    names = {
        "sdist": "ownlook-1.1.tar.gz",
        "npm": "ownlook-1.1.0.tgz",
        "tar": "ownlook_1.1.tar.gz",
        "files": "package.json",
    }
    assert made.file.filename == names[pack]
    assert "package.json" in dict(members(made))


def test_every_mistake_is_told_with_its_file_and_line(tmp_path: Path) -> None:
    table = ATTACK.replace('kind = "pypi"', 'kind = "gem"').replace(
        "removed = 2026-01-10T18:00:00Z", "remove = 1\nbuild = 7"
    )
    found = mistakes(
        scenario(tmp_path, table.replace("uploaded = 2025-12-01T12:00:00Z", "uploaded = 2025-12-01T12:00:00"), TREES)
    )
    assert [line.partition(": ")[0] for line in found] == [f"own/scenario.toml:{line}" for line in (2, 13, 19, 20)]
    text = "\n".join(found)
    assert "Invalid enum value 'gem'" in text
    assert "unknown key `remove` in `release[2]`" in text
    assert "did you mean `removed`" in text
    assert "`release[2].build`: Expected `str`, got `int`" in text
    assert "timezone" in text


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("[attack]", "[attack", "scenario.toml:5: not readable as TOML"),
        ('project = "ownlook"', 'project = "Own_Look"', "scenario.toml:3: that is no name of pypi in normal form"),
        ('version = "1.1"', 'version = "1.1.a"', "scenario.toml:16: that is no version of pypi"),
        ("asked_for = true", "", "no release is `asked_for`"),
        ('based_on = "1.0"', 'based_on = "1.2"', "there is no folder releases/1.2"),
        ("based_on", "tree", "no release uses the folder releases/1.1"),
        ("asked_for = true", 'pack = "npm"\nasked_for = true', "`pack` is one of wheel, sdist here"),
        ("removed = 2026-01-10T18:00:00Z", "removed = 2026-01-09T18:00:00Z", "removed before it is uploaded"),
        ("since = 2025", "since = 1925", "more than 200 releases"),
        ('version = "1.1"', 'version = "1.0"', "is there twice"),
        ("asked_for = true", "asked_for = true\nreplaces = true", "replaces what is not there"),
        ("[history]", "[benign]\nasked = 2026-02-02T12:00:00Z\n[history]", "one of the tables `attack` and `benign`"),
        ('stage = "before_download", ', "", "`attack.expected` says nothing of `stage`"),
        (
            "asked_for = true",
            'asked_for = true\n[[release.generated]]\nkind = "repeat"\npath = "../x"\ntext = "x"\ntimes = 1',
            "leads out of it",
        ),
        (
            "asked_for = true",
            'asked_for = true\n[[release.generated]]\nkind = "repeat"\npath = "x"\ntext = "xxxxx"\ntimes = 9999999',
            "generates at most",
        ),
        (
            "asked_for = true",
            'asked_for = true\n[[release.generated]]\nkind = "virus"\npath = "x"',
            "Invalid value 'virus'",
        ),
    ],
)
def test_what_a_table_says_wrongly_is_refused(tmp_path: Path, old: str, new: str, why: str) -> None:
    assert old in ATTACK
    assert why in "\n".join(mistakes(scenario(tmp_path, ATTACK.replace(old, new), TREES)))


@pytest.mark.parametrize(
    ("path", "text", "why"),
    [
        ("releases/1.1/setup.py", "x", "every file here has .txt behind its name"),
        ("releases/notes.txt", "x", "a folder for each release here, no file"),
        ("notes.txt", "x", "and nothing else"),
        ("releases/1.1/a.py.txt", "@@gone@@", "nothing is called gone here"),
        ("releases/1.1/" + "d/" * 20 + "a.txt", "x", "folders go at most"),
        (
            "releases/1.1/large.txt",
            "x" * (limits.SCENARIO_TEXTS_BYTES_MAX + 1),
            "cannot be read: a scenario has at most",
        ),
    ],
)
def test_what_a_folder_holds_wrongly_is_refused(tmp_path: Path, path: str, text: str, why: str) -> None:
    assert why in "\n".join(mistakes(scenario(tmp_path, ATTACK, {**TREES, path: text})))


def test_a_text_that_is_none_is_refused(tmp_path: Path) -> None:
    scenario(tmp_path, ATTACK, TREES)
    (tmp_path / "own/releases/1.1/x.txt").write_bytes(b"\xff\xfe")
    assert "own/releases/1.1/x.txt: cannot be read" in mistakes(tmp_path)[0]


def test_more_files_than_a_scenario_may_have_are_refused(tmp_path: Path) -> None:
    many = {f"releases/1.1/{n}.txt": "" for n in range(limits.SCENARIO_FILES_MAX)}
    assert "cannot be read: a scenario has at most" in mistakes(scenario(tmp_path, ATTACK, {**TREES, **many}))[0]


def test_a_manifest_of_npm_that_says_something_else_is_refused(tmp_path: Path) -> None:
    table = ATTACK.replace("pypi", "npm").replace('"1.0"', '"1.0.0"').replace('"1.1"', '"1.1.0"')
    files = {
        "releases/1.0.0/package.json.txt": '{"name": "ownlook", "version": "1.0.0"}',
        "releases/1.1.0/a.js.txt": "",
    }
    assert "says another name or version" in mistakes(scenario(tmp_path, table, files))[0]


def test_mistakes_of_all_scenarios_are_told_at_once(tmp_path: Path) -> None:
    scenario(tmp_path, ATTACK.replace("title", "titel"), TREES, "one")
    scenario(tmp_path, ATTACK.replace("history", "histories"), TREES, "two")
    scenario(tmp_path, ATTACK, TREES, ".git")
    text = "\n".join(mistakes(tmp_path))
    assert "one/scenario.toml:1: unknown key `titel`" in text
    assert "two/scenario.toml:8: unknown key `histories`" in text
    assert ".git" not in text


def test_what_is_played_is_what_ships_and_what_is_ones_own(tmp_path: Path) -> None:
    scenario(tmp_path, ATTACK, TREES)
    assert len(repertoire(tmp_path)) == len(shipped()) + 1
    assert [play.scenario.id for play in repertoire(tmp_path, only=True)] == ["own"]
    scenario(tmp_path, ATTACK, TREES, "litellm-1.82.8-pth")
    with pytest.raises(InvalidInput, match="a scenario that ships is called so"):
        repertoire(tmp_path)
    assert len(repertoire(tmp_path, only=True)) == 2


def test_a_folder_without_scenarios_and_a_scenario_itself_are_refused(tmp_path: Path) -> None:
    assert mistakes(tmp_path) == [f"{tmp_path}: there is no scenario in this folder"]
    scenario(tmp_path, ATTACK, TREES)
    assert "is itself a scenario" in mistakes(tmp_path / "own")[0]
    assert "is no folder" in mistakes(tmp_path / "none")[0]


def test_what_ships_is_packed_under_the_names_it_announces_and_the_same_every_time() -> None:
    filename, data = release_of("litellm-1.82.8-pth", "1.82.8")
    assert (filename, data) == release_of("litellm-1.82.8-pth", "1.82.8")
    assert filename == "llmlook-1.82.8-py3-none-any.whl"
    assert "llmlook_init.pth" in {path for made in _made("litellm-1.82.8-pth") for path, _ in members(made)}


def _made(scenario_id: str) -> list[Made]:
    return [made for play in shipped() if play.scenario.id == scenario_id for made in play.made]


def test_the_scenario_on_the_page_is_one_and_the_page_names_all_that_ship(tmp_path: Path) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs/how-to/drill.md").read_text(encoding="utf-8")
    tree, table = re.findall(r"^```text\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    name, *paths = (line.strip() for line in tree.splitlines())
    files = {
        path: "@@stage.py:base64@@" if "telemetry" in path else "VERSION = 2\n"
        for path in paths
        if path != "scenario.toml"
    }
    (play,) = in_folder(scenario(tmp_path, table, files, name.strip("/")))
    assert b"VERSION" not in dict(members(play.made[-1]))["ourlook/telemetry.py"]
    assert dict(members(play.made[-1]))["ourlook/data.js"].endswith(b"inert0030d3f;")
    named = set(re.findall(r"`([a-z0-9.-]+)`", page))
    assert {play.scenario.id for play in shipped()} <= named
