"""What a method gives and does: looked up by its name, on whatever object it is called."""

from typing import Final

from pratique.facts.scan.languages.powershell import text_methods
from pratique.facts.scan.languages.powershell.machine import INJECTING, REACHES, Invoked, Machine
from pratique.facts.scan.languages.powershell.objects.codes import METHODS as CODES
from pratique.facts.scan.languages.powershell.objects.connections import METHODS as CONNECTIONS
from pratique.facts.scan.languages.powershell.objects.programs import METHODS as PROGRAMS
from pratique.facts.scan.languages.powershell.objects.tables import Method
from pratique.facts.scan.languages.windows import listed
from pratique.facts.scan.value import Value

_METHODS: Final[dict[str, Method]] = {**CODES, **CONNECTIONS, **PROGRAMS}
"""Methods that mean one thing, or nothing, on whatever they are called."""
_INVOKING: Final = listed("invoke invokereturnasis begininvoke dynamicinvoke invokewithcontext")


def called(machine: Machine, call: Invoked) -> Value:
    """What a method of an object gives, telling of what it does."""
    base, name = call.base, call.name
    if name in _INVOKING:
        done = _invoke(machine, call)
        if done is not None:
            return done
    act = _METHODS.get(name)
    done = text_methods.method(base, name, call.arguments) or (act(machine, call) if act is not None else None)
    if done is not None:
        return done
    labels = call.labels()
    _tell(machine, call, labels)
    for argument in call.arguments:
        if argument.name.startswith("block:"):
            machine.run_block(machine.blocks[argument.name], [], piped=Value(labels=base.all_labels()))
    if name == "add" and call.base_variable and labels - base.all_labels():
        machine.absorb(call.base_variable, labels)
    kept = base.name if base.name.startswith("new:") and not call.arguments else ""
    return Value(labels=labels, name=kept)


def _tell(machine: Machine, call: Invoked, labels: frozenset[str]) -> None:
    """What the name of a method says, and what it is handed."""
    name = call.name
    if name in INJECTING:
        machine.emit("proc.injection", call.at, how=call.how, inputs=call.labels(), text=f"{INJECTING[name]}(")
    if name == "definepinvokemethod":
        for label in sorted(labels):
            if label.startswith(REACHES):
                machine.emit("proc.injection", call.at, how=call.how, inputs=labels, text=f"{label[len(REACHES) :]}(")
    if "harm.av_tamper" in labels:
        machine.emit("harm.av_tamper", call.at, how=call.how, inputs=labels, text=call.shown())


def _invoke(machine: Machine, call: Invoked) -> Value | None:
    """Something that is invoked: a method by its name, a block, what was loaded."""
    base = call.base
    if base.of is not None and not base.name.startswith("block:"):
        name = base.name.rpartition(".")[2]
        how = max(call.how, base.how)
        inner = Invoked(base.of, name, call.arguments, call.at, how, call.variables, call.base_variable)
        return machine.invoked(inner, static=base.of.name.startswith("type:"))
    if base.name.startswith("block:"):
        return machine.run_block(machine.blocks[base.name], call.arguments)
    if base.name.startswith("new:powershell"):
        return Value(labels=base.all_labels())
    if "code.compile_load" in base.all_labels():
        machine.emit("code.exec", call.at, how=call.how, inputs=call.labels(), text=call.shown())
        return Value(labels=call.labels())
    return None
