"""What stands at paths: what users take for one thing is one artifact."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pratique.adapters.scan_paths import Walk
from pratique.errors import InvalidInput


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    monkeypatch.chdir(tmp_path)

    def make(*paths: str) -> None:
        for path in paths:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            Path(path).write_text("#!/bin/sh\n" if path.endswith("run") else "x = 1\n")

    return make


def targets(*paths: str, each: bool = False, skip: tuple[str, ...] = ()) -> list[str | tuple[str, ...]]:
    """Files by their names, folders as their names with their files."""
    return [(one.shown, *one.files) if one.is_folder else one.shown for one in Walk(each, skip).targets(paths)]


def test_a_file_is_an_artifact_whatever_it_is_called(make: Callable[..., None]) -> None:
    make("a.py", "b.whl", "noname")
    assert targets("a.py", "./b.whl", "noname") == ["a.py", "./b.whl", "noname"]


def test_of_a_folder_of_archives_each_is_one(make: Callable[..., None]) -> None:
    make("wheels/b-1.0.whl", "wheels/a-1.0.tar.gz", "wheels/deep/c.zip", "wheels/README.md", "wheels/list.txt")
    assert targets("wheels") == ["wheels/a-1.0.tar.gz", "wheels/b-1.0.whl", "wheels/deep/c.zip"]
    assert targets("wheels/") == targets("wheels")


def test_a_source_tree_is_one_and_the_archives_and_models_in_it_are_others(make: Callable[..., None]) -> None:
    make("tree/setup.py", "tree/pkg/__init__.py", "tree/vendor/x.whl", "tree/model.pkl", "tree/README.md")
    assert targets("tree") == [
        "tree/model.pkl",
        "tree/vendor/x.whl",
        ("tree", "README.md", "setup.py", "pkg/__init__.py"),
    ]


def test_a_script_without_an_ending_makes_a_tree_too(make: Callable[..., None]) -> None:
    make("tools/x.whl", "tools/run")
    assert targets("tools") == ["tools/x.whl", ("tools", "run")]


def test_with_each_every_file_that_can_be_looked_into_is_one(make: Callable[..., None]) -> None:
    make("all/a.py", "all/b.ipynb", "all/run", "all/photo.jpg", "all/x.whl")
    assert targets("all", each=True) == ["all/a.py", "all/b.ipynb", "all/run", "all/x.whl"]


def test_what_is_skipped_and_left_out_is_told(make: Callable[..., None], tmp_path: Path) -> None:
    make("t/a.py", "t/tests/b.py", "t/.git/config", "t/__pycache__/a.pyc", "t/env/pyvenv.cfg", "t/env/lib/x.py")
    Path("t/link.py").symlink_to(tmp_path / "t/a.py")
    walk = Walk(skip=("tests",))
    (one,) = walk.targets(["t"])
    assert one.files == ("a.py",)
    assert walk.notes == (
        "t/env is an environment: pratique scan --installed --prefix t/env",
        "1 links are not followed",
        "1 files and folders are skipped, as asked",
    )


def test_what_is_not_there_or_no_file_is_refused(make: Callable[..., None]) -> None:
    make("a.py")
    os.mkfifo("pipe")
    with pytest.raises(InvalidInput, match="gone is not there"):
        targets("a.py", "gone")
    with pytest.raises(InvalidInput, match="pipe is no file and no folder"):
        targets("pipe")


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to root")
def test_a_folder_that_cannot_be_listed_is_told(make: Callable[..., None]) -> None:
    make("t/a.py", "t/closed/b.py")
    Path("t/closed").chmod(0)
    walk = Walk()
    list(walk.targets(["t"]))
    assert walk.notes == ("t/closed cannot be listed (Permission denied)",)
