"""What fetches nothing: such commands get no gate and write nothing, and no port is open to them."""

from collections.abc import Mapping, Sequence
from typing import Final

_PLAIN: Final = frozenset(
    {"-v", "-q", "--verbose", "--quiet", "--no-color", "--no-input", "--disable-pip-version-check"}
)
_ASKS: Final = frozenset({"--version", "-V", "--help", "-h"})
_ANY: Final = None
_PIP: Final[Mapping[tuple[str, ...], frozenset[str] | None]] = {
    **dict.fromkeys(
        [(each,) for each in ("freeze", "show", "check", "config", "cache", "help", "hash", "inspect")], _ANY
    ),
    ("debug",): _ANY,
    ("completion",): _ANY,
    ("list",): frozenset(
        {"--format", "--not-required", "-l", "--local", "--user", "-e", "--editable", "--path", "--pre"}
    ),
    ("uninstall",): frozenset({"-y", "--yes"}),
}
_UV: Final[Mapping[tuple[str, ...], frozenset[str] | None]] = {
    ("pip", "list"): frozenset({"--format", "-e", "--editable", "--exclude-editable", "--strict"}),
    **dict.fromkeys([("pip", each) for each in ("freeze", "show", "check", "uninstall")], frozenset({"--strict"})),
    **dict.fromkeys([("cache", each) for each in ("dir", "clean", "prune", "size")], _ANY),
    **dict.fromkeys([("tool", each) for each in ("list", "dir", "uninstall")], frozenset({"--all", "--bin"})),
    **dict.fromkeys([("python", each) for each in ("list", "find", "dir")], frozenset({"--only-installed"})),
    ("self", "version"): _ANY,
    ("version",): frozenset({"--short"}),
    ("help",): _ANY,
    ("generate-shell-completion",): _ANY,
}
_POETRY: Final[Mapping[tuple[str, ...], frozenset[str] | None]] = {
    **dict.fromkeys([(each,) for each in ("about", "check", "config", "help", "list")], _ANY),
    ("env", "info"): _ANY,
    ("env", "list"): _ANY,
    ("env", "activate"): _ANY,
    ("cache", "list"): _ANY,
    ("cache", "clear"): _ANY,
    ("version",): frozenset({"-s", "--short"}),
}
_PDM: Final[Mapping[tuple[str, ...], frozenset[str] | None]] = dict.fromkeys(
    [(each,) for each in ("config", "info", "list", "completion")], None
)
_SHOWN: Final = frozenset({"--json", "--short"})
_PIPX: Final[Mapping[tuple[str, ...], frozenset[str] | None]] = dict.fromkeys(
    [(each,) for each in ("list", "environment", "completions", "uninstall", "ensurepath")], _SHOWN
)
_VERBS: Final = {"pip": _PIP, "uv": _UV, "poetry": _POETRY, "uvx": {}, "pipx": _PIPX, "pdm": _PDM}
"""Commands that fetch nothing, with the options that leave it at that; None where all do."""


def fetches_nothing(client: str, arguments: Sequence[str]) -> bool:
    """Whether a client, asked to do this, surely fetches nothing. Where it is not plain to see, it may."""
    begin = next((place for place, each in enumerate(arguments) if each not in _PLAIN), len(arguments))
    words = arguments[begin:]
    if not words or words[0] in _ASKS:
        return True
    verb = next((each for each in (tuple(words[:2]), tuple(words[:1])) if each in _VERBS[client]), None)
    if verb is None:
        return False
    harmless = _VERBS[client][verb]
    if client == "uv" and verb == ("version",) and any(not each.startswith("-") for each in words[1:]):
        return False
    options = [each.partition("=")[0] for each in words[len(verb) :] if each.startswith("-")]
    return harmless is None or all(each in harmless or each in _PLAIN or each in _ASKS for each in options)
