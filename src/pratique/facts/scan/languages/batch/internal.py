"""Commands that the interpreter of batch files has in itself."""

import re
from collections.abc import Callable
from typing import Final

from pratique.facts.scan.content import Content, Reader
from pratique.facts.scan.languages import windows
from pratique.facts.scan.languages.batch.machine import Call, Given, Machine, is_script, words_of
from pratique.facts.scan.languages.batch.variables import worked_out
from pratique.facts.scan.languages.windows import listed
from pratique.facts.scan.languages.windows_host import NOTHING, READ
from pratique.facts.scan.value import HOLE

_SET: Final = re.compile(r'set(?=[\s"/])\s*(?P<kind>/[ap])?\s*(?P<rest>.*)$', re.IGNORECASE | re.DOTALL)
_START_OPTION: Final = re.compile(
    r"/(?:d\S*|min|max|b|wait|low|normal|high|realtime|belownormal|abovenormal|separate|shared|i)$", re.IGNORECASE
)
_CODE: Final = re.compile(r"-?\d{1,10}")
_QUIET: Final = listed(
    """rem title color cls pause mode goto exit setlocal endlocal shift break ver vol prompt path pushd popd cd chdir md mkdir
    verify date time choice timeout"""
)
"""Commands by which nothing happens to anybody."""


