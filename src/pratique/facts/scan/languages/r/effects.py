"""Files, connections and variables that R reads and writes; and the table of what says more than a label."""

import re
from collections.abc import Callable
from typing import Final

from pratique.facts.scan.content import Content, Reader, Reading
from pratique.facts.scan.languages.r import folding, paths
from pratique.facts.scan.languages.r.calls import Given
from pratique.facts.scan.languages.r.outside import Outside
from pratique.facts.scan.languages.shell.view import read as read_shell
from pratique.facts.scan.observation import Context
from pratique.facts.scan.value import UNKNOWN, Value

_WIPED: Final = re.compile(r"^(?:/|/\*|~|~/|~/\*|/home/?|/usr/?|/etc/?|[A-Z]:[/\\]?)$")
_BAD_ACTS: Final = frozenset(
    {
        "proc.pipe_shell",
        "code.exec",
        "proc.shell_plumbing",
        "proc.shell",
        "net.http",
        "net.send",
        "net.download_file",
        "net.socket",
    }
)
_SECRET_NAME: Final = re.compile(
    r"(?:^|_)(?:TOKEN|SECRET|PASSWORD|PASSWD|PAT|API_?KEY|ACCESS_KEY|SECRET_KEY|PRIVATE_KEY|CREDENTIALS?)(?:_|$)|_(?:PASS|KEY|PWD)$"
)
_HOST_NAMES: Final = frozenset({"USER", "USERNAME", "LOGNAME", "HOSTNAME", "COMPUTERNAME", "USERDOMAIN"})
_TARGETS: Final = {
    "writeLines": 1,
    "writeBin": 1,
    "write": 1,
    "file.copy": 1,
    "file.rename": 1,
    "saveRDS": 1,
    "sink": 0,
}
"""At which place functions take the file that they write, where it has no name."""


