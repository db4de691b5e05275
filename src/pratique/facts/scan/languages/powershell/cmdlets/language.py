"""Commands that are as much as statements: they run texts and blocks, set variables, make objects, pass things on."""

from typing import Final

from pratique.facts.scan.languages.powershell import patterns
from pratique.facts.scan.languages.powershell.machine import INJECTING, Call, Machine
from pratique.facts.scan.languages.powershell.names import ALIASES, COMMAND_NAMES, VARIABLE_NAMES
from pratique.facts.scan.languages.powershell.objects.making import construct
from pratique.facts.scan.languages.powershell.objects.properties import property_of
from pratique.facts.scan.languages.powershell.values import (
    Codes,
    Fields,
    elements,
    few,
    labels_of,
    of_items,
    spelled,
    text_of,
)
from pratique.facts.scan.languages.windows import listed
from pratique.facts.scan.observation import How
from pratique.facts.scan.value import HOLE, NOT_KNOWN, UNKNOWN, Value, joined

_FOLLOWED_CHARACTERS_MAX: Final = 200_000
"""So long may be a block, all its turns together, to be followed for each element."""
_ONLY_CODE: Final = frozenset({"-", "$input"})
_SECONDS_MIN: Final = 300


def _run_text(machine: Machine, call: Call) -> Value:
    code = call.given("command") if "command" in call.named else call.piped or UNKNOWN
    labels = call.labels()
    listed = code.items
    if listed is not None:
        code = Value(text_of(code, "\n"), code.all_labels(), how=code.how)
    machine.code(
        Value(code.constant, labels | code.labels, code.name, how=code.how),
        call.at,
        how=call.how,
        text="Invoke-Expression",
    )
    return Value(labels=labels)


def _blocks(call: Call) -> list[Value]:
    return [each for each in [*call.named.values(), *call.rest] if each.name.startswith("block:")]


def _run_block(machine: Machine, call: Call) -> Value:
    """Commands that run the blocks among their parameters, elsewhere or later."""
    arguments = elements(call.given("argumentlist")) or []
    given = [machine.run_block(machine.blocks[each.name], arguments, piped=call.piped) for each in _blocks(call)]
    path = call.text("filepath")
    if path and (labels := machine.kept(path)):
        machine.emit("proc.fetched", call.at, how=call.how, inputs=labels, text=call.line)
    command = call.given("command")
    if command is not UNKNOWN and not command.name:
        machine.code(command, call.at, how=call.how, text=call.name)
    return Value(labels=labels_of(*given) | call.labels())