class Internal(Machine):
    """Adds the interpreter's own commands to programs."""

    def __init__(self, content: Content, reader: Reader, text: str) -> None:
        super().__init__(content, reader, text)
        self._commands: dict[str, Callable[[Call, list[str]], Given]] = {
            "echo": self._echo,
            "set": self._set,
            "start": self._start,
            "cmd": self._inner,
            "type": self._type,
            "more": self._type,
            "for": _nothing,
            "assoc": _nothing,
        }

    def execute(self, call: Call) -> Given:
        """Run a command."""
        words = words_of(call.text)
        head = words[0].lower()
        name = (
            re.split(r"[.\\/:(\[,;=+]", head, maxsplit=1)[0]
            if head[:4] in ("echo", "set(", "call")
            else windows.program_of(words[0])
        )
        if is_script(words[0]) or (name == "start" and any(is_script(word) for word in words[1:])):
            self._again_itself(call, name)
            return Given()
        if name in _QUIET:
            return self._quiet(call, name, words)
        act = self._commands.get(name)
        if act is not None:
            return act(call, words)
        if name in ("del", "erase") and any(is_script(word) for word in words[1:]):
            self.emit("evade.self_clean", call.at, how=call.how, text=call.text)
            return Given()
        return self.program(call, words)

    def _quiet(self, call: Call, name: str, words: list[str]) -> Given:
        if name == "exit" and self.nested and len(words) > 1 and _CODE.fullmatch(words[-1]):
            code = int(words[-1])
            self.variables.set("=exitcode", f"{code & 0xFFFFFFFF:08X}")
            self.variables.set("=exitcodeascii", chr(code) if 0x20 <= code < 0x7F else "")
            self.variables.set("errorlevel", str(code))
        if name == "timeout" and any(_CODE.fullmatch(word) and int(word) >= 300 for word in words[1:]):
            self.emit("evade.delay", call.at, text=call.text)
        return Given()

    def _again_itself(self, call: Call, name: str) -> None:
        """The script starts itself; through a pipe, or in a loop, without end."""
        text = self.source
        if (
            "|" in call.text
            or re.search(r"%0\s*\|\s*%0|%~?[f]?0\"?\s*\|\s*\"?%~?[f]?0", text)
            or (
                name == "start"
                and re.search(r"\bgoto\b|for\s+/l", text, re.IGNORECASE)
                and not re.search(r"\bif\b|runas|net\s+session|exit", text, re.IGNORECASE)
            )
        ):
            self.emit("proc.storm", call.at, how=call.how, text=call.text)

    def _echo(self, call: Call, words: list[str]) -> Given:
        del words
        text = call.text[4:]
        text = text[1:] if text[:1] in " .:,;(+=/[\t" else text
        if text.strip().lower() in ("on", "off", ""):
            return Given("")
        return Given(f"{text}\n", call.labels | self._texts(text) if call.redirects else call.labels)

    def _texts(self, text: str) -> frozenset[str]:
        return frozenset(each for each in self.labels_of(text) if each.startswith(("net.", "obf.", "ioc.")))

    def _set(self, call: Call, words: list[str]) -> Given:
        del words
        found = _SET.match(call.text)
        rest = found["rest"].strip() if found is not None else ""
        if found is None or not rest:
            if call.redirects:
                self.emit("read.env_all", call.at, how=call.how, text="set")
            return Given(labels=frozenset({"read.env_all"}))
        kind = (found["kind"] or "").lower()
        if rest.startswith('"'):
            last = rest.rfind('"')
            rest = rest[1:last] if last > 0 else rest[1:]
        name, equals, text = rest.partition("=")
        if not equals:
            if kind != "/a":
                return Given(labels=frozenset({"read.env_all"}) if not name else NOTHING)
            name, text = name.strip(), name
        labels = call.labels
        if kind == "/p":
            source = next((path for operator, path in call.redirects if operator == "<"), "")
            labels |= self.kept(source) | (self.labels_of(source) & READ) if source else NOTHING
            text = HOLE
            call.redirects = [each for each in call.redirects if each[0] != "<"]
        elif kind == "/a":
            self._number(name, text)
            return Given()
        pieces = frozenset({"obf.split_strings"}) if call.odd else NOTHING
        self.variables.set(name, text, labels | pieces | self._told_texts(text, call.at))
        return Given()

    def _told_texts(self, text: str, at: int) -> frozenset[str]:
        labels = self.labels_of(text)
        for label in labels:
            if label.startswith(("net.", "ioc.")):
                self.emit(label, at, text=text)
        return labels

    def _number(self, name: str, text: str) -> None:
        for part in f"{name}={text}".split(",")[:20]:
            target, _, expression = part.partition("=")
            target = target.strip().strip('"')
            operator = target[-1:] if target[-1:] in "+-*/%&|^" else ""
            plain = target.rstrip("+-*/%&|^ ").strip()
            number = worked_out(f"{plain}{operator}({expression})" if operator else expression, self.variables)
            self.variables.set(plain, HOLE if number is None else str(number), frozenset())

    def _start(self, call: Call, words: list[str]) -> Given:
        """`start`: a title, options, and a program."""
        rest = words[1:]
        title = re.match(r'start\s+"', call.text, re.IGNORECASE)
        rest = rest[1:] if title is not None and rest else rest
        while rest and _START_OPTION.match(rest[0]):
            rest = rest[2:] if rest[0].lower() == "/d" else rest[1:]
        rest = rest[1:] if rest and not rest[0] else rest
        if not rest:
            return Given()
        if windows.program_of(rest[0]) == "cmd":
            return self._inner(call, rest)
        return self.program(call, rest)

    def _inner(self, call: Call, words: list[str]) -> Given:
        """`cmd /c`: the rest of the line is a line of its own."""
        place = next((at for at, word in enumerate(words) if re.match(r"/[ckr]", word, re.IGNORECASE)), 0)
        if not place or self.too_deep():
            if call.piped or call.piped_text != HOLE:
                self.piped_in(call, "cmd")
            return Given(labels=call.labels)
        first = words[place][2:]
        rest = " ".join([*([first] if first else []), *words[place + 1 :]])
        quoted = re.search(r'/[ckr]\s*"(.*)"\s*$', call.text, re.IGNORECASE | re.DOTALL)
        rest = quoted[1] if quoted is not None else rest
        self.nested += 1
        try:
            return self.run_line(rest, call.at)
        finally:
            self.nested -= 1

    def _type(self, call: Call, words: list[str]) -> Given:
        paths = [word for word in words[1:] if not word.startswith("/")]
        labels = NOTHING
        for path in paths:
            found = self.labels_of(path) & READ
            for label in found:
                self.emit(label, call.at, how=call.how, text=call.text)
            labels |= found | self.kept(path)
        content = self.contents.get(paths[0].lower().replace("/", "\\"), HOLE) if paths else HOLE
        return Given(content, call.labels | labels | ({"read.file"} if not labels else NOTHING))


def _nothing(call: Call, words: list[str]) -> Given:
    del call, words
    return Given()
