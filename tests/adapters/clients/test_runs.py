"""What a wrapped run leaves behind: files as they were, or as a direct run would have written them, also when it was killed."""

import asyncio
import os
import shutil
import sys
from pathlib import Path

import pytest

from pratique.adapters.clients.runs import Run, left_behind
from pratique.errors import InvalidInput
from pratique.flow.urls import ORIGIN, GateUrls
from pratique.flow.world import World
from pratique.model import limits
from pratique.simulators.upstream import SimulatedIndex

INDEX = "https://user:secret@index.example/simple"
OTHER = "https://other.example/whl/cpu/"
FILE = "llmlook-1.82.6-py3-none-any.whl"


@pytest.fixture
def urls(world: World) -> GateUrls:
    return GateUrls.of(world, {"other": OTHER, "public": INDEX})


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def begun(tmp_path: Path, project: Path, now: int = 0) -> Run:
    return Run.begin(tmp_path / "home", now or project.stat().st_mtime_ns, {"other": OTHER, "public": INDEX}, [project])


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def lock(index: str, origin: str) -> str:
    return (
        f"[[package]]\nname = \"llmlook\"\nsource = {{ 'registry' = '{index}' }}\n"
        f'wheels = [\n    {{ url = "{origin}/packages/{FILE}", hash = "sha256:00" }},\n]\n'
        '[[package]]\nname = "own"\nsource = { url = "https://files.example/own-1.whl" }\n'
        'wheels = [{ url = "https://files.example/own-1.whl" }]\n'
    )


async def test_a_file_that_names_indexes_speaks_of_the_gate_while_the_run_lasts(
    urls: GateUrls, project: Path, tmp_path: Path
) -> None:
    texts = {
        "uv.lock": lock("https://index.example/simple", "https://files.example"),
        "pyproject.toml": f'[[tool.uv.index]]\nurl = "{OTHER}"\n[project.urls]\nhome = "https://index.example/simpler"\n',
        "r.txt": f"--index-url {INDEX}\n--extra-index-url={OTHER}nightly\n",
    }
    for name, text in texts.items():
        (project / name).write_text(text, encoding="utf-8")
        os.utime(project / name, ns=(1, 1))
    run = begun(tmp_path, project)
    run.speak([project / name for name in texts], urls)
    within = {name: (project / name).read_text(encoding="utf-8") for name in texts}
    assert within == {
        "uv.lock": lock(f"{ORIGIN}/simple", f"{ORIGIN}/files/public").replace(
            f"{ORIGIN}/files/public/own", "https://files.example/own"
        ),
        "pyproject.toml": texts["pyproject.toml"].replace(OTHER, f"{ORIGIN}/index/other/simple/"),
        "r.txt": f"--index-url {ORIGIN}/simple\n--extra-index-url={ORIGIN}/index/other/simple/nightly\n",
    }
    await run.put_right(urls)
    run.end()
    assert {name: (project / name).read_text(encoding="utf-8") for name in texts} == texts
    assert {(project / name).stat().st_mtime_ns for name in texts} == {1}, "nothing seems to have changed"
    assert list((tmp_path / "home/runs").iterdir()) == []


async def test_what_a_client_wrote_is_turned_back_wherever_it_is_without_a_password(
    urls: GateUrls, index: SimulatedIndex, project: Path, tmp_path: Path
) -> None:
    hosted = index.files[FILE]
    before = project / "pyproject.toml"
    before.write_text(f'[[tool.uv.index]]\nurl = "{INDEX}"\n', encoding="utf-8")
    run = begun(tmp_path, project)
    run.speak([before], urls)
    before.write_text(before.read_text(encoding="utf-8") + f'[[tool.uv.index]]\nurl = "{ORIGIN}/index/other/simple/"\n')
    new = project / "deep/er/pylock.toml"
    new.parent.mkdir(parents=True)
    new.write_text(
        f'index = "{ORIGIN}/simple"\nurl = "{ORIGIN}/files/public{hosted.path}#sha256=00"\n', encoding="utf-8"
    )
    await run.put_right(urls)
    run.end()
    assert new.read_text(encoding="utf-8") == (
        f'index = "https://index.example/simple"\nurl = "https://index.example{hosted.path}#sha256=00"\n'
    )
    assert (
        before.read_text(encoding="utf-8")
        == f'[[tool.uv.index]]\nurl = "{INDEX}"\n[[tool.uv.index]]\nurl = "{OTHER}"\n'
    )


