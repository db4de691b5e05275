"""R code followed once from its first expression to its last, and then through the functions that nobody called.

Every branch is taken and loops run once. Functions are followed where they are called, with what they are called with; the
hooks of a package, and functions that are never called, by themselves. Nothing is run.
"""

import re
from typing import Final

from pratique.errors import InvalidInput, LimitExceeded
from pratique.facts.scan.content import Content, Reader
from pratique.facts.scan.languages.r import documents
from pratique.facts.scan.languages.r.apis import HOOKS
from pratique.facts.scan.languages.r.effects import Effects
from pratique.facts.scan.languages.r.nodes import Assign, Block, Function, Name, Node
from pratique.facts.scan.languages.r.syntax import Parser
from pratique.facts.scan.observation import Context
from pratique.facts.scan.value import UNKNOWN, Value, joined

_PACKAGE_CODE: Final = re.compile(r"^[^/]+/(?:r/[^/]+\.[rsq]|data/[^/]+\.r|src/install\.libs\.r)$")
_PROFILE: Final = re.compile(r"(?:^|/)(?:\.rprofile|rprofile\.site)$")
_KEPT: Final = frozenset({Context.TEST, Context.DOCS, Context.R_CONFIGURE, Context.AGENT_CONFIG, Context.WORKFLOW})
_DEPTH_MAX: Final = 5
_FOLLOWED_MAX: Final = 6
_CALLS_FOLLOWED_MAX: Final = 400


def read(content: Content, reader: Reader) -> None:
    """Tell of what a file does. Raises `InvalidInput` for what is nested too deeply to be followed."""
    text = content.text().replace("\0", "").replace("\r\n", "\n")
    if not content.inside and documents.is_document(content.path):
        text = documents.code_of(text, content.path, reader)
    module = Module(reader, _context(content))
    try:
        module.follow(text, hooks=not content.inside)
    except RecursionError as error:
        raise InvalidInput("nested too deeply to be followed") from error
    except LimitExceeded as error:
        reader.reading.problem(str(error))


def _context(content: Content) -> Context:
    """When the top of a file runs: that of a package's code when it is installed, that of a script when somebody starts it."""
    if content.inside or content.context in _KEPT:
        return content.context
    path = content.path.lower()
    if _PROFILE.search(path):
        return Context.R_ONLOAD
    if _PACKAGE_CODE.match(path):
        return Context.R_CONFIGURE
    if documents.is_document(path):
        return Context.NOTEBOOK_CELL
    return Context.MAIN_GUARD


class Module(Effects):
    """One file on its way."""

    def __init__(self, reader: Reader, context: Context) -> None:
        super().__init__(reader, context)
        self._followed: dict[str, int] = {}
        self._total = 0
        self._depth = 0

    def follow(self, text: str, *, hooks: bool) -> None:
        """Go through the file."""
        parser = Parser(text)
        program = parser.program()
        self._collect(program)
        for node in program:
            self.value(node)
        outer = self.context
        inner = outer if not hooks or outer in (Context.TEST, Context.DOCS, Context.R_ONLOAD) else Context.FUNCTION
        for name in list(self.functions):
            if name not in self._followed:
                self.context = Context.R_ONLOAD if name in HOOKS and hooks else inner
                self.unit = self.reader.unit()
                self.run_function(name, [], {})
        self.context = outer
        if parser.mistakes * 10 > len(program) + 10:
            self.emit("pkg.unparsable", 1)

    def run_program(self, text: str) -> Value:
        """Every expression of a text; gives what the last one is."""
        found = UNKNOWN
        for node in Parser(text).program():
            found = self.value(node)
        return found

    def follow_apart(self, text: str, reader: Reader) -> None:
        """Follow a text as a file of its own, and tell another reader."""
        Module(reader, self.context).follow(text, hooks=True)

    def _collect(self, program: list[Node]) -> None:
        """Functions by their names, as far as they stand at the top: they are called from above, too."""
        waiting = list(program)
        while waiting:
            node = waiting.pop()
            if isinstance(node, Assign) and isinstance(node.target, Name) and isinstance(node.value, Function):
                self.functions[node.target.name] = node.value
            elif isinstance(node, Block):
                waiting += node.body

    def run_function(self, name: str, arguments: list[Value], keywords: dict[str, Value]) -> Value:
        """Follow a function of the file itself."""
        node = self.functions.get(name)
        given = joined([*arguments, *keywords.values()])
        count = self._followed.get(name, 0)
        if node is None or self._depth >= _DEPTH_MAX or count >= _FOLLOWED_MAX or self._total >= _CALLS_FOLLOWED_MAX:
            return given
        self._followed[name] = count + 1
        self._total += bool(arguments or keywords)
        self._depth += 1
        self.scopes.append(self._scope(node, arguments, keywords))
        try:
            found = self.value(node.body)
        finally:
            self.scopes.pop()
            self._depth -= 1
        return found

    def _scope(self, node: Function, arguments: list[Value], keywords: dict[str, Value]) -> dict[str, Value]:
        scope: dict[str, Value] = {}
        names = [name for name, _ in node.parameters if name not in keywords]
        for name, default in node.parameters:
            scope[name] = self.value(default) if default is not None else UNKNOWN
        rest = list(arguments)
        for name in names:
            if name == "...":
                scope[name] = Value(items=rest)
                break
            if not rest:
                break
            scope[name] = rest.pop(0)
        scope.update({name: value for name, value in keywords.items() if name in scope or "..." in scope})
        return scope
