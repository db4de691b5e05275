"""Commands that switch protection off, or tell it to look away, and those that wipe traces."""

from typing import Final

from pratique.facts.scan.languages.powershell.machine import Call, Machine
from pratique.facts.scan.languages.powershell.values import is_true, text_of
from pratique.facts.scan.languages.windows import listed
from pratique.facts.scan.value import UNKNOWN, Value

_GUARDS: Final = listed(
    """windefend wscsvc sense securityhealthservice mpssvc wdnissvc mpsdrv wdfilter eventlog sysmon sysmon64"""
)
_LET_IN: Final = frozenset({"allow", "6", "noaction", "9"})


def _defender(machine: Machine, call: Call) -> Value:
    """Of the settings of Windows Defender those count by which it sees less; what it reports home is a matter of taste."""
    for name, value in call.named.items():
        text = text_of(value).strip().lower()
        less = (
            name.startswith(("exclusion", "attacksurfacereductiononlyexclusions", "controlledfolderaccessallowed"))
            or (name.startswith("disable") and (is_true(value) or not value.known))
            or (name.endswith("threatdefaultaction") and text in _LET_IN)
        )
        if less:
            machine.emit("harm.av_tamper", call.at, how=call.how, inputs=call.labels(), text=call.line)
            return UNKNOWN
    return UNKNOWN


def _service(machine: Machine, call: Call) -> Value:
    names = {each.strip().lower() for each in text_of(call.given("name"), ",").split(",")}
    off = (
        call.name == "stop-service"
        or call.text("startuptype").lower() == "disabled"
        or call.text("status").lower() == "stopped"
    )
    if off and names & _GUARDS:
        machine.emit("harm.av_tamper", call.at, how=call.how, inputs=call.labels(), text=call.line)
    elif call.text("binarypathname"):
        machine.arranges(call, "write.service", call.text("binarypathname"), call.labels(), call.line)
    return UNKNOWN


def _firewall(machine: Machine, call: Call) -> Value:
    if call.text("enabled").lower() in ("false", "0"):
        machine.emit("harm.av_tamper", call.at, how=call.how, inputs=call.labels(), text=call.line)
    return UNKNOWN


def _feature(machine: Machine, call: Call) -> Value:
    if "windows-defender" in call.line.lower():
        machine.emit("harm.av_tamper", call.at, how=call.how, inputs=call.labels(), text=call.line)
    return UNKNOWN


def _log(machine: Machine, call: Call) -> Value:
    machine.emit("evade.history", call.at, how=call.how, inputs=call.labels(), text=call.line)
    return UNKNOWN


def _history(machine: Machine, call: Call) -> Value:
    if call.name == "clear-history" or "savenothing" in call.line.lower():
        machine.emit("evade.history", call.at, how=call.how, text=call.line)
    return Value(labels=frozenset({"ps.history"}))


CMDLETS: Final = {
    **dict.fromkeys(("set-mppreference", "add-mppreference"), _defender),
    **dict.fromkeys(("stop-service", "set-service"), _service),
    "set-netfirewallprofile": _firewall,
    **dict.fromkeys(["uninstall-windowsfeature", "remove-windowsfeature", "disable-windowsoptionalfeature"], _feature),
    **dict.fromkeys(("clear-eventlog", "remove-eventlog"), _log),
    **dict.fromkeys(("clear-history", "set-psreadlineoption", "get-psreadlineoption"), _history),
}
