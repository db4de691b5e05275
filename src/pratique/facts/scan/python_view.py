"""A Python file parsed once: its tree, the full names behind its imports, its string constants. Nothing is executed."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from pratique.errors import InvalidInput

_DEFINITION = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True, slots=True)
class PythonView:
    """The tree of a module. `aliases` maps local names to what they were imported as: `sp` to `subprocess`."""

    tree: ast.Module
    aliases: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, source: bytes) -> "PythonView":
        """Parse a module. Raises `InvalidInput` for what is no Python of this version, or is nested too deeply."""
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise InvalidInput(f"not readable as Python: {type(error).__name__}") from error
        view = cls(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for name in node.names:
                    view.aliases[name.asname or name.name.partition(".")[0]] = (
                        name.name if name.asname else name.name.partition(".")[0]
                    )
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for name in node.names:
                    view.aliases[name.asname or name.name] = f"{node.module}.{name.name}"
        return view

    def name(self, node: ast.AST) -> str:
        """The full dotted name of an expression, through imports and `__import__`; empty for anything else."""
        match node:
            case ast.Name(id=local):
                return self.aliases.get(local, local)
            case ast.Attribute(value=value, attr=attribute):
                owner = self.name(value)
                return f"{owner}.{attribute}" if owner else ""
            case ast.Call(func=ast.Name(id="__import__"), args=[ast.Constant(value=str(module)), *_]):
                return module
            case ast.Call(func=function, args=[ast.Constant(value=str(module)), *_]) if (
                self.name(function) == "importlib.import_module"
            ):
                return module
            case _:
                return ""

    def calls(self, root: ast.AST | None = None) -> Iterator[tuple[str, ast.Call]]:
        """Every call below `root` (the module by default) with the full name of what is called."""
        for node in ast.walk(root or self.tree):
            if isinstance(node, ast.Call):
                yield self.name(node.func), node

    def bodies(self) -> Iterator[ast.AST]:
        """The outermost classes and functions, and the module's remaining statements as one: units that act together."""
        rest: list[ast.stmt] = []
        for statement in self.tree.body:
            if isinstance(statement, _DEFINITION):
                yield statement
            else:
                rest.append(statement)
        yield ast.Module(body=rest, type_ignores=[])
