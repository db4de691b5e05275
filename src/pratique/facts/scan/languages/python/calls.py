"""What a call in Python does: looked up by the full name of what is called, with what flows into it."""

import ast
import re
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar, Final

from pratique.facts.scan.content import Reader
from pratique.facts.scan.languages import commands, magics
from pratique.facts.scan.languages.python import folding
from pratique.facts.scan.languages.python.apis import CALLS, RESULTS
from pratique.facts.scan.languages.python.expressions import CHOICE, NAMES, NOTHING, Expressions
from pratique.facts.scan.observation import Context, How
from pratique.facts.scan.value import HOLE, NOT_KNOWN, UNKNOWN, Value, joined, labels_of

_CODE: Final = frozenset({"code.exec", "code.compile"})
_COMMANDS: Final = frozenset({"proc.shell", "proc.spawn"})
_REFLECTED: Final = _CODE | _COMMANDS | {"code.dynamic_import", "decode.marshal"}
_NETWORK: Final = ("net.http", "net.send", "net.socket", "net.download_file", "net.dns")
_NOT_SENT: Final = frozenset(
    {"context", "ssl_context", "timeout", "verify", "cert", "stream", "allow_redirects", "env"}
)
"""Arguments that say how something is sent or started, and are no part of it."""
_WRAPS: Final = frozenset(
    {
        *(f"contextlib.{each}" for each in ("contextmanager", "asynccontextmanager")),
        *(f"functools.{each}" for each in ("partial", "lru_cache", "cache", "cached_property", "singledispatch")),
        *(f"builtins.{each}" for each in ("property", "classmethod", "staticmethod")),
        *("abc.abstractmethod", "typing.overload", "typing.final", "typing.no_type_check"),
    }
)
"""Functions that give back what does the same as the function they are given, and call it not."""
_GIVEN_ON: Final = frozenset(
    {"code.exec", "proc.storm", "harm.delete", "write.executable", "code.patch", "evade.delay", "net.listen"}
)
"""What is done with the result of these says nothing: their label does not go on."""
_METHODS: Final = {
    "sendall": "net.socket",
    "sendto": "net.socket",
    "sendmail": "net.mail",
    "send_document": "net.send",
    "storbinary": "net.socket",
    "putrequest": "net.http",
    "run_cell": "code.exec",
    "urlretrieve": "net.download_file",
    "extractall": "write.file",
    "write_bytes": "write.file",
    "write_text": "write.file",
    "read_text": "read.file",
    "read_bytes": "read.file",
    "decrypt": "decode.cipher",
    "decompress": "decode.compress",
}
"""Methods that have one meaning on whatever they are called."""
_SETUPS: Final = frozenset({"setuptools.setup", "distutils.core.setup", "skbuild.setup", "numpy.distutils.core.setup"})
_LOOKING: Final = frozenset({"os.path.exists", "os.path.isfile", "os.path.lexists"})
_OPENING: Final = frozenset({"builtins.open", "io.open", "codecs.open", "<path>.open", "os.fdopen", "os.open"})
_GIVEN_ENVIRONMENT: Final = frozenset(
    {
        *(
            f"os.{each}"
            for each in ("execve", "execle", "execlpe", "execvpe", "spawnve", "spawnle", "spawnlpe", "spawnvpe")
        ),
        *("os.posix_spawn", "os.posix_spawnp"),
    }
)
"""Functions whose last argument is the environment of what they start."""
_SPECIAL: Final = _GIVEN_ENVIRONMENT | _SETUPS | _WRAPS | _LOOKING | magics.CALLS | {"functools.wraps"}
_FOLLOWED: Final = ("def:", "new:", "<method>.")
_CHOSEN: Final = frozenset({CHOICE, f"{CHOICE}.get"})
_NO_FUNCTIONS: Final = ("<", "new:")
_HANDED_ON: Final = frozenset({"target", "func", "function", "callback"})
_GIVING_NAMES: Final = frozenset(
    {
        *(f"builtins.{each}" for each in ("globals", "locals", "vars", "getattr", "setattr", "eval", "map", "filter")),
        *("operator.attrgetter", "operator.methodcaller", "functools.reduce"),
        *("builtins.__import__", "importlib.import_module", "importlib.__import__"),
    }
)
_GIVING_METHODS: Final = frozenset({"__getattribute__", "__getattr__", "get", "__getitem__", "pop"})
_GROWING: Final = frozenset({"append", "appendleft", "extend", "insert", "add", "update", "setdefault"})
"""Methods that put something into what they are called on."""
_MAPPED_MAX: Final = 10_000
_FROM_LIST: Final = 4
"""The place of the argument without which `__import__` gives the package at the top."""
_SENDING: Final = frozenset({"POST", "PUT", "PATCH"})
_DNS_DATA: Final = re.compile(f"{HOLE}[^/]*\\.[a-z0-9-]+\\.?[a-z]{{2,}}", re.IGNORECASE)
"""A name to look up of which the front is put together."""


