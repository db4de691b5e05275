"""Every option: section, name, type, default, one sentence.

Options stand in files and in variables of the environment; what comes later wins: the machine's file, the user's file, the
project's file, the environment, the command line. A project's file may only narrow: it may set `PROJECT_OPTIONS` and nothing
else, because whoever writes a repository is not whoever runs it. `docs/reference/settings.md` is generated from this file.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated, Any, Final, Literal, get_args, get_origin, get_type_hints
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from pratique.errors import InvalidInput
from pratique.model import limits
from pratique.model.text import clean

PREFIX: Final = "PRATIQUE_"
PROJECT_OPTIONS: Final = ("scope", "client.")
"""What a project's own file may set: these options, and those of sections that end in a dot."""
DEFAULT: Final = "default"
ErrorCode = Annotated[int, Meta(ge=400, le=499)]
INDEX_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
"""What an index can be called."""
_ANY: Final = "*"
_PATH: Final = {"path": True}
"""Marks an option that is a path: in a file it is relative to the folder of the file, not to wherever a command runs."""


class ServerOptions(msgspec.Struct, frozen=True):
    """`[server]`: what `pratique serve` listens on, and whom it believes."""

    host: Annotated[str, Meta(description="The address `pratique serve` listens on.")] = "127.0.0.1"
    port: Annotated[int, Meta(description="The port `pratique serve` listens on; 0: any free one.", ge=0, le=65535)] = (
        8470
    )
    public_url: Annotated[
        str,
        Meta(description="The URL under which people reach this gate, for links in messages; empty: none are given."),
    ] = ""
    tokens_required: Annotated[bool, Meta(description="Refuse requests without an access token.")] = False
    trusted_proxies: Annotated[
        tuple[str, ...],
        Meta(description="Addresses or networks of proxies in front, whose `X-Forwarded-For` is believed."),
    ] = ()
    log: Annotated[
        Literal["text", "json"],
        Meta(
            description="How `pratique serve` writes its log to stderr: words, or JSON Lines with one for each request."
        ),
    ] = "text"
    leave_seconds: Annotated[
        int,
        Meta(description="Told to end, how long `/-/ready` says so before the gate stops listening.", ge=0, le=3600),
    ] = 0
    finish_seconds: Annotated[
        int,
        Meta(
            description="How long answers under way then have to end; what is not through by that time is cut off.",
            ge=0,
            le=3600,
        ),
    ] = 30

    @property
    def url(self) -> str:
        """The URL under which the gate is reached, without a slash at the end: the public one, or where it listens."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url.rstrip("/") or f"http://{host}:{self.port}"


class StoreOptions(msgspec.Struct, frozen=True):
    """`[store]`: where the record is kept."""

    kind: Annotated[
        Literal["sqlite", "memory"], Meta(description="Where the record is kept; `memory` forgets it at the end.")
    ] = "sqlite"
    blobs_bytes_max: Annotated[
        int, Meta(description="Bytes of files kept at most; what was used longest ago makes room.", ge=0)
    ] = limits.BLOBS_BYTES_MAX


class LedgerOptions(msgspec.Struct, frozen=True):
    """`[ledger]`: the record itself."""

    name: Annotated[
        str,
        Meta(
            description="The name of the ledger, as ledger.example/gate; fixed when its key is made; empty: a random one."
        ),
    ] = ""
    machines: Annotated[
        Literal["pseudonym", "name"],
        Meta(description="How machines stand in the record: by a salted digest, or by name."),
    ] = "pseudonym"


class ScannerOptions(msgspec.Struct, frozen=True):
    """`[scanner]`: looking into files."""

    enabled: Annotated[
        bool, Meta(description="Look into files at their first request; false leaves that fact unknown.")
    ] = True
    packs: Annotated[
        str,
        Meta(
            description="Folder of packs of indicators to look for, beside those that ship; empty: those alone.",
            extra=_PATH,
        ),
    ] = ""
    pack_keys: Annotated[
        tuple[str, ...],
        Meta(
            description="Public keys, as name+hash+key; one of them has to have signed each pack. None: whoever may write to "
            "the folder is believed."
        ),
    ] = ()


class AttestationOptions(msgspec.Struct, frozen=True):
    """`[attestations]`: who signed what is let in."""

    trusted_root: Annotated[
        str,
        Meta(
            description="A `trusted_root.json` (Sigstore) to verify attestations against; empty: the one that ships.",
            extra=_PATH,
        ),
    ] = ""


class NamesOptions(msgspec.Struct, frozen=True):
    """`[names]`: what the names of projects are compared with."""

    lists: Annotated[
        str,
        Meta(
            description="Folder of lists of used names, `pypi.txt` and `npm.txt`, beside those that ship; empty: those alone.",
            extra=_PATH,
        ),
    ] = ""


class IndexOptions(msgspec.Struct, frozen=True):
    """`[index.NAME]`: one index behind the gate. They are asked in the order of the files, `public` last."""

    url: Annotated[
        str,
        Meta(description="Its Simple API; without one for `public`, the index this machine's clients already use."),
    ] = ""
    explicit: Annotated[
        bool, Meta(description="Ask it only for what a client takes from it by name, as uv's `explicit` indexes.")
    ] = False
    ignore_error_codes: Annotated[
        tuple[ErrorCode, ...],
        Meta(description="Statuses other than 404 and 410 by which it says that it has no such project."),
    ] = ()


class PublishOptions(msgspec.Struct, frozen=True):
    """`[publish]`: the index that this gate keeps itself."""

    index: Annotated[
        str,
        Meta(
            description="The name of the index of what is published to this gate, as `internal`; empty: it takes no uploads."
        ),
    ] = ""


class ClientOptions(msgspec.Struct, frozen=True):
    """`[client]`: what clients are shown."""

    requires_python_note: Annotated[
        bool, Meta(description="Show pip why a version is held in the `requires-python` field of its index entry.")
    ] = True


class Settings(msgspec.Struct, frozen=True):
    """Where Pratique keeps things, what it listens on, and which indexes it speaks for."""

    home: Annotated[
        str,
        Meta(description="Folder of the ledger, the keys and the files; empty: the user's data folder.", extra=_PATH),
    ] = ""
    policy: Annotated[
        str, Meta(description="The policy file; empty: the policy that ships with Pratique.", extra=_PATH)
    ] = ""
    scope: Annotated[str, Meta(description="The scope of a request that names none; empty: the policy's first.")] = ""
    ca_bundle: Annotated[
        str, Meta(description="A file of certificate authorities for the indexes; empty: the system's.", extra=_PATH)
    ] = ""
    server: ServerOptions = ServerOptions()
    store: StoreOptions = StoreOptions()
    ledger: LedgerOptions = LedgerOptions()
    scanner: ScannerOptions = ScannerOptions()
    attestations: AttestationOptions = AttestationOptions()
    names: NamesOptions = NamesOptions()
    publish: PublishOptions = PublishOptions()
    client: ClientOptions = ClientOptions()
    index: dict[str, IndexOptions] = {}

    @property
    def index_names(self) -> tuple[str, ...]:
        """What the indexes are called, in the order in which they are asked: the own one first, the public one last."""
        own = (self.publish.index,) if self.publish.index else ()
        return (*own, *(name for name in self.index if name != "public"), "public")


@dataclass(frozen=True, slots=True)
class Option:
    """One option. `key` is its place in a file (`server.port`); an option of every index has `*` for the index's name."""

    key: str
    kind: Any
    default: object
    sentence: str
    path: bool = False

    @property
    def variable(self) -> str:
        """Its variable in the environment."""
        return PREFIX + self.key.upper().replace(".", "__").replace(_ANY, "<NAME>")


