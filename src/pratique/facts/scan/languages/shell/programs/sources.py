"""Programs that tell of the machine and its people, and what copies, moves and changes files."""

import re
from typing import Final

from pratique.facts.scan.languages.shell import writing
from pratique.facts.scan.languages.shell.machine import Call, Machine, options
from pratique.facts.scan.value import HOLE, NOT_KNOWN, UNKNOWN, Value, joined

_WIPED: Final = re.compile(r"^(?:/|/\*|~|~/|~/\*|/(?:home(?:/\*)?|etc|usr|bin|boot|lib|var|root)/?)$")
_SYSTEM_DISK: Final = re.compile(r"^/dev/(?:sda|vda|xvda|hda|nvme0n1|mmcblk0|disk0)$")
_ANY_DISK: Final = re.compile(r"^/dev/(?:sd[a-z]|hd[a-z]|vd[a-z]|xvd[a-z]|nvme\d+n\d+|mmcblk\d+|disk\d+|r?disk\d+)$")
_MEMORY: Final = re.compile(r"^/proc/[^/]*/mem$")
_SETUID: Final = re.compile(r"^(?:u?\+s|[0-7]?[4-7][0-7]{3}|ug?\+s[x]?|\+xs)$")
_SHELL_COPY: Final = re.compile(r"(?:^|/)(?:ba|z|da)?sh$|^/tmp/|/\.[^/]+$")


def environment(machine: Machine, call: Call) -> Value:
    """`env` and `printenv` by themselves: every variable."""
    names = [word for word in call.texts if not word.startswith("-")]
    if call.name == "printenv" and names:
        return joined([machine.lookup(name) for name in names if name.isidentifier()])
    if call.wanted:
        machine.emit("read.env_all", call)
    return Value(labels=frozenset({"read.env_all"}))


def _host(machine: Machine, call: Call) -> Value:
    """Names of user and machine. Which system it is, says less."""
    if call.name == "uname" and not any(letter in "".join(call.texts) for letter in "na"):
        return UNKNOWN
    if call.name in ("id", "hostname") and call.arguments and not call.texts[0].startswith("-"):
        return UNKNOWN
    if call.name == "id" and call.texts[:1] in (["-u"], ["-g"]):
        return UNKNOWN
    if call.wanted:
        machine.emit("read.host_info", call)
    return Value(labels=frozenset({"read.host_info"}))


def _inventory(machine: Machine, call: Call) -> Value:
    if call.wanted:
        machine.emit("read.inventory", call)
    return Value(
        labels=frozenset(
            {"read.inventory", "read.host_info"} if call.name in ("ifconfig", "ip", "w", "who") else {"read.inventory"}
        )
    )


def _copy(machine: Machine, call: Call) -> Value:
    """`cp`, `mv`, `ln`, `install`: the file's content goes along."""
    flags, others = options(
        call.arguments, "tmogSZ", frozenset({"target-directory", "mode", "owner", "group", "suffix"})
    )
    if len(others) < 2:
        return UNKNOWN
    for source in others[:-1]:
        target = others[-1]
        if call.name == "ln" and source.text == "/dev/null":
            writing.write(machine, target, Value(""), call.line, more=False)
            continue
        written = machine.made(source.text)
        content = written if written is not None else Value(labels=machine.path_labels(source.text))
        path = (
            Value(target.text.rstrip("/") + "/" + source.text.rpartition("/")[2])
            if target.text.endswith("/")
            else target
        )
        writing.write(machine, path, content, call.line, more=False)
    modes = [value.text for flag, value in flags if flag in ("m", "mode")]
    if any(_SETUID.match(mode) for mode in modes) and _SHELL_COPY.search(others[-1].text):
        machine.emit("write.access", call)
    return UNKNOWN


def _pack(machine: Machine, call: Call) -> Value:
    """`tar` and `zip`: what is packed goes into the file, or on through the pipe."""
    words = call.texts
    joined_options = words[0] if words else ""
    packs = call.name == "zip" or any("c" in word.lstrip("-") for word in words[:1]) or "--create" in words
    if not packs:
        return UNKNOWN
    labels = frozenset[str]()
    target = ""
    place = 0
    while place < len(words):
        word = words[place]
        if word in ("-f", "--file") or (place == 0 and "f" in joined_options and not word.startswith("--")):
            target = words[place + 1] if place + 1 < len(words) else ""
            place += 2
            continue
        if not word.startswith("-"):
            if call.name == "zip" and not target:
                target = word
            else:
                found = machine.path_labels(word)
                for label in found:
                    machine.emit(label, call, text=word)
                written = machine.made(word)
                labels |= found | (written.all_labels() if written is not None else frozenset())
        place += 1
    labels |= call.stdin.all_labels() if call.stdin is not None else frozenset()
    if target and target != "-":
        machine.keep(Value(target), Value(labels=labels), more=False)
        return UNKNOWN
    return Value(labels=labels)


