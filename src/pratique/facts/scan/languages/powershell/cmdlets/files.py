"""Commands that read, write, copy and delete files, and what else has a path: variables, the environment, the registry."""

import re
from typing import Final

from pratique.facts.scan.languages import windows_deeds
from pratique.facts.scan.languages.powershell.machine import Call, Machine
from pratique.facts.scan.languages.powershell.values import Fields, text_of
from pratique.facts.scan.languages.windows import listed
from pratique.facts.scan.value import HOLE, UNKNOWN, Value

_VARIABLE: Final = re.compile(r"variable:[\\/]?(.+)$", re.IGNORECASE)
_ENVIRONMENT: Final = re.compile(r"env:[\\/]?(.*)$", re.IGNORECASE)
_ALIAS: Final = re.compile(r"alias:[\\/]?(.+)$", re.IGNORECASE)
REGISTRY: Final = re.compile(
    r"(?:registry::|hk(?:lm|cu|cr|u|cc):|microsoft\.powershell\.core\\registry::)", re.IGNORECASE
)


def _path(call: Call) -> Value:
    return (
        call.named.get("path") or call.named.get("literalpath") or call.named.get("filepath") or call.piped or UNKNOWN
    )


def _read(machine: Machine, call: Call) -> Value:
    path = _path(call)
    found = _special(machine, text_of(path))
    if found is not None:
        return found
    value = machine.reads(call, path)
    return Value(labels=value.labels | {"ps.self"}) if "ps.self" in path.labels else value


def _special(machine: Machine, path: str) -> Value | None:
    """What a path leads to that is none of a file's."""
    variable = _VARIABLE.match(path)
    if variable is not None:
        name = variable[1].lower()
        return machine.lookup(name)
    environment = _ENVIRONMENT.match(path)
    if environment is not None:
        if not environment[1] or "*" in environment[1]:
            machine.emit("read.env_all", 0, text=path)
            return Value(labels=frozenset({"read.env_all"}))
        return machine.lookup(f"env:{environment[1].lower()}")
    return None


def _get_item(machine: Machine, call: Call) -> Value:
    path = _path(call)
    text = text_of(path)
    environment = _ENVIRONMENT.match(text)
    if environment is not None and (not environment[1] or "*" in environment[1]):
        machine.emit("read.env_all", call.at, how=call.how, text=call.line)
        return Value(labels=frozenset({"read.env_all"}))
    found = _special(machine, text)
    if found is not None:
        return Fields(labels=found.labels, fields={"value": found, "name": Value(text.rpartition(":")[2])})
    labels = path.all_labels()
    if REGISTRY.match(text):
        return Value(labels=labels - {"write.autostart", "harm.av_tamper"})
    return Value(path.constant if HOLE not in text else UNKNOWN.constant, labels)


def _set_item(machine: Machine, call: Call) -> Value:
    text = text_of(_path(call))
    value = call.named.get("value", call.piped or UNKNOWN)
    variable, environment, alias = _VARIABLE.match(text), _ENVIRONMENT.match(text), _ALIAS.match(text)
    if variable is not None:
        machine.assign(variable[1].lower(), value)
    elif environment is not None:
        machine.emit("write.env", call.at, how=call.how, inputs=value.all_labels(), text=call.line)
        machine.scopes[0][f"env:{environment[1].lower()}"] = value
    elif alias is not None:
        machine.aliases[alias[1].lower()] = text_of(value).lower()
    elif REGISTRY.match(text):
        machine.sets(call, text, text_of(value) if value is not UNKNOWN else "", call.labels(), call.line)
    return UNKNOWN


def _new_item(machine: Machine, call: Call) -> Value:
    path = call.named.get("path", UNKNOWN)
    text = text_of(path)
    if "name" in call.named:
        text = f"{text}\\{call.text('name')}"
    value = call.named.get("value", call.piped or UNKNOWN)
    if REGISTRY.match(text):
        machine.sets(call, text, text_of(value) if value is not UNKNOWN else "", call.labels(), call.line)
    elif _ENVIRONMENT.match(text) or _VARIABLE.match(text):
        return _set_item(machine, call)
    elif value is not UNKNOWN:
        machine.writes(call, Value(text, path.all_labels()), value.all_labels())
    return Value(text, path.all_labels()) if HOLE not in text else Value(labels=path.all_labels())


