"""What properties of objects and types give."""

from typing import Final

from pratique.facts.scan.languages.powershell.machine import Machine
from pratique.facts.scan.languages.powershell.values import Fields, count, made
from pratique.facts.scan.observation import How
from pratique.facts.scan.value import Value

_ENCODINGS: Final = {
    "utf8": "utf-8",
    "unicode": "utf-16-le",
    "bigendianunicode": "utf-16-be",
    "ascii": "ascii",
    "default": "latin-1",
    "latin1": "latin-1",
    "utf7": "utf-7",
    "utf32": "utf-32-le",
}
_HOST: Final = frozenset({"username", "machinename", "userdomainname"})
NAMED_ENCODING: Final = "encoding:"


def property_of(machine: Machine, base: Value, name: str, how: How) -> Value:
    """What a property gives; of a method without its brackets, something that can be invoked."""
    if isinstance(base, Fields):
        found = base.fields.get(name)
        if found is not None:
            return found
        if name == "startinfo":
            base.fields[name] = Fields(name="new:diagnostics.processstartinfo")
            return base.fields[name]
        if name in ("keys", "values") and not base.name:
            return Value(items=[*base.fields.values()] if name == "values" else [Value(each) for each in base.fields])
    if name in ("length", "count", "longlength"):
        size = count(base)
        return made(size, base) if size is not None else Value(labels=base.all_labels())
    if base.name.startswith("type:"):
        return _of_type(base, name)
    if base.items is not None and name not in ("invoke", "foreach", "where", "add"):
        return _of_each(machine, base, name, how)
    if base.name.startswith("block:") and name in ("value", "scriptblock", "ast"):
        return base
    if base.name.startswith("$"):
        return Value(labels=base.labels, name=f"{base.name}.{name}", of=base, how=how)
    return Value(labels=base.all_labels(), name=f"<any>.{name}", of=base, how=how)


def _of_each(machine: Machine, base: Value, name: str, how: How) -> Value:
    """A property of every element."""
    listed = base.items or []
    if len(listed) > 200:
        return Value(labels=base.all_labels())
    return Value(labels=base.labels, items=[property_of(machine, each, name, how) for each in listed])


def _of_type(base: Value, name: str) -> Value:
    type_ = base.name[5:]
    if type_ == "text.encoding" and name in _ENCODINGS:
        return Value(name=f"{NAMED_ENCODING}{_ENCODINGS[name]}")
    if type_ == "environment" and name in _HOST:
        return Value(f"%{name.upper()}%", frozenset({"read.host_info"}))
    if type_ == "environment" and name == "newline":
        return Value("\r\n")
    if type_ == "string" and name == "empty":
        return Value("")
    if name in ("fullname", "name"):
        return Value(type_)
    return Value(labels=base.labels, name=f"{base.name}.{name}", of=base)
