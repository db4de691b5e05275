"""An organisation's packs of indicators: read from a folder, signed where keys are set, and looked for by the confined child."""

import hashlib
from pathlib import Path

import pytest

from pratique.adapters.blobs.memory import MemoryBlobs
from pratique.adapters.packs import pack_signed, packs_in_force, told_of
from pratique.adapters.scanner import ConfinedScanner
from pratique.adapters.system import Ed25519Signer
from pratique.errors import InvalidInput, Unavailable
from pratique.facts.scan.indicators import shipped
from pratique.model import limits
from pratique.model.evidence import Scan
from pratique.settings import ScannerOptions, Settings
from pratique.simulators.wheels import wheel

PACK = b'[pack]\nname = "example"\nversion = 1\n[[attack]]\nid = "example-2026"\nhosts = ["c2[.]example[.]invalid"]\n'
CODE = "import urllib.request\nurllib.request.urlopen('https://c2.example.invalid/')\n"


def settings(folder: Path, *keys: str) -> Settings:
    return Settings(scanner=ScannerOptions(packs=str(folder), pack_keys=keys))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "packs"
    made.mkdir()
    (made / "example.toml").write_bytes(PACK)
    return made


def test_without_a_folder_the_packs_that_ship_are_looked_for() -> None:
    assert packs_in_force(Settings()) is shipped()


def test_every_pack_of_a_folder_is_read_and_nothing_else(folder: Path) -> None:
    (folder / "README.md").write_text("what these are")
    (folder / ".swap.toml").write_text("[")
    (folder / "more.toml").write_bytes(PACK.replace(b"example", b"more"))
    assert packs_in_force(settings(folder)).names == ("public 1", "example 1", "more 1")


def test_a_pack_is_believed_where_one_of_the_keys_has_signed_it(folder: Path, tmp_path: Path) -> None:
    key, note = pack_signed(folder / "example.toml", PACK, tmp_path / "keys/packs.key", "packs.example/one")
    assert note == folder / "example.toml.note"
    other = Ed25519Signer.fresh("packs.example/other").verifier_key
    assert packs_in_force(settings(folder, other, key)).names == ("public 1", "example 1")
    with pytest.raises(InvalidInput, match="has signed the pack example"):
        packs_in_force(settings(folder, other))


def test_a_pack_that_is_not_what_was_signed_is_refused(folder: Path, tmp_path: Path) -> None:
    place = folder / "example.toml"
    key, note = pack_signed(place, PACK, tmp_path / "keys/packs.key", "packs.example/one")
    place.write_bytes(PACK + b"\n")
    with pytest.raises(InvalidInput, match="about another file"):
        packs_in_force(settings(folder, key))
    place.rename(folder / "renamed.toml")
    note.rename(folder / "renamed.toml.note")
    (folder / "renamed.toml").write_bytes(PACK)
    with pytest.raises(InvalidInput, match="about another file"):
        packs_in_force(settings(folder, key))
    (folder / "renamed.toml.note").write_text("no note\n")
    with pytest.raises(InvalidInput):
        packs_in_force(settings(folder, key))
    (folder / "renamed.toml.note").unlink()
    with pytest.raises(InvalidInput, match="has no note by which it is signed"):
        packs_in_force(settings(folder, key))


def test_what_is_signed_says_which_file_and_which_bytes() -> None:
    assert told_of("a.toml", b"x") == f"pratique pack\na.toml\nsha256:{hashlib.sha256(b'x').hexdigest()}\n"


def test_a_folder_that_is_not_there_or_too_full_is_told_and_nothing_is_left_out_in_silence(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InvalidInput, match="cannot be read"):
        packs_in_force(settings(folder / "gone"))
    with pytest.raises(InvalidInput, match="verifier key"):
        packs_in_force(settings(folder, "no key"))
    (folder / "bad.toml").write_text("[pack]\n")
    with pytest.raises(InvalidInput, match="no pack of indicators"):
        packs_in_force(settings(folder))
    monkeypatch.setattr(limits, "PACKS_MAX", 1)
    with pytest.raises(InvalidInput, match="more than 1 packs"):
        packs_in_force(settings(folder))


def test_a_note_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"example.toml.note cannot be written"):
        pack_signed(tmp_path / "gone/example.toml", PACK, tmp_path / "keys/packs.key", "")


async def test_the_confined_child_looks_for_them_and_says_so_in_its_digest(folder: Path) -> None:
    filename, data = wheel("demo", "1.0", {"demo/__init__.py": CODE})
    found: dict[str, Scan] = {}
    for place, known in (("own", packs_in_force(settings(folder))), ("ships", shipped())):
        blobs = MemoryBlobs()
        async with blobs.writer() as writer:
            await writer.write(data)
            digest = await writer.commit()
        scanner = ConfinedScanner(blobs, known)
        try:
            seen = await scanner.scan(filename, digest)
        finally:
            await scanner.close()
        assert isinstance(seen, Scan), seen
        assert seen.rules == scanner.rules
        found[place] = seen
    assert found["own"].rules != found["ships"].rules
    assert "known-indicator" in {each.rule for each in found["own"].findings}
    assert "known-indicator" not in {each.rule for each in found["ships"].findings}