def _write(machine: Machine, call: Call) -> Value:
    path = (
        _path(call)
        if call.piped is None
        else (call.named.get("path") or call.named.get("filepath") or call.named.get("literalpath") or UNKNOWN)
    )
    value = call.named.get("value") or call.named.get("inputobject") or call.piped or UNKNOWN
    text = text_of(path)
    special = _VARIABLE.match(text)
    if special is not None:
        machine.assign(special[1].lower(), value)
        return UNKNOWN
    content = value.all_labels()
    machine.writes(call, path, content)
    if "write.shell_rc" in path.all_labels():
        machine.later(value, call.at, how=call.how)
    return value if call.name == "tee-object" else UNKNOWN


def _copy(machine: Machine, call: Call) -> Value:
    source, target = _path(call), call.given("destination", "newname")
    labels = source.all_labels()
    if any(label.startswith("read.") for label in labels):
        machine.reads(call, source)
    content = labels | machine.kept(text_of(source))
    machine.writes(call, target, frozenset(each for each in content if not each.startswith("write.")))
    return UNKNOWN


def _archive(machine: Machine, call: Call) -> Value:
    source, target = _path(call), call.given("destinationpath")
    if call.name == "expand-archive":
        machine.emit("write.file", call.at, how=call.how, inputs=machine.kept(text_of(source)), text=call.line)
        return UNKNOWN
    labels = machine.reads(call, source).labels
    machine.writes(call, target, labels)
    return UNKNOWN


def _remove(machine: Machine, call: Call) -> Value:
    path = _path(call)
    text = text_of(path)
    labels = path.all_labels()
    listed = [text_of(each) for each in path.items] if path.items is not None else [text]
    if "recurse" in call.switches and any(windows_deeds.is_everything(each) for each in listed):
        machine.emit("harm.wipe", call.at, how=call.how, inputs=labels, text=call.line)
    elif "ps.self" in labels:
        machine.emit("evade.self_clean", call.at, how=call.how, inputs=labels, text=call.line)
    elif ("history" in text.lower() and "psreadline" in text.lower()) or "historysavepath" in call.line.lower():
        machine.emit("evade.history", call.at, how=call.how, inputs=labels, text=call.line)
    elif not REGISTRY.match(text):
        machine.emit("harm.delete", call.at, how=call.how, inputs=labels, text=call.line)
    return UNKNOWN


def _list(machine: Machine, call: Call) -> Value:
    path = _path(call)
    text = text_of(path)
    if _ENVIRONMENT.match(text) or _VARIABLE.match(text):
        return _get_item(machine, call)
    labels = path.all_labels()
    if REGISTRY.match(text):
        return Value(labels=labels - {"write.autostart", "harm.av_tamper"})
    for name in ("filter", "include"):
        labels |= machine.labels_of(call.text(name)) if call.text(name) else frozenset()
    kept = path.constant if call.name == "resolve-path" else UNKNOWN.constant
    return Value(kept, frozenset(label for label in labels if not label.startswith("write.")) | machine.kept(text))


def _select_text(machine: Machine, call: Call) -> Value:
    path = call.named.get("path")
    if path is None:
        return Value(labels=call.labels())
    return machine.reads(call, path)


CMDLETS: Final = {
    "get-content": _read,
    **dict.fromkeys(("get-item", "get-itemproperty", "get-itempropertyvalue"), _get_item),
    "set-item": _set_item,
    "new-item": _new_item,
    **dict.fromkeys(listed("set-content add-content out-file tee-object export-csv export-clixml"), _write),
    **dict.fromkeys(("copy-item", "move-item", "rename-item"), _copy),
    **dict.fromkeys(("compress-archive", "expand-archive"), _archive),
    "remove-item": _remove,
    **dict.fromkeys(("get-childitem", "resolve-path", "convert-path"), _list),
    "select-string": _select_text,
}
