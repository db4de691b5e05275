"""What a call tells of: its label with all that flows into it, and the code and commands among its arguments."""

import re
from abc import ABC
from typing import Final

from tree_sitter import Node

from pratique.facts.scan.languages import commands
from pratique.facts.scan.languages.javascript import folding, methods
from pratique.facts.scan.languages.javascript.frames import Frame
from pratique.facts.scan.languages.javascript.hosts import DANGEROUS, SENSITIVE_MODULES
from pratique.facts.scan.languages.javascript.moments import Moments
from pratique.facts.scan.observation import Context, How
from pratique.facts.scan.value import HOLE, NOT_KNOWN, UNKNOWN, Value, joined

_COMMANDS: Final = frozenset({"proc.shell", "proc.spawn"})
_HANDS_ON: Final = ("decode.", "net.")
_OTHER_PACKAGE: Final = re.compile(
    r"(?:^|[/\\])node_modules[/\\](?!\.)(?:@[\w.-]+[/\\])?[\w.-]+[/\\].*\.(?:[cm]?js|json)$"
)
_MAIL: Final = re.compile(r"[^@\s]{1,64}@[\w.-]{1,200}")
_OWN_MANIFEST: Final = re.compile(r"(?:^|[/\\])package\.json$")
_DATA_URL: Final = re.compile(r"data:(?:text|application)/javascript[^,]{0,60},")
_ADDRESS: Final = re.compile(
    r"0x[0-9a-fA-F]{40}|bc1[a-z0-9]{25,60}|[13][1-9A-HJ-NP-Za-km-z]{25,34}|T[1-9A-HJ-NP-Za-km-z]{33}|[1-9A-HJ-NP-Za-km-z]{43,44}"
)
_OWN_FILE: Final = re.compile(r"[\w@./-]{1,200}\.(?:[cm]?js|ts|sh|py)")
_OWN_FILES_MAX: Final = 4
_SHOWN_CHARACTERS: Final = 120


