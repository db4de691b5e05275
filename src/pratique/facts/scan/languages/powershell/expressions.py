"""What PowerShell's expressions are known to be, without running them."""

from collections.abc import Callable
from typing import Any, Final

from pratique.facts.scan.content import Content, Reader
from pratique.facts.scan.languages.powershell import casting, folding
from pratique.facts.scan.languages.powershell.machine import Invoked, Machine
from pratique.facts.scan.languages.powershell.names import SPELLED_MEMBERS
from pratique.facts.scan.languages.powershell.objects import methods, statics
from pratique.facts.scan.languages.powershell.objects.codes import script_block
from pratique.facts.scan.languages.powershell.objects.properties import property_of
from pratique.facts.scan.languages.powershell.syntax import (
    Block,
    Cast,
    Chain,
    Comma,
    Expandable,
    Expression,
    Group,
    Index,
    Member,
    Number,
    Numbers,
    Statement,
    Table,
    Text,
    TypeName,
    Unary,
    Variable,
)
from pratique.facts.scan.languages.powershell.values import (
    NESTED_MAX,
    Codes,
    Fields,
    elements,
    held,
    labels_of,
    made,
    of_items,
    put_behind,
    size,
    spelled,
    text_of,
    whole,
)
from pratique.facts.scan.observation import How
from pratique.facts.scan.value import HOLE, NOT_KNOWN, UNKNOWN, Value, joined

_DEFAULT_SEPARATOR: Final = " "


