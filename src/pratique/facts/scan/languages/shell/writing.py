"""Where what a script writes goes: start-up files, schedules, accounts, connections, variables that other programs read."""

import re
from typing import Final

from pratique.facts.scan.languages.shell.machine import Call, Machine
from pratique.facts.scan.languages.shell.nodes import Command, Function, Group, Node, Pipeline, Word
from pratique.facts.scan.observation import How
from pratique.facts.scan.value import NOT_KNOWN, Value

_CONNECTION: Final = re.compile(r"/dev/(?:tcp|udp)/[^/\s]+/\S+")
_PLACES: Final = frozenset(
    {
        "write.shell_rc",
        "write.autostart",
        "write.schedule",
        "write.hosts",
        "write.workflow",
        "write.pth",
        "write.agent_config",
        "read.agent_config",
    }
)
_LOGS: Final = re.compile(r"^/var/log/(?:auth\.log|secure|wtmp|btmp|lastlog|audit/)|\.(?:bash|zsh|sh)_history$")
_ESCAPES: Final = re.compile(r"/release_agent$|^/proc/sys/kernel/core_pattern$|/notify_on_release$")
_ACCOUNTS: Final = re.compile(r"^/etc/(?:passwd|shadow)$")
_KEYS: Final = re.compile(r"(?:^|/)authorized_keys2?$")
_KEY: Final = re.compile(r"(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-nistp\d+)\s+AAAA")
_SUDO: Final = re.compile(r"^/etc/sudoers(?:$|\.d/)")
_RIGHTS: Final = re.compile(r"^[^\S\n]*(?:ALL|%users|%everyone)\s+ALL\s*=", re.MULTILINE)
"""Rights for everybody. Rights for one account are what images and machines for development are set up with."""
_CI_FILES: Final = frozenset({"$GITHUB_ENV", "$GITHUB_PATH", "$BASH_ENV"})
_LOADS: Final = re.compile(
    r"^(?:LD_PRELOAD|LD_AUDIT|DYLD_INSERT_LIBRARIES|BASH_ENV|PYTHONSTARTUP|PERL5OPT|RUBYOPT)=|^NODE_OPTIONS=.*--(?:require|import|loader)|^NODE_OPTIONS=.*-r\s",
    re.MULTILINE,
)
_PRELOADS: Final = frozenset({"LD_PRELOAD", "LD_AUDIT", "DYLD_INSERT_LIBRARIES"})
_WRITABLE_BY_ALL: Final = re.compile(r"^(?:/tmp|/var/tmp|/dev/shm|\./|/run/user)\b|/\.[^/.][^/]*(?:/|$)")
_DISK: Final = re.compile(r"^/dev/(?:sd[a-z]|hd[a-z]|vd[a-z]|xvd[a-z]|nvme\d+n\d+|mmcblk\d+|disk\d+)$")
_CRON: Final = re.compile(r"^[^\S\n]*(?:@\w+|(?:[\d*/,?-]+\s+){4}\S+)\s+(?:root\s+)?(.+)$", re.MULTILINE)
_UNIT: Final = re.compile(r"^[^\S\n]*Exec(?:Start\w*|StopPost|Reload)?\s*=\s*[-@+!:]*(.+)$", re.MULTILINE)
_PLIST: Final = re.compile(r"<string>([^<]*)</string>")
_BAD_ACTS: Final = frozenset(
    {
        "proc.pipe_shell",
        "code.exec",
        "proc.shell_plumbing",
        "net.dns_data",
        "net.collector_host",
        "net.messenger_token",
        "net.tunnel_host",
        "harm.wipe",
        "obf.spelling",
    }
)
_BAD_FLOWS: Final = (
    "decode.",
    "net.raw_ip",
    "net.tunnel_host",
    "net.collector_host",
    "net.shortener",
    "net.received",
    "read.",
)


def write(machine: Machine, path: Value, content: Value, line: int, *, more: bool) -> None:
    """Tell of what is written to a file, and remember it."""
    text = path.text
    if path.name == "connection":
        if content.labels:
            machine.tell("net.socket", line, inputs=content.all_labels() | path.labels - {"net.received"})
        return
    if not text or machine.drain(path, content):
        return
    call = Call(">", [path], line, text=f"> {text}")
    if _LOGS.search(text):
        machine.emit("evade.history", call)
    if _ESCAPES.search(text):
        machine.emit("proc.escape", call, inputs=content.all_labels())
    if _DISK.match(text) and content.name == "noise":
        machine.emit("harm.wipe", call)
    _open_doors(machine, text, content, call)
    _planted(machine, text, content, call)
    _placed(machine, text, content, call)
    machine.keep(path, content, more=more)


