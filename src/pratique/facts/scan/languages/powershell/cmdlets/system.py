"""Commands that start programs, ask about the machine, or watch who uses it."""

import re
from typing import Final

from pratique.facts.scan.languages import windows
from pratique.facts.scan.languages.powershell.machine import Call, Machine
from pratique.facts.scan.languages.powershell.values import Fields, labels_of, text_of
from pratique.facts.scan.languages.windows import listed
from pratique.facts.scan.value import UNKNOWN, Value

_HOST_CLASSES: Final = (
    "win32_computersystem",
    "win32_operatingsystem",
    "win32_useraccount",
    "win32_bios",
    "win32_networkadapterconfiguration",
)
_ADDRESS: Final = re.compile(
    r"^(?:bc1[a-z0-9]{25,60}|[13][a-km-zA-HJ-NP-Z1-9]{25,34}|0x[0-9a-fA-F]{40}|T[1-9A-HJ-NP-Za-km-z]{33}|4[0-9AB][0-9A-Za-z]{93})$"
)
_GUARDS: Final = ("msmpeng", "mssense", "securityhealth", "avp", "mbam", "sysmon")


def _start(machine: Machine, call: Call) -> Value:
    program = call.given("filepath")
    listed = call.given("argumentlist")
    words = [text_of(program)]
    for each in listed.items if listed.items is not None else [listed] if listed is not UNKNOWN else []:
        words += windows.words_of(text_of(each))
    words += [text_of(each) for each in call.rest]
    hidden = call.text("windowstyle").lower() in ("hidden", "1")
    labels = labels_of(listed, *call.rest) | (call.piped.all_labels() if call.piped is not None else frozenset())
    if call.text("verb").lower() == "runas":
        machine.emit("proc.privilege", call.at, how=call.how, text=call.line)
    return machine.start(call, words, labels, head=program.all_labels(), hidden=hidden)


def _item(machine: Machine, call: Call) -> Value:
    path = call.given("path", "literalpath")
    return machine.start(call, [text_of(path)], call.labels(), head=path.all_labels())


def _wmi(machine: Machine, call: Call) -> Value:
    """What WMI is asked for."""
    query = call.text("query").lower()
    named = call.text("class", "classname").lower() or query
    labels = call.labels()
    if "shadowcopy" in named:
        return Value(labels=labels | {"ps.shadow"}, name="new:wmi:win32_shadowcopy")
    if any(each in named for each in _HOST_CLASSES):
        labels |= {"read.host_info"}
    elif named.startswith("win32_process") or "antivirusproduct" in named:
        labels |= {"read.inventory"}
    if "antivirusproduct" in named:
        machine.emit("evade.sandbox", call.at, how=call.how, text=call.line)
    if "list" in call.switches and "win32_process" in named:
        return Value(labels=labels, name="new:wmi:win32_process")
    return Value(labels=labels)


def _wmi_method(machine: Machine, call: Call) -> Value:
    """`Create` of the class of processes starts one."""
    named = f"{call.text('class', 'classname', 'path')} {call.text('name', 'methodname')}".lower()
    labels = call.labels()
    if "win32_process" in named and "create" in named:
        arguments = call.given("argumentlist", "arguments")
        line = (
            text_of(arguments.fields.get("commandline", UNKNOWN))
            if isinstance(arguments, Fields)
            else text_of(arguments)
        )
        return machine.start(call, windows.words_of(line), labels, head=labels)
    if "msft_mppreference" in named and ("add" in named or "set" in named):
        machine.emit("harm.av_tamper", call.at, how=call.how, inputs=labels, text=call.line)
    return Value(labels=labels)


def _remove_wmi(machine: Machine, call: Call) -> Value:
    if "ps.shadow" in call.labels() or "shadowcopy" in call.line.lower():
        machine.emit("harm.av_tamper", call.at, how=call.how, inputs=call.labels(), text="deletes shadow copies")
    return UNKNOWN


