"""What calls in a pickle are worth, told as observations, with what flows into them."""

import re
from typing import Final, TypeAlias

from pratique.facts.scan.content import Content, Reader
from pratique.facts.scan.languages import commands
from pratique.facts.scan.languages.pickle.callables import Standing, moved, standing
from pratique.facts.scan.languages.pickle.symbols import PLAIN, Made, Name, Symbol, flat
from pratique.facts.scan.languages.python import folding
from pratique.facts.scan.languages.python.apis import CALLS
from pratique.facts.scan.observation import ASIDE, Context, How
from pratique.facts.scan.value import Value

_UNKNOWN_TOLD_MAX: Final = 30
_INNER_MAX: Final = 16
_SHOWN_CHARACTERS: Final = 60
_SYSTEM: Final = re.compile(r"^(?:posix|nt)\.")
_KEPT: Final = frozenset({"numpy.dtype", "functools.partial", "joblib.numpy_pickle.NumpyArrayWrapper"})
"""Harmless things of which the arguments are needed later."""
_LOADS: Final = frozenset(
    {
        "pickle.loads",
        "torch.storage._load_from_bytes",
        "dill.loads",
        "dill._dill.loads",
        "cloudpickle.loads",
        "joblib.load",
    }
)
_FUNCTIONS_OF_CODE: Final = re.compile(r"(?:_make_function|_create_function|FunctionType|LambdaType|_make_skel_func)$")
_REDUCED: Final = (b"R", b"i", b"o")
"""Opcodes that call; the others make an object without calling its class."""
Pending: TypeAlias = dict[str, int]