class Expressions(Machine):
    """Finds values. A subclass says what statements and commands do."""

    def __init__(self, content: Content, reader: Reader, text: str) -> None:
        super().__init__(content, reader, text)
        self._by: dict[type[Any], Callable[[Any], Value]] = {
            Text: lambda node: self.constant(node.value, node.at, node.how),
            Expandable: self._expandable,
            Number: lambda node: Value(node.value),
            Numbers: lambda node: Codes(numbers=node.values),
            Variable: lambda node: self.lookup(node.name),
            TypeName: lambda node: Value(name=f"type:{node.name}"),
            Cast: self._cast,
            Unary: self._unary,
            Chain: self._chain,
            Comma: self._comma,
            Member: self._member,
            Index: lambda node: folding.indexed(self.value(node.base), self.value(node.place)),
            Group: self._group,
            Table: self._table,
            Block: self._block,
        }

    def value(self, node: Expression | Statement) -> Value:
        """What an expression or statement gives. Raises `LimitExceeded` when a script has taken too many steps."""
        self.step()
        look = self._by.get(type(node))
        return look(node) if look is not None else UNKNOWN

    @property
    def separator(self) -> str:
        """What stands between the elements of a list that becomes a text: the variable `$OFS`."""
        for scope in reversed(self.scopes):
            found = scope.get("ofs")
            if found is not None:
                return spelled(found) or ""
        return _DEFAULT_SEPARATOR

    def outputs(self, body: list[Statement]) -> list[Value]:
        """What statements give, one behind the other."""
        raise NotImplementedError

    def _expandable(self, node: Expandable) -> Value:
        found = Value("")
        for part in node.parts:
            if isinstance(part, str):
                found = put_behind(found, Value(part))
            else:
                value = self.value(part)
                text = text_of(value, self.separator)
                found = put_behind(found, Value(text, value.all_labels()))
        found = Value(found.constant, found.labels, how=How.LITERAL)
        return self.settled(found, node.at)

    def _cast(self, node: Cast) -> Value:
        return self.cast(node.type, self.value(node.operand), node.at)

    def cast(self, type_: str, value: Value, at: int) -> Value:
        """A value as one of another type."""
        if type_ == "scriptblock":
            return script_block(self, value, at)
        if type_ == "string" and (value.items is not None or value.name == "<chars>"):
            found = made(text_of(value, self.separator), value)
            return self.settled(found, at) if HOLE not in found.text else Value(labels=value.all_labels())
        if type_ in ("wmiclass", "adsi", "wmi", "wmisearcher"):
            return Value(labels=value.all_labels(), name=f"new:{type_}:{text_of(value).lower().rpartition(':')[2]}")
        return casting.cast(type_, value)

    def _unary(self, node: Unary) -> Value:
        value = self.value(node.operand)
        operator = node.operator
        if operator == "join":
            return self.settled(folding.join(value, Value("")), node.at)
        if operator == "split":
            return folding.words(value)
        number = whole(value) if value.constant is not NOT_KNOWN and value.constant is not None else None
        if (
            operator in ("+", "-")
            and isinstance(node.operand, Variable)
            and node.at == node.operand.at
            and number is not None
        ):
            self.assign(node.operand.name, made(number + (1 if operator == "+" else -1), value))
            return value
        if operator == "-" and number is not None:
            return made(-number, value)
        if operator == "bnot" and number is not None:
            return made(~number, value)
        if operator in ("!", "not") and value.known:
            return made(not value.constant, value)
        return value if operator == "+" else joined([value])

    def _chain(self, node: Chain) -> Value:
        operators = {operator for operator, _ in node.rest}
        found = self.value(node.first)
        if operators == {"+"} and len(node.rest) > 1:
            values = [found, *(self.value(right) for _, right in node.rest)]
            return self.settled(folding.chained(values, self.separator), node.at)
        for operator, right in node.rest:
            found = folding.operated(operator, found, self.value(right), self.separator)
        return self.settled(found, node.at)

    def _comma(self, node: Comma) -> Value:
        return held([self.value(each) for each in node.items])

    def _group(self, node: Group) -> Value:
        items = self.outputs(node.body)
        if node.kind == "@":
            if len(items) == 1:
                listed = elements(items[0])
                if isinstance(items[0], Codes) or isinstance(items[0].constant, bytes):
                    return items[0]
                return Value(labels=items[0].labels, items=listed) if listed is not None else items[0]
            return held(items)
        return of_items(items)

    def _table(self, node: Table) -> Value:
        fields: dict[str, Value] = {}
        for key, value in node.pairs:
            name = spelled(self.value(key))
            fields[(name or HOLE).lower()] = self.value(value)
        if sum(size(each) for each in fields.values()) > NESTED_MAX:
            return Value(labels=labels_of(*fields.values()))
        return Fields(fields=fields)

    def _block(self, node: Block) -> Value:
        name = f"block:{node.at}"
        self.blocks[name] = node
        return Value(self.source[node.at + 1 : node.end - 1], name=name)

    def _member(self, node: Member) -> Value:
        base = self.value(node.base)
        name_value = self.value(node.name)
        name = (spelled(name_value) or "").lower()
        how = name_value.how
        if not name or HOLE in name:
            arguments = [self.value(each) for each in node.arguments or ()]
            return joined([base, name_value, *arguments])
        if name in SPELLED_MEMBERS and (how is not How.LITERAL or "obf.split_strings" in name_value.labels):
            self.emit("obf.spelling", node.at, how=How.RESOLVED, inputs=name_value.labels, text=name)
        if node.arguments is None:
            return property_of(self, base, name, how)
        arguments = [self.value(each) for each in node.arguments]
        call = Invoked(
            base, name, arguments, node.at, how, [variable_of(each) for each in node.arguments], variable_of(node.base)
        )
        found = self.invoked(call, static=node.static)
        return self.settled(found, node.at)

    def invoked(self, call: Invoked, *, static: bool = False) -> Value:
        """What calling a member gives."""
        if call.base.name.startswith("type:") and (static or call.base.constant is NOT_KNOWN):
            done = statics.called(self, call)
            if done is not None:
                return done
        return methods.called(self, call)

    def labels(self, *values: Value) -> frozenset[str]:
        """The labels of several values."""
        return labels_of(*values)


def variable_of(node: Expression | Statement) -> str:
    """The name of a variable that a node is, perhaps behind a cast or a reference; empty for anything else."""
    while isinstance(node, Cast | Group):
        if isinstance(node, Cast):
            node = node.operand
        elif len(node.body) == 1 and isinstance(node.body[0], Variable | Cast):
            node = node.body[0]
        else:
            return ""
    return node.name if isinstance(node, Variable) else ""
