"""Static methods of .NET that load code, start programs, or ask and change the system."""

from typing import Final

from pratique.facts.scan.languages import windows
from pratique.facts.scan.languages.powershell.machine import REACHES, Call, Invoked, Machine
from pratique.facts.scan.languages.powershell.objects.codes import script_block
from pratique.facts.scan.languages.powershell.objects.making import construct
from pratique.facts.scan.languages.powershell.objects.programs import start_described
from pratique.facts.scan.languages.powershell.objects.tables import table
from pratique.facts.scan.languages.powershell.values import Fields, spelled, text_of
from pratique.facts.scan.observation import How
from pratique.facts.scan.value import UNKNOWN, Value


def _assembly(machine: Machine, call: Invoked) -> Value:
    """An assembly from bytes or a file. One by its name is Windows' own."""
    value = call.argument(0)
    labels = call.labels() | (machine.kept(text_of(value)) if isinstance(value.constant, str) else frozenset())
    made_here = any(label.startswith(("net.", "decode.", "obf.blob")) for label in labels)
    named = isinstance(value.constant, str) and call.name in ("load", "loadwithpartialname") and not made_here
    if named:
        return Value(name="assembly")
    machine.emit("code.compile_load", call.at, how=call.how, inputs=labels, text=call.shown())
    if made_here:
        machine.emit("code.native_by_path", call.at, how=call.how, inputs=labels, text=call.shown())
    return Value(labels=labels | {"code.compile_load"}, name="assembly")


def _process(machine: Machine, call: Invoked) -> Value:
    first = call.argument(0)
    if isinstance(first, Fields):
        return start_described(machine, first, call.at, call.how)
    words = [text_of(first), *windows.words_of(text_of(call.argument(1)) if len(call.arguments) > 1 else "")]
    return machine.start(Call("start", call.at, call.how), words, call.labels(), head=first.all_labels())


def _variable(machine: Machine, call: Invoked) -> Value:
    name = spelled(call.argument(0)) or ""
    return machine.lookup(f"env:{name.lower()}") if name else Value(labels=call.labels())


def _variables(machine: Machine, call: Invoked) -> Value:
    machine.emit("read.env_all", call.at, how=call.how, text=call.shown())
    return Value(labels=frozenset({"read.env_all"}))


def _set_variable(machine: Machine, call: Invoked) -> Value:
    machine.emit("write.env", call.at, how=call.how, inputs=call.labels(), text=call.shown())
    return UNKNOWN


def _startup(machine: Machine, call: Invoked) -> Value:
    del machine
    if "startup" in text_of(call.argument(0)).lower():
        return Value("%APPDATA%\\Microsoft\\Windows\\Start Menu\\Programs\\Startup", frozenset({"write.autostart"}))
    return Value(f"%{text_of(call.argument(0)).upper()}%")


def _resolve(machine: Machine, call: Invoked) -> Value:
    doing = Call(call.name, call.at, call.how, words=[call.shown()])
    machine.resolves(doing, text_of(call.argument(0)), call.argument(0).all_labels(), call.labels(), call.shown())
    return Value(labels=call.labels() | {"net.dns"})


def _dpapi(machine: Machine, call: Invoked) -> Value:
    labels = call.labels()
    machine.emit("read.secrets_store", call.at, how=call.how, inputs=labels, text=call.shown())
    return Value(labels=labels | {"read.secrets_store"})


def _secure(machine: Machine, call: Invoked) -> Value:
    del machine
    return Value(call.argument(0).constant, call.labels(), how=call.argument(0).how)


def _delegate(machine: Machine, call: Invoked) -> Value:
    """Memory made into a function: what is started so was put there by hand."""
    tell_injection(machine, call)
    if any(label.startswith(("decode.", "obf.blob", "net.")) for label in call.labels()):
        machine.emit(
            "proc.injection", call.at, how=call.how, inputs=call.labels(), text="GetDelegateForFunctionPointer("
        )
    return Value(labels=call.labels())


def _clipboard(machine: Machine, call: Invoked) -> Value:
    machine.emit("read.clipboard", call.at, how=call.how, text=call.shown())
    return Value(labels=frozenset({"read.clipboard"}))


