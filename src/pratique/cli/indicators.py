"""`pratique indicators`: show, check and sign packs of indicators."""

from pathlib import Path

import click

from pratique.cli.session import json_option, show
from pratique.errors import InvalidInput
from pratique.facts.scan.indicators import Packs, with_own
from pratique.here import pack_signed, packs_in_force, settings_here

file_argument = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@click.group()
def command() -> None:
    """Show, check and sign packs of indicators: what published attacks are known by."""


@command.command(name="show")
@json_option
def show_packs(*, as_json: bool) -> None:
    """Show which packs are looked for, and how much is in them."""
    packs = packs_in_force(settings_here())
    show(_told(packs), _text(packs), as_json=as_json)


@command.command()
@file_argument
@json_option
def check(file: Path, *, as_json: bool) -> None:
    """Read a pack, and say what is wrong with it or how much is in it, with the packs that ship."""
    packs = with_own([_document(file)])
    show(_told(packs), _text(packs), as_json=as_json)


@command.command()
@file_argument
@click.option(
    "--key", required=True, type=click.Path(dir_okay=False, path_type=Path), help="A file with the key (PKCS #8, PEM)."
)
@click.option("--name", default="", help="The name under which a new key signs, as packs.example/indicators.")
@json_option
def sign(file: Path, key: Path, name: str, *, as_json: bool) -> None:
    """Sign a pack: a note is put beside it. A key that is not there yet is made, for its owner alone."""
    document = _document(file)
    with_own([document])
    public, note = pack_signed(file, document, key, name)
    show({"pack_key": public, "note": str(note)}, f'signed: {note}\npack_keys = ["{public}"]', as_json=as_json)


def _document(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{file} cannot be read: {error}") from error


def _told(packs: Packs) -> dict[str, object]:
    return {
        "packs": list(packs.names),
        "hosts": len(packs.hosts),
        "files": len(packs.hashes),
        "texts": len(packs.texts),
        "packages": len(packs.packages),
        "digest": packs.digest,
    }


def _text(packs: Packs) -> str:
    counts = {
        "hosts": len(packs.hosts),
        "files": len(packs.hashes),
        "texts": len(packs.texts),
        "packages": len(packs.packages),
    }
    told = ", ".join(f"{count} {what}" for what, count in counts.items())
    return f"{', '.join(packs.names)}: {told}\n  {packs.digest}"