async def test_repositories_environments_and_older_files_are_left_alone(
    urls: GateUrls, project: Path, tmp_path: Path
) -> None:
    said = f"{ORIGIN}/simple\n"
    for place in (".git/config", "env/lib/x.txt", "cache/x.txt"):
        (project / place).parent.mkdir(parents=True)
        (project / place).write_text(said, encoding="utf-8")
    for name in ("pyvenv.cfg", "CACHEDIR.TAG"):
        (project / "env" / name).touch()
    (project / "cache/CACHEDIR.TAG").touch()
    (project / "env/uv-receipt.toml").write_text(said, encoding="utf-8")
    run = begun(tmp_path, project)
    assert await run.put_right(urls) == [project / "env/uv-receipt.toml"]
    run.end()
    (project / "old.txt").write_text(said, encoding="utf-8")
    late = begun(tmp_path, project, now=(project / "old.txt").stat().st_ctime_ns + 60_000_000_000)
    assert await late.put_right(urls) == []
    late.end()


KILLED = """
import os, sys
from pathlib import Path
from pratique.adapters.clients.runs import Run
class Urls:
    def name_of(self, url): return "public"
    def to_gate(self, url): return url.replace("https://index.example/simple", {origin!r} + "/simple")
    def file(self, name, url): return url.replace("https://files.example", {origin!r} + "/files/public")
project = Path({project!r})
run = Run.begin(Path({home!r}), os.stat(project).st_mtime_ns, {{"public": {index!r}}}, [project])
run.speak([project / "uv.lock"], Urls())
(project / "new.txt").write_text({origin!r} + "/simple/llmlook/")
if {changes}:
    (project / "uv.lock").write_text((project / "uv.lock").read_text() + "# changed")
os.kill(os.getpid(), 9)
"""


@pytest.mark.parametrize("changes", [False, True])
async def test_what_a_killed_run_left_is_put_right_by_the_next(
    urls: GateUrls, project: Path, tmp_path: Path, *, changes: bool
) -> None:
    text = lock("https://index.example/simple", "https://files.example")
    (project / "uv.lock").write_text(text, encoding="utf-8")
    home = tmp_path / "home"
    code = KILLED.format(origin=ORIGIN, project=str(project), home=str(home), index=INDEX, changes=changes)
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code)
    assert await process.wait() == -9
    assert ORIGIN in (project / "uv.lock").read_text(encoding="utf-8")
    living = begun(tmp_path, project)
    [run] = left_behind(home)
    assert set(await run.put_right(urls)) >= {project / "uv.lock", project / "new.txt"}
    run.end()
    assert (project / "uv.lock").read_text(encoding="utf-8") == text + ("# changed" if changes else "")
    assert (project / "new.txt").read_text(encoding="utf-8") == "https://index.example/simple/llmlook/"
    assert left_behind(home) == [], "the living one is nobody else's"
    living.end()


async def test_what_was_half_written_beside_a_file_is_removed(urls: GateUrls, project: Path, tmp_path: Path) -> None:
    text = f"--index-url {INDEX}\n"
    (project / "r.txt").write_text(text, encoding="utf-8")
    run = begun(tmp_path, project)
    run.speak([project / "r.txt"], urls)
    mark = run.folder.name
    for name in (f".r.txt.{mark}", f".new.lock.{mark}"):
        (project / name).write_text("half", encoding="utf-8")
    (run.folder.parent / f".{mark}.json.{mark}").write_text("half", encoding="utf-8")
    await run.put_right(urls)
    run.end()
    assert names_in(project) == ["r.txt"]
    assert (project / "r.txt").read_text(encoding="utf-8") == text
    assert names_in(run.folder.parent) == []


def test_an_index_of_two_names_is_served_under_the_one_that_is_not_the_default(world: World) -> None:
    for indexes in ({"other": OTHER, "public": OTHER}, {"public": OTHER, "other": OTHER}):
        urls = GateUrls.of(world, indexes)
        assert urls.name_of(OTHER) == "other"
        assert urls.to_gate(OTHER) == f"{ORIGIN}/index/other/simple/"
        assert urls.turned_back(f"{urls.simple}/ {urls.to_gate(OTHER)}".encode()) == f"{OTHER} {OTHER}".encode()


def test_a_lock_that_hides_its_urls_in_escapes_is_refused(urls: GateUrls, project: Path, tmp_path: Path) -> None:
    text = lock("https://index.example/simple", "https://files.example").replace(
        '"https://files', '"\\u0068ttps://files'
    )
    (project / "uv.lock").write_text(text, encoding="utf-8")
    run = begun(tmp_path, project)
    with pytest.raises(InvalidInput, match="writes URLs in escapes"):
        run.speak([project / "uv.lock"], urls)
    run.end()


