"""What a call in R does: looked up by the plain name of what is called, with what flows into it."""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from pratique.facts.scan.content import Reader
from pratique.facts.scan.languages.r import folding
from pratique.facts.scan.languages.r.apis import CALLS, HIDDEN, READERS, THROUGH
from pratique.facts.scan.languages.r.expressions import Expressions
from pratique.facts.scan.languages.r.nodes import Assign, Call, Function, Name, Node
from pratique.facts.scan.observation import Context, How
from pratique.facts.scan.value import UNKNOWN, Value, joined

_QUOTING: Final = frozenset({"quote", "bquote", "substitute", "expression", "rlang_expr", "expr", "enquote"})
_APPLYING_NAMES: Final = (
    """lapply sapply vapply Map map map_chr map_dbl map_int walk Reduce Filter mapply future_map purrr_map apply"""
)
_APPLYING: Final = frozenset(_APPLYING_NAMES.split())
_REFLECTING_NAMES: Final = (
    """get get0 match.fun getFunction dynGet as.name as.symbol sym getAnywhere getExportedValue getFromNamespace"""
)
_REFLECTING: Final = frozenset(_REFLECTING_NAMES.split())
_NAMESPACES_NAMES: Final = (
    """asNamespace getNamespace baseenv globalenv as.environment topenv emptyenv parent.env environment loadNamespace"""
)
_NAMESPACES: Final = frozenset(_NAMESPACES_NAMES.split())
_AUTHORISING_NAMES: Final = """authenticate req_auth_bearer_token req_auth_basic req_oauth_client_credentials add_headers
    req_headers new_handle handle_setheaders handle_setopt req_auth_aws_v4 oauth2.0_token httpheader"""
_AUTHORISING: Final = frozenset(_AUTHORISING_NAMES.split())
_OWN_SECRETS: Final = frozenset({"read.env_secret", "read.ci_token", "read.env", "read.secrets_store"})
_OF_ANSWERS: Final = frozenset(
    {
        "net.raw_ip",
        "net.tunnel_host",
        "net.paste",
        "net.shortener",
        "net.collector_host",
        "net.chain_rpc",
        "net.metadata_service",
    }
)
_FETCHING: Final = frozenset({"net.http", "net.send", "net.download_file"})
_SECONDS_MIN: Final = 600


@dataclass(slots=True)
class Given:
    """What a call is given: its function's name, its arguments, and where it stands."""

    name: str
    arguments: list[Value]
    keywords: dict[str, Value]
    line: int
    how: How = How.LITERAL
    node: Call | None = field(default=None)

    def argument(self, name: str, place: int) -> Value:
        """An argument by its name or its place."""
        found = self.keywords.get(name)
        if found is not None:
            return found
        return self.arguments[place] if place < len(self.arguments) else UNKNOWN

    @property
    def labels(self) -> frozenset[str]:
        """The labels of everything that is given."""
        return joined([*self.arguments, *self.keywords.values()]).labels

    @property
    def shown(self) -> str:
        """The call in a few words."""
        first = next(iter([*self.arguments, *self.keywords.values()]), UNKNOWN)
        return f"{self.name}({' '.join(folding.shown(each) for each in first.flat()[:4])[:120]})"