class Calls(Expressions):
    """Adds calls to expressions."""

    def __init__(self, reader: Reader, context: Context) -> None:
        super().__init__(reader, context)
        self.imported: set[str] = set()
        self.endless = 0
        self.looked_for: set[str] = set()

    @abstractmethod
    def applied(self, name: str, arguments: list[Value]) -> Value | None:
        """What a short function of one expression gives; None for one that is not so short."""

    @abstractmethod
    def set_attribute(self, base: Value, name: str, value: Value) -> None:
        """Give an attribute a value."""

    @abstractmethod
    def grow(self, whole: ast.expr, method: str, arguments: list[Value]) -> None:
        """Note that something was put into a list, a set, a mapping or a buffer."""

    @abstractmethod
    def set_up(self, commands: Value, node: ast.Call) -> None:
        """Note the classes that run when the package is installed."""

    @abstractmethod
    def run_definition(self, name: str, arguments: list[Value], keywords: dict[str, Value], node: ast.Call) -> Value:
        """Follow a function of the file itself."""

    def tested(self, value: Value, node: ast.If) -> None:
        """Tell of what a decision depends on."""
        if "read.ci_token" in value.labels | self.compared:
            self.emit("evade.ci_check", node.test, inputs=value.labels | self.compared)
        self.compared = frozenset()

    def call(self, node: ast.Call) -> Value:
        """What a call gives, telling of what it does."""
        function = self.value(node.func)
        arguments: list[Value] = []
        for each in node.args:
            value = self.value(each)
            if value.items is not None and isinstance(each, ast.Starred):
                arguments += value.items
            else:
                arguments.append(value)
        keywords: dict[str, Value] = {}
        if node.keywords:
            keywords = {named.arg: self.value(named.value) for named in node.keywords if named.arg is not None}
            arguments += [self.value(starred.value) for starred in node.keywords if starred.arg is None]
        found = self.called(function, arguments, keywords, node)
        if isinstance(found.constant, str) and found.how is not How.LITERAL:
            self._tell_made(found, node)
        return found

    def called(self, function: Value, arguments: list[Value], keywords: dict[str, Value], node: ast.Call) -> Value:
        """What a function gives for these arguments, telling of what it does."""
        name = function.name
        if function.of is not None:
            done = folding.method(function.of, name.rpartition(".")[2], arguments, keywords)
            if done is not None:
                return done
        if isinstance(node.func, ast.Attribute) and node.func.attr in _GROWING:
            self.grow(node.func.value, node.func.attr, [*arguments, *keywords.values()])
        if name.startswith(_FOLLOWED) or name in _CHOSEN:
            return self._followed_call(function, arguments, keywords, node)
        kind = _kind(name)
        if kind.gives_names:
            done = self._reflective(function, arguments, keywords) or self._mapped(name, arguments)
            if done is not None:
                return done
        if kind.is_special:
            if name in _SETUPS:
                self.set_up(keywords.get("cmdclass", UNKNOWN), node)
            if name == "functools.wraps":
                return UNKNOWN  # it calls nothing, and gives no function that it was given
            if name in _WRAPS and arguments and arguments[0].name.startswith("def:"):
                return arguments[0]
        self._given_functions(name, arguments, keywords, node)
        if kind.is_special:
            if name in _LOOKING and arguments:
                self.looked_for.add(arguments[0].text)
            if name in magics.CALLS:
                self._magic(name, arguments, node)
        inputs = labels_of(arguments[:-1] if name in _GIVEN_ENVIRONMENT else arguments)
        if keywords:
            inputs = inputs | labels_of(
                value for key, value in keywords.items() if kind.puts_together or key not in _NOT_SENT
            )
        if function.labels:
            inputs = inputs | function.labels
        if name in _OPENING:
            return self._open(name, function, arguments, keywords, node)
        label = self._label(name, arguments, keywords, node) if kind.may_act or _is_method(node) else ""
        if label:
            self._tell(label, function, arguments, keywords, inputs, node)
        folded = folding.called(name, arguments or list(keywords.values())) if kind.is_folded else None
        if folded is not None:
            if label and label not in folded.labels and label.startswith("decode."):
                folded = Value(folded.constant, folded.labels | {label}, folded.name, folded.items, folded.how)
            return folded
        if label == "read.env":
            return Value(labels=joined(arguments).labels | {label})
        if label and label not in _GIVEN_ON:
            inputs = inputs | {label}
        if not inputs and not kind.result and function.how is How.LITERAL:
            return NOTHING
        return Value(labels=inputs, name=kind.result, how=function.how)

    def _followed_call(
        self, function: Value, arguments: list[Value], keywords: dict[str, Value], node: ast.Call
    ) -> Value:
        """What a function or class of the file gives, one of several, or a method that is known by its name alone."""
        name = function.name
        if name == CHOICE:
            return joined(
                [self.run_definition(each.name[4:], arguments, keywords, node) for each in function.items or ()]
            )
        if name == f"{CHOICE}.get":
            return self.chosen(function, joined(arguments)) or UNKNOWN
        if name.startswith("<method>."):
            return self.called(self.named(Value(name[9:]), _only_or_joined(arguments)), function.items or [], {}, node)
        return self.run_definition(name[4:], arguments, keywords, node)

    def _magic(self, name: str, arguments: list[Value], node: ast.Call) -> None:
        """A command of IPython, in the form in which notebooks are exported."""
        texts = [each.text for each in arguments]
        labels = joined(arguments).labels
        if name.endswith(".magic") and texts:
            texts = list(texts[0].lstrip("%").partition(" ")[::2])
        magics.tell(texts, self.reader, node.lineno, labels=labels, context=self.context, unit=self.unit)

    def _label(self, name: str, arguments: list[Value], keywords: dict[str, Value], node: ast.Call) -> str:
        label = CALLS.get(name, "")
        if not label and isinstance(node.func, ast.Attribute):
            label = _METHODS.get(node.func.attr, "")
        if label == "net.http" and arguments and arguments[0].text.upper() in _SENDING:
            return "net.send"
        if label == "net.http" and {"data", "json", "files"} & keywords.keys():
            return "net.send"
        if (
            name.startswith("requests.")
            and label == ""
            and name.rpartition(".")[2] in ("post", "put", "get", "request")
        ):
            return "net.send" if not name.endswith("get") else "net.http"
        if label == "code.native_by_path" and arguments and arguments[0].constant is None:
            return ""  # the program itself
        if label == "evade.delay":
            seconds = arguments[0].constant if arguments else 0
            return label if isinstance(seconds, int | float) and seconds >= 60 else ""
        if label == "proc.storm":
            return label if name == "os.fork" and (self.reader.content.inside or self.endless) else ""
        return label

    def _tell(
        self,
        label: str,
        function: Value,
        arguments: list[Value],
        keywords: dict[str, Value],
        inputs: frozenset[str],
        node: ast.Call,
    ) -> None:
        name = function.name
        if label == "proc.spawn":
            arguments = _as_list(name.rpartition(".")[2], arguments)
        first = (
            arguments[0]
            if arguments
            else next(
                (keywords[each] for each in ("args", "url", "source", "cmd", "command") if each in keywords), UNKNOWN
            )
        )
        how = max(function.how, How.DECODED if any(each.how is How.DECODED for each in arguments) else How.LITERAL)
        shown = first.text.replace(HOLE, "…") or (" ".join(each.text for each in first.items or ())[:120])
        if label == "read.env" and first.known:
            inputs = inputs | first.labels
        plain = first.known and first.how is How.LITERAL and not first.labels
        if function.how is not How.LITERAL and not plain and label in _REFLECTED:
            self.emit("code.reflected_builtin", node, how=How.RESOLVED, inputs=inputs, text=name)
        if label == "net.dns" and _DNS_DATA.search(first.text):
            self.emit("net.dns_data", node, how=how, inputs=inputs, text=first.text.replace(HOLE, "…"))
        if name in ("builtins.eval", "builtins.exec") and _is_fenced(node):
            return
        if label == "proc.shell" and commands.takes_data(first.text):
            inputs = frozenset(
                each for each in inputs if not each.startswith(_NETWORK)
            )  # it is no command that is fetched
        if label in _COMMANDS and first.items is not None:
            inputs = inputs | self.reader.labels_of(" ".join(_words(first.items)))
        self.emit(label, node, how=how, inputs=inputs, text=f"{name.removeprefix('builtins.')}({shown[:120]})")
        if label in _CODE:
            self._code(first, how, inputs, node)
        elif label in _COMMANDS:
            self._command(first, keywords, inputs, how, node)

    def _code(self, code: Value, how: How, inputs: frozenset[str], node: ast.Call) -> None:
        if code.known and isinstance(code.constant, str | bytes):
            decoded = any(label.startswith("decode.") for label in code.labels)
            self.reader.embed(
                "python",
                code.constant,
                node.lineno,
                how=How.DECODED if decoded else max(how, code.how),
                inputs=frozenset(label for label in inputs if label.startswith("decode.")),
                context=self.context,
                unit=self.unit,
            )

    def _command(
        self, first: Value, keywords: dict[str, Value], inputs: frozenset[str], how: How, node: ast.Call
    ) -> None:
        flags = joined(list(keywords.values())).labels
        if "py.devnull" in flags:
            self.emit("proc.silent", node, inputs=inputs)
        if "py.hidden" in flags or type(keywords.get("creationflags", UNKNOWN).constant) is int:
            self.emit("proc.hidden_window", node, inputs=inputs)
        if first.items is not None:
            words = _words(first.items)
        elif isinstance(first.constant, str | bytes):
            line = first.text
            self.reader.embed(
                "shell",
                line,
                node.lineno,
                how=max(how, first.how),
                inputs=_decoding(inputs),
                context=self.context,
                unit=self.unit,
            )
            return
        else:
            return
        text = " ".join(words)
        for label in self.reader.labels_of(text) - first.all_labels():
            self.emit(label, node, how=max(how, How.RESOLVED), inputs=inputs, text=text)
        commands.run(
            words, self.reader, node.lineno, how=how, inputs=_decoding(inputs), context=self.context, unit=self.unit
        )

    def _open(
        self, name: str, function: Value, arguments: list[Value], keywords: dict[str, Value], node: ast.Call
    ) -> Value:
        path = function if name == "<path>.open" else (arguments[0] if arguments else keywords.get("file", UNKNOWN))
        place = 0 if name == "<path>.open" else 1
        mode = keywords.get("mode", arguments[place] if len(arguments) > place else UNKNOWN).text
        writes = any(letter in mode for letter in "wax+")
        label = "write.file" if writes else "read.file"
        labels = path.all_labels()
        self.emit(label, node, inputs=labels, text=path.text.replace(HOLE, "…"))
        if writes:
            if len(path.text) > 1 and path.text in self.looked_for:
                self.emit("evade.once_marker", node, inputs=labels, text=path.text.replace(HOLE, "…"))
            return Value(labels=labels, name="<writer>")
        return Value(labels=labels | {label}, name="<reader>")

    def _reflective(self, function: Value, arguments: list[Value], keywords: dict[str, Value]) -> Value | None:
        """Functions that give modules, attributes and names by computed names."""
        name = function.name
        if name in ("builtins.globals", "builtins.locals", "builtins.vars") and not arguments:
            return Value(name=f"{name}()")
        if name == "builtins.getattr" and len(arguments) >= 2:
            if arguments[0].name or arguments[0].how is not How.LITERAL:
                return self.named(arguments[1], arguments[0])
            return joined(arguments)
        if not arguments:
            return None
        if name in ("operator.attrgetter", "operator.methodcaller") and arguments[0].known and arguments[0].text:
            kind = "attribute" if name.endswith("attrgetter") else "method"
            return Value(labels=joined(arguments).labels, name=f"<{kind}>.{arguments[0].text}", items=arguments[1:])
        if name.startswith("<attribute>."):
            return self.named(Value(name[12:]), arguments[0])
        if name == "builtins.vars" and arguments[0].name:
            return Value(name=f"{arguments[0].name}.__dict__", labels=arguments[0].labels)
        if name == "builtins.setattr" and len(arguments) > 2 and arguments[1].text:
            self.set_attribute(arguments[0], arguments[1].text, arguments[2])
            return None
        if name == "builtins.eval" and arguments[0].text.replace(".", "").isidentifier():
            return self._evaluated(arguments[0])
        of, _, method = name.rpartition(".")
        if method in ("__getattribute__", "__getattr__") and of:
            return self.named(arguments[0], Value(name=of))
        if method in ("get", "__getitem__", "pop") and (of.endswith((".__dict__", ".__globals__")) or of in NAMES):
            return self.named(arguments[0], Value(name=of))
        if name in ("builtins.__import__", "importlib.import_module", "importlib.__import__") and arguments:
            module = arguments[0]
            if module.known and isinstance(module.constant, str):
                self.imported.add(module.constant)
                top = name == "builtins.__import__" and "fromlist" not in keywords and len(arguments) < _FROM_LIST
                given = module.constant.partition(".")[0] if top else module.constant
                return Value(name=given.replace("__builtin__", "builtins"), how=How.RESOLVED)
            return Value(labels=module.labels, name="<computed>", how=How.RESOLVED)
        return None

    def _evaluated(self, text: Value) -> Value | None:
        """What a dotted name that is evaluated stands for."""
        first, *rest = text.text.split(".")
        found = self.lookup(first)
        for name in rest:
            found = self.attribute(found, name)
        if not found.name or found.name.startswith("<any>"):
            return None
        return Value(labels=found.labels | text.labels, name=found.name, how=How.RESOLVED)

    def _mapped(self, name: str, arguments: list[Value]) -> Value | None:
        """A function of the file itself on each element of something that is known."""
        if name == "functools.reduce":
            return self._reduced(arguments)
        if name not in ("builtins.map", "builtins.filter") or len(arguments) != 2:
            return None
        items = folding.elements(arguments[1])
        if items is None or not arguments[0].name.startswith("def:"):
            return None
        made: list[Value] = []
        for item in items[:_MAPPED_MAX]:
            found = self.applied(arguments[0].name[4:], [item])
            if found is None:
                return None
            if name == "builtins.map":
                made.append(found)
            elif found.constant is not False:
                made.append(item)
        return Value(labels=arguments[1].labels, items=made)

    def _reduced(self, arguments: list[Value]) -> Value | None:
        """A function of the file itself on the elements of something that is known, from the first to the last."""
        items = folding.elements(arguments[1]) if len(arguments) > 1 else None
        if not items or len(items) > _MAPPED_MAX or not arguments[0].name.startswith("def:"):
            return None
        found: Value | None = arguments[2] if len(arguments) > 2 else None
        for item in items:
            found = item if found is None else self.applied(arguments[0].name[4:], [found, item])
            if found is None:
                return None
        return found

    def _given_functions(self, name: str, arguments: list[Value], keywords: dict[str, Value], node: ast.Call) -> None:
        """A function handed to another function is taken to be called with what is handed over beside it."""
        every = (
            [*arguments, *(value for key, value in keywords.items() if key in _HANDED_ON)] if keywords else arguments
        )
        every = [each for value in every for each in (value.items or [] if value.name == CHOICE else [value])]
        named = [value for value in every if value.name and not value.name.startswith(_NO_FUNCTIONS)]
        extra = keywords.get("args", UNKNOWN)
        for value in named:
            others = [each for each in every if each is not value] + (extra.items or ([extra] if extra.labels else []))
            if value.name.startswith("def:"):
                self.run_definition(
                    value.name[4:], others if name.endswith(("map", "Thread", "Timer")) else [], {}, node
                )
            elif CALLS.get(value.name, "") in _CODE | _COMMANDS and name not in CALLS:
                labels = joined(others).labels
                self.emit(CALLS[value.name], node, how=How.RESOLVED, inputs=labels, text=value.name)
                for each in others:
                    if CALLS[value.name] in _CODE:
                        self._code(each, How.RESOLVED, labels, node)

    BY_KIND: ClassVar[dict[type[ast.AST], Callable[[Any, Any], Value]]] = {**Expressions.BY_KIND, ast.Call: call}


