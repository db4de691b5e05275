"""Methods that start programs, arrange for them, or change settings of the system."""

from typing import Final

from pratique.facts.scan.languages import windows
from pratique.facts.scan.languages.powershell.machine import Call, Invoked, Machine
from pratique.facts.scan.languages.powershell.objects.tables import table
from pratique.facts.scan.languages.powershell.values import Fields, text_of
from pratique.facts.scan.observation import How
from pratique.facts.scan.value import HOLE, UNKNOWN, Value


def _start(machine: Machine, call: Invoked) -> Value | None:
    """A process that was described member by member, a listener, or a thread."""
    base = call.base
    if "listener" in base.name:
        machine.emit("net.listen", call.at, how=call.how, text=call.shown())
        return Value(labels=base.labels, name=base.name)
    if not isinstance(base, Fields):
        return None
    described = base.fields.get("startinfo", base)
    if not isinstance(described, Fields) or "filename" not in described.fields:
        return None
    return start_described(machine, described, call.at, call.how)


def start_described(machine: Machine, described: Fields, at: int, how: How) -> Value:
    """Start what an object of the type `ProcessStartInfo` describes."""
    words = [
        text_of(described.fields.get("filename", UNKNOWN)),
        *windows.words_of(text_of(described.fields.get("arguments", Value("")))),
    ]
    hidden = text_of(described.fields.get("windowstyle", Value(""))).lower() in ("hidden", "1") or (
        described.fields.get("createnowindow", UNKNOWN).constant is True
    )
    program = text_of(described.fields.get("filename", UNKNOWN)).lower()
    shell = any(each in program for each in ("cmd", "powershell", "pwsh"))
    joined_in = described.fields.get("redirectstandardinput", UNKNOWN).constant is True
    call = Call("start", at, how)
    found = machine.start(
        call, words, described.all_labels(), head=described.fields.get("filename", UNKNOWN).all_labels(), hidden=hidden
    )
    name = "new:shell.process" if shell and joined_in else "new:process"
    return Value(labels=found.labels, name=name)


def _run(machine: Machine, call: Invoked) -> Value | None:
    """`Run`, `Exec` and `ShellExecute` of the scripting host."""
    base = call.base.name
    if not base.startswith("new:com:"):
        return None
    line = text_of(call.argument(0))
    if call.name == "shellexecute":
        words = [line, *windows.words_of(text_of(call.argument(1)) if len(call.arguments) > 1 else "")]
        hidden = call.argument(4).constant == 0
    else:
        words = windows.words_of(line)
        hidden = call.argument(1).constant == 0
    return machine.start(
        Call(call.name, call.at, call.how), words, call.labels(), head=call.argument(0).all_labels(), hidden=hidden
    )


def _shortcut(machine: Machine, call: Invoked) -> Value:
    del machine
    return Fields(labels=call.labels(), name="new:shortcut")


def _save(machine: Machine, call: Invoked) -> Value | None:
    """A shortcut is written."""
    labels = call.base.all_labels()
    if call.base.name != "new:shortcut":
        return None
    if "write.autostart" in labels:
        machine.emit("write.autostart", call.at, how=call.how, inputs=labels, text=call.shown())
    return UNKNOWN


def _registry(machine: Machine, call: Invoked) -> Value | None:
    """`RegWrite(path, data)` of the scripting host, and `SetValue(name, data)` of a key."""
    key = text_of(call.argument(0))
    if call.name == "setvalue":
        if "registrykey" not in call.base.name:
            return None
        key = f"{text_of(call.base)}\\{key}"
    machine.sets(Call(call.name, call.at, call.how), key, text_of(call.argument(1)), call.labels(), call.shown())
    return UNKNOWN


def _open_key(machine: Machine, call: Invoked) -> Value:
    """A key of the registry below another one: its path stays with it."""
    del machine
    above = call.base.text if call.base.name == "new:registrykey" else ""
    return Value(f"{above}\\{text_of(call.argument(0))}", call.labels(), "new:registrykey")


def _schedule(machine: Machine, call: Invoked) -> Value | None:
    machine.emit("write.schedule", call.at, how=call.how, inputs=call.labels(), text=call.shown())
    machine.emit("write.autostart", call.at, how=call.how, inputs=call.labels() | {"write.schedule"}, text=call.shown())
    return UNKNOWN


def _create(machine: Machine, call: Invoked) -> Value | None:
    """A process through WMI."""
    if not call.base.name.startswith("new:wmi") or "win32_process" not in call.base.name:
        return None
    return machine.start(
        Call("create", call.at, call.how),
        windows.words_of(text_of(call.argument(0))),
        call.labels(),
        head=call.labels(),
    )


def _delete(machine: Machine, call: Invoked) -> Value | None:
    labels = call.base.all_labels()
    if "ps.shadow" in labels:
        machine.emit("harm.av_tamper", call.at, how=call.how, inputs=labels, text="deletes shadow copies")
        return UNKNOWN
    return None


def _clear_log(machine: Machine, call: Invoked) -> Value:
    machine.emit("evade.history", call.at, how=call.how, text=call.shown())
    return UNKNOWN


def _screen(machine: Machine, call: Invoked) -> Value:
    machine.emit("read.screen", call.at, how=call.how, text=call.shown())
    if call.base_variable:
        machine.absorb(call.base_variable, frozenset({"read.screen"}))
    return Value(labels=frozenset({"read.screen"}))


def _special_folder(machine: Machine, call: Invoked) -> Value:
    del machine
    startup = "startup" in text_of(call.argument(0)).lower()
    return Value(
        "%APPDATA%\\Microsoft\\Windows\\Start Menu\\Programs\\Startup" if startup else HOLE,
        frozenset({"write.autostart"}) if startup else frozenset(),
    )


METHODS: Final = table(
    ("start", _start),
    ("run exec shellexecute executeshellcommand", _run),
    ("createshortcut", _shortcut),
    ("save", _save),
    ("regwrite setvalue", _registry),
    ("opensubkey createsubkey", _open_key),
    ("registertaskdefinition registertask", _schedule),
    ("create", _create),
    ("delete delete_", _delete),
    ("clearlog", _clear_log),
    ("copyfromscreen", _screen),
    ("specialfolders getfolderpath", _special_folder),
)
"""These methods, by name."""