class Effects(Outside):
    """Adds files, and says which function does what."""

    def __init__(self, reader: Reader, context: Context) -> None:
        super().__init__(reader, context)
        self._special: dict[str, Callable[[Given], Value]] = {
            **dict.fromkeys(("eval", "evalq", "eval_tidy", "eval_bare"), self.evaluated),
            **dict.fromkeys(
                ("parse", "str2lang", "str2expression", "parse_expr", "parse_exprs", "parse_quo"), self.parsed
            ),
            **dict.fromkeys(("source", "sys.source", "source_url", "source_gist"), self.sourced),
            **dict.fromkeys(("readRDS", "load", "unserialize", "read_rds", "qread"), self.deserialised),
            **dict.fromkeys(("download.file", "curl_download", "multi_download"), self.downloaded),
            **dict.fromkeys(("py_run_string", "py_eval", "py_run_file", "source_python"), self.python),
            **dict.fromkeys(("cppFunction", "sourceCpp", "evalCpp", "cfunction", "rcpp"), self.compiled),
            **dict.fromkeys(("install.packages", "install_url", "pkg_install"), self.installed),
            **dict.fromkeys(("file", "gzfile", "bzfile", "xzfile", "path"), self._opened),
            **dict.fromkeys(("cron_add", "cron_rscript", "taskscheduler_create"), self.scheduled),
            **dict.fromkeys(("textConnection", "rawConnection", "gzcon"), self._text),
            **dict.fromkeys(("upload_file", "form_file"), self._uploaded),
            "fromJSON": self.json,
        }

    def special(self, name: str) -> Callable[[Given], Value] | None:
        """What a function does that says more than a label."""
        found = self._special.get(name)
        if found is None and name.startswith("<v8>$"):
            return self.script
        if found is None and name.startswith("py:"):
            return self.python_call
        return found

    def _opened(self, given: Given) -> Value:
        path = given.argument("description", 0)
        if paths.is_address(path.text):
            return self.network(given, "net.http")
        return Value(path.constant, path.labels, name="<file>", how=path.how)

    def _uploaded(self, given: Given) -> Value:
        """A file that goes into a request."""
        return self.read_in(given.argument("path", 0), given)

    def _text(self, given: Given) -> Value:
        """A connection that reads from a value."""
        first = given.argument("object", 0)
        return Value(
            first.constant, first.labels, name="<text>" if first.known else first.name, items=first.items, how=first.how
        )

    def read_in(self, path: Value, given: Given) -> Value:
        """What is read from a path, a connection or an address."""
        labels = path.all_labels()
        if path.name == "<socket>":
            return Value(labels=labels | {"net.received"})
        text = path.text
        if "cmd" in given.keywords and given.name == "fread":
            return self.shell(given.keywords["cmd"], given, "proc.shell")
        if paths.is_address(text):
            addresses = paths.address_labels(self.reader, text)
            self.emit("net.http", given.line, inputs=labels | addresses, text=given.shown)
            return Value(labels=self.answer("net.http", addresses))
        if path.name == "<text>":
            return Value(path.constant, labels, items=path.items, how=path.how)
        if self.fetched(labels) or not text:
            return Value(labels=labels, how=path.how)
        written = self.files.get(text)
        if written is not None:
            return written
        found = paths.reading_labels(self.reader, text)
        for label in found:
            self.emit(label, given.line, text=text)
        return Value(labels=labels | found | {"read.file"})

    def filed(self, given: Given, label: str) -> Value:
        """What is done to files and variables."""
        if label == "write.file":
            return self._written(given)
        if label == "read.env":
            return self._variable(given)
        if label == "code.native_by_path":
            path = given.argument("x", 0)
            written = self.files.get(path.text)
            inputs = path.all_labels() | (written.all_labels() if written is not None else frozenset())
            if inputs & {"net.download_file", "net.http"} or any(each.startswith("decode.") for each in inputs):
                self.emit(label, given.line, inputs=inputs, text=given.shown)
            return UNKNOWN
        if label == "harm.delete":
            deep = given.keywords.get("recursive", UNKNOWN).constant is True
            first = given.argument("x", 0)
            wiped = deep and any(_WIPED.match(folding.shown(each)) for each in first.flat())
            self.emit("harm.wipe" if wiped else label, given.line, text=given.shown)
            if wiped:
                self.emit("code.exec", given.line, inputs=frozenset({"harm.wipe"}), text=given.shown)
            return UNKNOWN
        self.emit(label, given.line, inputs=given.labels, text=given.shown)
        return UNKNOWN

    def _variable(self, given: Given) -> Value:
        """`Sys.getenv`: one variable, or all of them."""
        name = given.argument("x", 0)
        if name is UNKNOWN or ("names" in given.keywords and not given.arguments):
            self.emit("read.env_all", given.line, text="Sys.getenv()")
            return Value(labels=frozenset({"read.env_all"}), name="Sys.getenv()")
        if name.constant == "HOME":
            return Value("~")
        found: set[str] = {"read.env"}
        for each in name.flat():
            text = folding.shown(each)
            if text in _HOST_NAMES:
                found.add("read.host_info")
            found |= {label for label in self.reader.labels_of(text) if label in ("read.env_secret", "read.ci_token")}
            if _SECRET_NAME.search(text):
                found.add("read.env_secret")
        return Value(labels=frozenset(found) | name.all_labels())

    def _written(self, given: Given) -> Value:
        """What is written, and where: a file, a connection, or the screen."""
        name = given.name
        target = UNKNOWN
        for key in ("con", "file", "to", "path", "sep_file"):
            target = given.keywords.get(key, target)
        if target is UNKNOWN and name in _TARGETS:
            target = given.argument("con", _TARGETS[name])
        labels = given.labels
        if target.name == "<socket>":
            self.emit("net.socket", given.line, inputs=labels, text=given.shown)
            return UNKNOWN
        if not target.text:
            return UNKNOWN
        content = self.files.get(given.argument("from", 0).text) if name in ("file.copy", "file.rename") else None
        if content is None:
            first = given.argument("text", 0)
            rows = "\n".join(folding.shown(each) for each in first.flat())
            content = Value(rows, labels, how=first.how)
        places = paths.writing_labels(self.reader, target.text)
        inputs = labels | places
        if places:
            acts = self._acts(content.text, target.text)
            if acts & _BAD_ACTS:
                inputs |= acts
        self.emit("write.file", given.line, inputs=inputs, text=f"{name}({target.text})")
        self.files[target.text] = content
        return UNKNOWN

    def _acts(self, text: str, path: str) -> frozenset[str]:
        """The labels of what a start-up file's text would do; nothing is told of it."""
        if not text or not self.may_follow(text):
            return frozenset()
        content = self.reader.content
        reading = Reading(content.path)
        inner = Content(content.path, "r", text.encode("utf-8", errors="replace"), content.context, inside=True)
        reader = Reader(inner, reading, self.reader.lexicon)
        if "Rprofile" in path:
            self.follow_apart(text, reader)
        else:
            read_shell(inner, reader)
        found = frozenset[str]().union(*(each.inputs | {each.label} for each in reading.observations))
        return found | {"net.http"} if found & {"proc.pipe_shell", "proc.download"} else found