@dataclass(frozen=True, slots=True)
class _Kind:
    """What the name of a function alone says of its calls.

    `gives_names` are those that give names, modules or functions, `is_special` those with a place of their own in `called`;
    `may_act` says that there is a label for it, `is_folded` that its result is worked out, `result` what kind of thing it gives.
    """

    gives_names: bool
    is_special: bool
    puts_together: bool
    may_act: bool
    is_folded: bool
    result: str


@lru_cache(maxsize=4_096)
def _kind(name: str) -> _Kind:
    gives_names = name in _GIVING_NAMES or name.startswith("<attribute>.") or name.rpartition(".")[2] in _GIVING_METHODS
    return _Kind(
        gives_names,
        name in _SPECIAL,
        not name or name.startswith(("builtins.", "<")),  # `dict(env=...)`, `text.format(env=...)`
        name in CALLS or name.startswith("requests."),
        folding.is_worked_out(name),
        RESULTS.get(name, ""),
    )


def _is_method(node: ast.Call) -> bool:
    """Whether it is a method with one meaning on whatever it is called."""
    return isinstance(node.func, ast.Attribute) and node.func.attr in _METHODS


def _only_or_joined(values: list[Value]) -> Value:
    """The only one of several values, or what all of them come to."""
    return values[0] if len(values) == 1 else joined(values)


