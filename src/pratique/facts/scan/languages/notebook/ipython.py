"""IPython's own syntax as the calls that IPython makes of it (`IPython.core.inputtransformer2`), line for line.

`!command` is `get_ipython().system("command")`, `%name rest` a call of `run_line_magic`; what is put into a command between
braces, or behind a `$`, flows into it. Lines stay the same.
"""

import ast
import re
from typing import Final

_SPECIAL: Final = re.compile(
    r"^[^\S\n]*(?:[!%?,;/]|.*\?\??\s*$|>>> |In \[\d+\]: )|=\s*[!%]|^[^\S\n]*[a-z]\w*[ \t]+[\w./~-]", re.MULTILINE
)
_PROMPT: Final = re.compile(r"^(\s*+)(?:>>> ?|\.\.\. ?|In \[\d+\]: |\.{3,}: )")
_ASSIGNED: Final = re.compile(r"^(\s*)([A-Za-z_][\w \t,.\[\]'\"]*?)[ \t]*=[ \t]*([!%])(?!=)(.*)$", re.DOTALL)
_HELP: Final = re.compile(r"^\s*(?:\?{1,2}.*|%{0,2}[\w.*\[\]]+\?{1,2}\s*;?)$")
_MAGIC: Final = re.compile(r"%(\w[\w.]*)[ \t]*(.*)$", re.DOTALL)
_BARE: Final = re.compile(
    r"(pip|pip3|conda|mamba|uv|run|load|env|set_env|system|sx|cd|ls|ll|cp|mv|rm|mkdir|rmdir|cat|less|more|man|bash|sh|script|alias)"
    r"[ \t]+(?![=.,()\[\]+*/|&^<>])(.+)$",
    re.DOTALL,
)
_COMMAND: Final = re.compile(r"^\s*(?:[A-Za-z_]\w*\s*=\s*)?!{1,2}\s*(\S.*)$")
_AS_COMMANDS: Final = frozenset({"ls", "ll", "cp", "mv", "rm", "mkdir", "rmdir", "cat", "less", "more", "man"})
_QUOTED: Final = re.compile(r"'''|\"\"\"|'|\"|#|[\[({]|[\])}]|\\.", re.DOTALL)
_FIELD: Final = re.compile(r"\{([^{}]{1,400})\}|\$([A-Za-z_]\w*)")
_NAME: Final = re.compile(
    r"^[^\S\n]*([A-Za-z_]\w*)\s*(?:=|:\s*\w+\s*=|,)|\bfor\s+(\w+)|\bas\s+(\w+)|\bimport\s+(\w+)", re.MULTILINE
)


def names_of(text: str) -> frozenset[str]:
    """Names that a text gives a value, about: what `$name` in a command can stand for."""
    return frozenset(name for found in _NAME.findall(text) for name in found if name)


def is_special(source: str) -> bool:
    """Whether there may be anything in a cell that is IPython's own."""
    return source.lstrip("\n")[:1] in (" ", "\t") or _SPECIAL.search(source) is not None


def commands_of(source: str) -> list[tuple[int, str]]:
    """The shell commands of a cell (`!command`) with the lines they are in, from 0. What Python puts into them stays as it is."""
    found = []
    for place, line in enumerate(source.split("\n")):
        command = _COMMAND.match(line)
        if command is not None:
            found.append((place, command[1]))
    return found


def as_python(source: str, names: frozenset[str]) -> str:
    """The cell as Python, with as many lines."""
    lines = source.split("\n")
    first = next((line for line in lines if line.strip()), "")
    indent = first[: len(first) - len(first.lstrip())]
    if indent:
        lines = [line.removeprefix(indent) for line in lines]
    if lines and _PROMPT.match(lines[0]):
        lines = [_PROMPT.sub(r"\1", line) for line in lines]
    made: list[str] = []
    quote, depth, place = "", 0, 0
    while place < len(lines):
        line = lines[place]
        more = 1
        if not quote and not depth:
            new, more = _statement(lines, place, names)
            if new is not None:
                made += [new, *[""] * (more - 1)]
                place += more
                continue
        quote, depth = _after(line, quote, depth)
        made.append(line)
        place += 1
        if not quote and not depth and line.endswith("\\") and place < len(lines):
            made.append(lines[place])  # the rest of a statement is no statement
            quote, depth = _after(lines[place], quote, depth)
            place += 1
    return "\n".join(made)