def _placed(machine: Machine, text: str, content: Value, call: Call) -> None:
    """A start-up file, a schedule, a workflow: with what the text in it would do there."""
    places = machine.reader.labels_of(text) & _PLACES
    if not places:
        if any(label.startswith("decode.") for label in content.labels):
            machine.emit("write.file", call, inputs=content.all_labels())
        return
    flows = frozenset(label for label in content.all_labels() if label.startswith(_BAD_FLOWS))
    acts: frozenset[str] = frozenset()
    for code in runnable(content.text, places):
        found = machine.acts(code, call.line)
        hidden = "proc.fetched" in found and _WRITABLE_BY_ALL.search(code) is not None
        acts |= found | {"proc.pipe_shell", "net.http"} if hidden else found
    if acts & _BAD_ACTS:
        flows |= frozenset(label for label in acts if label.startswith(("net.", "decode.", "proc.", "code.", "obf.")))
    machine.emit("write.file", call, inputs=places | flows, how=content.how)


def runnable(text: str, places: frozenset[str]) -> list[str]:
    """What a start-up file or a schedule has run, as command lines."""
    if "<plist" in text or "<string>" in text:
        parts = _PLIST.findall(text)
        return [" ".join(parts), *(part for part in parts if " " in part)]
    units = _UNIT.findall(text)
    if units:
        return list(units)
    if "write.schedule" in places:
        return _CRON.findall(text)
    return [text] if text and "write.hosts" not in places else []


def _open_doors(machine: Machine, text: str, content: Value, call: Call) -> None:
    """Keys, accounts and rights that let somebody in."""
    written = content.text
    opened = (
        (_KEYS.search(text) and _KEY.search(written))
        or (_SUDO.match(text) and _RIGHTS.search(written))
        or (_ACCOUNTS.match(text) and ":0:0:" in written)
    )
    if opened:
        machine.emit("write.access", call, inputs=content.all_labels(), text=f"{written.strip()[:80]} > {text}")


def _planted(machine: Machine, text: str, content: Value, call: Call) -> None:
    """What makes other programs load code: the loader's list, and variables that a build hands to its next steps."""
    if text == "/etc/ld.so.preload" and content.constant != "":
        machine.emit("write.preload", call, inputs=content.all_labels())
    elif text in _CI_FILES:
        worse = text == "$GITHUB_PATH" and _WRITABLE_BY_ALL.search(content.text) is not None
        label = "write.preload" if _LOADS.search(content.text) else "write.env"
        if label == "write.preload" or worse or content.labels:
            machine.emit(label, call, inputs=content.all_labels(), text=f"{content.text.strip()[:80]} > {text}")


def connected(machine: Machine, path: Value, otherwise: Value | None, line: int) -> Value:
    """A redirection of bash to or from a connection, as the connection; of anything else, what it was."""
    found = _CONNECTION.fullmatch(path.text)
    if found is None:
        return otherwise if otherwise is not None else path
    labels = path.labels | machine.reader.labels_of(path.text) - {"proc.shell_plumbing"}
    machine.tell("net.socket", line, inputs=path.labels, text=path.text)
    return Value(labels=labels | {"net.received"}, name="connection")


def tell_variable(machine: Machine, name: str, value: Value, line: int) -> None:
    """Variables that shells and the loader read."""
    text = value.text
    if name in ("HISTFILE", "HISTSIZE", "HISTFILESIZE", "SAVEHIST") and text in ("/dev/null", "0", ""):
        if value.constant is not NOT_KNOWN:
            machine.tell("evade.history", line, text=f"{name}={text}")
    elif name in _PRELOADS and text:
        written = machine.made(text)
        if _WRITABLE_BY_ALL.search(text) or (written is not None and written.labels):
            inputs = written.all_labels() if written is not None else frozenset()
            machine.tell("write.preload", line, inputs=inputs, text=f"{name}={text}")
    elif name in ("PROMPT_COMMAND", "BASH_ENV", "ENV") and isinstance(value.constant, str):
        machine.code(value, Call(name, [], line, text=f"{name}={text[:80]}"))


def tell_storm(machine: Machine, function: Function) -> None:
    """A function that pipes itself into itself."""
    waiting: list[Node] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, Group):
            waiting += node.body
        elif isinstance(node, Pipeline):
            names = [part.words[0] for part in node.parts if isinstance(part, Command) and part.words]
            if len(names) > 1 and all(not isinstance(name, Word) and name == function.name for name in names):
                machine.tell(
                    "proc.storm", function.line, text=f"{function.name}() {{ {function.name} | … }}", how=How.LITERAL
                )
