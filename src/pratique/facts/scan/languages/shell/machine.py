"""What programs of a script share: what they were called with, what was written where, and how code in texts goes on."""

import re
from abc import abstractmethod
from dataclasses import dataclass
from typing import Final

from pratique.facts.scan.content import Content, Reader, Reading
from pratique.facts.scan.languages.shell.expansion import Expansion
from pratique.facts.scan.observation import BY_ITSELF, Context, How
from pratique.facts.scan.value import HOLE, NOT_KNOWN, UNKNOWN, Value, joined
from pratique.model import limits

_FLOWING: Final = ("net.", "obf.", "ioc.", "proc.miner", "evade.sandbox")
"""Labels of a text that go where the text goes. What texts say of files counts where the file is used."""
_FLOWING_INSIDE: Final = (*_FLOWING, "proc.foreign_runtime")
"""The same in command lines of other languages, and in what runs by itself. To a script of its own, no language is foreign."""
_OF_FILES: Final = ("read.", "net.metadata_service")
_NOT_OF_FILES: Final = frozenset({"read.host_info", "read.env_secret", "read.ci_token", "read.env_all"})
_PUBLIC: Final = re.compile(
    r"\.pub$|known_hosts|\.ssh/config$|\.ssh/?$|authorized_keys|\.(?:np|pyp|net)rc\.(?:example|sample|template)$"
)
_OF_PROCESSES: Final = re.compile(r"/proc/[^/]+/(mem|environ)$")
_PROCESS_FILES: Final = {"mem": ("proc.memory_read", "read.secret_file"), "environ": ("read.env_all", "read.env_all")}
"""Files of processes: what reading one is, and what is read."""
_OWN_FILE: Final = re.compile(r"(?:\.{1,2}/)*\.?\w[\w.+@-]*(?:/[\w.+@-]+)*")
_HOLDS_ONLY: Final = re.compile(r"^[\w./~*?-]*(?:\.ssh|\.aws|\.gnupg|\.kube|\.azure)/?\*?$")
FETCHED: Final = frozenset({"net.http", "net.download_file", "net.send"})
_CODE_BYTES_MAX: Final = 512 * 1024
_TELLING: Final = re.compile(
    r"[.:@\\]|\w{20}|xmrig|miner|coinhive|nicehash|donate-level|randomx|shellcode", re.IGNORECASE
)
"""What a text holds at least that has one of the labels which go where a text goes."""
_BLOB_CHARACTERS_MIN: Final = 200
_TEXTS_KEPT_MAX: Final = 10_000
_NOTHING: Final[frozenset[str]] = frozenset()


@dataclass(slots=True)
class Call:
    """A program or builtin and what it is given.

    `wanted` says that somebody reads what it writes, `connected` that it reads from a connection or writes to one, `silent` that
    what it says goes nowhere.
    """

    name: str
    arguments: list[Value]
    line: int
    stdin: Value | None = None
    how: How = How.LITERAL
    wanted: bool = False
    background: bool = False
    connected: bool = False
    silent: bool = False
    text: str = ""

    @property
    def texts(self) -> list[str]:
        """The arguments as texts, with holes."""
        return [HOLE if each.constant is NOT_KNOWN else each.text for each in self.arguments]