def _for_each(machine: Machine, call: Call) -> Value:
    blocks = _blocks(call)
    piped = call.piped if call.piped is not None else UNKNOWN
    if not blocks:
        name = spelled(call.given("process"))
        if name and isinstance(piped.items, list):
            return Value(
                labels=piped.labels,
                items=[property_of(machine, each, name.lower(), How.LITERAL) for each in piped.items],
            )
        return Value(labels=call.labels())
    longest = max(machine.blocks[each.name].end - machine.blocks[each.name].at for each in blocks)
    listed = few(piped, _FOLLOWED_CHARACTERS_MAX // longest)
    given: list[Value] = []
    for place, value in enumerate(blocks):
        block = machine.blocks[value.name]
        once = len(blocks) > 1 and (place == 0 or (place == len(blocks) - 1 and len(blocks) > 2))
        if once or listed is None or len(listed) * (block.end - block.at) > _FOLLOWED_CHARACTERS_MAX:
            whole = piped if listed is not None and len(listed) == 1 else Value(labels=piped.all_labels())
            given.append(Value(labels=machine.run_block(block, [], piped=whole).all_labels()))
            continue
        given += [machine.run_block(block, [], piped=each) for each in listed]
    kept = [each for each in given if each is not UNKNOWN]
    return of_items([inner for each in kept for inner in (each.items if each.items is not None else [each])])


def _where(machine: Machine, call: Call) -> Value:
    piped = call.piped if call.piped is not None else UNKNOWN
    for block in _blocks(call):
        machine.run_block(machine.blocks[block.name], [], piped=Value(labels=piped.all_labels()))
    return Value(labels=piped.all_labels()) if piped.items is not None else piped


def _passed(machine: Machine, call: Call) -> Value:
    """What comes in goes out."""
    del machine
    if call.piped is not None:
        property_ = spelled(call.given("expandproperty"))
        if property_ and isinstance(call.piped, Fields):
            return call.piped.fields.get(property_.lower(), call.piped)
        return call.piped
    if call.rest and not call.named:
        return call.rest[0] if len(call.rest) == 1 else Value(items=call.rest)
    if "inputobject" in call.named:
        first = call.named["inputobject"]
        return first if not call.rest else Value(items=[first, *call.rest])
    return Value(labels=call.labels())


def _as_text(machine: Machine, call: Call) -> Value:
    del machine
    piped = call.piped if call.piped is not None else UNKNOWN
    text = text_of(piped, "\r\n")
    return Value(text, piped.all_labels(), how=piped.how) if text != HOLE else Value(labels=piped.all_labels())


def _nothing(machine: Machine, call: Call) -> Value:
    del machine, call
    return UNKNOWN


def _set_variable(machine: Machine, call: Call) -> Value:
    name = (spelled(call.given("name")) or "").lower()
    value = call.named.get("value", call.piped or UNKNOWN)
    if name:
        machine.assign(name.rpartition(":")[2], value)
    return Fields(fields={"name": Value(name), "value": value}) if "passthru" in call.switches else UNKNOWN


def _get_variable(machine: Machine, call: Call) -> Value:
    asked = (spelled(call.given("name")) or "").lower()
    known = [name for scope in machine.scopes for name in scope]
    name = (
        next((each for each in [*known, *VARIABLE_NAMES] if patterns.like(each, asked)), asked)
        if "*" in asked or "?" in asked or "[" in asked
        else asked
    )
    value = machine.lookup(name)
    if "valueonly" in call.switches:
        return value
    shown = {"maximumdrivecount": "MaximumDriveCount"}.get(name, name)
    return Fields(labels=value.labels, fields={"name": Value(shown, how=How.RESOLVED), "value": value})


def _set_alias(machine: Machine, call: Call) -> Value:
    name, target = spelled(call.given("name")), call.given("value")
    if not name:
        return UNKNOWN
    command = target.name[8:] if target.name.startswith("command:") else (spelled(target) or "").lower()
    if command:
        machine.aliases[name.lower()] = command
        full = ALIASES.get(command, command)
        if full in ("invoke-expression", "invoke-command", "invoke-webrequest") and target.how is not How.LITERAL:
            machine.emit("obf.alias", call.at, how=target.how, text=f"{name} = {full}")
    return UNKNOWN


def _get_command(machine: Machine, call: Call) -> Value:
    del machine
    given = call.given("name")
    asked = (spelled(given) or "").lower()
    if not asked or HOLE in asked:
        return Value(labels=call.labels())
    if any(each in asked for each in "*?["):
        found = next((each for each in COMMAND_NAMES if patterns.like(each, asked)), "")
        return Value(found, name=f"command:{found}", how=How.RESOLVED) if found else UNKNOWN
    pieces = any(label.startswith(("obf.split", "decode.")) for label in given.labels)
    return Value(asked, given.labels, f"command:{asked}", how=How.RESOLVED if pieces else How.LITERAL)


def _new_object(machine: Machine, call: Call) -> Value:
    com = call.text("comobject")
    if com:
        inputs = call.labels()
        name = f"new:com:{com.lower()}"
        if "xmlhttp" in name or "winhttp" in name:
            return Fields(labels=inputs, name=name)
        return Value(labels=inputs, name=name)
    given = call.given("typename")
    type_ = (
        given.name[5:]
        if given.name.startswith("type:")
        else "".join(text_of(given).lower().split()).removeprefix("system.").strip("[]")
    )
    listed = call.named.get("argumentlist")
    if type_.startswith("byte[]"):
        return UNKNOWN
    if listed is None:
        arguments = list(call.rest)
    else:
        items = listed.items if listed.items is not None and not isinstance(listed, Codes) else [listed]
        arguments = [*items, *call.rest]
    if type_ == "object" or type_ in ("psobject", "management.automation.psobject"):
        fields = call.given("property")
        return fields if isinstance(fields, Fields) else Fields(labels=call.labels())
    if given.how is not How.LITERAL and type_ in ("net.webclient", "net.sockets.tcpclient"):
        machine.emit("decode.escapes", call.at, how=How.RESOLVED, inputs=given.labels, text=type_)
    return construct(machine, type_, arguments, call.at, call.how)


def _add_type(machine: Machine, call: Call) -> Value:
    """Code of .NET in a text: which functions of Windows it reaches. Libraries by their path."""
    code = call.given("typedefinition", "memberdefinition")
    text = text_of(code)
    labels = code.all_labels()
    if text != HOLE:
        machine.emit("code.compile", call.at, how=code.how, inputs=labels, text="Add-Type")
        named = [name for name in INJECTING.values() if name in text]
        if len(named) > 1:
            for name in named:
                machine.emit("proc.injection", call.at, how=code.how, inputs=labels, text=f"{name}(")
        for label in machine.labels_of(text) & {"read.keys", "proc.memory_read", "harm.av_tamper"}:
            machine.emit(label, call.at, how=code.how, inputs=labels, text="Add-Type")
    path = call.given("path", "literalpath")
    kept = machine.kept(text_of(path)) | path.labels
    if any(label.startswith(("net.http", "net.download", "decode.")) for label in kept):
        machine.emit("code.native_by_path", call.at, how=call.how, inputs=kept, text=call.line)
    if any(label.startswith(("net.", "decode.")) for label in labels):
        machine.emit("code.exec", call.at, how=code.how, inputs=labels, text="Add-Type")
    return UNKNOWN


def _import(machine: Machine, call: Call) -> Value:
    name = call.given("name")
    labels = name.all_labels() | machine.kept(text_of(name))
    if name.name == "assembly" and any(label.startswith(("net.", "decode.")) for label in labels):
        machine.emit("code.native_by_path", call.at, how=call.how, inputs=labels, text=call.line)
    elif any(label.startswith(("net.http", "net.download")) for label in labels):
        machine.emit("proc.fetched", call.at, how=call.how, inputs=labels, text=call.line)
    return UNKNOWN


def _join_path(machine: Machine, call: Call) -> Value:
    parts = [call.given("path"), call.given("childpath"), *call.rest]
    texts = [
        text_of(each).strip("\\/") if place else text_of(each).rstrip("\\/")
        for place, each in enumerate(parts)
        if each is not UNKNOWN
    ]
    return machine.settled(Value("\\".join(texts), labels_of(*parts)), call.at)


def _split_path(machine: Machine, call: Call) -> Value:
    del machine
    path = call.text("path", "literalpath")
    labels = call.labels()
    if not path or HOLE in path:
        return Value(labels=labels)
    parent, _, leaf = path.replace("/", "\\").rpartition("\\")
    return Value(leaf if "leaf" in call.switches else parent, labels)


def _sleep(machine: Machine, call: Call) -> Value:
    seconds = call.given("seconds").constant
    if isinstance(seconds, int | float) and seconds >= _SECONDS_MIN:
        machine.emit("evade.delay", call.at, text=call.line)
    return UNKNOWN


def _write(machine: Machine, call: Call) -> Value:
    del machine
    return _passed_words(call)


def _passed_words(call: Call) -> Value:
    given = [*call.named.values(), *call.rest]
    if not given:
        return call.piped if call.piped is not None else UNKNOWN
    if len(given) == 1:
        return given[0]
    return Value(items=given)


def _secure(machine: Machine, call: Call) -> Value:
    """A text as a secure one. With a key it is deciphered."""
    del machine
    text = call.named.get("string", call.piped or UNKNOWN)
    if "key" in call.named or "securekey" in call.named:
        return Value(labels=call.labels() | {"decode.cipher"})
    return Value(text.constant if "asplaintext" in call.switches else NOT_KNOWN, call.labels(), how=text.how)


def _each_line(machine: Machine, call: Call) -> Value:
    del machine
    return joined([*call.named.values(), *call.rest, *([call.piped] if call.piped is not None else [])])


CMDLETS: Final = {
    "invoke-expression": _run_text,
    **dict.fromkeys(
        listed(
            """invoke-command start-job start-threadjob measure-command register-objectevent register-wmievent
            register-engineevent register-scheduledjob invoke-asworkflow trace-command"""
        ),
        _run_block,
    ),
    "foreach-object": _for_each,
    "where-object": _where,
    **dict.fromkeys(["select-object", "sort-object", "get-unique", "tee-object"], _passed),
    "out-string": _as_text,
    **dict.fromkeys(
        listed(
            """out-null write-host write-verbose write-warning write-error write-debug write-information write-progress
            out-host out-default clear-host set-strictmode set-location push-location pop-location read-host get-date
            format-table format-list get-help test-path update-help write-log"""
        ),
        _nothing,
    ),
    "write-output": _write,
    **dict.fromkeys(("set-variable", "new-variable"), _set_variable),
    "get-variable": _get_variable,
    **dict.fromkeys(("set-alias", "new-alias"), _set_alias),
    **dict.fromkeys(("get-command", "get-alias"), _get_command),
    "new-object": _new_object,
    "add-type": _add_type,
    "import-module": _import,
    "join-path": _join_path,
    "split-path": _split_path,
    "start-sleep": _sleep,
    "convertto-securestring": _secure,
}