class Judge:
    """Hears of the calls of one part of a file. `calls` counts those that put more than data together."""

    def __init__(self, content: Content, reader: Reader, part: str, layer: int = 0) -> None:
        self.context = content.context if content.inside or content.context in ASIDE else Context.LOAD
        self.calls = 0
        self.worst_calls = 0
        self._content = content
        self._reader = reader
        self._part = part
        self._layer = layer
        self._data = b""
        self._start = 0
        self._named: Pending = {}
        self._unknown: Pending = {}
        self._told: set[tuple[str, str]] = set()
        self._inner: list[bytes] = []

    def at(self, data: bytes, start: int) -> None:
        """From now on, places are those of these bytes."""
        self._data, self._start = data, start

    def deeper(self) -> "Judge":
        """One for a pickle in a text of this one."""
        return Judge(self._content, self._reader, self._part, self._layer + 1)

    def take_inner(self) -> list[bytes]:
        """What calls would load in their turn."""
        found, self._inner = self._inner, []
        return found

    def named(self, name: Name) -> None:
        """A function or class is named."""
        if standing(name.module, name.name) is Standing.DANGER:
            self._named.setdefault(name.full, name.place)

    def called(self, function: Symbol, arguments: list[Symbol], place: int) -> Symbol:
        """A call: told if it worries, and what is known of its result."""
        self.calls += 1
        if isinstance(function, Made):
            return self._called_again(function, arguments, place)
        if not isinstance(function, Name):
            return PLAIN
        full = f"{moved(function.module)}.{function.name}"
        self._hand_on(full, arguments, place)
        if full in _LOADS:
            self._inner += [each for each in flat(arguments) if isinstance(each, bytes)][:_INNER_MAX]
        if full == "builtins.getattr":
            return self._attribute(arguments, place)
        if full == "builtins.setattr" and not (arguments and isinstance(arguments[0], Name)):
            self._named.pop(function.full, None)  # a new object gets an attribute
            return PLAIN
        return self._named_call(full, function, arguments, place)

    def _named_call(self, full: str, function: Name, arguments: list[Symbol], place: int) -> Symbol:
        match standing(function.module, function.name):
            case Standing.HARMLESS:
                return self._harmless(full, function, arguments)
            case Standing.UNKNOWN:
                self._unknown.setdefault(function.full or "a name of the program that loads it", place)
            case Standing.ODD:
                return self._odd(full, function, arguments, place)
            case Standing.CODE:
                self._tell("code.deserialise_code", function.full, arguments, place)
            case Standing.DANGER:
                self._danger(full, function, arguments, place)
        return Made(function, arguments)

    def broken(self, place: int, what: str) -> None:
        """The stream ends in the middle of something."""
        self._emit("code.deserialise_broken", f"{what}{self._where(place)}", place)

    def tell(self) -> None:
        """Tell of names at the end, when all calls are known."""
        for full, place in self._named.items():
            if ("code.deserialise_call", full) not in self._told:
                self._emit("code.deserialise_odd", f"{full}{self._where(place)}", place)
        if not self._layer:
            for full, place in list(self._unknown.items())[:_UNKNOWN_TOLD_MAX]:
                self._emit("code.deserialise", f"{full}{self._where(place)}", place)

    def _harmless(self, full: str, function: Name, arguments: list[Symbol]) -> Symbol:
        if full == "codecs.encode" and arguments and isinstance(arguments[0], str):
            return arguments[0].encode("latin-1", errors="replace")
        if full in _KEPT:
            return Made(function, arguments)
        if full.startswith("copyreg.") and arguments and isinstance(arguments[0], Name):
            first = arguments[0]
            if standing(first.module, first.name) > Standing.HARMLESS:
                self._unknown.setdefault(first.full, first.place)
            return Made(first, arguments[1:])
        return _folded(full, arguments)

    def _odd(self, full: str, function: Name, arguments: list[Symbol], place: int) -> Symbol:
        found = _folded(full, arguments)
        if found is not PLAIN:
            return found
        if full not in ("operator.attrgetter", "operator.methodcaller"):
            self._tell("code.deserialise_odd", function.full, arguments, place)
        return Made(function, arguments)

    def _attribute(self, arguments: list[Symbol], place: int) -> Symbol:
        """`getattr`: of a module or class, it is a name like any other."""
        of, name = [*arguments, PLAIN, PLAIN][:2]
        if not isinstance(name, str):
            self._danger("builtins.getattr", Name("builtins", "getattr", place), arguments, place)
            return PLAIN
        if isinstance(of, Made):
            of = _module_of(of)
        base = of if isinstance(of, Name) else Name("", "", place)
        found = Name(base.module, f"{base.name}.{name}".lstrip("."), place)
        self.named(found)
        return found

    def _called_again(self, function: Made, arguments: list[Symbol], place: int) -> Symbol:
        """What a call has given is called: a function with arguments of its own, one made of byte code, a class."""
        maker = function.function
        if not isinstance(maker, Name):
            return Made(function, arguments)
        full = f"{moved(maker.module)}.{maker.name}"
        if full == "functools.partial" and function.arguments:
            return self.called(function.arguments[0], [*function.arguments[1:], *arguments], place)
        if full in ("operator.attrgetter", "operator.methodcaller") and arguments:
            found = self._attribute([arguments[0], *function.arguments[:1]], place)
            return self.called(found, function.arguments[1:], place) if full.endswith("methodcaller") else found
        if _FUNCTIONS_OF_CODE.search(full) and self._data[place : place + 1] in _REDUCED:
            self._danger(full, Name("", f"a function that it brings along ({full})", place), arguments, place)
        elif standing(maker.module, maker.name) is Standing.ODD:
            self._danger(full, Name("", f"what {full} gives", place), arguments, place)
        return Made(function, arguments)

    def _hand_on(self, full: str, arguments: list[Symbol], place: int) -> None:
        """A function that acts, among the arguments of a call, is taken to be called by it."""
        if not self._named or full == "builtins.getattr":
            return
        for each in flat(arguments):
            if isinstance(each, Name) and each.full in self._named:
                others = [other for other in arguments if other is not each]
                self._danger(f"{moved(each.module)}.{each.name}", each, others, place)

    def _danger(self, full: str, function: Name, arguments: list[Symbol], place: int) -> None:
        self.worst_calls += 1
        texts = [each for each in flat(arguments) if isinstance(each, str | bytes)]
        labels = frozenset[str]().union(*(self._reader.labels_of(each) for each in texts[:64]))
        self._tell("code.deserialise_call", function.full.strip("."), arguments, place, labels)
        for label in labels:
            shown = next((each for each in texts if label in self._reader.labels_of(each)), "")
            self._emit(label, shown if isinstance(shown, str) else shown.decode("latin-1"), place)
        label = CALLS.get(_SYSTEM.sub("os.", full), "")
        if label:
            self._emit(label, f"{function.full}({_shown(arguments)})", place, labels)
        self._embed(label, arguments, place)

    def _embed(self, label: str, arguments: list[Symbol], place: int) -> None:
        """Code and commands among the arguments go on to their own views."""
        line, first = self._line(place), arguments[0] if arguments else PLAIN
        if label in ("code.exec", "code.compile") and isinstance(first, str | bytes):
            self._reader.embed("python", first, line, how=How.RESOLVED, context=self.context)
        elif label in ("proc.shell", "proc.spawn") and isinstance(first, str | bytes):
            self._reader.embed("shell", first, line, how=How.RESOLVED, context=self.context)
        elif label == "proc.spawn" and isinstance(first, list):
            words = [each if isinstance(each, str) else _decoded(each) for each in first]
            commands.run(words, self._reader, line, how=How.RESOLVED, context=self.context)

    def _tell(
        self,
        label: str,
        name: str,
        arguments: list[Symbol],
        place: int,
        inputs: frozenset[str] = frozenset(),
    ) -> None:
        if (label, name) not in self._told:
            self._told.add((label, name))
            self._emit(label, f"{name}({_shown(arguments)}){self._where(place)}", place, inputs)

    def _emit(self, label: str, text: str, place: int, inputs: frozenset[str] = frozenset()) -> None:
        how = How.DECODED if self._layer else How.LITERAL
        self._reader.emit(label, self._line(place), how=how, inputs=inputs, text=text, context=self.context)

    def _line(self, place: int) -> int:
        """The line of a place in a pickle that is text; 1 in one that is none."""
        if self._part or self._layer or self._data[self._start : self._start + 1] == b"\x80":
            return 1
        return self._data.count(b"\n", 0, place) + 1

    def _where(self, place: int) -> str:
        part = f" of {self._part}" if self._part else ""
        layers = ", in a pickle within it" if self._layer else ""
        return f" at byte {place}{part}{layers}"


def _module_of(made: Made) -> Symbol:
    """The module that an import gives."""
    function, first = made.function, made.arguments[0] if made.arguments else PLAIN
    if isinstance(function, Name) and isinstance(first, str) and function.name in ("__import__", "import_module"):
        return Name(first, "", function.place)
    return PLAIN


def _folded(full: str, arguments: list[Symbol]) -> Symbol:
    """The result of a decoder on constants."""
    constants = [each for each in arguments if isinstance(each, str | bytes | int)]
    if not constants or len(constants) != len(arguments):
        return PLAIN
    found = folding.called(full, [Value(each) for each in constants])
    return found.constant if found is not None and isinstance(found.constant, str | bytes) else PLAIN


def _shown(arguments: list[Symbol]) -> str:
    for each in flat(arguments):
        if isinstance(each, str | bytes):
            return repr(each[:_SHOWN_CHARACTERS])
    return "…" if arguments else ""


def _decoded(symbol: Symbol) -> str:
    return symbol.decode("utf-8", errors="replace") if isinstance(symbol, bytes) else ""
