"""Methods by which data come and go: of web clients, requests, sockets and streams."""

from typing import Final

from pratique.facts.scan.languages import windows
from pratique.facts.scan.languages.powershell.machine import Invoked, Machine
from pratique.facts.scan.languages.powershell.objects.tables import table
from pratique.facts.scan.languages.powershell.values import text_of
from pratique.facts.scan.value import UNKNOWN, Value


def _fetch(machine: Machine, call: Invoked) -> Value:
    """What an address holds."""
    labels = call.labels()
    machine.emit("net.http", call.at, how=call.how, inputs=labels, text=call.shown())
    if windows.installer(text_of(call.argument(0))):
        return Value(labels=frozenset({"net.installer"}))
    return Value(labels=labels | {"net.http"})


def _fetch_to_file(machine: Machine, call: Invoked) -> Value:
    address, path = call.argument(0), call.argument(1)
    labels = call.labels()
    machine.emit("net.download_file", call.at, how=call.how, inputs=labels, text=call.shown())
    machine.keep(text_of(path), address.all_labels() | {"net.download_file"})
    if "write.autostart" in path.all_labels():
        machine.emit("write.autostart", call.at, how=call.how, inputs=labels | {"net.download_file"}, text=call.shown())
    return Value(labels=labels)


def _send(machine: Machine, call: Invoked) -> Value:
    labels = call.labels()
    for each in call.arguments[1:]:
        labels |= machine.kept(text_of(each))
    machine.emit("net.send", call.at, how=call.how, inputs=labels, text=call.shown())
    return Value(labels=labels | {"net.http"})


def _send_in_body(machine: Machine, call: Invoked) -> Value | None:
    """`Send` of a request object, of a socket, or of a mail client."""
    base = call.base.name
    if "smtp" in base:
        machine.emit("net.mail", call.at, how=call.how, inputs=call.labels(), text=call.shown())
    elif "http" in base:
        label = "net.send" if call.arguments and call.argument(0).constant is not None else "net.http"
        machine.emit(label, call.at, how=call.how, inputs=call.labels(), text=call.shown())
        if call.base_variable:
            machine.absorb(call.base_variable, frozenset({"net.http"}))
    elif "net.socket" in call.base.all_labels():
        machine.emit("net.socket", call.at, how=call.how, inputs=call.labels(), text=call.shown())
    else:
        return None
    return Value(labels=call.labels() | {"net.http"})


def _open(machine: Machine, call: Invoked) -> Value | None:
    """`Open` of a request object: the method and the address."""
    if "http" not in call.base.name:
        return None
    if call.base_variable:
        machine.absorb(call.base_variable, call.labels())
    return UNKNOWN


def _write(machine: Machine, call: Invoked) -> Value | None:
    """What is written goes out over a connection, into a request, a file, or the input of a program."""
    labels = call.labels()
    if "standardinput" in call.base.name and "net.received" in labels:
        machine.emit("proc.shell_plumbing", call.at, how=call.how, inputs=labels, text=call.shown())
    if "net.socket" in call.base.all_labels():
        machine.emit("net.socket", call.at, how=call.how, inputs=labels, text=call.shown())
    elif call.base.name == "new:request":
        machine.emit("net.send", call.at, how=call.how, inputs=labels, text=call.shown())
    elif call.base.name == "new:io.streamwriter":
        machine.emit("write.file", call.at, how=call.how, inputs=labels, text=call.shown())
    if call.base_variable and labels - call.base.all_labels():
        machine.absorb(call.base_variable, labels)
    return UNKNOWN


def _read(machine: Machine, call: Invoked) -> Value | None:
    """What comes in over a stream; it also goes into the array that is handed over."""
    labels = call.base.all_labels()
    if "net.socket" in labels:
        labels |= {"net.received"}
    if call.variable(0) and labels:
        machine.absorb(call.variable(0), labels)
    data = call.base.constant
    if isinstance(data, bytes) and call.name in ("readtoend", "toarray", "readline", "readtoendasync"):
        if call.name == "toarray":
            return Value(data, labels, how=call.base.how)
        return Value(decoded_text(data, "utf-8"), labels, how=call.base.how)
    return Value(labels=labels)


def _stream(machine: Machine, call: Invoked) -> Value:
    del machine
    name = "new:request" if call.name == "getrequeststream" else "new:stream"
    return Value(call.base.constant, call.labels(), name)


def _navigate(machine: Machine, call: Invoked) -> Value | None:
    if "internetexplorer" not in call.base.name:
        return None
    if call.base_variable:
        machine.absorb(call.base_variable, frozenset({"net.http"}))
    return _fetch(machine, call)


def _copy_to(machine: Machine, call: Invoked) -> Value:
    """A stream copied into another: the variable of that one now holds it."""
    name = call.variable(0)
    labels = call.labels()
    if name:
        machine.assign(name, Value(call.base.constant, labels, "new:io.memorystream", how=call.base.how))
    return UNKNOWN


def decoded_text(data: bytes, encoding: str) -> str:
    """Bytes as text, in an encoding or, where they are not of it, byte by byte."""
    if encoding == "utf-8" and data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return data.decode("latin-1")


METHODS: Final = table(
    (
        """downloadstring downloaddata openread downloadstringasync downloadstringtaskasync downloaddatataskasync getstringasync
        getasync getbytearrayasync getstreamasync""",
        _fetch,
    ),
    ("downloadfile downloadfileasync downloadfiletaskasync", _fetch_to_file),
    (
        "uploadstring uploaddata uploadfile uploadvalues uploadstringasync uploadfileasync postasync putasync sendasync",
        _send,
    ),
    ("send sendmailasync", _send_in_body),
    ("open", _open),
    ("write writeline writeasync", _write),
    ("read readline readtoend readasync receive readtoendasync toarray readbyte", _read),
    ("getstream getresponsestream getresponse getrequeststream accepttcpclient acceptsocket", _stream),
    ("navigate navigate2", _navigate),
    ("copyto", _copy_to),
)
"""These methods, by name."""
