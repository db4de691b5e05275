"""What an artifact can do, in words that two releases can be compared by: each once, in order, so many at most.

A word is a label and when it runs (`net.http at interpreter start`, `proc.shell when called`), the label of a secret and when it
flows into the network (`read.wallet into the network when called`), or a trait of the package: native code, a command that it
installs, another package that it needs. Tests and documentation say nothing of what a release can do.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from pratique.facts.scan.artifact import ArtifactView, FileView
from pratique.facts.scan.observation import BY_ITSELF, ON_LOAD, Context
from pratique.model import limits

AT_START: Final = "at interpreter start"
AT_INSTALLATION: Final = "at installation"
ON_IMPORT: Final = "on import"
WHEN_CALLED: Final = "when called"
INTO_NETWORK: Final = "into the network"

_STARTS: Final = frozenset({Context.PTH, Context.SITECUSTOMIZE})
_FAMILIES: Final = (
    "net.",
    "proc.",
    "code.",
    "read.",
    "write.",
    "harm.",
    "spread.",
    "decode.",
    "obf.",
    "evade.",
    "pkg.",
)
_SECRETS: Final = frozenset(
    {
        *("read.env_all", "read.secret_file", "read.browser", "read.wallet", "read.extension_id", "read.app_data"),
        *("read.agent_config", "read.ci_token", "read.clipboard", "read.screen", "read.camera", "read.keys"),
        *("read.key_argument", "read.secrets_store", "read.accounts"),
    }
)
"""What a library has hardly a reason to send; one secret of the environment is what many a client sends to its own service."""
_NATIVE: Final = re.compile(r"\.(?:so|pyd|dll|dylib|exe|node|wasm)(?:\.[\d.]+)?$")
_REQUIRES: Final = re.compile(rb"^Requires-Dist:[ \t]*([A-Za-z0-9][A-Za-z0-9._-]*)", re.MULTILINE)
_COMMAND: Final = re.compile(rb"^([A-Za-z0-9][\w.-]*)[ \t]*=[ \t]*[\w.]+:", re.MULTILINE)


def wants(path: str) -> bool:
    """Whether a file says what a package needs or installs."""
    name = path.rpartition("/")[2]
    return name in ("METADATA", "PKG-INFO", "entry_points.txt") and path.count("/") <= 2  # noqa: PLR2004 - at the top, or in its info folder


def calm(paths: Iterable[str], pointed_at: Collection[str]) -> frozenset[str]:
    """Start-up files as well-known tools write them: `pointed_at` are the files in which rules found something."""
    return frozenset(path for path in paths if _starts(path) and path not in pointed_at)


def profile(view: ArtifactView, pointed_at: Collection[str] = ()) -> tuple[str, ...]:
    """The words of an artifact, sorted; what does not fit is left out from the end, the weightiest contexts first.

    Files that are `calm` say nothing.
    """
    passed = calm(view.sizes, pointed_at)
    words = {*_abilities(file for file in view.files.values() if file.path not in passed)}
    words |= {*_traits({path: size for path, size in view.sizes.items() if path not in passed}, view.texts)}
    order = sorted(words, key=lambda word: (WHEN_CALLED in word, word))
    return tuple(order[: limits.SCAN_PROFILE_WORDS_MAX])


def _abilities(files: Iterable[FileView]) -> Iterator[str]:
    for file in files:
        for seen in file.observations:
            if not seen.aside() and seen.label.startswith(_FAMILIES):
                yield f"{seen.label} {_when(seen.context)}"
                if seen.label.startswith("net."):
                    yield from (f"{secret} {INTO_NETWORK} {_when(seen.context)}" for secret in seen.inputs & _SECRETS)


def _when(context: Context) -> str:
    if context in _STARTS:
        return AT_START
    if context in BY_ITSELF:
        return AT_INSTALLATION
    return ON_IMPORT if context in ON_LOAD else WHEN_CALLED


def _traits(sizes: Mapping[str, int], texts: Mapping[str, bytes]) -> Iterator[str]:
    for path in sizes:
        lower = path.lower()
        if _NATIVE.search(lower):
            yield "native code"
        elif _starts(path):
            yield f"a start-up file {AT_START}"
    for path, text in texts.items():
        name = path.rpartition("/")[2]
        if name == "entry_points.txt":
            yield from (f"the command {found.decode()}" for found in _COMMAND.findall(text))
        elif name in ("METADATA", "PKG-INFO"):
            yield from (f"needs {_normal(found.decode())}" for found in _REQUIRES.findall(text))


def _starts(path: str) -> bool:
    return path.lower().endswith((".pth", ".start")) and "/" not in path


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
