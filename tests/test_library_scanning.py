"""Looking into files from a program: one, many, and what cannot be looked into."""

from pathlib import Path

import pytest

import pratique.scanning
from pratique.errors import InvalidInput
from pratique.scanning import Outcome, Scan, Unknown, environment_at, looking, scan_file, scan_paths
from pratique.simulators.wheels import wheel
from tests.adapters.fake_environment import FakeEnvironment

RUNS = 'import base64\n\nexec(base64.b64decode("cHJpbnQoJ25vdGhpbmcgaGFwcGVucycp"))\n'


def test_one_file_is_looked_into_confined(tmp_path: Path) -> None:
    name, data = wheel("runlook", "1.0", {"runlook/__init__.py": RUNS})
    (tmp_path / name).write_bytes(data)
    seen = scan_file(tmp_path / name)
    assert isinstance(seen, Scan)
    assert seen.findings
    assert "limits" in seen.confinement
    (tmp_path / "broken.whl").write_bytes(b"no zip")
    assert isinstance(scan_file(str(tmp_path / "broken.whl")), Unknown)
    with pytest.raises(InvalidInput, match="is no file"):
        scan_file(tmp_path)


async def test_many_come_as_they_are_done(tmp_path: Path) -> None:
    for number in range(12):
        (tmp_path / f"script{number}.py").write_text(RUNS if number % 2 else "A = 1\n")
    found = {each.path: each.outcome async for each in scan_paths([tmp_path], each=True)}
    assert len(found) == 12
    for number in range(12):
        expected = Outcome.SUSPICIOUS if number % 2 else Outcome.CLEAN
        assert found[f"{tmp_path}/script{number}.py"] is expected


async def test_whoever_looks_no_further_leaves_nothing_running(tmp_path: Path) -> None:
    for number in range(12):
        (tmp_path / f"script{number}.py").write_text("A = 1\n")
    async with looking() as look:
        found = look.each(pratique.scanning.Walk(each=True).targets([str(tmp_path)]))
        async for _ in found:
            break
        await found.aclose()  # type: ignore[attr-defined]  # it is a generator
        assert (await look.file(tmp_path / "script0.py")).outcome is Outcome.CLEAN


async def test_files_that_change_or_go_while_they_are_looked_into_are_not_clean(tmp_path: Path) -> None:
    place = tmp_path / "a.py"
    place.write_text("A = 1\n")
    async with looking() as look:
        target = pratique.scanning.Target(str(place), place)
        assert (await look.target(target)).outcome is Outcome.CLEAN
        place.unlink()
        gone = await look.target(target)
        folder = await look.target(pratique.scanning.Target(str(tmp_path), tmp_path, ("a.py", "b.py")))
    assert (gone.outcome, isinstance(gone.scan, Unknown)) == (Outcome.UNKNOWN, True)
    assert folder.outcome is Outcome.UNKNOWN
    assert isinstance(folder.scan, Scan)
    assert folder.scan.coverage.unread_count == 2


async def test_an_environment_is_looked_into_from_a_program(tmp_path: Path) -> None:
    fake = FakeEnvironment(tmp_path / "env")
    fake.install("calmlook")
    async with looking() as look:
        installed = look.installed(environment_at(fake.prefix), "env", None)
        found = {each.path: each.outcome async for each in installed.looked()}
    assert found == {"calmlook 1.0": Outcome.CLEAN, "what belongs to no distribution": Outcome.CLEAN}


def test_all_that_is_promised_is_there() -> None:
    assert all(hasattr(pratique.scanning, name) for name in pratique.scanning.__all__)
