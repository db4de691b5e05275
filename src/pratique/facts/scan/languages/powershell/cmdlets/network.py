"""Commands that fetch and send."""

from typing import Final

from pratique.facts.scan.languages import windows
from pratique.facts.scan.languages.powershell.machine import Call, Machine
from pratique.facts.scan.languages.powershell.values import is_true, text_of
from pratique.facts.scan.value import UNKNOWN, Value

_SENDING: Final = frozenset({"post", "put", "patch"})
_OWN: Final = frozenset({"read.ci_token", "read.env_secret", "read.env"})
"""What a header may hold that the request is authorised by."""
_QUIET: Final = frozenset(
    {"headers", "credential", "proxy", "proxycredential", "token", "websession", "useragent", "timeoutsec"}
)


def _request(machine: Machine, call: Call) -> Value:
    address = call.given("uri")
    if address is UNKNOWN and call.rest:
        address = next((each for each in call.rest if "/" in text_of(each)), UNKNOWN)
    labels = call.labels(without=_QUIET) | (call.given("headers").all_labels() - _OWN)
    for name in ("infile", "body"):
        labels |= machine.kept(call.text(name))
    sends = call.text("method").lower() in _SENDING or {"body", "infile", "form"} & call.named.keys()
    path = call.given("outfile", "o")
    if path is UNKNOWN and "o" in call.switches and call.rest:
        path = next((each for each in call.rest if "://" not in text_of(each)), UNKNOWN)
    if sends:
        machine.emit("net.send", call.at, how=call.how, inputs=labels, text=call.line)
    elif path is UNKNOWN:
        machine.emit("net.http", call.at, how=call.how, inputs=labels, text=call.line)
    if path is not UNKNOWN:
        machine.emit("net.download_file", call.at, how=call.how, inputs=labels, text=call.line)
        _put(machine, call, path, labels | {"net.download_file"})
        return UNKNOWN
    if windows.installer(text_of(address)):
        return Value(labels=frozenset({"net.installer"}))
    return Value(labels=labels | {"net.http"})


def _put(machine: Machine, call: Call, path: Value, labels: frozenset[str]) -> None:
    machine.keep(text_of(path), labels)
    if "write.autostart" in path.all_labels():
        machine.emit("write.autostart", call.at, how=call.how, inputs=labels | path.all_labels(), text=call.line)


def _bits(machine: Machine, call: Call) -> Value:
    labels = call.labels()
    machine.emit("net.download_file", call.at, how=call.how, inputs=labels, text=call.line)
    _put(machine, call, call.given("destination"), labels | {"net.download_file"})
    return UNKNOWN


def _mail(machine: Machine, call: Call) -> Value:
    labels = call.labels(without=frozenset({"credential"}))
    attached = call.given("attachments")
    labels |= machine.kept(text_of(attached))
    machine.emit("net.mail", call.at, how=call.how, inputs=labels, text=call.line)
    return UNKNOWN


def _resolve(machine: Machine, call: Call) -> Value:
    machine.resolves(call, call.text("name"), call.given("name").all_labels(), call.labels(), call.line)
    texts = call.text("type").upper() in ("TXT", "ANY", "NULL", "16")
    return Value(labels=call.labels() | {"net.dns"} | ({"net.received"} if texts else frozenset()))


def _reach(machine: Machine, call: Call) -> Value:
    """A host is reached and nothing is sent to it."""
    labels = call.labels()
    if any(label.startswith("read.") for label in labels) and not is_true(call.given("quiet")):
        machine.emit("net.dns", call.at, how=call.how, inputs=labels, text=call.line)
    return Value(labels=labels - {"read.host_info"})


CMDLETS: Final = {
    **dict.fromkeys(("invoke-webrequest", "invoke-restmethod"), _request),
    "start-bitstransfer": _bits,
    "send-mailmessage": _mail,
    "resolve-dnsname": _resolve,
    **dict.fromkeys(("test-connection", "test-netconnection"), _reach),
}
