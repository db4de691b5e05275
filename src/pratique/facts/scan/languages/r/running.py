"""What R runs as code: texts that are parsed, files that are sourced, code of other languages."""

import re
from abc import abstractmethod
from typing import Final

from pratique.facts.scan.content import Content, Reader
from pratique.facts.scan.languages.r import folding, paths
from pratique.facts.scan.languages.r.calls import Calls, Given
from pratique.facts.scan.observation import Context, How
from pratique.facts.scan.value import NOT_KNOWN, UNKNOWN, Value
from pratique.model import limits

_CODE_BYTES_MAX: Final = 512 * 1024
_SYSTEM_CALL: Final = re.compile(r"\b(?:system|popen)\s*\(\s*\"((?:[^\"\\]|\\.){1,2000})\"")


class Running(Calls):
    """Adds code that is made at run time."""

    def __init__(self, reader: Reader, context: Context) -> None:
        super().__init__(reader, context)
        self.nested = 0

    def parsed(self, given: Given) -> Value:
        """`parse(text = ...)`: code that is not run yet."""
        text = given.keywords.get("text", UNKNOWN if given.name == "parse" else given.argument("text", 0))
        if given.name == "parse" and "text" not in given.keywords:
            source = given.argument("file", 0)
            text = self.read_in(source, given) if source is not UNKNOWN else UNKNOWN
        if text.items is not None:
            lines = "\n".join(folding.shown(each) for each in text.items)
            text = Value(lines, text.all_labels(), how=text.how)
        return Value(text.constant, text.all_labels(), name="<parsed>", how=text.how)

    def run_text(self, code: Value, given: Given) -> Value:
        """Follow a text as R code."""
        labels = code.all_labels()
        hidden = any(label.startswith("decode.") for label in labels)
        self.emit(
            "code.exec", given.line, how=max(code.how, given.how), inputs=labels, text=f"{given.name}({code.text[:80]})"
        )
        text = code.text
        if not text or not code.known or not self.may_follow(text):
            return Value(labels=labels)
        outer, pinned = self.reader, self.pinned
        self.reader = self._inside(text, given.line, labels) if hidden else outer
        self.pinned = given.line if pinned is None else pinned
        self.nested += 1
        try:
            found = self.run_program(text)
        finally:
            self.nested -= 1
            self.reader, self.pinned = outer, pinned
        return Value(found.constant, found.labels | labels, found.name, found.items, How.RESOLVED)

    @abstractmethod
    def shell(self, command: Value, given: Given, label: str) -> Value:
        """A command line that is run."""

    @abstractmethod
    def run_program(self, text: str) -> Value:
        """Every expression of a text; gives what the last one is."""

    @abstractmethod
    def follow_apart(self, text: str, reader: Reader) -> None:
        """Follow a text as a file of its own, and tell another reader."""

    def may_follow(self, text: str) -> bool:
        """Whether there is room for another text inside the file."""
        reading = self.reader.reading
        reading.inside_bytes += len(text)
        if (
            len(text) > _CODE_BYTES_MAX
            or reading.inside_bytes > limits.SCAN_INSIDE_BYTES_MAX
            or self.nested >= limits.SCAN_DEPTH_MAX
        ):
            reading.problem("there are too many texts inside texts")
            return False
        return True

    def _inside(self, text: str, line: int, labels: frozenset[str]) -> Reader:
        content = self.reader.content
        inner = Content(
            content.path,
            content.language,
            text.encode("utf-8", errors="replace"),
            content.context,
            content.line if content.inside else line,
            inside=True,
            how=How.DECODED,
            depth=content.depth + 1,
            inputs=content.inputs | frozenset(label for label in labels if label.startswith("decode.")),
            unit=content.unit,
        )
        return Reader(inner, self.reader.reading, self.reader.lexicon)

    def sourced(self, given: Given) -> Value:
        """`source`: of an address, what it answers is run; of a file that the script wrote, that."""
        path = given.argument("file", 0)
        found = self.read_in(path, given)
        labels = found.all_labels()
        if any(label.startswith("decode.") for label in labels):
            return self.run_text(found, given)
        if self.fetched(labels):
            written = path.text in self.files
            self.emit("proc.fetched" if written else "proc.pipe_shell", given.line, inputs=labels, text=given.shown)
        elif found.constant is not NOT_KNOWN:
            return self.run_text(found, given)
        return UNKNOWN

    def deserialised(self, given: Given) -> Value:
        """`readRDS`, `load`, `unserialize`."""
        found = self.read_in(given.argument("file", 0), given)
        self.emit("code.deserialise", given.line, inputs=found.all_labels(), text=given.shown)
        return Value(labels=found.all_labels())

    def json(self, given: Given) -> Value:
        """`fromJSON`, which reads addresses, too."""
        first = given.argument("txt", 0)
        return self.read_in(first, given) if paths.is_address(first.text) else Value(labels=given.labels)

    def script(self, given: Given) -> Value:
        """JavaScript in V8."""
        if given.name.endswith(("$eval", "$source")) and given.arguments:
            self._embed("javascript", given.arguments[0], given)
        return Value(labels=given.labels)

    def python(self, given: Given) -> Value:
        """Python code in reticulate."""
        code = given.argument("code", 0)
        if given.name in ("py_run_file", "source_python"):
            found = self.read_in(code, given)
            if self.fetched(found.all_labels()):
                self.emit("proc.pipe_shell", given.line, inputs=found.all_labels(), text=given.shown)
            return UNKNOWN
        self._embed("python", code, given)
        return Value(labels=given.labels)

    def python_call(self, given: Given) -> Value:
        """A function of a Python module, as `import("os")$system("...")`."""
        module, _, member = given.name.removeprefix("py:").partition("$")
        arguments = ", ".join(repr(folding.shown(each)) for each in given.arguments)
        self._embed(
            "python", Value(f"import {module}\n{module}.{member.replace('$', '.')}({arguments})", given.labels), given
        )
        return Value(labels=given.labels)

    def compiled(self, given: Given) -> Value:
        """C++ that is compiled and run: the commands in it."""
        for value in (*given.arguments, *given.keywords.values()):
            for found in _SYSTEM_CALL.finditer(value.text):
                self.shell(Value(found[1].replace('\\"', '"'), value.labels, how=value.how), given, "proc.shell")
        return UNKNOWN

    def _embed(self, language: str, code: Value, given: Given) -> None:
        labels = code.all_labels()
        self.emit("proc.inline_code", given.line, how=max(code.how, given.how), inputs=labels, text=given.shown)
        if code.text and code.constant is not NOT_KNOWN:
            self.reader.embed(
                language,
                code.text,
                given.line if self.pinned is None else self.pinned,
                how=max(code.how, given.how),
                inputs=frozenset(label for label in labels if label.startswith("decode.")),
                context=self.context,
                unit=self.unit,
            )