def _host(machine: Machine, call: Call) -> Value:
    del machine
    return Value(labels=call.labels() | {"read.host_info"})


def _inventory(machine: Machine, call: Call) -> Value:
    del machine
    return Value(labels=call.labels() | {"read.inventory"})


def _processes(machine: Machine, call: Call) -> Value:
    del machine
    labels = call.labels() | {"read.inventory"}
    if "lsass" in call.text("name").lower():
        labels |= {"ps.lsass"}
    return Value(labels=labels, name="new:processes")


def _minidump(machine: Machine, call: Call) -> Value:
    labels = call.labels()
    machine.emit("read.accounts", call.at, how=call.how, inputs=labels, text=call.line)
    machine.emit("proc.memory_read", call.at, how=call.how, inputs=labels, text=call.line)
    return UNKNOWN


def _clipboard(machine: Machine, call: Call) -> Value:
    machine.emit("read.clipboard", call.at, how=call.how, text=call.line)
    return Value(labels=frozenset({"read.clipboard"}))


def _set_clipboard(machine: Machine, call: Call) -> Value:
    value = call.named.get("value", call.piped or UNKNOWN)
    if _ADDRESS.match(text_of(value).strip()):
        machine.emit("harm.address_swap", call.at, how=call.how, inputs=call.labels(), text=call.line)
    return UNKNOWN


def _kill(machine: Machine, call: Call) -> Value:
    name = call.text("name").lower()
    machine.emit("proc.kill", call.at, how=call.how, inputs=call.labels(), text=call.line)
    if any(each in name for each in _GUARDS):
        machine.emit("harm.av_tamper", call.at, how=call.how, inputs=call.labels(), text=call.line)
    return UNKNOWN


def _disk(machine: Machine, call: Call) -> Value:
    whole = call.name == "clear-disk" or call.text("driveletter").strip(":\\").lower() == "c"
    machine.emit("harm.wipe" if whole else "harm.delete", call.at, how=call.how, inputs=call.labels(), text=call.line)
    return UNKNOWN


def _shutdown(machine: Machine, call: Call) -> Value:
    machine.emit("harm.shutdown", call.at, how=call.how, text=call.line)
    return UNKNOWN


def _locale(machine: Machine, call: Call) -> Value:
    machine.emit("evade.locale", call.at, how=call.how, text=call.line)
    return UNKNOWN


def _dump_tool(machine: Machine, call: Call) -> Value:
    """Collections of attackers' tools, called by name."""
    machine.emit("read.accounts", call.at, how=call.how, inputs=call.labels(), text=call.line)
    return Value(labels=frozenset({"read.accounts"}))


CMDLETS: Final = {
    "start-process": _start,
    "invoke-item": _item,
    **dict.fromkeys(("get-wmiobject", "get-ciminstance"), _wmi),
    **dict.fromkeys(("invoke-wmimethod", "invoke-cimmethod"), _wmi_method),
    **dict.fromkeys(("remove-wmiobject", "remove-ciminstance"), _remove_wmi),
    **dict.fromkeys(
        listed("""get-computerinfo get-netipaddress get-netipconfiguration get-localuser get-aduser get-adcomputer"""),
        _host,
    ),
    **dict.fromkeys(
        listed("get-service get-hotfix get-package get-appxpackage get-smbshare get-netadapter"), _inventory
    ),
    "get-process": _processes,
    "out-minidump": _minidump,
    "get-clipboard": _clipboard,
    "set-clipboard": _set_clipboard,
    "stop-process": _kill,
    **dict.fromkeys(("format-volume", "clear-disk"), _disk),
    **dict.fromkeys(("stop-computer", "restart-computer"), _shutdown),
    **dict.fromkeys(("get-culture", "get-winsystemlocale", "get-winuserlanguagelist"), _locale),
    **dict.fromkeys(
        listed(
            """invoke-mimikatz get-vaultcredential get-chromedump invoke-dcsync get-gpppassword invoke-kerberoast"""
        ),
        _dump_tool,
    ),
}
