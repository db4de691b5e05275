"""Programs that R starts, and requests and connections that it makes."""

import re
from typing import Final

from pratique.facts.scan.languages import commands
from pratique.facts.scan.languages.r import folding, paths
from pratique.facts.scan.languages.r.calls import Given
from pratique.facts.scan.languages.r.running import Running
from pratique.facts.scan.value import HOLE, UNKNOWN, Value, joined

_THROW_AWAY: Final = frozenset({"net.raw_ip", "net.tunnel_host", "net.paste", "net.shortener", "net.collector_host"})
_INTERPRETERS: Final = frozenset(
    {"sh", "bash", "zsh", "python", "perl", "rscript", "node", "cmd", "powershell", "sudo", "chmod"}
)
_FETCHED: Final = frozenset({"net.http", "net.send", "net.download_file"})
_AUTHORISES: Final = re.compile(r"token|auth|key|pass|pwd|user|header|config", re.IGNORECASE)
_OWN_SECRETS: Final = frozenset({"read.env_secret", "read.ci_token", "read.env", "read.secrets_store"})


class Outside(Running):
    """Adds what happens outside of R."""

    def command(self, given: Given, label: str) -> Value:
        """`system`, `system2` and their kin: the command line that they run."""
        first = given.argument("command", 0)
        if label == "proc.spawn":
            rest = given.argument("args", 1)
            words = [first, *folding.items_of(rest)] if rest is not UNKNOWN else [first]
            line = " ".join(folding.shown(each) for each in words)
            first = Value(line, joined(words).labels, how=max(each.how for each in words))
        elif first.items is not None:
            first = Value(" ".join(folding.shown(each) for each in first.items), first.all_labels(), how=first.how)
        return self.shell(first, given, label)

    def shell(self, command: Value, given: Given, label: str) -> Value:
        """A command line that is run."""
        text = command.text
        labels = command.all_labels()
        words = commands.words_of(text) if text else []
        program = words[0] if words else ""
        started = words[:3] if commands.program(program) in _INTERPRETERS else words[:1]
        written = next((self.files[word] for word in started if word in self.files), None)
        if written is not None:
            labels |= written.all_labels()
        elif program and HOLE not in program and HOLE not in "".join(started):
            labels -= _FETCHED  # what was fetched is an argument of a program that is named
        if text:
            labels |= frozenset(each for each in self.reader.labels_of(text) if not each.startswith("read."))
        how = max(command.how, given.how)
        self.emit(label, given.line, how=how, inputs=labels, text=f"{given.name}({text[:120]})")
        if text and text.strip(HOLE + " "):
            self.reader.embed(
                "shell",
                text,
                given.line if self.pinned is None else self.pinned,
                how=how,
                inputs=frozenset(each for each in labels if each.startswith(("decode.",))),
                context=self.context,
                unit=self.unit,
            )
        return Value(labels=labels | {label})

    def scheduled(self, given: Given) -> Value:
        """A job for later."""
        self.emit("write.schedule", given.line, inputs=given.labels, text=given.shown)
        self.emit("write.file", given.line, inputs=given.labels | {"write.schedule"}, text=given.shown)
        return UNKNOWN

    def installed(self, given: Given) -> Value:
        """Packages from an address."""
        labels = given.labels
        self.emit("proc.self_install", given.line, inputs=labels, text=given.shown)
        if labels & _THROW_AWAY:
            self.emit("proc.pipe_shell", given.line, inputs=labels | {"net.http"}, text=given.shown)
        return UNKNOWN

    def network(self, given: Given, label: str) -> Value:
        """A request, or a connection."""
        inputs = joined(given.arguments).labels
        for key, value in given.keywords.items():
            inputs |= value.all_labels() - _OWN_SECRETS if _AUTHORISES.search(key) else value.all_labels()
        texts = [each.text for each in folding.flat([*given.arguments, *given.keywords.values()])]
        addresses = frozenset[str]().union(*(paths.address_labels(self.reader, text) for text in texts))
        if label == "net.socket":
            self.emit(label, given.line, inputs=inputs | addresses, text=given.shown)
            return Value(labels=frozenset({"net.socket"}) | addresses, name="<socket>")
        if label == "net.http" and {"body", "upload", "postfields", "httpbody"} & given.keywords.keys():
            label = "net.send"
        if given.name == "curl" and "open" not in given.keywords and not texts:
            return Value(labels=inputs)
        if label in ("net.send", "net.mail"):
            inputs |= frozenset[str]().union(*(paths.reading_labels(self.reader, text) for text in texts))
        self.emit(label, given.line, how=given.how, inputs=inputs | addresses, text=given.shown)
        return Value(labels=self.answer("net.http", addresses | inputs))

    def downloaded(self, given: Given) -> Value:
        """`download.file` and its kin."""
        url, target = given.argument("url", 0), given.argument("destfile", 1)
        addresses = paths.address_labels(self.reader, url.text)
        self.emit("net.download_file", given.line, how=given.how, inputs=url.all_labels() | addresses, text=given.shown)
        if target.text:
            self.files[target.text] = Value(labels=self.answer("net.download_file", addresses | url.all_labels()))
        return UNKNOWN
