"""What a run has installed, and how each came."""

import json
import time
from pathlib import Path

import pytest

from pratique.adapters.clients.installed import installed_since, plain_name, states_of


def put(folder: Path, name: str, origin: object = None) -> Path:
    path = folder / f"{name}-1.0.dist-info"
    path.mkdir(parents=True)
    (path / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8")
    if origin is not None:
        text = origin if isinstance(origin, str) else json.dumps(origin)
        (path / "direct_url.json").write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("origin", "kind", "source"),
    [
        (None, "", ""),
        ({"url": "file:///srv/x", "dir_info": {"editable": True}}, "folder", "file:///srv/x"),
        ({"url": "file:///srv/x.whl", "archive_info": {}}, "file", "file:///srv/x.whl"),
        ({"url": "https://user:secret@files.example/x.whl", "archive_info": {}}, "url", "https://files.example/x.whl"),
        ({"url": "https://git.example/x", "vcs_info": {"vcs": "git"}}, "git", "https://git.example/x"),
        ("{", "file", ""),
    ],
)
def test_how_a_package_came_is_read_from_what_its_installer_wrote(
    tmp_path: Path, origin: object, kind: str, source: str
) -> None:
    put(tmp_path, "demo", origin)
    [found] = installed_since([tmp_path], {}, 0)
    assert (found.name, found.version, found.kind, found.source) == ("demo", "1.0", kind, source)


def test_environments_and_plain_folders_are_looked_through_and_older_packages_left_out(tmp_path: Path) -> None:
    folders = [tmp_path / "env", tmp_path / "env", tmp_path / "target", tmp_path / "none"]
    put(tmp_path / "env/lib/python3.11/site-packages", "old")
    before = states_of(folders)
    assert installed_since(folders, before, 0) == [], "however short a while ago it came"
    put(tmp_path / "env/lib/python3.11/site-packages", "new")
    put(tmp_path / "target", "other")
    found = installed_since(folders, before, 0)
    assert [each.name for each in found] == ["new", "other"]


def test_a_package_whose_python_brought_it_is_nobodys(tmp_path: Path) -> None:
    python = tmp_path / "python"
    bundled = python / "lib/python3.11/ensurepip/_bundled"
    bundled.mkdir(parents=True)
    (bundled / "pip-1.0-py3-none-any.whl").touch()
    put(tmp_path / "env/lib/python3.11/site-packages", "pip")
    (tmp_path / "env/pyvenv.cfg").write_text(f"home = {python / 'bin'}\n", encoding="utf-8")
    assert installed_since([tmp_path / "env"], {}, 0) == []


def test_what_virtualenv_puts_into_a_new_environment_is_nobodys_but_not_what_comes_later(tmp_path: Path) -> None:
    for name in ("pip", "demo"):
        put(tmp_path / "env/lib/python3.11/site-packages", name)
    (tmp_path / "env/pyvenv.cfg").write_text("home = /nonexistent\nvirtualenv = 21.0\n", encoding="utf-8")
    assert [each.name for each in installed_since([tmp_path / "env"], {}, 0)] == ["demo"]
    before = states_of([tmp_path / "env"])
    time.sleep(0.05)
    since = time.time_ns()
    time.sleep(0.05)
    (tmp_path / "env/lib/python3.11/site-packages/pip-1.0.dist-info/RECORD").touch()
    assert [each.name for each in installed_since([tmp_path / "env"], before, since)] == ["pip"]


def test_what_virtualenv_brings_at_the_very_moment_a_run_begins_is_nobodys(tmp_path: Path) -> None:
    put(tmp_path / "env/lib/python3.11/site-packages", "pip")
    configuration = tmp_path / "env/pyvenv.cfg"
    configuration.write_text("home = /nonexistent\nvirtualenv = 21.0\n", encoding="utf-8")
    assert installed_since([tmp_path / "env"], {}, configuration.stat().st_ctime_ns) == []


def test_what_a_client_left_half_removed_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "half-1.0.dist-info").mkdir()
    put(tmp_path, "whole")
    assert [each.name for each in installed_since([tmp_path], {}, 0)] == ["whole"]


def test_names_are_compared_as_indexes_do() -> None:
    assert plain_name("Zope.Interface__x") == "zope-interface-x"