class Sinks(Moments, ABC):
    """Tells of calls."""

    def told(self, node: Node, function: Value, given: list[Value], frame: Frame | None = None) -> None:
        """Tell of a call or a construction."""
        function, given = self.applied(function, given)
        name = function.name
        if name == "require":
            self._required_told(node, given)
            return
        label = self.label_of(function, given)
        if not label:
            return
        inputs = joined(given).labels | function.labels
        how = max(function.how, How.DECODED if any(each.how is How.DECODED for each in given) else How.LITERAL)
        text = f"{name.removeprefix('<any>.')}({self._shown(given)})"
        if label in ("code.exec", *_COMMANDS) and function.how is not How.LITERAL:
            self.emit("code.reflected_builtin", node, how=How.RESOLVED, inputs=inputs, text=name)
        if label == "harm.clipboard":
            self._clipboard(node, given)
            return
        if label.startswith("code.exec"):
            self._code(node, function, given, inputs, how, text)
        elif label in _COMMANDS:
            self._command(node, label, given, inputs, how, text, frame)
        elif label == "write.file":
            self._write(node, given, inputs, how, text)
        else:
            if label == "net.mail":
                self._copied(node, given)
            if label == "harm.delete" and "js.self" in inputs:
                self.emit("evade.self_clean", node, how=how, inputs=inputs, text=text)
            if label == "net.dns" and given and HOLE in given[0].text:
                self.emit("net.dns_data", node, how=how, inputs=inputs, text=text)
            self.emit(label, node, how=how, inputs=inputs - {label}, text=text)

    def _shown(self, given: list[Value]) -> str:
        if not given:
            return ""
        first = given[0]
        text = (
            folding.shown(first)
            if first.constant is not NOT_KNOWN
            else " ".join(each.text for each in first.items or ())
        )
        if not text and first.name.startswith("obj:"):
            parts = [self.attribute(first, key).text for key in ("url", "hostname", "host", "uri", "path", "pathname")]
            text = " ".join(part for part in parts if part)
        return text[:_SHOWN_CHARACTERS].replace(HOLE, "…")

    def _required_told(self, node: Node, given: list[Value]) -> None:
        """Modules worth a word, and modules whose name nobody can read."""
        if not given:
            return
        first = given[0]
        if first.known and isinstance(first.constant, str):
            name = first.constant.removeprefix("node:")
            if name in SENSITIVE_MODULES:
                self.emit("code.sensitive_import", node, how=first.how, text=name)
            if first.how is not How.LITERAL and name in DANGEROUS:
                self.emit("code.reflected_builtin", node, how=first.how, inputs=first.labels, text=f"require.{name}")
            found = _DATA_URL.match(first.constant)
            if found is not None:
                self._data_url(node, first, found)
            elif name.startswith(("https://", "http://")):
                self.emit("code.exec", node, how=first.how, inputs=first.labels | {"net.http"}, text=f"import({name})")
        elif first.constant is NOT_KNOWN or HOLE in first.text:
            self.emit("code.dynamic_import", node, inputs=first.all_labels(), text=first.text.replace(HOLE, "…"))

    def _data_url(self, node: Node, url: Value, found: "re.Match[str]") -> None:
        """A module written into the address it is imported from (RFC 2397)."""
        encoded = ";base64" in found[0]
        body = url.text[found.end() :]
        self.emit("code.exec", node, inputs=url.labels | ({"decode.base"} if encoded else set()), text="import(data:)")
        value = Value(body)
        done = methods.through("base64", value) if encoded else value
        self.embedded(node, done, frozenset({"decode.base"}) if encoded else frozenset())

    def embedded(self, node: Node, code: Value, inputs: frozenset[str]) -> None:
        """Hand on code in a text."""
        if not code.known or not isinstance(code.constant, str | bytes):
            return
        context, unit = self.moment(node)
        decoded = any(label.startswith("decode.") for label in code.labels)
        self.reader.embed(
            "javascript",
            code.constant,
            self.line(node),
            how=How.DECODED if decoded else code.how,
            inputs=frozenset(label for label in inputs if label.startswith(_HANDS_ON)),
            context=context,
            unit=unit,
        )

    def _code(
        self, node: Node, function: Value, given: list[Value], inputs: frozenset[str], how: How, text: str
    ) -> None:
        code = self.code_of(function.name, given)
        if code is None:
            return
        flows = code.all_labels() | function.labels
        if "js.where" not in flows and self.moment(node)[0] is Context.FUNCTION:
            flows = frozenset(
                each for each in flows if not each.startswith("net.")
            )  # a loader of what its caller names
        self.emit("code.exec", node, how=max(how, code.how), inputs=flows, text=text)
        self.embedded(node, code, flows)

    def _command(
        self,
        node: Node,
        label: str,
        given: list[Value],
        inputs: frozenset[str],
        how: How,
        text: str,
        frame: Frame | None,
    ) -> None:
        first = given[0] if given else UNKNOWN
        listed = given[1] if len(given) > 1 and given[1].items is not None else UNKNOWN
        options = next((each for each in given[1:] if each.name.startswith("obj:")), UNKNOWN)
        inputs |= self._silent(node, options, inputs)
        flows = inputs - {label}
        line = first
        if first.items is not None:
            listed, first = Value(items=first.items[1:]), first.items[0] if first.items else UNKNOWN
        words = [self._word(first), *(self._word(each) for each in listed.items or ())]
        joined_words = " ".join(words)
        for found in self.reader.labels_of(joined_words) - flows:
            self.emit(found, node, how=max(how, How.RESOLVED), inputs=flows, text=joined_words)
            flows |= {found}
        self.emit(
            label,
            node,
            how=how,
            inputs=flows,
            text=text
            if len(words) == 1
            else f"{text[: text.find('(')]}({joined_words[:_SHOWN_CHARACTERS]})".replace(HOLE, "…"),
        )
        self._own_files(node, [first, *(listed.items or ())])
        context, unit = self.moment(node)
        handed = frozenset(each for each in flows if each.startswith(_HANDS_ON))
        shell = (
            label == "proc.shell" or self.attribute(options, "shell").constant is True
            if options.name
            else label == "proc.shell"
        )
        if shell and isinstance(line.constant, str):
            self.reader.embed(
                "shell",
                joined_words,
                self.line(node),
                how=max(how, first.how),
                inputs=handed,
                context=context,
                unit=unit,
            )
        elif any(word != HOLE for word in words):
            commands.run(words, self.reader, self.line(node), how=how, inputs=handed, context=context, unit=unit)

    def _own_files(self, node: Node, values: list[Value]) -> None:
        """Files of the package among what is started."""
        for each in values[:_OWN_FILES_MAX]:
            path = each.text.rpartition(HOLE)[2].lstrip("/")
            if _OWN_FILE.fullmatch(path):
                self.emit("code.own_file", node, text=path)

    def _word(self, value: Value) -> str:
        if "js.runtime" in value.labels and value.constant is NOT_KNOWN:
            return "node"
        return folding.shown(value) or HOLE

    def _silent(self, node: Node, options: Value, inputs: frozenset[str]) -> frozenset[str]:
        """Options by which nobody sees what was started."""
        if not options.name:
            return frozenset()
        detached = self.attribute(options, "detached").constant is True
        hidden = self.attribute(options, "windowsHide").constant is True
        stdio = self.attribute(options, "stdio")
        ignored = stdio.text == "ignore" or (
            stdio.items is not None and all(each.text == "ignore" for each in stdio.items)
        )
        found = frozenset[str]()
        if detached and ignored:
            self.emit("proc.silent", node, inputs=inputs)
            found |= {"proc.silent"}
        if hidden and (detached or ignored):
            self.emit("proc.hidden_window", node, inputs=inputs)
            found |= {"proc.hidden_window"}
        return found

    def _copied(self, node: Node, given: list[Value]) -> None:
        """A mail to whom its caller names, and a copy to an address that is written down here."""
        for each in given[:2]:
            if not each.name.startswith("obj:"):
                continue
            to = [self.attribute(each, key) for key in ("To", "to")]
            for key in ("Bcc", "bcc", "BCC"):
                copy = self.attribute(each, key)
                if _MAIL.fullmatch(copy.text) and not any(_MAIL.fullmatch(other.text) for other in to):
                    self.emit("net.mail_copy", node, how=copy.how, text=f"{key}: {copy.text}")

    def _write(self, node: Node, given: list[Value], inputs: frozenset[str], how: How, text: str) -> None:
        path = folding.shown(given[0]) if given else ""
        target = folding.shown(given[1]) if len(given) > 1 and "rename" in text[:20] else ""
        if _OTHER_PACKAGE.search(path):
            self.emit("write.other_package", node, how=how, inputs=inputs, text=text)
            inputs |= {"write.other_package"}
        elif any(_OWN_MANIFEST.search(each) for each in (path, target)):
            self.emit("write.own_manifest", node, how=how, inputs=inputs, text=text)
            inputs |= {"write.own_manifest"}
        self.emit("write.file", node, how=how, inputs=inputs - {"write.file"}, text=text)

    def _clipboard(self, node: Node, given: list[Value]) -> None:
        """A payment address that is put where the user copied one."""
        if given and _ADDRESS.fullmatch(given[0].text.strip()):
            self.emit("harm.address_swap", node, text=given[0].text)

    def joins(self, node: Node, receiver: Value, target: Value) -> None:
        """`a.pipe(b)`: what comes out of one goes into the other."""
        names = (receiver.name, target.name)
        shell = any(name.startswith("<process>") for name in names)
        if shell and any(name == "<socket>" for name in names):
            self.emit("proc.shell", node, inputs=frozenset({"proc.shell_plumbing", "net.socket"}), text="pipe")
            self.emit("proc.shell_plumbing", node, inputs=frozenset({"net.socket"}), text="pipe")
        flows = receiver.all_labels() | target.labels
        if target.name == "<writer>":
            self.emit("write.file", node, inputs=flows - {"write.file"}, text="pipe")
        elif target.name in ("<request>", "<socket>"):
            label = "net.send" if target.name == "<request>" else "net.socket"
            self.emit(label, node, inputs=flows - {label}, text="pipe")
