"""Methods that run texts and blocks, or turn bytes into texts."""

from typing import Final

from pratique.facts.scan.languages.powershell.machine import Invoked, Machine
from pratique.facts.scan.languages.powershell.objects.connections import decoded_text
from pratique.facts.scan.languages.powershell.objects.properties import NAMED_ENCODING
from pratique.facts.scan.languages.powershell.objects.tables import table
from pratique.facts.scan.languages.powershell.values import few, octets, text_of
from pratique.facts.scan.observation import How
from pratique.facts.scan.value import HOLE, Value


def script_block(machine: Machine, code: Value, at: int) -> Value:
    """A block made from a text: taken to be run, for nobody makes one for anything else."""
    if code.name.startswith("block:"):
        return code
    machine.code(code, at, text="[scriptblock]")
    return Value(labels=code.all_labels(), name="<code>")


def _add_script(machine: Machine, call: Invoked) -> Value:
    code = call.argument(0)
    machine.code(code, call.at, how=call.how, text="AddScript")
    return Value(labels=call.labels(), name=call.base.name)


def _invoke_script(machine: Machine, call: Invoked) -> Value | None:
    if "executioncontext" not in call.base.name and call.name != "invokescript":
        return None
    machine.code(call.argument(0), call.at, how=call.how, text="InvokeScript")
    return Value(labels=call.labels())


def _new_block(machine: Machine, call: Invoked) -> Value | None:
    if "executioncontext" not in call.base.name:
        return None
    machine.code(call.argument(0), call.at, how=call.how, text="NewScriptBlock")
    return Value(labels=call.labels())


def _get_command(machine: Machine, call: Invoked) -> Value | None:
    del machine
    if "executioncontext" not in call.base.name:
        return None
    name = text_of(call.argument(0)).lower()
    return Value(labels=call.labels(), name=f"command:{name}", how=How.RESOLVED)


def _each(machine: Machine, call: Invoked) -> Value | None:
    """`ForEach` and `Where` of a list, with a block."""
    block = call.argument(0)
    if not block.name.startswith("block:"):
        return None
    listed = few(call.base, 2_000)
    body = machine.blocks[block.name]
    if call.name == "foreach" and listed is not None and len(listed) * (body.end - body.at) < 20_000:
        return Value(items=[machine.run_block(body, [], piped=each) for each in listed])
    made_ = machine.run_block(body, [], piped=Value(labels=call.base.all_labels()))
    return Value(labels=made_.all_labels() | call.base.all_labels()) if call.name == "foreach" else call.base


def _get_string(machine: Machine, call: Invoked) -> Value | None:
    del machine
    data = octets(call.argument(0))
    encoding = call.base.name.removeprefix(NAMED_ENCODING) if call.base.name.startswith(NAMED_ENCODING) else "utf-8"
    labels = call.labels()
    if data is None:
        return Value(labels=labels)
    return Value(decoded_text(data, encoding), labels, how=max(call.argument(0).how, How.RESOLVED))


def _get_bytes(machine: Machine, call: Invoked) -> Value | None:
    del machine
    text = call.argument(0).constant
    if not isinstance(text, str) or HOLE in text:
        return Value(labels=call.labels())
    encoding = call.base.name.removeprefix(NAMED_ENCODING) if call.base.name.startswith(NAMED_ENCODING) else "utf-8"
    return Value(text.encode(encoding, errors="replace"), call.labels(), how=call.argument(0).how)


def _deciphered(machine: Machine, call: Invoked) -> Value:
    del machine
    ciphers = "decrypt" in call.name or "decode.cipher" in call.base.all_labels()
    return Value(labels=call.labels() | ({"decode.cipher"} if ciphers else frozenset()), name="new:cipher")


def _transformed(machine: Machine, call: Invoked) -> Value:
    del machine
    return Value(labels=call.labels())


METHODS: Final = table(
    ("addscript", _add_script),
    ("invokescript", _invoke_script),
    ("newscriptblock", _new_block),
    ("getcommand getcmdlet getcmdlets getcommandname", _get_command),
    ("foreach where", _each),
    ("getstring", _get_string),
    ("getbytes", _get_bytes),
    ("createdecryptor decrypt", _deciphered),
    ("transformfinalblock", _transformed),
)
"""These methods, by name."""
