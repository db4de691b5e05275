"""What a wrapped run leaves behind: files as they were, or as a direct run would have written them, also when it was killed."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from pratique.adapters.clients.runs import Run, left_behind
from pratique.errors import InvalidInput
from pratique.flow.urls import ORIGIN, GateUrls
from pratique.flow.world import World
from pratique.simulators.upstream import SimulatedIndex

INDEX = "https://user:secret@index.example/simple"
OTHER = "https://other.example/whl/cpu/"
FILE = "llmlook-1.82.6-py3-none-any.whl"


@pytest.fixture
def urls(world: World) -> GateUrls:
    return GateUrls(world, {"other": OTHER, "public": INDEX})


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
        urls = GateUrls(world, indexes)
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
