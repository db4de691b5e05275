"""Programs that publish packages and push to repositories, and lists of the tokens for that."""

from typing import Final

from pratique.facts.scan.languages.shell.machine import Call, Machine
from pratique.facts.scan.value import UNKNOWN, Value

_PUBLISHING: Final = {
    "npm": ("publish",),
    "pnpm": ("publish",),
    "yarn": ("publish",),
    "twine": ("upload",),
    "poetry": ("publish",),
    "uv": ("publish",),
    "flit": ("publish",),
    "hatch": ("publish",),
    "gem": ("push",),
    "cargo": ("publish",),
}
_LISTING: Final = {"npm": ("token", "whoami", "access"), "pnpm": ("whoami",), "yarn": ("whoami",)}
_INSTALLING: Final = frozenset({"install", "i", "add", "exec"})


def _package_tool(machine: Machine, call: Call) -> Value:
    words = [word for word in call.texts if not word.startswith("-")]
    verb = words[0] if words else ""
    if verb == "npm" and call.name == "yarn" and len(words) > 1:
        verb = words[1]
    if verb in _PUBLISHING.get(call.name, ()):
        machine.emit("spread.publish", call)
        machine.emit("net.send", call, inputs=frozenset({"spread.publish"}))
    elif verb in _LISTING.get(call.name, ()):
        machine.emit("spread.token_list", call)
        if call.name == "npm" and verb == "token":
            return Value(labels=frozenset({"read.secret_file"}))
    elif verb in _INSTALLING:
        machine.emit("proc.self_install", call)
    return UNKNOWN


def _pip(machine: Machine, call: Call) -> Value:
    if "install" in call.texts:
        machine.emit("proc.self_install", call)
    return UNKNOWN


def _git(machine: Machine, call: Call) -> Value:
    words = [word for word in call.texts if not word.startswith("-")]
    verb = words[0] if words else ""
    if verb == "push":
        machine.emit("spread.repo_push", call)
    elif verb == "clone":
        machine.emit("net.http", call)
    elif verb == "config" and "credential" in " ".join(words) and call.wanted:
        return Value(labels=frozenset({"read.secret_file"}))
    return UNKNOWN


def _github(machine: Machine, call: Call) -> Value:
    """`gh auth token` gives the token of whoever is logged in."""
    words = call.texts
    if words[:2] == ["auth", "token"]:
        machine.emit("read.ci_token", call)
        return Value(labels=frozenset({"read.ci_token"}))
    return UNKNOWN


def _hunt(machine: Machine, call: Call) -> Value:
    """Programs that look for secrets."""
    machine.emit("spread.token_list", call)
    return Value(labels=frozenset({"read.secret_file"}))


PROGRAMS: Final = {
    **dict.fromkeys(_PUBLISHING, _package_tool),
    **dict.fromkeys(("pip", "pipx", "easy_install"), _pip),
    "git": _git,
    "gh": _github,
    "trufflehog": _hunt,
}