def _request(machine: Machine, call: Invoked) -> Value:
    machine.emit("net.http", call.at, how=call.how, inputs=call.labels(), text=call.shown())
    return Fields(labels=call.labels() | {"net.http"}, name="new:net.webrequest")


def _powershell(machine: Machine, call: Invoked) -> Value:
    del machine
    return Value(labels=call.labels(), name="new:powershell")


def _activator(machine: Machine, call: Invoked) -> Value:
    of = call.argument(0)
    if of.name.startswith("type:"):
        return construct(machine, of.name[5:], call.arguments[1:], call.at, call.how)
    return Value(labels=call.labels(), name=of.name)


def _com_type(machine: Machine, call: Invoked) -> Value:
    del machine
    return Value(labels=call.labels(), name=f"new:com:{text_of(call.argument(0)).lower()}")


def _registry(machine: Machine, call: Invoked) -> Value:
    key = "\\".join(text_of(each) for each in call.arguments[:2])
    machine.sets(Call(call.name, call.at, call.how), key, text_of(call.argument(2)), call.labels(), call.shown())
    return UNKNOWN


def _key(machine: Machine, call: Invoked) -> Value:
    """A key of the registry that is opened: its path stays with it."""
    del machine
    return Value(text_of(call.argument(0)), call.labels(), "new:registrykey")


def _paths(machine: Machine, call: Invoked) -> Value:
    parts = [text_of(each).rstrip("\\/") for each in call.arguments]
    return machine.settled(Value("\\".join(parts), call.labels(), how=How.LITERAL), call.at)


def _temporary(machine: Machine, call: Invoked) -> Value:
    del machine, call
    return Value("%TEMP%\\", frozenset())


def tell_injection(machine: Machine, call: Invoked) -> None:
    """A function of Windows that was looked up by its name is made ready to be called."""
    for label in sorted(call.labels()):
        if label.startswith(REACHES):
            machine.emit(
                "proc.injection", call.at, how=call.how, inputs=call.labels(), text=f"{label[len(REACHES) :]}("
            )


STATICS: Final = table(
    (
        """reflection.assembly::load reflection.assembly::loadfile reflection.assembly::loadfrom
        reflection.assembly::unsafeloadfrom reflection.assembly::loadwithpartialname appdomain::currentdomain.load""",
        _assembly,
    ),
    ("diagnostics.process::start", _process),
    ("environment::getenvironmentvariable", _variable),
    ("environment::getenvironmentvariables", _variables),
    ("environment::setenvironmentvariable", _set_variable),
    ("environment::getfolderpath", _startup),
    (
        """net.dns::gethostaddresses net.dns::gethostentry net.dns::resolve net.dns::gethostbyname
        net.dns::gethostaddressesasync net.dns::gethostentryasync""",
        _resolve,
    ),
    ("security.cryptography.protecteddata::unprotect", _dpapi),
    (
        """runtime.interopservices.marshal::securestringtobstr runtime.interopservices.marshal::ptrtostringauto
        runtime.interopservices.marshal::ptrtostringbstr runtime.interopservices.marshal::ptrtostringuni
        runtime.interopservices.marshal::securestringtoglobalallocunicode runtime.interopservices.marshal::ptrtostringansi""",
        _secure,
    ),
    ("runtime.interopservices.marshal::getdelegateforfunctionpointer", _delegate),
    ("windows.forms.clipboard::gettext windows.clipboard::gettext", _clipboard),
    ("net.webrequest::create net.httpwebrequest::create", _request),
    ("powershell::create management.automation.powershell::create", _powershell),
    (
        "scriptblock::create management.automation.scriptblock::create",
        lambda machine, call: script_block(machine, call.argument(0), call.at),
    ),
    ("activator::createinstance", _activator),
    ("type::gettypefromprogid type::gettypefromclsid", _com_type),
    ("microsoft.win32.registry::setvalue", _registry),
    ("microsoft.win32.registrykey::openbasekey microsoft.win32.registrykey::openremotebasekey", _key),
    ("io.path::combine", _paths),
    ("io.path::gettemppath io.path::gettempfilename", _temporary),
)
"""These methods, by type and name."""
