"""Indicators of known attacks: data in packs, apart from the rules. One pack ships; an organisation may add its own.

A pack is a TOML file. Hosts stand in it defanged (`c2[.]example[.]invalid`), so that the file itself is no indicator:

    [pack]
    name = "example"
    version = 1

    [[attack]]
    id = "example-2026"
    source = "where it is written up"
    hosts = ["c2[.]example[.]invalid"]
    sha256 = ["..."]
    texts = ["a text that only this attack has"]
    packages = ["pypi/example 1.0 1.1", "npm/@example/all"]
"""

import hashlib
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from pratique.errors import InvalidInput
from pratique.model import limits
from pratique.model.text import clean

_FOLDER: Final = files("pratique.facts.scan").joinpath("packs")
_HOST: Final = re.compile(
    r"(?=.{4,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+(?::\d{1,5})?"
)
_PACKAGE: Final = re.compile(r"(pypi|npm)/((?:@[\w.-]+/)?[\w.-]+)((?: [\w.!+-]+)*)")
_ADVICE: Final = "docs/how-to/indicators.md shows a pack"
_TEXT_CHARACTERS_MIN: Final = 8
_TOGETHER: Final = 500

_Name = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9.-]{0,63}$")]
_Listed = Annotated[tuple[str, ...], Meta(max_length=limits.PACK_INDICATORS_MAX)]


class _Pack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: _Name
    version: Annotated[int, Meta(ge=1, le=1_000_000_000)]
    about: Annotated[str, Meta(max_length=500)] = ""


class Attack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one attack is known by. `packages` are `pypi/` or `npm/`, a name in normal form, and versions; none: all."""

    id: _Name
    source: Annotated[str, Meta(max_length=500)] = ""
    hosts: _Listed = ()
    sha256: Annotated[tuple[Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")], ...], Meta(max_length=100_000)] = ()
    texts: _Listed = ()
    packages: _Listed = ()


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pack: _Pack
    attack: tuple[Attack, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Packs:
    """All indicators that are looked for: each by what is looked for, with the attack it belongs to."""

    names: tuple[str, ...]
    digest: str
    own: tuple[bytes, ...] = ()
    """The files of those that do not ship."""
    hosts: dict[str, str] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    packages: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    """Versions by ecosystem and name, each with its attack; an empty version stands for all."""

    def attack_in(self, text: str) -> str:
        """The attack whose host or text stands in a text; empty for none that is known."""
        lower = text.lower()
        for host, attack in self.hosts.items():
            if host in lower:
                return attack
        return next((attack for known, attack in self.texts.items() if known in text), "")

    def attack_of(self, ecosystem: str, name: str, version: str) -> str:
        """The attack that a release belongs to; empty for none that is known."""
        versions = self.packages.get((ecosystem, name), {})
        return versions.get(version, versions.get("", ""))


def packs(documents: Sequence[bytes], own: Sequence[bytes] = ()) -> Packs:
    """All packs of some files together, and of `own` ones behind them; what two of them have belongs to the first.

    Raises `InvalidInput` for a file that is no pack, says something in another form, or is too large.
    """
    hasher = hashlib.sha256()
    found = [_read(document, hasher.update) for document in (*documents, *own)]
    names = tuple(f"{each.pack.name} {each.pack.version}" for each in found)
    made = Packs(names, f"sha256:{hasher.hexdigest()}", tuple(own))
    count = 0
    for attack in (attack for each in found for attack in each.attack):
        count += _add(made, attack)
        if count > limits.PACK_INDICATORS_MAX:
            raise InvalidInput(f"the packs hold more than {limits.PACK_INDICATORS_MAX} indicators", advice=_ADVICE)
    return made


@cache
def shipped() -> Packs:
    """The packs that ship."""
    return packs(shipped_documents())


def shipped_documents() -> tuple[bytes, ...]:
    """Their files."""
    entries = sorted(_FOLDER.iterdir(), key=lambda each: each.name)
    return tuple(each.read_bytes() for each in entries if each.name.endswith(".toml"))


def with_own(documents: Sequence[bytes]) -> Packs:
    """The packs that ship, and others behind them. Raises as `packs`."""
    return packs(shipped_documents(), documents) if documents else shipped()


def _read(document: bytes, digest: Callable[[bytes], None]) -> _File:
    if len(document) > limits.PACK_BYTES_MAX:
        raise InvalidInput(f"a pack has more than {limits.PACK_BYTES_MAX} bytes", advice=_ADVICE)
    digest(len(document).to_bytes(8, "big") + document)
    try:
        return msgspec.convert(tomllib.loads(document.decode()), _File)
    except (
        ValueError,
        RecursionError,
    ) as error:  # of TOML, of UTF-8, of what is said in it; of nesting that no pack has
        raise InvalidInput(f"this is no pack of indicators: {clean(str(error))}", advice=_ADVICE) from error


def _add(made: Packs, attack: Attack) -> int:
    """Add what an attack is known by; how many indicators that are."""
    for host in attack.hosts:
        made.hosts.setdefault(_checked(_HOST, refanged(host), host), attack.id)
    for digest in attack.sha256:
        made.hashes.setdefault(digest, attack.id)
    for text in attack.texts:
        if len(text) < _TEXT_CHARACTERS_MIN:
            raise InvalidInput(f"{text} is too short to tell an attack by", advice=_ADVICE)
        made.texts.setdefault(text, attack.id)
    for package in attack.packages:
        found = _PACKAGE.fullmatch(package)
        if found is None:
            raise InvalidInput(f"{clean(package)} is no package; one is written pypi/example 1.0", advice=_ADVICE)
        versions = made.packages.setdefault((found[1], found[2]), {})
        for version in found[3].split() or [""]:
            versions.setdefault(version, attack.id)
    return len(attack.hosts) + len(attack.sha256) + len(attack.texts) + len(attack.packages)


def refanged(host: str) -> str:
    """A host as it is written in code."""
    return host.lower().replace("[.]", ".").replace("[:]", ":").removeprefix("*.")


def _checked(pattern: re.Pattern[str], value: str, shown: str) -> str:
    if not pattern.fullmatch(value):
        raise InvalidInput(f"{clean(shown)} is no host", advice=_ADVICE)
    return value


def yara_strings(made: Packs) -> Iterator[tuple[str, list[str]]]:
    """The labels, and for each the texts to look for, as strings of patterns; few in each, for many take long to compile."""
    hosts = [f'"{host}" nocase fullword' for host in sorted(made.hosts)]
    texts = [f"{{ {text.encode().hex(' ')} }}" for text in sorted(made.texts)]
    for label, strings in (("ioc.host", hosts), ("ioc.string", texts)):
        yield from ((label, strings[first : first + _TOGETHER]) for first in range(0, len(strings), _TOGETHER))
