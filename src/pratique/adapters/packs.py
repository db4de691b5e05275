"""An organisation's own packs of indicators: the files of a folder, each with a signature where keys are set."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pratique.errors import InvalidInput, Tampered, Unavailable
from pratique.facts.scan.indicators import Packs, shipped, with_own
from pratique.model import limits
from pratique.settings import Settings

if TYPE_CHECKING:
    from pratique.record.note import VerifierKey

SUFFIX: Final = ".toml"
NOTE: Final = ".note"
"""Behind the name of a pack: the signed note about it (C2SP signed-note)."""
_FIRST: Final = "pratique pack"
_ADVICE: Final = "docs/how-to/indicators.md says how packs are signed"


def packs_in_force(settings: Settings) -> Packs:
    """The packs that ship, and those in the folder that the settings name.

    Raises `InvalidInput` for a folder or a file that cannot be read as packs, and where keys are set for one that none of them
    has signed.
    """
    if not settings.scanner.packs:
        return shipped()
    from pratique.record.note import VerifierKey  # loads cryptography, which most commands have no use for

    keys = [VerifierKey.parse(key) for key in settings.scanner.pack_keys]
    return with_own([_read(path, keys) for path in _files(Path(settings.scanner.packs).expanduser())])


def pack_signed(path: Path, document: bytes, key: Path, name: str) -> tuple[str, Path]:
    """Put a signed note beside a pack: the public key by which it is checked, and where the note is.

    `key` is made where it is not there yet, and signs under `name`. Raises as `Ed25519Signer.load_or_create`, and
    `Unavailable` where the note cannot be written.
    """
    from pratique.adapters.system import Ed25519Signer  # the same

    signer = Ed25519Signer.load_or_create(key, name)
    note = path.with_name(path.name + NOTE)
    try:
        note.write_text(signer.sign(told_of(path.name, document)), encoding="utf-8")
    except OSError as error:
        raise Unavailable(f"{note} cannot be written: {error}", advice="is the folder writable?") from error
    return signer.verifier_key, note


def told_of(name: str, document: bytes) -> str:
    """The text that is signed of a pack: its file's name, and the SHA-256 of its bytes."""
    return f"{_FIRST}\n{name}\nsha256:{hashlib.sha256(document).hexdigest()}\n"


def _files(folder: Path) -> list[Path]:
    try:
        found = sorted(
            path for path in folder.iterdir() if path.name.endswith(SUFFIX) and not path.name.startswith(".")
        )
    except (OSError, RuntimeError) as error:
        raise InvalidInput(
            f"the packs in {folder} cannot be read: {error}", advice="pratique settings says who names the folder"
        ) from error
    if len(found) > limits.PACKS_MAX:
        raise InvalidInput(f"{folder} holds more than {limits.PACKS_MAX} packs", advice="put several into one")
    return found


def _read(path: Path, keys: Sequence["VerifierKey"]) -> bytes:
    from pratique.record.note import NOTE_CHARACTERS_MAX  # the same

    try:
        with path.open("rb") as file:
            document = file.read(limits.PACK_BYTES_MAX + 1)
        if keys:
            with path.with_name(path.name + NOTE).open(encoding="utf-8") as file:
                _check(path.name, document, file.read(NOTE_CHARACTERS_MAX + 1), keys)
    except FileNotFoundError as error:
        raise InvalidInput(f"the pack {path} has no note by which it is signed", advice=_ADVICE) from error
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"the pack {path} cannot be read: {error}", advice="who owns the file?") from error
    return document


def _check(name: str, document: bytes, note: str, keys: Sequence["VerifierKey"]) -> None:
    """Raises `InvalidInput` unless one of the keys has signed the note, and it is about this pack."""
    from pratique.record.note import open_note  # the same

    for key in keys:
        try:
            text = open_note(note, key)
        except Tampered:
            continue
        if text != told_of(name, document):
            raise InvalidInput(f"the note beside the pack {name} is about another file", advice=_ADVICE)
        return
    raise InvalidInput(f"none of the keys in the settings has signed the pack {name}", advice=_ADVICE)
