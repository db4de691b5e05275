"""Whether cached byte code belongs to its source. Hostile byte code can crash what reads it: only confined children do.

Python believes a `.pyc` file of `__pycache__` whose header names the modification time and the size of its source, or says that
nothing is to be compared (PEP 552), and runs it in place of the source. Whoever can write to an environment can leave code there
that no source shows.
"""

import importlib.util
import marshal
import re
import struct
import types
import warnings
from dataclasses import dataclass
from typing import Final

from pratique.errors import InvalidInput
from pratique.model.text import clean

HEADER_BYTES: Final = 16
_HEADER: Final = struct.Struct("<4sIII")
_HASHED, _CHECKED = 1, 2
_CACHED: Final = re.compile(r"(?:(.*)/)?__pycache__/(.+?)\.[a-z]+-?\d+(?:\.opt-(\d))?\.pyc")
"""A cached file: the folder and the name of its source, and how far it was optimised (PEP 488)."""
_BY_COMPILERS: Final = """
    AssertionError NotImplementedError __annotate__ __annotations__ __build_class__ __class__ __classcell__ __classdict__
    __classdictcell__ __conditional_annotations__ __doc__ __firstlineno__ __module__ __name__ __qualname__ __static_attributes__
    __type_params__ format join
"""
"""Names in byte code that need not stand in its source."""
_FOREIGN_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Header:
    """The beginning of a cached file: which Python made it, and from which source."""

    magic: bytes
    flags: int
    modified: int
    size: int

    @classmethod
    def read(cls, data: bytes) -> "Header | None":
        """The header; None where there is not even one."""
        return cls(*_HEADER.unpack_from(data)) if len(data) >= HEADER_BYTES else None

    @property
    def readable(self) -> bool:
        """Whether this Python reads such byte code."""
        return self.magic == importlib.util.MAGIC_NUMBER

    def believed(self, modified_seconds: int, size: int) -> bool:
        """Whether Python runs what follows in place of a source with this time and size; of one with a hash: perhaps."""
        if self.flags & _HASHED:
            return True
        return self.modified == modified_seconds & 0xFFFF_FFFF and self.size == size & 0xFFFF_FFFF


def source_of(cached: str) -> tuple[str, int] | None:
    """The path of a cached file's source, and the level of optimisation; None for a path that is no cached file's."""
    match = _CACHED.fullmatch(cached)
    if match is None:
        return None
    folder = f"{match[1]}/" if match[1] else ""
    return f"{folder}{match[2]}.py", int(match[3] or 0)


@dataclass(frozen=True, slots=True)
class Difference:
    """Byte code that is not what its source compiles to. `foreign` are names and texts of it that compiling does not give."""

    why: str
    foreign: tuple[str, ...] = ()


def difference(source: bytes, cached: bytes, *, optimised: int, compiles: bool) -> Difference | None:
    """How the byte code `cached` differs from what this source compiles to; None where it does not.

    Without `compiles` the source is compiled only where the byte code uses a name (of a module, a function, an attribute) that
    does not stand in it. That takes a fifth of the time, and sees neither other texts nor another order of the same calls.
    Raises `InvalidInput` where the two cannot be compared.
    """
    header = Header.read(cached)
    if header is None or not header.readable:
        raise InvalidInput("its byte code is that of another Python")
    if header.flags & _CHECKED and importlib.util.source_hash(source) != cached[8:HEADER_BYTES]:
        return None
    try:
        code = marshal.loads(cached[HEADER_BYTES:])  # noqa: S302 - in a confined child; what is read is compared, and never run
    except (EOFError, ValueError, TypeError) as error:
        raise InvalidInput("its byte code is damaged") from error
    if not isinstance(code, types.CodeType):
        return Difference("is no byte code of a module")
    if not compiles and all(_stands_in(source, name) for name in _names(code)):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compiled = compile(source, "", "exec", dont_inherit=True, optimize=optimised)
    except SyntaxError:
        return Difference("is byte code of another source: its own cannot be compiled", _Said.by(code).first())
    except (ValueError, RecursionError, MemoryError) as error:
        raise InvalidInput(f"its source cannot be compiled here ({type(error).__name__})") from error
    if compiled == code:
        return None
    return Difference("is byte code of another source", _Said.by(code).first(_Said.by(compiled)))


@dataclass(frozen=True, slots=True)
class _Said:
    """Every name, text and number in the byte code of a module."""

    texts: frozenset[str]
    others: frozenset[bytes]

    @classmethod
    def by(cls, module: types.CodeType) -> "_Said":
        texts: set[str] = set()
        others: set[bytes] = set()
        codes: list[types.CodeType] = [module]
        while codes:
            code = codes.pop()
            texts.update(code.co_names, code.co_varnames, code.co_cellvars, code.co_freevars, (code.co_name,))
            values = list(code.co_consts)
            while values:
                match values.pop():
                    case str(text):
                        texts.add(text)
                    case bytes(data):
                        others.add(data)
                    case int() | float() | complex() as number:
                        others.add(str(number).encode())
                    case tuple() | frozenset() as several:
                        values.extend(several)
                    case types.CodeType() as inner:
                        codes.append(inner)
                    case _:
                        pass
        return cls(frozenset(texts), frozenset(others))

    def first(self, without: "_Said | None" = None) -> tuple[str, ...]:
        """Some of the names and texts, fit to be shown: those that another does not have."""
        texts = self.texts - (without.texts if without else frozenset())
        others = self.others - (without.others if without else frozenset())
        shown = sorted((clean(text) for text in texts if text.strip()), key=lambda text: (-len(text), text))
        return tuple(shown[:_FOREIGN_SHOWN]) or tuple(repr(other)[:40] for other in sorted(others)[:_FOREIGN_SHOWN])


def _names(module: types.CodeType) -> set[str]:
    """The names that the code of a module uses beside its own variables."""
    found: set[str] = set()
    codes = [module]
    while codes:
        code = codes.pop()
        found.update(code.co_names)
        codes += [each for each in code.co_consts if isinstance(each, types.CodeType)]
    return found.difference(_BY_COMPILERS.split())


def _stands_in(source: bytes, name: str) -> bool:
    """Whether a source has a name, be it a private one, which Python writes as `_Class__name`."""
    if name.encode("utf-8", errors="surrogatepass") in source:
        return True
    owner, line, own = name.partition("__")
    return bool(line and own) and owner[:1] == "_" and owner[1:].encode() in source and f"__{own}".encode() in source