async def test_a_large_lock_is_turned_back_at_once(urls: GateUrls, project: Path, tmp_path: Path) -> None:
    """Thousands of URLs: not a look at every page for every one of them."""
    wheels = "".join(f'{{ url = "https://files.example/p/a-{n}-py3-none-any.whl" }},' for n in range(20_000))
    text = f'[[package]]\nname = "a"\nsource = {{ registry = "{OTHER}" }}\nwheels = [{wheels}]\n'
    (project / "uv.lock").write_text(text, encoding="utf-8")
    run = begun(tmp_path, project)
    begin = os.times().user
    run.speak([project / "uv.lock"], urls)
    (project / "uv.lock").write_text((project / "uv.lock").read_text(encoding="utf-8") + "\n", encoding="utf-8")
    await run.put_right(urls)
    run.end()
    assert os.times().user - begin < 5
    assert (project / "uv.lock").read_text(encoding="utf-8") == text + "\n"


def test_that_there_is_no_wall_is_said_once(project: Path, tmp_path: Path) -> None:
    said = []
    for _ in range(3):
        run = begun(tmp_path, project)
        said.append(run.first_without_wall())
        run.end()
    assert said == [True, False, False]
    assert left_behind(tmp_path / "home") == []


def test_what_a_run_keeps_is_for_its_owner_alone(project: Path, tmp_path: Path) -> None:
    run = begun(tmp_path, project)
    assert run.folder.stat().st_mode & 0o777 == 0o700
    assert run.folder.with_name(f"{run.folder.name}.json").stat().st_mode & 0o777 == 0o600
    run.end()


def test_a_run_ends_although_somebody_has_removed_its_folder(project: Path, tmp_path: Path) -> None:
    run = begun(tmp_path, project)
    shutil.rmtree(run.folder)
    run.end()
    assert names_in(tmp_path / "home/runs") == []


async def test_a_file_that_names_no_index_is_passed_over_and_the_next_one_is_not(
    urls: GateUrls, project: Path, tmp_path: Path
) -> None:
    (project / "plain.txt").write_text("llmlook\n", encoding="utf-8")
    (project / "r.txt").write_text(f"-i {INDEX}\n", encoding="utf-8")
    run = begun(tmp_path, project)
    run.speak([project / "plain.txt", project / "r.txt"], urls)
    assert (project / "r.txt").read_text(encoding="utf-8") == f"-i {ORIGIN}/simple\n"
    assert await run.put_right(urls) == [project / "r.txt"]
    run.end()