def _mode(machine: Machine, call: Call) -> Value:
    _, others = options(call.arguments, "", frozenset())
    words = [each.text for each in others]
    mode = words[0] if words else ""
    if _SETUID.match(mode) and any(_SHELL_COPY.search(word) for word in words[1:]):
        machine.emit("write.access", call)
    if "x" in mode or any(digit in "1357" for digit in mode[-3:]):
        for path in words[1:]:
            written = machine.made(path)
            if written is not None and written.labels:
                machine.emit("write.executable", call, inputs=written.all_labels())
    return UNKNOWN


def _remove(machine: Machine, call: Call) -> Value:
    flags, paths = options(call.arguments, "", frozenset({"preserve-root"}))
    names = {flag for flag, _ in flags}
    deep = bool(names & {"r", "R", "recursive"})
    for path in paths:
        text = path.text
        if deep and (_WIPED.match(text) or "no-preserve-root" in names):
            machine.emit("harm.wipe", call)
        elif (
            text.endswith(("_history", "/.bash_history", "/var/log/wtmp", "/var/log/auth.log")) or text == "/var/log/*"
        ):
            machine.emit("evade.history", call)
        elif path.name == "script":
            machine.emit("evade.self_clean", call)
    return UNKNOWN


def _shred(machine: Machine, call: Call) -> Value:
    _, paths = options(call.arguments, "ns", frozenset({"iterations", "size"}))
    for path in paths:
        if _WIPED.match(path.text) or _ANY_DISK.match(path.text) or path.text.startswith("~/"):
            machine.emit("harm.wipe", call)
    return UNKNOWN


def _dd(machine: Machine, call: Call) -> Value:
    given = dict(word.partition("=")[::2] for word in call.texts)
    source, target = given.get("if", ""), given.get("of", "")
    noise = source in ("/dev/zero", "/dev/urandom", "/dev/random")
    if noise and _ANY_DISK.match(target):
        machine.emit("harm.wipe", call)
        return UNKNOWN
    if _MEMORY.match(source):
        machine.emit("proc.memory_read", call)
    content = machine.content_of(Value(source), call) if source else (call.stdin if call.stdin is not None else UNKNOWN)
    if target:
        writing.write(machine, Value(target), content, call.line, more=False)
        return UNKNOWN
    return content


def _format(machine: Machine, call: Call) -> Value:
    if any(_SYSTEM_DISK.match(word) for word in call.texts):
        machine.emit("harm.wipe", call)
    return UNKNOWN


def _links(machine: Machine, call: Call) -> Value:
    del machine
    words = [word for word in call.texts if not word.startswith("-")]
    return Value(
        words[-1].rpartition("/")[2] if call.name == "basename" and words and HOLE not in words[-1] else NOT_KNOWN
    )


def _key(machine: Machine, call: Call) -> Value:
    """`ssh-keygen -f path`: the private half of a new key."""
    for place, word in enumerate(call.texts[:-1]):
        if word == "-f":
            machine.keep(call.arguments[place + 1], Value(labels=frozenset({"read.secret_file"})), more=False)
    return UNKNOWN


def _fifo(machine: Machine, call: Call) -> Value:
    for path in call.arguments:
        machine.keep(path, Value(name="fifo"), more=False)
    return UNKNOWN


PROGRAMS: Final = {
    **dict.fromkeys(("mkfifo", "mknod"), _fifo),
    "ssh-keygen": _key,
    "printenv": environment,
    **dict.fromkeys(("whoami", "hostname", "uname", "id", "logname", "hostnamectl", "scutil"), _host),
    **dict.fromkeys(
        (
            "ps",
            "netstat",
            "ss",
            "lsof",
            "ifconfig",
            "ip",
            "w",
            "who",
            "last",
            "lscpu",
            "lsblk",
            "dmidecode",
            "system_profiler",
            "ioreg",
            "arp",
        ),
        _inventory,
    ),
    **dict.fromkeys(("cp", "mv", "ln", "install"), _copy),
    **dict.fromkeys(("tar", "zip", "gtar", "bsdtar"), _pack),
    "chmod": _mode,
    "rm": _remove,
    "shred": _shred,
    "dd": _dd,
    **dict.fromkeys(
        ("mkfs", "mkfs.ext4", "mkfs.ext3", "mkfs.xfs", "mkfs.btrfs", "wipefs", "blkdiscard", "sgdisk"), _format
    ),
    "basename": _links,
}
