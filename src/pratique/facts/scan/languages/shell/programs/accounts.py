"""Programs that let somebody in: accounts, rights, schedules, services, containers with the machine inside."""

import re
from typing import Final

from pratique.facts.scan.languages.shell import writing
from pratique.facts.scan.languages.shell.machine import Call, Machine, everything, options
from pratique.facts.scan.value import HOLE, UNKNOWN, Value

_ROOT_MOUNT: Final = re.compile(r"^/:/?\w|^type=bind,(?:source|src)=/,")
_SOCKET: Final = "docker.sock"


def _crontab(machine: Machine, call: Call) -> Value:
    """A schedule from standard input or a file; `-l` lists the one that is there."""
    words = call.texts
    if "-l" in words:
        return UNKNOWN
    if "-r" in words:
        return UNKNOWN
    paths = [each for each in call.arguments if not each.text.startswith("-") or each.text == "-"]
    given = call.stdin
    if paths and paths[-1].text != "-":
        given = machine.made(paths[-1].text)
    if given is not None:
        writing.write(machine, Value("/var/spool/cron/crontab"), given, call.line, more=True)
    return UNKNOWN


def _user(machine: Machine, call: Call) -> Value:
    """An account with the rights of root, or with a password that stands in the script."""
    flags, _ = options(
        call.arguments, "ugGscdpkefKrb", frozenset({"uid", "gid", "groups", "shell", "comment", "home", "password"})
    )
    given = {flag: value.text for flag, value in flags}
    as_root = given.get("u", given.get("uid", "")) == "0" and bool({"o", "non-unique"} & given.keys())
    rights = {"sudo", "wheel", "root", "admin"} & set(re.split(r"[, ]", given.get("G", given.get("groups", ""))))
    password = given.get("p", given.get("password", ""))
    if as_root or (rights and password and HOLE not in password):
        machine.emit("write.access", call)
    return UNKNOWN


def _password(machine: Machine, call: Call) -> Value:
    """A password for root that stands in the script."""
    text = call.stdin.text if call.stdin is not None else ""
    if call.name == "chpasswd" and re.match(r"root:[^\ufffc:]+$", text.strip()):
        machine.emit("write.access", call)
    return UNKNOWN


def _container(machine: Machine, call: Call) -> Value:
    """A container that holds the whole machine, and a way out of one."""
    words = call.texts
    mounts = [
        words[place + 1] if word in ("-v", "--volume", "--mount") else word.partition("=")[2]
        for place, word in enumerate(words[:-1])
        if word.startswith(("-v", "--volume", "--mount"))
    ]
    if "run" in words and any(_ROOT_MOUNT.match(mount) for mount in mounts):
        machine.emit("proc.escape", call)
    if call.name == "docker" and len(words) > 1 and words[0] == "exec":
        return UNKNOWN
    return Value(labels=frozenset())


def _enter(machine: Machine, call: Call) -> Value:
    """`nsenter` into the first process of the machine."""
    line = " ".join(call.texts)
    if re.search(r"(?:-t|--target)[ =]?1\b", line):
        machine.emit("proc.escape", call)
    return UNKNOWN


def _cluster(machine: Machine, call: Call) -> Value:
    """`kubectl get secrets`."""
    words = call.texts
    if "get" in words and any(word.startswith("secret") for word in words) and call.wanted:
        broad = "-A" in words or "--all-namespaces" in words or words[-1].startswith(("secret", "-o"))
        if broad:
            machine.emit("read.secrets_store", call)
        return Value(labels=frozenset({"read.secret_file"}))
    return Value(labels=call.stdin.all_labels() if call.stdin is not None and call.wanted else frozenset())


def _keychain(machine: Machine, call: Call) -> Value:
    """Passwords out of the key chain of macOS."""
    words = call.texts
    if words[:1] == ["dump-keychain"] or (words[:1] and words[0].startswith("find-") and "-w" in words):
        label = "read.secrets_store" if words[0] == "dump-keychain" or HOLE in everything(call) else "read.secret_file"
        if label == "read.secrets_store":
            machine.emit(label, call)
        return Value(labels=frozenset({label}))
    return UNKNOWN


def _secret_tool(machine: Machine, call: Call) -> Value:
    machine.emit("read.secret_file", call)
    return Value(labels=frozenset({"read.secret_file"}))


def _unit(machine: Machine, call: Call) -> Value:
    """Services: started with the system, or switched off."""
    words = [word for word in call.texts if not word.startswith("-")]
    verb = words[0] if words else ""
    if verb in ("enable", "load", "bootstrap"):
        machine.emit("write.autostart", call)
    return UNKNOWN


PROGRAMS: Final = {
    "crontab": _crontab,
    **dict.fromkeys(("useradd", "adduser", "usermod"), _user),
    **dict.fromkeys(("chpasswd",), _password),
    **dict.fromkeys(("docker", "podman", "nerdctl"), _container),
    "nsenter": _enter,
    **dict.fromkeys(("kubectl", "oc"), _cluster),
    "security": _keychain,
    "secret-tool": _secret_tool,
    "launchctl": _unit,
}
