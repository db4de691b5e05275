"""Commands by which something starts by itself from then on: the registry, jobs, services, subscriptions."""

from typing import Final

from pratique.facts.scan.languages.powershell.machine import Call, Machine
from pratique.facts.scan.languages.powershell.values import Fields, text_of
from pratique.facts.scan.value import UNKNOWN, Value

_SUBSCRIPTIONS: Final = ("__eventfilter", "eventconsumer", "__filtertoconsumerbinding")


def _property(machine: Machine, call: Call) -> Value:
    key = f"{call.text('path', 'literalpath')}\\{call.text('name')}"
    machine.sets(call, key, text_of(call.given("value")) if "value" in call.named else "", call.labels(), call.line)
    return UNKNOWN


def _action(machine: Machine, call: Call) -> Value:
    """What a scheduled job does: kept until it is registered."""
    del machine
    line = f"{call.text('execute')} {call.text('argument')}".strip()
    return Value(line, call.labels() | {"ps.action"}, "new:scheduledaction")


def _register(machine: Machine, call: Call) -> Value:
    action = call.given("action")
    listed = action.items if action.items is not None else [action]
    lines = [text_of(each) for each in listed if each.name == "new:scheduledaction"]
    labels = call.labels()
    for line in lines or [""]:
        machine.arranges(call, "write.schedule", line, labels - {"ps.action"}, call.line)
    return UNKNOWN


def _task(machine: Machine, call: Call) -> Value:
    """A scheduled job as an object, which is registered by its being handed on."""
    del machine
    return call.named.get("action", Value(labels=call.labels()))


def _service(machine: Machine, call: Call) -> Value:
    machine.arranges(call, "write.service", call.text("binarypathname"), call.labels(), call.line)
    return UNKNOWN


def _subscription(machine: Machine, call: Call) -> Value:
    """WMI: an event, and a command that follows from it."""
    named = call.text("class", "classname").lower()
    labels = call.labels()
    if any(each in named for each in _SUBSCRIPTIONS):
        arguments = call.given("arguments", "property")
        line = ""
        if isinstance(arguments, Fields):
            line = next(
                (
                    text_of(each)
                    for name, each in arguments.fields.items()
                    if name in ("commandlinetemplate", "scripttext")
                ),
                "",
            )
        machine.arranges(call, "write.schedule", line, labels | {"write.autostart"}, call.line)
    return Value(labels=labels)


CMDLETS: Final = {
    **dict.fromkeys(("set-itemproperty", "new-itemproperty"), _property),
    "new-scheduledtaskaction": _action,
    "new-scheduledtask": _task,
    "register-scheduledtask": _register,
    "new-service": _service,
    **dict.fromkeys(("set-wmiinstance", "new-ciminstance"), _subscription),
}
