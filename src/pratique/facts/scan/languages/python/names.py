"""What names, attributes and elements stand for: bound by assignments, imports, and methods that put something in."""

import ast
from abc import ABC
from typing import Final

from pratique.facts.scan.content import Reader
from pratique.facts.scan.languages.python.apis import DANGEROUS, SENSITIVE_MODULES, VALUES
from pratique.facts.scan.languages.python.calls import Calls
from pratique.facts.scan.observation import Context, How
from pratique.facts.scan.value import NOT_KNOWN, UNKNOWN, Value, labels_of

_KEYS_MAX: Final = 200
_MAKES: Final = ("__init__", "__new__", "__call__")
"""Methods through which every object of a class goes."""


class Names(Calls, ABC):
    """Adds names that are bound to calls."""

    def __init__(self, reader: Reader, context: Context) -> None:
        super().__init__(reader, context)
        self.maybe = 0
        """How many branches and loops deep what is followed may run or not."""

    def set_attribute(self, base: Value, name: str, value: Value) -> None:
        """Give an attribute of an object or a class of the file a value."""
        if base.name.startswith(("new:", "def:")):
            self.attributes[f"{base.name[4:]}.{name}"] = value

    def grow(self, whole: ast.expr, method: str, arguments: list[Value]) -> None:
        """Note that a method put something into what it is called on: a list, a set, a mapping or a buffer."""
        value = self.value(whole)
        given = labels_of(arguments)
        items = value.items
        if items is not None and method in ("append", "add") and len(items) < _KEYS_MAX:
            items = [*items, *arguments]
        if not given - value.labels and items is value.items:
            return
        grown = Value(UNKNOWN.constant, value.labels | given, value.name, items, value.how)
        if isinstance(whole, ast.Name):
            own = whole.id in self.scopes[-1].names
            (self.scopes[-1] if own else self.module).names[whole.id] = grown
        elif isinstance(whole, ast.Attribute):
            self.set_attribute(self.value(whole.value), whole.attr, grown)

    def bind(self, target: ast.expr, value: Value) -> None:
        """Give a target of an assignment, a loop or a `with` a value."""
        if isinstance(target, ast.Name):
            self._bind_name(target.id, value, target)
            return
        match target:
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                for each, item in zip(elements, _dealt(elements, value), strict=True):
                    self.bind(each, item)
            case ast.Starred(value=inner):
                self.bind(inner, value if value.items is not None else Value(labels=value.all_labels()))
            case ast.Attribute(value=base, attr=name):
                self._bind_attribute(self.value(base), name, value, target)
            case ast.Subscript(value=base, slice=place):
                self._bind_element(base, self.value(place), value, target)
            case _:
                pass

    def _bind_name(self, name: str, value: Value, target: ast.expr) -> None:
        """Bind a name. In branches and loops, and to what is not known, it keeps its labels; `None` replaces no function."""
        names = self.names_of(name)
        before = names.get(name)
        if before is not None and not value.name:
            if before.name and value.constant is None:
                return
            if before.labels - value.labels and (value.constant is NOT_KNOWN or self.maybe):
                labels = value.labels | before.labels
                value = Value(value.constant, labels, value.name, value.items, value.how, keyed=value.keyed)
        names[name] = value
        if value.name and value.name in DANGEROUS and value.name.rpartition(".")[2] != name:
            self.emit("obf.alias", target, text=f"{name} = {value.name}")

    def _bind_attribute(self, base: Value, name: str, value: Value, target: ast.expr) -> None:
        if base.name.startswith(("new:", "def:")):
            key = f"{base.name[4:]}.{name}"
            if key not in self.attributes or value is not UNKNOWN:
                self.attributes[key] = value
        elif base.how is not How.DECODED and (
            base.name in self.imported or (name in _MAKES and self._of_another(base.name))
        ):
            self.emit("code.patch", target, inputs=value.all_labels(), text=f"{base.name}.{name} = ")

    def _of_another(self, name: str) -> bool:
        """Whether a dotted name leads into another module, of the same package or of any."""
        return name.startswith(".") or any(f"{name}.".startswith(f"{each}.") for each in self.imported)

    def _bind_element(self, base: ast.expr, place: Value, value: Value, target: ast.expr) -> None:
        """An element of a mapping or a list: the whole then carries what went in."""
        whole = self.value(base)
        if whole.name == "os.environ":
            self.emit("write.env", target, inputs=value.all_labels() | place.all_labels(), text=place.text)
        if isinstance(base, ast.Name):
            labels = whole.all_labels() | value.all_labels() | place.all_labels()
            keyed = whole.keyed
            if keyed is not None and place.known and len(keyed) < _KEYS_MAX:
                keyed = {**keyed, place.constant: value}
            if labels != whole.labels or keyed is not whole.keyed:
                scope = self.scopes[-1] if base.id in self.scopes[-1].names else self.module
                scope.names[base.id] = Value(labels=labels, name=whole.name, keyed=keyed)

    def names_of(self, name: str) -> dict[str, Value]:
        """The names among which one is bound: those of the module where the function says so."""
        return (self.module if name in self.scopes[-1].shared else self.scopes[-1]).names

    def bring_in(self, node: ast.Import | ast.ImportFrom) -> None:
        """Names that an import brings."""
        for alias in node.names:
            if isinstance(node, ast.Import):
                first = alias.name.partition(".")[0]
                full = alias.name if alias.asname else first
                self.imported.add(alias.name)
                local = alias.asname or first
            elif node.module and not node.level:
                full = f"{node.module}.{alias.name}"
                self.imported.add(node.module)
                local = alias.asname or alias.name
                if local == "*" and node.module not in self.stars:
                    self.stars.append(node.module)
            else:
                self.local_import(node, alias)
                continue
            special = frozenset({VALUES[full]}) if full in VALUES else frozenset[str]()
            self.names_of(local)[local] = Value(
                name="builtins" if full in ("builtins", "__builtin__") else full, labels=special
            )
            root = full.partition(".")[0]
            if root in SENSITIVE_MODULES:
                self.emit("code.sensitive_import", node, text=full)
            if full in DANGEROUS and local != full.rpartition(".")[2]:
                self.emit("obf.alias", node, text=f"{full} as {local}")

    def local_import(self, node: ast.ImportFrom, alias: ast.alias) -> None:
        """A module of the same package: nothing is known of it here."""
        self.scopes[-1].names[alias.asname or alias.name] = Value(name=f".{node.module or ''}.{alias.name}")


def _dealt(targets: list[ast.expr], value: Value) -> list[Value]:
    """As many values as there are targets: a starred one gets a list of what is left over. What does not fit is left out."""
    items = value.items
    if items is None or len(items) < len(targets):
        return [Value(labels=value.all_labels())] * len(targets)
    star = next((place for place, each in enumerate(targets) if isinstance(each, ast.Starred)), None)
    if star is None:
        return items[: len(targets)]
    end = len(items) - (len(targets) - star - 1)
    return [*items[:star], Value(items=items[star:end]), *items[end:]]