async def test_a_file_that_the_client_has_removed_stays_away(urls: GateUrls, project: Path, tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (project / name).write_text(f"-i {INDEX}\n", encoding="utf-8")
    run = begun(tmp_path, project)
    run.speak([project / "a.txt", project / "b.txt"], urls)
    (project / "a.txt").unlink()
    assert await run.put_right(urls) == [project / "b.txt"]
    run.end()
    assert names_in(project) == ["b.txt"]


async def test_files_of_our_own_beside_the_users_go_whenever_they_were_named(
    urls: GateUrls, project: Path, tmp_path: Path
) -> None:
    run = begun(tmp_path, project)
    for names in (["a.py", "a.py.lock"], ["b.py"]):
        for name in names:
            (project / name).touch()
        run.remove_after([project / name for name in names])
    (project / "own.py").touch()
    (project / "a.py.lock").unlink()
    await run.put_right(urls)
    run.end()
    assert names_in(project) == ["own.py"]


async def test_one_file_that_cannot_be_read_keeps_no_other_from_being_put_right(
    urls: GateUrls, project: Path, tmp_path: Path
) -> None:
    """What was half written by us, a link that leads nowhere, a pipe that nobody writes to."""
    run = begun(tmp_path, project)
    (project / f".x.{run.folder.name}").write_text("half", encoding="utf-8")
    (project / "link").symlink_to(project / "nowhere")
    os.mkfifo(project / "pipe")
    (project / "deep").mkdir()
    (project / "deep/r.txt").write_text(f"-i {ORIGIN}/simple\n", encoding="utf-8")
    assert await run.put_right(urls) == [project / "deep/r.txt"]
    run.end()
    assert names_in(project) == ["deep", "link", "pipe"]
    assert (project / "deep/r.txt").read_text(encoding="utf-8") == "-i https://index.example/simple\n"


async def test_what_was_written_at_the_very_moment_a_run_began_is_put_right(
    urls: GateUrls, project: Path, tmp_path: Path
) -> None:
    said = project / "r.txt"
    said.write_text(f"{ORIGIN}/simple\n", encoding="utf-8")
    probe = begun(tmp_path, project, now=1)
    margin = 1 - probe.since
    probe.end()
    for later, righted in ((1, []), (0, [said])):
        run = begun(tmp_path, project, now=said.stat().st_ctime_ns + margin + later)
        assert await run.put_right(urls) == righted
        run.end()


async def test_so_many_files_of_such_a_size_are_looked_at_and_no_more(
    urls: GateUrls, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f"{ORIGIN}/simple\n"
    for name in ("a.txt", "b.txt", "c.txt"):
        (project / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(limits, "RUN_FILES_MAX", 2)
    run = begun(tmp_path, project)
    assert len(await run.put_right(urls)) == 2
    run.end()
    monkeypatch.setattr(limits, "RUN_FILES_MAX", 3)
    monkeypatch.setattr(limits, "RUN_FILE_BYTES_MAX", len(text))
    (project / "a.txt").write_text(f"{text}\n", encoding="utf-8")
    (project / "b.txt").write_text(text, encoding="utf-8")
    run = begun(tmp_path, project)
    righted = await run.put_right(urls)
    run.end()
    assert project / "b.txt" in righted
    assert project / "a.txt" not in righted


def test_a_run_that_was_killed_before_it_changed_anything_is_cleared_away_and_the_others_are_found(
    project: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    living = begun(tmp_path, project)
    left = living.folder.with_name("killed-later")
    shutil.copytree(living.folder, left)
    shutil.copy(living.folder.with_name(f"{living.folder.name}.json"), left.with_name(f"{left.name}.json"))
    for name, journal in (("0", None), ("1", "{")):
        early = living.folder.with_name(name)
        early.mkdir()
        if journal is not None:
            early.with_name(f"{name}.json").write_text(journal, encoding="utf-8")
    [found] = left_behind(home)
    assert (found.folder, found.indexes) == (left, living.indexes)
    assert {path.name for path in living.folder.parent.iterdir() if path.is_dir()} == {living.folder.name, left.name}
    found.end()
    living.end()


FROM_AN_INDEX = """
[[packages]]
name = "a"
index = "INDEX"
sdist = { url = "FILES/a.zip#sha256=00" }
[[packages]]
name = "b"
index = "INDEX"
wheels = [{ url = "FILES/b.whl" }]
"""
FROM_NONE = """
[[packages]]
name = "a"
wheels = [{ url = "FILES/a.whl" }]
"""
FROM_ELSEWHERE = """
[[packages]]
name = "a"
archive = { url = "FILES/a.zip" }
wheels = [{ url = "FILES/a.whl" }]
"""


@pytest.mark.parametrize(
    ("lock", "files"),
    [
        (FROM_AN_INDEX, f"{ORIGIN}/files/other"),
        (FROM_NONE, f"{ORIGIN}/files/public"),
        (FROM_ELSEWHERE, "https://files.example"),
    ],
)
async def test_each_file_of_a_lock_is_asked_of_the_index_it_is_from(
    urls: GateUrls, project: Path, tmp_path: Path, lock: str, files: str
) -> None:
    path = project / "pylock.toml"
    before = lock.replace("INDEX", OTHER).replace("FILES", "https://files.example")
    within = lock.replace("INDEX", f"{ORIGIN}/index/other/simple/").replace("FILES", files)
    path.write_text(before, encoding="utf-8")
    run = begun(tmp_path, project)
    run.speak([path], urls)
    assert path.read_text(encoding="utf-8") == within
    path.write_text(f"{within}# changed\n", encoding="utf-8")
    await run.put_right(urls)
    run.end()
    assert path.read_text(encoding="utf-8") == f"{before}# changed\n"


def test_a_lock_that_cannot_be_read_is_refused_by_name(urls: GateUrls, project: Path, tmp_path: Path) -> None:
    path = project / "uv.lock"
    path.write_text("[[package]\n", encoding="utf-8")
    run = begun(tmp_path, project)
    with pytest.raises(InvalidInput, match=rf"{path} cannot be read"):
        run.speak([path], urls)
    run.end()
    assert path.read_text(encoding="utf-8") == "[[package]\n"
