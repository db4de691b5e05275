"""Every option: name, type, default, one sentence.

Read from `pratique.toml` (the current folder, then the user's configuration folder) and from `PRATIQUE_<NAME>` in the
environment, which wins. `docs/reference/settings.md` is generated from this file.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from pratique.errors import InvalidInput
from pratique.model import limits

ErrorCode = Annotated[int, Meta(ge=400, le=499)]
_TABLES = frozenset({"indexes", "ignore_error_codes"})
"""Options that are tables: they are given in a file, not in a variable."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where Pratique keeps things, what it listens on, and which indexes it speaks for."""

    home: Annotated[
        str, Meta(description="Folder of the ledger, the keys and the files; empty: the user's data folder.")
    ] = ""
    store: Annotated[
        Literal["sqlite", "memory"], Meta(description="Where the record is kept; `memory` forgets it at the end.")
    ] = "sqlite"
    policy: Annotated[str, Meta(description="The policy file; empty: the policy that ships with Pratique.")] = ""
    scope: Annotated[str, Meta(description="The scope of a request that names none; empty: the policy's first.")] = ""
    indexes: Annotated[
        dict[str, str],
        Meta(
            description="Simple API URLs by index name; without `public`, the index this machine's clients already use."
        ),
    ] = {}
    ignore_error_codes: Annotated[
        dict[str, tuple[ErrorCode, ...]],
        Meta(
            description="By index name: statuses other than 404 and 410 by which that index says that it has no such project."
        ),
    ] = {}
    host: Annotated[str, Meta(description="The address `pratique serve` listens on.")] = "127.0.0.1"
    port: Annotated[int, Meta(description="The port `pratique serve` listens on; 0: any free one.", ge=0, le=65535)] = (
        8470
    )
    public_url: Annotated[
        str,
        Meta(description="The URL under which people reach this gate, for links in messages; empty: none are given."),
    ] = ""
    tokens_required: Annotated[bool, Meta(description="Refuse requests without an access token.")] = False
    requires_python_note: Annotated[
        bool, Meta(description="Show pip why a version is held in the `requires-python` field of its index entry.")
    ] = True
    scan: Annotated[
        bool, Meta(description="Look into files at their first request; false leaves that fact unknown.")
    ] = True
    ledger_name: Annotated[
        str,
        Meta(
            description="The name of the ledger, as ledger.example/gate; fixed when its key is made; empty: a random one."
        ),
    ] = ""
    machine_in_record: Annotated[
        Literal["pseudonym", "name"],
        Meta(description="How machines stand in the record: by a salted digest, or by name."),
    ] = "pseudonym"
    blobs_bytes_max: Annotated[
        int, Meta(description="Bytes of files kept at most; what was used longest ago makes room.", ge=0)
    ] = limits.BLOBS_BYTES_MAX
    ca_bundle: Annotated[
        str, Meta(description="A file of certificate authorities for the indexes; empty: the system's.")
    ] = ""


def read_settings(document: Mapping[str, object], environment: Mapping[str, str]) -> Settings:
    """Settings from a parsed file and `PRATIQUE_*` variables. Raises `InvalidInput` naming the option at fault."""
    values: dict[str, object] = dict(document)
    for field in Settings.__struct_fields__:
        text = environment.get(f"PRATIQUE_{field.upper()}")
        if text is not None and field not in _TABLES:
            values[field] = text
    try:
        return msgspec.convert(values, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise InvalidInput(f"settings: {error}", advice="docs/reference/settings.md lists every option") from error