class Machine(Expansion):
    """A script on its way, as the programs in it see it."""

    def __init__(self, reader: Reader, context: Context | None) -> None:
        super().__init__(reader)
        self.context = context
        self.files: dict[str, Value] = {}
        self.descriptors: dict[int, Value] = {}
        self.aliases: dict[str, tuple[str, int]] = {}
        self.behind = 0
        self.unit = 0
        self.nested = 0
        self.pinned: int | None = None
        self._labels: dict[str, frozenset[str]] = {}
        inside = reader.content.inside or reader.content.context in BY_ITSELF
        self._flowing = _FLOWING_INSIDE if inside else _FLOWING

    @abstractmethod
    def start(self, fields: list[Value], call: Call) -> Value:
        """Run what a row of words names, with what `call` says of where they stand; gives what it writes."""

    @abstractmethod
    def drain(self, path: Value, content: Value) -> bool:
        """Let the commands of `>(...)` read what is written to it. Gives whether the path is one."""

    @abstractmethod
    def run_code(self, text: str, line: int, arguments: list[Value] | None) -> Value:
        """Follow a text as commands, with the variables of now."""

    def emit(
        self, label: str, call: Call, *, inputs: frozenset[str] = _NOTHING, text: str = "", how: How = How.LITERAL
    ) -> None:
        """Tell of what a call does."""
        self.tell(label, call.line, inputs=inputs, text=text or call.text, how=max(how, call.how))

    def tell(
        self, label: str, line: int, *, inputs: frozenset[str] = _NOTHING, text: str = "", how: How = How.LITERAL
    ) -> None:
        """Tell of something at a line."""
        self.reader.emit(
            label,
            line if self.pinned is None else self.pinned,
            how=how,
            inputs=inputs,
            text=text.replace(HOLE, "…"),
            context=self.context,
            unit=self.unit,
        )

    def labels_of(self, text: str) -> frozenset[str]:
        """The labels of a text that go where the text goes."""
        if len(text) < 5 or _TELLING.search(text) is None:
            return _NOTHING
        found = self._labels.get(text)
        if found is None:
            found = frozenset(label for label in self.reader.labels_of(text) if label.startswith(self._flowing))
            if len(text) >= _BLOB_CHARACTERS_MIN and _is_encoded(text):
                found |= {"obf.blob"}
            if len(self._labels) < _TEXTS_KEPT_MAX:
                self._labels[text] = found
        return found

    def path_labels(self, text: str) -> frozenset[str]:
        """What reading a file of that name would read."""
        if len(text) < 5 or (_PUBLIC.search(text) and not _HOLDS_ONLY.match(text)):
            return _NOTHING
        found = self.reader.labels_of(text)
        return frozenset(
            label
            for label in found
            if label.startswith(_OF_FILES) and label not in _NOT_OF_FILES and (label != "read.inventory" or "/" in text)
        )

    def made(self, text: str) -> Value | None:
        """What the script wrote to a file of that name, if it did."""
        return self.files.get(text.removeprefix("./"))

    def own_file(self, path: str, call: Call) -> None:
        """A file of the package that is started, where that happens without anybody asking for it."""
        plain = path.removeprefix(HOLE).lstrip("/") if path.startswith(HOLE) else path
        context = self.context or self.reader.content.context
        if context in BY_ITSELF and _OWN_FILE.fullmatch(plain):
            self.emit("code.own_file", call, text=plain.removeprefix("./"))

    def content_of(self, path: Value, call: Call) -> Value:
        """What a file holds: what the script wrote there, or what its name says."""
        if path.name == "stream" and path.items:
            return path.items[0]
        if path.name == "script":
            return Value(labels=frozenset({"obf.blob"}))
        text = path.text
        written = self.made(text)
        if written is not None:
            return written
        of_process = _OF_PROCESSES.match(text)
        if of_process is not None:
            label, gives = _PROCESS_FILES[of_process[1]]
            self.emit(label, call, text=text)
            return Value(labels=frozenset({gives}))
        if text in ("/dev/zero", "/dev/urandom", "/dev/random"):
            return Value(name="noise")
        if text in ("-", "/dev/stdin", "/dev/fd/0") and call.stdin is not None:
            return call.stdin
        labels = self.path_labels(text)
        for label in labels:
            self.emit(label, call, text=text)
        named = HOLE not in text
        return Value(labels=labels | path.labels | {"read.file"} if labels or named else path.labels)

    def keep(self, path: Value, content: Value, *, more: bool) -> None:
        """Remember what the script wrote to a file."""
        text = path.text
        if not text or text.startswith("/dev/"):
            return
        text = text.removeprefix("./")
        before = self.files.get(text) if more else None
        if before is not None:
            both = joined([before, content])
            first = before.constant if isinstance(before.constant, str) else f"{HOLE}\n"
            made = first + content.constant if isinstance(content.constant, str) else ""
            constant = made if made and len(made) <= limits.SCAN_DECODED_BYTES_MAX else NOT_KNOWN
            content = Value(constant, both.labels, how=max(before.how, content.how))
        self.files[text] = content

    def code(
        self, code: Value, call: Call, *, arguments: list[Value] | None = None, fetched: str = "proc.pipe_shell"
    ) -> Value:
        """A text that the script runs as shell code: told of where it was fetched or decoded, and followed where it is known.

        `fetched` is the label for a text from the network.
        """
        labels = code.all_labels()
        self.tell_run(code, call, fetched)
        if code.constant is NOT_KNOWN or not code.text.strip():
            return Value(labels=labels)
        text = code.text
        if not self._may_follow(text):
            return Value(labels=labels)
        hidden = any(label.startswith("decode.") for label in labels)
        outer = self.reader
        self.reader = self._inside(text, call, labels) if hidden else outer
        self.behind += call.background
        try:
            return self.run_code(text, call.line, arguments)
        finally:
            self.behind -= call.background
            self.reader = outer

    def tell_run(self, code: Value, call: Call, fetched: str = "proc.pipe_shell") -> None:
        """Tell of a text that is run, if it was fetched or decoded, or is what comes in over a connection."""
        labels = code.all_labels()
        if call.background:
            labels |= {"proc.silent"}
        if any(label.startswith("decode.") for label in labels):
            self.emit("code.exec", call, inputs=labels, how=How.DECODED)
        if labels & FETCHED:
            self.emit(fetched, call, inputs=labels, how=code.how)
        elif "net.received" in labels:
            self.emit("proc.shell_plumbing", call, inputs=labels, how=code.how)

    def _may_follow(self, text: str) -> bool:
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

    def _inside(self, text: str, call: Call, labels: frozenset[str]) -> Reader:
        content = self.reader.content
        inner = Content(
            content.path,
            content.language,
            text.encode("utf-8", errors="replace"),
            content.context,
            content.line if content.inside else call.line,
            inside=True,
            how=How.DECODED,
            depth=content.depth + 1,
            inputs=content.inputs | frozenset(label for label in labels if label.startswith(("decode.", "net.http"))),
            unit=content.unit,
        )
        return Reader(inner, self.reader.reading, self.reader.lexicon)

    def embed(self, language: str, code: Value, call: Call, fetched: str = "proc.pipe_shell") -> None:
        """Code of another language that the script runs."""
        self.tell_run(code, call, fetched)
        if code.constant is NOT_KNOWN:
            return
        labels = code.all_labels()
        hidden = any(label.startswith("decode.") for label in labels)
        self.reader.embed(
            language,
            code.text if isinstance(code.constant, str) else code.constant if isinstance(code.constant, bytes) else "",
            call.line,
            how=How.DECODED if hidden else max(code.how, call.how),
            inputs=frozenset(label for label in labels if label.startswith("decode.")),
            context=self.context,
            unit=self.unit,
        )

    def acts(self, text: str, line: int) -> frozenset[str]:
        """The labels of what a text would do if it were run as commands; nothing is told of it."""
        if not self._may_follow(text):
            return _NOTHING
        outer, files, variables = self.reader, dict(self.files), dict(self.variables)
        reading = Reading(outer.content.path)
        self.reader = Reader(outer.content, reading, outer.lexicon)
        try:
            self.run_code(text, line, None)
        finally:
            self.reader, self.files, self.variables = outer, files, variables
        return frozenset(each.label for each in reading.observations)