def _walk(kind: Any, place: str) -> Iterator[Option]:  # noqa: ANN401 - types, as annotations write them
    defaults = kind()
    for name, hint in get_type_hints(kind, include_extras=True).items():
        if get_origin(hint) is dict:
            yield from _walk(get_args(hint)[1], f"{place}{name}.{_ANY}.")
        elif isinstance(hint, type) and issubclass(hint, msgspec.Struct):
            yield from _walk(hint, f"{place}{name}.")
        else:
            meta = next(part for part in hint.__metadata__ if isinstance(part, Meta) and part.description)
            path = meta.extra == _PATH
            yield Option(place + name, hint, getattr(defaults, name), str(meta.description), path)


OPTIONS: Final[Mapping[str, Option]] = {option.key: option for option in _walk(Settings, "")}
"""Every option by its key."""

SECTIONS: Final = frozenset(key.rpartition(".")[0].removesuffix(f".{_ANY}") for key in OPTIONS if "." in key)


@dataclass(frozen=True, slots=True)
class Source:
    """What one place says: a file's tables, or one variable as text. `narrowing` marks the file of a project."""

    name: str
    values: Mapping[str, object]
    narrowing: bool = False
    text: bool = False
    folder: str = ""
    """The folder of a file."""


@dataclass(frozen=True, slots=True)
class Configured:
    """The settings, and which place set each option that was set, by its key in full (`index.internal.url`)."""

    settings: Settings
    set_by: Mapping[str, str]
    scope_of_project: str = ""
    """The project's file, where the scope comes from it."""
    scope_otherwise: str = ""
    """The scope without what the project says."""

    def rows(self) -> Iterator[tuple[str, object, str]]:
        """Each option with its value, fit to be shown, and what set it. Credentials in URLs are hidden."""
        for key, option in OPTIONS.items():
            names = [key.replace(_ANY, name) for name in self.settings.index] if _ANY in key else [key]
            for full in names:
                value: Any = self.settings
                for part in full.split("."):
                    value = value[part] if isinstance(value, dict) else getattr(value, part)
                shown = without_credentials(value) if option.key.endswith("url") else value
                yield full, shown, self.set_by.get(full, DEFAULT)


