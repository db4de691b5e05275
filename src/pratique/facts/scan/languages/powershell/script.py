"""A PowerShell script followed statement by statement: what flows where, and into which functions."""

from collections.abc import Callable
from typing import Any, Final

from pratique.facts.scan.content import Content, Reader
from pratique.facts.scan.languages.powershell import folding
from pratique.facts.scan.languages.powershell.expressions import variable_of
from pratique.facts.scan.languages.powershell.machine import Call
from pratique.facts.scan.languages.powershell.running import Running
from pratique.facts.scan.languages.powershell.syntax import (
    Assign,
    Block,
    Cast,
    Comma,
    Command,
    Each,
    Expression,
    Function,
    Index,
    Leave,
    Loop,
    Member,
    Pipeline,
    Several,
    Statement,
    Switch,
    Tested,
    Variable,
)
from pratique.facts.scan.languages.powershell.values import (
    NESTED_MAX,
    Codes,
    Fields,
    count,
    elements,
    few,
    labels_of,
    of_items,
    size,
    spelled,
    text_of,
)
from pratique.facts.scan.observation import How
from pratique.facts.scan.value import NOT_KNOWN, UNKNOWN, Value, joined

_DEPTH_MAX: Final = 6
_FOLLOWED_MAX: Final = 6
_CALLS_FOLLOWED_MAX: Final = 400
_REPEATED_CHARACTERS_MAX: Final = 60_000
"""So long may be a loop's body, all its turns together, to be followed turn by turn."""
_TURNS_MAX: Final = 5_000
_ITEMS_FOLLOWED_MAX: Final = 12_000