def _as_list(name: str, arguments: list[Value]) -> list[Value]:
    """The arguments of a function that starts a program, with its command as a list in front, as `subprocess` wants it.

    A command's own name, which the families of `exec` and `spawn` take beside its path, says nothing.
    """
    if name == "create_subprocess_exec":
        return [Value(items=arguments)]
    given = arguments[1:] if name.startswith("spawn") else arguments
    if name.startswith(("execl", "spawnl")):
        return [Value(items=[*given[:1], *given[2:]])]
    if name.startswith(("execv", "spawnv", "posix_spawn")) and len(given) > 1 and given[1].items is not None:
        return [Value(labels=given[1].labels, items=[given[0], *given[1].items[1:]])]
    return arguments


def _words(items: list[Value]) -> list[str]:
    """The words of a command that is given as a list."""
    return [
        "python" if "py.self" in item.labels and item.constant is NOT_KNOWN else (item.text or HOLE) for item in items
    ]


def _is_fenced(node: ast.Call) -> bool:
    """Whether code is evaluated without any built-in function: `eval(text, {"__builtins__": {}})`."""
    names = node.args[1] if len(node.args) > 1 else None
    if not isinstance(names, ast.Dict):
        return False
    for key, value in zip(names.keys, names.values, strict=True):
        if isinstance(key, ast.Constant) and key.value == "__builtins__":
            return (isinstance(value, ast.Dict) and not value.keys) or (
                isinstance(value, ast.Constant) and value.value is None
            )
    return False


def _decoding(labels: frozenset[str]) -> frozenset[str]:
    return frozenset(label for label in labels if label.startswith(("decode.", "net.")))