def read_settings(sources: Sequence[Source], *, user_file: str = "the user's pratique.toml") -> Configured:
    """Settings from places in their order: the last one that sets an option wins.

    Raises `InvalidInput` naming the place and the option: for one that is not known, for a value of another kind, and for what
    a project may not set; the advice then names `user_file`.
    """
    tree: dict[str, Any] = {}
    set_by: dict[str, str] = {}
    by_project = otherwise = ""
    for source in sources:
        for key, value in _flat(source, source.values, ""):
            option = OPTIONS[_pattern(key)]
            if source.narrowing and not key.startswith(PROJECT_OPTIONS):
                raise InvalidInput(
                    f"{source.name} sets `{key}`, which a project may not: whoever writes a repository does not run it",
                    advice=f"take it out; where it is meant for this machine, it belongs into {user_file}",
                )
            *sections, last = key.split(".")
            table = tree
            for section in sections:
                table = table.setdefault(section, {})
            table[last] = _converted(source, option, key, value)
            set_by[key] = source.name
            if key == "scope":
                by_project = source.name if source.narrowing else ""
                otherwise = otherwise if source.narrowing else str(table[last])
    return Configured(msgspec.convert(tree, Settings), set_by, by_project, otherwise)


def environment_sources(environment: Mapping[str, str]) -> tuple[Source, ...]:
    """One source for each of our variables. `PRATIQUE_SERVER__PORT` is `server.port`; `_` in an index's name is a hyphen.

    Raises `InvalidInput` for a variable that no option has but one resembles. Others are somebody else's and left alone.
    """
    variables = {option.variable: option.key for option in OPTIONS.values()}
    found: list[Source] = []
    for variable in sorted(name for name in environment if name.startswith(PREFIX)):
        key = variables.get(variable) or _of_an_index(variable)
        if key is not None:
            found.append(Source(variable, {key: environment[variable]}, text=True))
            continue
        close = _meant(variable.removeprefix(PREFIX).lower().replace("__", "."))
        if close or "__" in variable:
            hint = f"did you mean {OPTIONS[close].variable}?" if close else "pratique settings lists every option"
            raise InvalidInput(f"no option has the variable {clean(variable)}", advice=hint)
    return tuple(found)


def without_credentials(url: object) -> object:
    """A URL with what stands before its host hidden."""
    if not isinstance(url, str) or "@" not in url:
        return url
    parts = urlsplit(url)
    return parts._replace(netloc="***@" + parts.netloc.rpartition("@")[2]).geturl()


def _of_an_index(variable: str) -> str | None:
    for option in OPTIONS.values():
        before, any_name, after = option.variable.partition("<NAME>")
        if any_name and variable.startswith(before) and variable.endswith(after):
            name = variable[len(before) : len(variable) - len(after)].lower().replace("_", "-")
            return option.key.replace(_ANY, name)
    return None


def _flat(source: Source, table: Mapping[str, object], place: str) -> Iterator[tuple[str, object]]:
    """Every value of a place under its key in full. Raises `InvalidInput` for a key no option has."""
    for name, value in table.items():
        key = f"{place}{name}"
        if isinstance(value, dict) and (key in SECTIONS or place.removesuffix(".") == "index"):
            if key in SECTIONS or INDEX_NAME.fullmatch(name):
                yield from _flat(source, value, f"{key}.")
                continue
            raise InvalidInput(
                f"{source.name}: {clean(name)} is no name for an index", advice="small letters, digits and hyphens"
            )
        if _pattern(key) not in OPTIONS:
            close = _meant(key)
            raise InvalidInput(
                f"{source.name}: no option is called `{clean(key)}`",
                advice=f"did you mean `{close.replace(_ANY, 'NAME')}`?" if close else "pratique settings lists them",
            )
        yield key, value


def _pattern(key: str) -> str:
    """The key of the option that a key in full is one of."""
    parts = key.split(".")
    if len(parts) > 1 and parts[0] == "index" and INDEX_NAME.fullmatch(parts[1]):
        parts[1] = _ANY
    return ".".join(parts)


def _meant(key: str) -> str:
    """The key of the option that somebody may have meant; empty when none is near."""
    last = key.rpartition(".")[2]
    same = [known for known in OPTIONS if last in (known.rpartition(".")[2], known.replace(".", "_"))]
    if not same and key.split(".", maxsplit=1)[0] in ("index", "indexes"):
        same = [f"index.{_ANY}.url"]
    near = get_close_matches(key, OPTIONS, n=1, cutoff=0.75)
    return next(iter([*same, *near]), "")


def _converted(source: Source, option: Option, key: str, value: object) -> object:
    if source.text and get_origin(get_args(option.kind)[0]) is tuple:
        value = [part.strip() for part in str(value).split(",") if part.strip()]
    try:
        converted = msgspec.convert(value, option.kind, strict=not source.text)
    except msgspec.ValidationError as error:
        raise InvalidInput(
            f"{source.name}: `{key}` is not as it should be: {clean(str(error))}", advice=f"{key}: {option.sentence}"
        ) from error
    relative = option.path and source.folder and converted and not converted.startswith(("/", "~"))
    return f"{source.folder}/{converted}" if relative else converted
