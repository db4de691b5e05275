"""The machine that a pickle is a program for, with a stack, marks and a memo, in which nothing is imported and nothing called.

What would be called is told to whoever asked, with its arguments as far as they are known, at the place of the opcode.
"""

from collections.abc import Callable
from struct import Struct
from typing import Final, TypeAlias

from pratique.facts.scan.languages.pickle.opcodes import (
    FIXED,
    HIGHEST_PROTOCOL,
    SCALARS,
    Broken,
    end_of,
    number,
    quoted,
)
from pratique.facts.scan.languages.pickle.symbols import COMPUTED, ITEMS_KEPT, PLAIN, Made, Name, Symbol

_STACK_MAX: Final = 4_000_000
_MEMO_MAX: Final = 2_000_000
_INNER_MAX: Final = 64
_SCALARS_MIN: Final = 8
"""So many numbers in a row, and more are looked for."""

Told: TypeAlias = Callable[[Symbol, list[Symbol], int], Symbol]
"""Hears what is called with which arguments at which byte, and says what is known of the result."""


class Machine:
    """One stream on its way through.

    `build` hears of objects that get their state, with the place of the next opcode, and gives the place to go on at: some
    loaders read more there. `inner` takes bytes that look like pickles.
    """

    def __init__(
        self,
        data: bytes,
        told: Told,
        named: Callable[[Name], None],
        build: Callable[[Symbol, int], int],
        inner: list[bytes],
    ) -> None:
        self.data = data
        self._told = told
        self._named = named
        self._build = build
        self._inner = inner
        self._stack: list[Symbol] = []
        self._marks: list[int] = []
        self._memo: dict[int, Symbol] = {}
        self._place = 0
        self._next = 0
        self._argument = b""

    def run(self, start: int) -> tuple[Symbol, int]:
        """From `start` to the end of the stream: what it stands for, and where the next byte is. Raises `Broken`.

        The few opcodes that large pickles consist of are done here, without a call for each.
        """
        data, place, end = self.data, start, len(self.data)
        stack, memo, steps, four, scalars = self._stack, self._memo, _STEPS, _FOUR.unpack_from, 0
        is_large = end - start > _MEMO_MAX  # no opcode is shorter than a byte, and none makes more than one value
        while place < end:
            code = data[place]
            self._place = place
            if code == _TEXT and place + 4 < end and (after := place + 5 + four(data, place + 1)[0]) <= end:
                text = data[place + 5 : after].decode("utf-8", "replace")
                stack.append(text)
                place, scalars = after, 0
                if place + 4 < end and data[place] == _LONG_PUT and not is_large:
                    memo[four(data, place + 1)[0]] = text
                    place += 5
            elif code == _LONG_PUT and stack and place + 4 < end:
                memo[four(data, place + 1)[0]] = stack[-1]
                place, scalars = place + 5, 0
            elif code == _LONG_GET and place + 4 < end and (index := four(data, place + 1)[0]) in memo:
                stack.append(memo[index])
                place, scalars = place + 5, 0
            elif code == _MEMOIZE and stack:
                memo[len(memo)] = stack[-1]
                place += 1
                continue
            elif code == _SHORT_TEXT and place + 1 < end and (after := place + 2 + data[place + 1]) <= end:
                stack.append(data[place + 2 : after].decode("utf-8", "replace"))
                place = after
                continue
            elif code in _SCALARS:
                place += 1 + FIXED[code]
                stack.append(data[place - 1] if code == _SHORT_INTEGER and place <= end else PLAIN)
                scalars += 1
                if scalars > _SCALARS_MIN:
                    run = SCALARS.match(data, place)
                    place, scalars = place if run is None else run.end(), 0
                continue
            else:
                scalars = 0
                self._argument, place = end_of(data, place)
                if code == _STOP:
                    return self._pop(), place
                self._next = place
                step = steps.get(code)
                if step is not None:
                    step(self)
                    place = self._next
                elif code in _PLAIN:
                    stack.append(PLAIN)
            if is_large and (len(stack) > _STACK_MAX or len(memo) > _MEMO_MAX):
                raise Broken(place, "it has more values than are followed")
        raise Broken(place, "it breaks off")

    def _pop(self) -> Symbol:
        if not self._stack or (self._marks and self._marks[-1] >= len(self._stack)):
            raise Broken(self._place, "something is taken from an empty stack")
        return self._stack.pop()

    def _push(self, symbol: Symbol) -> None:
        self._stack.append(symbol)

    def _top(self) -> Symbol:
        if not self._stack:
            raise Broken(self._place, "something is taken from an empty stack")
        return self._stack[-1]

    def _since_mark(self) -> list[Symbol]:
        if not self._marks:
            raise Broken(self._place, "there is no mark")
        mark = self._marks.pop()
        found = self._stack[mark:]
        del self._stack[mark:]
        return found

    def protocol(self) -> None:
        """`PROTO`."""
        if self._argument[0] > HIGHEST_PROTOCOL:
            raise Broken(self._place, "it is of a protocol that there is not")

    def mark(self) -> None:
        """`MARK`."""
        self._marks.append(len(self._stack))

    def pop(self) -> None:
        """`POP`: a value, or a mark that is on top."""
        if self._marks and self._marks[-1] == len(self._stack):
            self._marks.pop()
        else:
            self._pop()

    def pop_mark(self) -> None:
        """`POP_MARK`."""
        self._since_mark()

    def duplicate(self) -> None:
        """`DUP`."""
        self._push(self._top())

    def text(self) -> None:
        """The opcodes of Unicode texts with a length."""
        self._push(self._argument.decode("utf-8", errors="replace"))

    def text_line(self) -> None:
        """`UNICODE`."""
        try:
            self._push(self._argument.decode("raw-unicode-escape"))
        except UnicodeDecodeError:
            self._push(self._argument.decode("latin-1"))

    def old_text(self) -> None:
        """`BINSTRING` and `SHORT_BINSTRING`: texts of Python 2."""
        self._push(self._argument.decode("latin-1"))

    def quoted_text(self) -> None:
        """`STRING`."""
        self._push(quoted(self._argument))

    def octets(self) -> None:
        """The opcodes of bytes. What looks like a pickle in a pickle is kept for later."""
        data = self._argument
        self._push(data)
        if data[:1] == b"\x80" and data[-1:] == b"." and len(self._inner) < _INNER_MAX:
            self._inner.append(data)

    def small(self) -> None:
        """Numbers that say how many there are of something."""
        self._push(int.from_bytes(self._argument, "little"))

    def long(self) -> None:
        """`LONG1` and `LONG4`, of which only short ones are of interest."""
        self._push(int.from_bytes(self._argument, "little", signed=True) if len(self._argument) <= 16 else PLAIN)

    def empty(self) -> None:
        """An empty list, tuple, set or mapping."""
        self._push([])

    def gathered(self) -> None:
        """What was pushed since the mark, as one container."""
        self._push(self._since_mark()[:ITEMS_KEPT])

    def tuple_of(self) -> None:
        """`TUPLE1` to `TUPLE3`."""
        parts = [self._pop() for _ in range(self.data[self._place] - 0x84)]
        self._push(parts[::-1])

    def append(self) -> None:
        """`APPEND`."""
        self._into([self._pop()])

    def set_item(self) -> None:
        """`SETITEM`."""
        value, key = self._pop(), self._pop()
        self._into([key, value])

    def extend(self) -> None:
        """`APPENDS`, `SETITEMS` and `ADDITEMS`."""
        self._into(self._since_mark())

    def _into(self, more: list[Symbol]) -> None:
        target = self._top()
        if isinstance(target, list):
            if len(target) < ITEMS_KEPT:
                target += more[: ITEMS_KEPT - len(target)]
        elif isinstance(target, Name) and more:
            self._call(Name("builtins", "setattr", self._place), [target, *more])

    def put(self) -> None:
        """`PUT`, `BINPUT` and `LONG_BINPUT`."""
        self._memo[self._index()] = self._top()

    def memoize(self) -> None:
        """`MEMOIZE`."""
        self._memo[len(self._memo)] = self._top()

    def get(self) -> None:
        """`GET`, `BINGET` and `LONG_BINGET`."""
        index = self._index()
        if index not in self._memo:
            raise Broken(self._place, "something is taken from an empty place")
        self._push(self._memo[index])

    def _index(self) -> int:
        if self.data[self._place] in b"gp":
            return number(self._argument, self._place)
        return int.from_bytes(self._argument, "little")

    def global_(self) -> None:
        """`GLOBAL`."""
        module, _, name = self._argument.partition(b"\n")
        self._name(module.decode("utf-8", errors="replace"), name.decode("utf-8", errors="replace"))

    def stack_global(self) -> None:
        """`STACK_GLOBAL`: the name of a thing that is put together while the pickle is read."""
        name, module = self._pop(), self._pop()
        if isinstance(name, str) and isinstance(module, str):
            self._name(module, name)
        else:
            self._name("", COMPUTED)

    def _name(self, module: str, name: str) -> None:
        found = Name(module, name, self._place)
        self._named(found)
        self._push(found)

    def extension(self) -> None:
        """`EXT1` to `EXT4`: a name from a table of the program that loads it."""
        self._name("", "")

    def reduce(self) -> None:
        """`REDUCE`."""
        arguments, function = self._pop(), self._pop()
        self._push(self._call(function, _elements(arguments)))

    def new_object(self) -> None:
        """`NEWOBJ`."""
        arguments, function = self._pop(), self._pop()
        self._push(self._call(function, _elements(arguments)))

    def new_object_with_names(self) -> None:
        """`NEWOBJ_EX`."""
        named, arguments, function = self._pop(), self._pop(), self._pop()
        self._push(self._call(function, [*_elements(arguments), *_elements(named)]))

    def instance(self) -> None:
        """`INST`."""
        arguments = self._since_mark()
        self.global_()
        function = self._pop()
        self._push(self._call(function, arguments))

    def object(self) -> None:
        """`OBJ`."""
        parts = self._since_mark()
        if not parts:
            raise Broken(self._place, "something is taken from an empty stack")
        self._push(self._call(parts[0], parts[1:]))

    def build(self) -> None:
        """`BUILD`: an object gets its state. Of a function, a class or a module, that changes what it does."""
        state, target = self._pop(), self._top()
        if isinstance(target, Name):
            self._call(Name("builtins", "setattr", self._place), [target, state])
        elif isinstance(target, Made):
            target.state = state
        self._next = self._build(target, self._next)

    def persistent(self) -> None:
        """`BINPERSID`: what only the program that loads it knows."""
        self._pop()
        self._push(PLAIN)

    def _call(self, function: Symbol, arguments: list[Symbol]) -> Symbol:
        return self._told(function, arguments, self._place)