class Script(Running):
    """One script on its way."""

    def __init__(self, content: Content, reader: Reader, text: str) -> None:
        super().__init__(content, reader, text)
        self._followed: dict[int, int] = {}
        self._units: dict[int, int] = {}
        self._total = 0
        self._depth = 0
        self._returned: list[list[Value]] = []
        statements: dict[type[Any], Callable[[Any], Value]] = {
            Pipeline: self._pipeline,
            Assign: self._assign,
            Several: self._several,
            Tested: self._tested,
            Loop: self._loop,
            Each: self._each,
            Switch: self._switch,
            Function: self._function,
            Leave: self._leave,
        }
        self._by.update(statements)

    def follow(self, body: list[Statement]) -> None:
        """Go through the script, and then through functions that nothing in it calls."""
        self._define(body)
        self.outputs(body)
        for name, block in list(self.functions.items()):
            if id(block) not in self._followed:
                self._within(block, self._parameters(block, {}, []), name)

    def _define(self, body: list[Statement]) -> None:
        """Every function of the script by its name, wherever it stands."""
        waiting = list(body)
        while waiting:
            node = waiting.pop()
            match node:
                case Function(name=name, block=block):
                    self.functions.setdefault(name, block)
                    waiting += block.body
                case Several(body=inner) | Loop(body=inner) | Each(body=inner) | Block(body=inner):
                    waiting += inner
                case Switch(cases=cases):
                    waiting += [each for _, part in cases for each in part]
                case _:
                    pass

    def outputs(self, body: list[Statement]) -> list[Value]:
        """What statements give, one behind the other."""
        given: list[Value] = []
        for statement in body:
            found = self.value(statement)
            if found is not UNKNOWN and not isinstance(statement, Assign | Function):
                given.append(found)
        return given

    def _several(self, node: Several) -> Value:
        return of_items(self.outputs(node.body))

    def _tested(self, node: Tested) -> Value:
        self.value(node.value)
        return UNKNOWN

    def _function(self, node: Function) -> Value:
        self.functions[node.name] = node.block
        return UNKNOWN

    def _leave(self, node: Leave) -> Value:
        value = self.value(node.value) if node.value is not None else UNKNOWN
        if node.word == "return" and self._returned and value is not UNKNOWN:
            self._returned[-1].append(value)
        return UNKNOWN

    def _assign(self, node: Assign) -> Value:
        value = self.value(node.value)
        if node.operator != "=":
            before = self.value(node.target)
            operator = node.operator[:-1]
            value = folding.operated("+" if operator == "+" else operator, before, value, self.separator)
            if operator == "+":
                value = self.settled(value, node.at)
        self._bind(node.target, value)
        return value

    def _bind(self, target: Expression, value: Value) -> None:
        match target:
            case Variable(name=name, outer=outer):
                self._set(name, value, target.at, outer=outer)
            case Cast(type=type_, operand=inner):
                self._bind(inner, self.cast(type_, value, target.at))
            case Comma(items=items):
                listed = elements(value)
                for place, each in enumerate(items):
                    known = listed is not None and place < len(listed)
                    self._bind(each, listed[place] if known and listed else Value(labels=value.all_labels()))
            case Member(base=base, name=name_node):
                self._bind_member(base, (spelled(self.value(name_node)) or "").lower(), value, target.at)
            case Index(base=base, place=place):
                self._bind_element(base, self.value(place), value)
            case _:
                pass

    def _set(self, name: str, value: Value, at: int, *, outer: bool = False) -> None:
        drive, _, rest = name.partition(":")
        if not rest:
            self.assign(name, value, outer=outer)
        elif drive == "env":
            self.emit("write.env", at, inputs=value.all_labels(), text=name)
            self.scopes[0][name] = value
        elif drive == "function" and value.name.startswith("block:"):
            self.functions[rest] = self.blocks[value.name]
        elif drive == "alias":
            self.aliases[rest] = text_of(value).lower()

    def _bind_member(self, base: Expression, name: str, value: Value, at: int) -> None:
        whole = self.value(base)
        if isinstance(whole, Fields) and size(value) < NESTED_MAX and len(whole.fields) < NESTED_MAX:
            whole.fields[name] = value
            return
        labels = value.all_labels()
        if name == "attributes" and "hidden" in text_of(value).lower():
            self.emit("evade.hidden_file", at, inputs=whole.all_labels(), text=text_of(value))
        variable = variable_of(base)
        if variable and labels - whole.all_labels():
            self.absorb(variable, labels)

    def _bind_element(self, base: Expression, place: Value, value: Value) -> None:
        whole = self.value(base)
        variable = variable_of(base)
        key = spelled(place)
        if (
            isinstance(whole, Fields)
            and key is not None
            and size(value) < NESTED_MAX
            and len(whole.fields) < NESTED_MAX
        ):
            whole.fields[key.lower()] = value
            return
        at = place.constant
        length = count(whole)
        if isinstance(at, int) and length is not None and -length <= at < length:
            changed = _with_element(whole, at, value)
            if changed is not None and variable:
                self.assign(variable, changed)
                return
        if variable:
            self.absorb(variable, value.all_labels() | place.all_labels())

    def _pipeline(self, node: Pipeline) -> Value:
        found: Value | None = None
        for element in node.elements:
            if isinstance(element, Command):
                found = self.run(element, found)
            elif found is None:
                found = self.value(element)
            else:
                found = joined([found, self.value(element)])
        return found if found is not None else UNKNOWN

    def _loop(self, node: Loop) -> Value:
        if node.first is not None:
            self.value(node.first)
        given: list[Value] = []
        turns = 0
        length = max(node.end - node.at, 1)
        while True:
            known = self.value(node.test).constant if node.test is not None else NOT_KNOWN
            if turns and known is not True:  # once it is looked at in any case
                break
            given += self.outputs(node.body)
            if node.step is not None:
                self.value(node.step)
            turns += 1
            if (
                not node.end
                or turns * length > _REPEATED_CHARACTERS_MAX
                or turns > _TURNS_MAX
                or len(given) > _ITEMS_FOLLOWED_MAX
            ):
                return Value(labels=labels_of(*given))
        return of_items(given)

    def _each(self, node: Each) -> Value:
        over = self.value(node.over)
        most = _REPEATED_CHARACTERS_MAX // max(node.end - node.at, 1)
        listed = few(over, most)
        if listed is None or len(listed) > most:
            self.assign(node.variable, Value(labels=over.all_labels()))
            return of_items(self.outputs(node.body))
        given: list[Value] = []
        for item in listed:
            self.assign(node.variable, item)
            given += self.outputs(node.body)
        return of_items(given)

    def _switch(self, node: Switch) -> Value:
        subject = self.value(node.subject)
        self.assign("_", subject)
        given: list[Value] = []
        for case, body in node.cases:
            self.value(case)
            given += self.outputs(body)
        return joined(given) if len(given) > 1 else of_items(given)

    def run_block(self, block: Block, arguments: list[Value], *, piped: Value | None = None) -> Value:
        """Follow a block of code, in the scope that it is in."""
        if self._depth >= _DEPTH_MAX * 3:
            return joined(arguments + ([piped] if piped is not None else []))
        named = {each.name: value for each, value in zip(block.parameters, arguments, strict=False)}
        scope = self.scopes[-1]
        before = scope.get("_")
        if piped is not None:
            scope["_"] = scope["psitem"] = piped
        scope.update(named)
        if arguments:
            scope["args"] = Value(items=arguments)
        self._depth += 1
        try:
            given = self.outputs(block.body)
        finally:
            self._depth -= 1
        if before is not None:
            scope["_"] = before
        return of_items(given)

    def run_function(self, name: str, call: Call) -> Value:
        """Follow a function of the script with what it is called with."""
        block = self.functions[name]
        known = self._followed.get(id(block), 0)
        given = Value(labels=call.labels())
        if self._depth >= _DEPTH_MAX or known >= _FOLLOWED_MAX or self._total >= _CALLS_FOLLOWED_MAX:
            return given
        self._followed[id(block)] = known + 1
        self._total += 1
        scope = self._parameters(block, call.named, call.rest)
        if call.piped is not None:
            scope["_"] = scope["input"] = call.piped
            for each in block.parameters:
                scope.setdefault(each.name, Value(labels=call.piped.all_labels()))
        return self._within(block, scope, name)

    def _parameters(self, block: Block, named: dict[str, Value], rest: list[Value]) -> dict[str, Value]:
        scope: dict[str, Value] = {}
        waiting = list(rest)
        for parameter in block.parameters:
            if parameter.name in named:
                scope[parameter.name] = named[parameter.name]
            elif waiting:
                scope[parameter.name] = waiting.pop(0)
            elif parameter.default is not None:
                scope[parameter.name] = self.value(parameter.default)
        scope["args"] = Value(items=list(rest))
        return scope

    def _within(self, block: Block, scope: dict[str, Value], name: str) -> Value:
        del name
        self._followed.setdefault(id(block), 1)
        unit = self.unit
        if id(block) not in self._units:
            self._units[id(block)] = self.reader.unit()
        self.unit = self._units[id(block)]
        self.scopes.append(scope)
        self._returned.append([])
        self._depth += 1
        try:
            given = self.outputs(block.body)
        finally:
            self._depth -= 1
            self.scopes.pop()
            returned = self._returned.pop()
            self.unit = unit
        given += returned
        return (
            given[0]
            if len(given) == 1
            else joined(given)
            if any(each.constant is NOT_KNOWN for each in given)
            else of_items(given)
        )


def _with_element(whole: Value, at: int, value: Value) -> Value | None:
    """A list with one element changed."""
    labels = whole.labels | value.all_labels()
    constant = value.constant
    if isinstance(whole.constant, bytes):
        if isinstance(constant, int) and 0 <= constant < 256:
            changed = bytearray(whole.constant)
            changed[at] = constant
            return Value(bytes(changed), labels, whole.name, how=How.RESOLVED)
        return None
    if isinstance(whole.constant, str) and whole.name == "<chars>" and isinstance(constant, str) and len(constant) == 1:
        place = at % len(whole.constant)
        text = whole.constant
        return Value(text[:place] + constant + text[place + 1 :], labels, whole.name, how=How.RESOLVED)
    if isinstance(whole, Codes) and len(whole.numbers) <= _ITEMS_FOLLOWED_MAX and isinstance(constant, int):
        numbers = list(whole.numbers)
        numbers[at] = constant
        return Codes(labels=labels, numbers=numbers)
    if whole.items is not None and len(whole.items) <= _ITEMS_FOLLOWED_MAX:
        items = list(whole.items)
        items[at] = value
        return Value(labels=whole.labels, items=items)
    return None
