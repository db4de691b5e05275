"""What a static method gives and does."""

from typing import Final

from pratique.facts.scan.languages.powershell.machine import INJECTING, Call, Invoked, Machine
from pratique.facts.scan.languages.powershell.objects.making import construct
from pratique.facts.scan.languages.powershell.objects.static_system import STATICS as SYSTEM
from pratique.facts.scan.languages.powershell.objects.static_texts import STATICS as TEXTS
from pratique.facts.scan.languages.powershell.objects.tables import Method
from pratique.facts.scan.languages.powershell.values import labels_of
from pratique.facts.scan.languages.windows import listed
from pratique.facts.scan.value import UNKNOWN, Value

_STATICS: Final[dict[str, Method]] = {**SYSTEM, **TEXTS}
_READS: Final = listed("readallbytes readalltext readalllines readlines openread opentext")
_WRITES: Final = frozenset(["writeallbytes", "writealltext", "writealllines", "appendalltext", "appendalllines"])


def called(machine: Machine, call: Invoked) -> Value | None:
    """What a static method gives, telling of what it does; None for what is a method of every object."""
    type_ = call.base.name[5:]
    if call.name == "new":
        return construct(machine, type_, call.arguments, call.at, call.how)
    act = _STATICS.get(f"{type_}::{call.name}")
    if act is not None:
        return act(machine, call)
    if type_ in ("io.file", "io.directory"):
        return _file(machine, call)
    if call.name in INJECTING:
        machine.emit("proc.injection", call.at, how=call.how, inputs=call.labels(), text=f"{INJECTING[call.name]}(")
    if call.name in ("getasynckeystate", "setwindowshookex", "getkeyboardstate"):
        machine.emit("read.keys", call.at, how=call.how, text=call.shown())
        return Value(labels=frozenset({"read.keys"}))
    if call.name == "showwindow":
        machine.emit("proc.hidden_window", call.at, how=call.how, text=call.shown())
    return None


def _file(machine: Machine, call: Invoked) -> Value | None:
    """Reading, writing, moving and deleting of files by their paths."""
    path = call.argument(0)
    told = Call(call.name, call.at, call.how)
    if call.name in _READS:
        return machine.reads(told, path, call.shown())
    if call.name in _WRITES:
        machine.writes(told, path, labels_of(*call.arguments[1:]), call.shown())
        return UNKNOWN
    if call.name in ("copy", "move"):
        copied = machine.reads(told, path, call.shown()).labels
        machine.writes(told, call.argument(1), copied, call.shown())
        return UNKNOWN
    if call.name == "delete":
        machine.emit("harm.delete", call.at, how=call.how, inputs=call.labels(), text=call.shown())
        return UNKNOWN
    return None