def _is_encoded(text: str) -> bool:
    """Whether a long text is no prose and no script: it has hardly any white space."""
    head = text[:4000]
    return len(head.split()) <= 1 + len(head) // 60


def everything(call: Call) -> frozenset[str]:
    """The labels of all that a call is given."""
    labels = joined(call.arguments).labels
    return labels | call.stdin.all_labels() if call.stdin is not None else labels


def options(
    arguments: list[Value], valued: str, long_valued: frozenset[str]
) -> tuple[list[tuple[str, Value]], list[Value]]:
    """Options with their values, and the other arguments, as `getopt_long` takes them apart.

    `valued` are the letters of short options that take a value, `long_valued` the long ones without their hyphens.
    """
    found: list[tuple[str, Value]] = []
    others: list[Value] = []
    place = 0
    while place < len(arguments):
        each = arguments[place]
        text = each.text
        place += 1
        if text == "--":
            others += arguments[place:]
            break
        if text.startswith("--"):
            name, equals, rest = text[2:].partition("=")
            if equals:
                found.append((name, _rest(each, rest)))
            elif name in long_valued and place < len(arguments):
                found.append((name, arguments[place]))
                place += 1
            else:
                found.append((name, UNKNOWN))
        elif text.startswith("-") and len(text) > 1:
            place = _short(each, arguments, place, valued, found)
        else:
            others.append(each)
    return found, others


def _short(each: Value, arguments: list[Value], place: int, valued: str, found: list[tuple[str, Value]]) -> int:
    text = each.text
    for at in range(1, len(text)):
        letter = text[at]
        if letter not in valued:
            found.append((letter, UNKNOWN))
            continue
        if at + 1 < len(text):
            found.append((letter, _rest(each, text[at + 1 :])))
        elif place < len(arguments):
            found.append((letter, arguments[place]))
            place += 1
        break
    return place


def _rest(value: Value, text: str) -> Value:
    return Value(text, value.labels, how=value.how)