def _elements(symbol: Symbol) -> list[Symbol]:
    return symbol if isinstance(symbol, list) else [symbol]


_STEPS: Final[dict[int, Callable[[Machine], None]]] = {
    ord("("): Machine.mark,
    ord("0"): Machine.pop,
    ord("1"): Machine.pop_mark,
    ord("2"): Machine.duplicate,
    **dict.fromkeys(b"X\x8c\x8d", Machine.text),
    ord("V"): Machine.text_line,
    **dict.fromkeys(b"TU", Machine.old_text),
    ord("S"): Machine.quoted_text,
    **dict.fromkeys(b"BC\x8e\x96", Machine.octets),
    **dict.fromkeys(b"\x8a\x8b", Machine.long),
    **dict.fromkeys(b"KMJ", Machine.small),
    **dict.fromkeys(b"])}\x8f", Machine.empty),
    **dict.fromkeys(b"ldt\x91", Machine.gathered),
    **dict.fromkeys(b"\x85\x86\x87", Machine.tuple_of),
    ord("a"): Machine.append,
    ord("s"): Machine.set_item,
    **dict.fromkeys(b"eu\x90", Machine.extend),
    **dict.fromkeys(b"pqr", Machine.put),
    ord("\x94"): Machine.memoize,
    **dict.fromkeys(b"ghj", Machine.get),
    ord("c"): Machine.global_,
    ord("\x93"): Machine.stack_global,
    **dict.fromkeys(b"\x82\x83\x84", Machine.extension),
    ord("R"): Machine.reduce,
    ord("\x81"): Machine.new_object,
    ord("\x92"): Machine.new_object_with_names,
    ord("i"): Machine.instance,
    ord("o"): Machine.object,
    ord("b"): Machine.build,
    ord("Q"): Machine.persistent,
    ord("\x80"): Machine.protocol,
}
"""What each opcode does; those that are neither here nor in `_PLAIN` do nothing to the stack."""
_PLAIN: Final = frozenset(b"IFLP\x97")
"""Opcodes that push a value of which nothing needs to be known."""
_SCALARS: Final = frozenset(b"KGN\x88\x89")
_MEMOIZE, _SHORT_TEXT, _SHORT_INTEGER, _STOP = 0x94, 0x8C, ord("K"), ord(".")
_LONG_PUT, _LONG_GET, _TEXT = b"rjX"
_FOUR: Final = Struct("<I")