class Calls(Expressions):
    """Adds calls to expressions."""

    def __init__(self, reader: Reader, context: Context) -> None:
        super().__init__(reader, context)
        self.files: dict[str, Value] = {}

    @abstractmethod
    def run_function(self, name: str, arguments: list[Value], keywords: dict[str, Value]) -> Value:
        """Follow a function of the file itself."""

    @abstractmethod
    def special(self, name: str) -> Callable[[Given], Value] | None:
        """What a function does that says more than a label."""

    @abstractmethod
    def run_text(self, code: Value, given: Given) -> Value:
        """Follow a text as R code."""

    def call(self, node: Call) -> Value:
        """What a call gives, telling of what it does."""
        plain = node.function.name if isinstance(node.function, Name) else ""
        if plain in _QUOTING and plain not in self.functions and node.arguments:
            return self._quoted(node.arguments[0][1])
        function = self._called_function(node)
        given = self._given(function.name, node)
        given.how = function.how
        if function.name.startswith("def:"):
            return self.run_function(function.name[4:], given.arguments, given.keywords)
        found = self._known(given, function)
        new = (
            self.text_labels(found.text) - found.labels if found.how is not How.LITERAL and found.text else frozenset()
        )
        if new:
            for label in new:
                self.emit(label, node.line, how=found.how, text=found.text)
            return Value(found.constant, found.labels | new, found.name, found.items, found.how)
        return found

    def _called_function(self, node: Call) -> Value:
        """What is called: a name, a text, or what an expression gives."""
        if isinstance(node.function, Name) and node.function.package:
            qualified = f"{node.function.package}::{node.function.name}"
            if qualified in CALLS:
                return Value(name=qualified)
        found = self.value(node.function)
        if not found.name and isinstance(found.constant, str):
            return Value(name=found.constant, labels=found.labels, how=How.RESOLVED)
        return found

    def _given(self, name: str, node: Call) -> Given:
        given = Given(name, [], {}, node.line, node=node)
        for key, argument in node.arguments:
            value = self.value(argument)
            if key:
                given.keywords[key] = value
            elif isinstance(argument, Name) and argument.name == "..." and value.items is not None:
                given.arguments += value.items
            else:
                given.arguments.append(value)
        return given

    def _quoted(self, node: Node) -> Value:
        """Code that is handed on without being run."""
        name = f"<quoted:{len(self.quoted)}>"
        self.quoted[name] = node
        self.value(node)  # somebody will: an option, a handler, a model
        return Value(name=name)

    def _known(self, given: Given, function: Value) -> Value:
        name = given.name
        if name in _REFLECTING:
            return self._reflected(given)
        if name in _NAMESPACES:
            return Value(name="<namespace>")
        if name in ("do.call", "exec"):
            return self._do_call(given)
        if name in ("call", "as.call", "call2"):
            return self._made_call(given)
        if name in _APPLYING:
            return self._applied(given)
        self._functions_given(given)
        if name in HIDDEN and function.how is not How.LITERAL:
            self._tell_hidden(given, function)
        special = self.special(name)
        if special is not None:
            return special(given)
        label = CALLS.get(name, "")
        if label:
            return self._labelled(given, label)
        if name in THROUGH and given.arguments:
            return given.arguments[0]
        folded = folding.called(name, given.arguments, given.keywords)
        if folded is not None:
            return folded
        if name in _AUTHORISING:
            return Value(labels=given.labels - _OWN_SECRETS)
        return Value(labels=given.labels, name=_kind(given))

    def _tell_hidden(self, given: Given, function: Value) -> None:
        """A function that was reached by a name: strange where the name does not stand in the text."""
        put_together = any(label.startswith(("decode.", "obf.spelling")) for label in function.labels)
        label = "obf.spelling" if put_together else "code.reflected_builtin"
        self.emit(label, given.line, how=How.RESOLVED, inputs=given.labels, text=given.name)

    def _reflected(self, given: Given) -> Value:
        name = given.arguments[0] if given.arguments else given.keywords.get("x", UNKNOWN)
        if given.name == "getExportedValue" and len(given.arguments) > 1:
            name = given.arguments[1]
        if not name.known or not isinstance(name.constant, str):
            return Value(labels=name.all_labels())
        made = frozenset({"obf.spelling"}) if name.how is not How.LITERAL else frozenset[str]()
        found = self.value(Name(name.constant, given.line))
        return Value(found.constant, found.labels | name.labels | made, found.name, found.items, How.RESOLVED)

    def _do_call(self, given: Given) -> Value:
        what = given.argument("what", 0)
        if not what.name and isinstance(what.constant, str):
            what = self._reflected(Given("get", [what], {}, given.line))
        packed = given.argument("args", 1)
        arguments = packed.items if packed.items is not None else [packed]
        if given.name == "exec":
            arguments = given.arguments[1:]
        return self.apply(what, list(arguments), given)

    def apply(self, what: Value, arguments: list[Value], given: Given) -> Value:
        """Call a function that a value stands for."""
        if what.name.startswith("def:"):
            return self.run_function(what.name[4:], arguments, {})
        if not what.name:
            return Value(labels=what.labels | joined(arguments).labels)
        return self._known(Given(what.name, arguments, {}, given.line, what.how), what)

    def _made_call(self, given: Given) -> Value:
        """`call("f", x)` and `as.call(list(f, x))`: a call that is made and not run yet."""
        row = given.arguments
        if given.name == "as.call" and row and row[0].items is not None:
            row = row[0].items
        if row and not row[0].name and isinstance(row[0].constant, str):
            row = [self._reflected(Given("get", [row[0]], {}, given.line)), *row[1:]]
        return Value(name="<call>", items=row, labels=joined(row).labels)

    def _applied(self, given: Given) -> Value:
        """`lapply(x, f)` and its kin: the function with the elements."""
        every = [*given.arguments, *given.keywords.values()]
        function = next(
            (
                each
                for each in every
                if each.name.startswith("def:") or each.name in CALLS or each.name in folding.FOLDS
            ),
            None,
        )
        if function is None:
            return Value(labels=given.labels)
        others = [each for each in every if each is not function]
        first = others[0] if others else UNKNOWN
        if first.items is not None and len(first.items) <= 500 and given.name not in ("Reduce", "Filter"):
            made = [self.apply(function, [item, *others[1:]], given) for item in first.items]
            return Value(labels=joined(made).labels, items=made)
        if given.name == "Reduce" and first.items and len(first.items) <= 500:
            found = first.items[0]
            for item in first.items[1:]:
                found = self.apply(function, [found, item], given)
            return found
        return self.apply(function, others, given)

    def _functions_given(self, given: Given) -> None:
        """A function written down among the arguments is taken to be called."""
        if given.node is None:
            return
        for (_, argument), value in zip(
            given.node.arguments, [*given.arguments, *given.keywords.values()], strict=False
        ):
            if isinstance(argument, Function) and value.name.startswith("def:"):
                self.run_function(value.name[4:], [], {})

    def evaluated(self, given: Given) -> Value:
        """`eval` of code that was quoted, made or parsed."""
        code = given.argument("expr", 0)
        if given.name == "eval_tidy" and "expr" not in given.keywords and given.arguments:
            code = given.arguments[0]
        if code.name in self.quoted:
            return self.value(self.quoted[code.name])
        if code.name == "<call>" and code.items:
            return self.apply(code.items[0], code.items[1:], given)
        if code.name == "<parsed>":
            return self.run_text(code, given)
        if code.name and code.name in HIDDEN:
            return code
        return code

    def _labelled(self, given: Given, label: str) -> Value:
        """A call of which the table says what it does."""
        inputs = given.labels
        if label.startswith("net."):
            return self.network(given, label)
        if label in ("proc.shell", "proc.spawn"):
            return self.command(given, label)
        if given.name in READERS:
            return self.read_in(given.argument("file", 0), given)
        if label == "evade.delay":
            seconds = given.argument("time", 0).constant
            if isinstance(seconds, int | float) and seconds >= _SECONDS_MIN:
                self.emit(label, given.line, text=given.shown)
            return UNKNOWN
        if label.startswith("decode."):
            folded = folding.called(given.name, given.arguments, given.keywords)
            found = folded if folded is not None else Value(labels=inputs | {label})
            self.emit(label, given.line, inputs=inputs, text=given.shown)
            return found
        if label in ("write.file", "harm.delete", "read.env", "write.env", "code.native_by_path", "write.executable"):
            return self.filed(given, label)
        self.emit(label, given.line, inputs=inputs, text=given.shown, how=given.how)
        return Value(labels=inputs | {label}, name=_kind(given))

    @abstractmethod
    def network(self, given: Given, label: str) -> Value:
        """A request or a connection."""

    @abstractmethod
    def command(self, given: Given, label: str) -> Value:
        """A program that is started."""

    @abstractmethod
    def read_in(self, path: Value, given: Given) -> Value:
        """What is read from a path, a connection or an address."""

    @abstractmethod
    def filed(self, given: Given, label: str) -> Value:
        """What is done to files and variables."""

    def assigned(self, node: Assign, value: Value) -> None:
        """`body(f) <- quote(...)`, `environment(f) <- `, `options(error = ...)` and their kin say nothing by themselves."""

    def fetched(self, labels: frozenset[str]) -> bool:
        """Whether something came from the network."""
        return not _FETCHING.isdisjoint(labels)

    def answer(self, label: str, addresses: frozenset[str]) -> frozenset[str]:
        """The labels of what a request gives."""
        return frozenset({label}) | (addresses & _OF_ANSWERS)


def _kind(given: Given) -> str:
    """What kind of thing a call gives, where that matters."""
    name = given.name
    if name in ("Sys.info", "Sys.getenv"):
        return f"{name}()"
    if name in ("v8", "new_context"):
        return "<v8>"
    if name == "import" and given.arguments and isinstance(given.arguments[0].constant, str):
        return f"py:{given.arguments[0].constant}"
    return ""
