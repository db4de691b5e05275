"""What a serialised R object has run as soon as somebody looks at it (CVE-2024-27322), and the functions it holds.

A promise that nothing has evaluated yet is evaluated at the first touch. In data there is no reason for one; in environments that
functions were called in there are many. Functions are data like others, unless R calls them by their names at start or on load.
"""

from typing import Final

from pratique.errors import InvalidInput
from pratique.facts.scan.content import Content, Reader
from pratique.facts.scan.languages.r.apis import HOOKS
from pratique.facts.scan.languages.rdata.items import Kind, Node, Thing, names_in
from pratique.facts.scan.languages.rdata.spelled import spelled
from pratique.facts.scan.languages.rdata.stream import Stream, unpacked
from pratique.facts.scan.languages.rdata.walk import Walk
from pratique.facts.scan.observation import Context, How

_NAMES: Final = """system system2 shell shell.exec pipe dyn.load download.file source socketConnection url curl unlink
    file.remove Sys.setenv do.call"""
_ACTING: Final = frozenset(_NAMES.split())
"""Functions that reach out of R."""
_TOLD_MAX: Final = 20
_FUNCTIONS_MAX: Final = 400
_CODE_CHARACTERS_MAX: Final = 1024 * 1024


def read(content: Content, reader: Reader) -> None:
    """Tell of what is run when the object is read or touched. Raises `InvalidInput` for what cannot be followed to its end."""
    walk = Walk(Stream.of(unpacked(content.data)))
    broken: InvalidInput | None = None
    try:
        walk.walk()
    except InvalidInput as error:
        broken = error
    _promises(walk, reader)
    _functions(walk, reader)
    if broken is None:
        return
    if walk.found.forced or walk.found.waiting:
        reader.emit("code.deserialise_broken", 1, text=str(broken))
    raise broken


def _promises(walk: Walk, reader: Reader) -> None:
    for each in walk.found.forced[:_TOLD_MAX]:
        code = each.items[0]
        text = spelled(code)
        reader.emit("code.deserialise_call", 1, how=How.RESOLVED, text=_called(code) or text)
        reader.embed("r", text, 1, how=How.RESOLVED)
    odd = sorted(set().union(*(names_in(each) for each in walk.found.waiting)) & _ACTING - {"do.call", "url"})
    for name in odd[:_TOLD_MAX]:
        reader.emit("code.deserialise_odd", 1, text=name)
    hidden = sorted(walk.found.unlike & _ACTING - {"do.call", "url"})
    for name in hidden[:_TOLD_MAX]:
        reader.emit(
            "code.deserialise_call", 1, how=How.RESOLVED, text=f"{name}, in compiled code that says it is another"
        )


def _functions(walk: Walk, reader: Reader) -> None:
    """Functions as the view of R sees them: hooks run when the workspace is loaded, others when somebody calls them."""
    texts: list[str] = []
    size = 0
    for name, function in walk.found.functions[:_FUNCTIONS_MAX]:
        text = f"{_assignable(name)}{spelled(function)}"
        hook = name in HOOKS and walk.top.get(name) is function
        if hook and names_in(function) & _ACTING:
            reader.emit("code.deserialise_call", 1, text=name)
        if hook:
            reader.embed("r", spelled(function.items[1]), 1)
        size += len(text)
        if size > _CODE_CHARACTERS_MAX:
            reader.reading.problem("it holds more code than is looked at")
            break
        texts.append(text)
    if texts:
        reader.embed("r", "\n".join(texts), 1, context=Context.FUNCTION)
    for name, function in walk.found.active[:_TOLD_MAX]:
        if names_in(function) & _ACTING:
            reader.emit("code.deserialise_odd", 1, text=name)
            reader.embed("r", spelled(function.items[1]), 1)


def _assignable(name: str) -> str:
    return f"`{name}` <- " if name and "`" not in name else ""


def _called(code: Thing) -> str:
    """The name of the function that a piece of code calls."""
    if not isinstance(code, Node) or code.kind is not Kind.CALL or not code.items:
        return ""
    function = code.items[0]
    if isinstance(function, Node) and function.kind is Kind.CALL:
        return spelled(function)
    return function.text if isinstance(function, Node) else ""