def _statement(lines: list[str], place: int, names: frozenset[str]) -> tuple[str | None, int]:
    """A statement of IPython's own as Python, and how many lines it has; None for what is Python already."""
    line = lines[place]
    text = line.lstrip()
    indent = line[: len(line) - len(text)]
    assigned = _ASSIGNED.match(line)
    if (text[:1] in ("!", "%") or assigned is not None) and not _HELP.match(line):
        whole, count = _with_rest(lines, place)
        if assigned is None:
            return f"{indent}{_escaped(whole.lstrip(), names)}", count
        found = _ASSIGNED.match(whole)
        assert found is not None
        return f"{indent}{found[2]} = {_escaped(found[3] + found[4], names, captured=True)}", count
    if _HELP.match(line) or (text[:1] in (",", ";", "/") and len(text) > 1):
        return f"{indent}pass" if _HELP.match(line) else _quoted_call(text, indent), 1
    bare = _BARE.match(text)
    if bare is not None and not _is_python(text):
        if bare[1] in _AS_COMMANDS:
            return f"{indent}{_system(text, names)}", 1
        return f"{indent}{_magic(bare[1], bare[2], names)}", 1
    return None, 1


def _with_rest(lines: list[str], place: int) -> tuple[str, int]:
    """A line, and those that follow because it ends in a backslash, as one."""
    count = 1
    while lines[place + count - 1].endswith("\\") and place + count < len(lines):
        count += 1
    return " ".join(line.removesuffix("\\") for line in lines[place : place + count]), count


def _escaped(text: str, names: frozenset[str], *, captured: bool = False) -> str:
    if text.startswith("!!"):
        return _system(text[2:], names, "getoutput")
    if text.startswith("!"):
        return _system(text[1:], names, "getoutput" if captured else "system")
    found = _MAGIC.match(text.lstrip("%").join(("%", "")))
    if found is None:
        return "pass"
    return _magic(found[1], found[2], names)


def _system(command: str, names: frozenset[str], method: str = "system") -> str:
    return f"get_ipython().{method}({_filled(command.strip(), names)})"


def _magic(name: str, rest: str, names: frozenset[str]) -> str:
    if name in ("time", "timeit", "prun", "memit", "lprun", "mprun") and _is_python(rest):
        return rest or "pass"
    return f"get_ipython().run_line_magic({name!r}, {_filled(rest, names)})"


def _filled(command: str, names: frozenset[str]) -> str:
    """A text with what Python puts into it: the parts, joined by `+`."""
    parts: list[str] = []
    place = 0
    for found in _FIELD.finditer(command):
        inner = found[1] if found[1] is not None else found[2]
        if found.start() and command[found.start() - 1] in "\\${":
            continue
        if (found[2] is not None and inner not in names) or not _is_expression(inner):
            continue
        parts += [repr(command[place : found.start()]), f"({inner})"]
        place = found.end()
    return " + ".join([*parts, repr(command[place:])])


def _quoted_call(text: str, indent: str) -> str | None:
    """`,name a b`, `;name a b` and `/name a, b`: calls with arguments that IPython quotes, or not."""
    name, _, rest = text[1:].strip().partition(" ")
    if not all(part.isidentifier() for part in name.split(".")):
        return None
    if text[0] == ",":
        return f"{indent}{name}({', '.join(repr(each) for each in rest.split())})"
    return f"{indent}{name}({rest!r})" if text[0] == ";" else f"{indent}{name}({rest})"


def _is_python(text: str) -> bool:
    try:
        ast.parse(text.strip() or "pass")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text.rstrip().endswith(("(", "[", "{", ",", ":", "\\"))
    return True


def _is_expression(text: str) -> bool:
    try:
        ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return not text.strip().isdecimal()


def _after(line: str, quote: str, depth: int) -> tuple[str, int]:
    """Whether a line ends within a text, and within how many brackets."""
    for sign in _QUOTED.findall(line):
        if quote:
            quote = "" if sign == quote else quote
        elif sign == "#":
            break
        elif sign[0] in "'\"":
            quote = sign
        elif sign in "[({":
            depth += 1
        elif sign in "])}":
            depth = max(depth - 1, 0)
    return (quote if len(quote) == 3 else ""), depth
