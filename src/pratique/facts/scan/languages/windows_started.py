"""Programs that a script on Windows starts: how much there is to them, what they do in turn, and what they arrange for later."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from pratique.facts.scan.content import Content, Reader
from pratique.facts.scan.languages import commands, windows, windows_tools
from pratique.facts.scan.languages.windows import listed
from pratique.facts.scan.languages.windows_deeds import (
    Arranges,
    Copies,
    Decodes,
    Fetches,
    Resolves,
    Runs,
    RunsRemote,
    Sends,
    Sets,
    Tells,
)
from pratique.facts.scan.languages.windows_host import NOTHING, READ, Doing, Host
from pratique.facts.scan.languages.windows_programs import deeds, inner_words
from pratique.facts.scan.observation import How
from pratique.facts.scan.value import HOLE

_FETCHED: Final = frozenset({"net.http", "net.download_file", "net.received"})
_WORSE: Final = (
    "net.raw_ip",
    "net.tunnel_host",
    "net.shortener",
    "net.collector_host",
    "net.messenger_token",
    "net.paste",
    "net.chain_rpc",
    "net.received",
    "decode.",
    "obf.",
    "proc.hidden_window",
    "proc.miner",
    "harm.av_tamper",
)
"""What a program that was fetched must not have about it to be like any installer's."""
_NOTABLE: Final = (
    "decode.",
    "harm.",
    "net.received",
    "obf.blob",
    "proc.encoded_ps",
    "proc.pipe_shell",
    "proc.shell_plumbing",
    "proc.miner",
    "proc.memory_read",
    "proc.hidden_window",
    "read.secrets_store",
    "read.accounts",
    "spread.",
)
_OF_PLACES: Final = ("write.",)
"""What the words of a command say of places: it counts for commands that write there."""
_TOLD: Final = (
    "harm.",
    "evade.",
    "write.access",
    "proc.shell_plumbing",
    "proc.miner",
    "proc.storm",
    "proc.memory_read",
    "read.secrets_store",
    "read.accounts",
)
"""Labels of a command that are observations of their own, now that it is run."""
_INTERPRETERS: Final = listed(
    """powershell pwsh cmd mshta wscript cscript rundll32 regsvr32 python pythonw node msiexec installutil regasm regsvcs
    msbuild wmic forfiles java bash sh wsl wt conhost explorer start call psexec"""
)
"""Programs that run what their words say."""
_DATA: Final = ("decode.", "obf.", "net.http", "net.download_file", "net.received", "read.file")
"""Labels of data, which a program that is handed them does not run."""
_READS_CONNECTION: Final = re.compile(
    r"stream|receive|\.client\b|-encoded|iex|invoke|\{0}|\|\s*%|/dev/(?:tcp|udp)|\bn(?:c|cat|etcat)\b|socat|pty\.",
    re.IGNORECASE,
)
"""What a line of PowerShell has in it that uses what comes in over a connection, in some way or other."""
_ENCODED: Final = re.compile(r"[-/]e(?:c|n[a-z]*)?$", re.IGNORECASE)
_WORDS_MAX: Final = 40
_INNER_MAX: Final = 4

_Told: TypeAlias = tuple[frozenset[str], frozenset[str]]
"""What a deed says of the start of the program that does it, and what that program gives."""


@dataclass(frozen=True, slots=True)
class Line:
    """A command line that is run: by what, with what flowing into it, as it is written, how deep inside others."""

    doing: Doing
    labels: frozenset[str]
    text: str
    depth: int


class Starting(Host):
    """Adds programs and settings to files."""

    def __init__(self, content: Content, reader: Reader) -> None:
        super().__init__(content, reader)
        self._acts: dict[type[Any], Callable[[Any, Line], _Told]] = {
            Fetches: self._fetches,
            Sends: self._sends,
            RunsRemote: self._runs_remote,
            Runs: self._runs,
            Arranges: self._arranges,
            Decodes: self._decodes,
            Copies: self._copies,
            Sets: self._sets,
            Resolves: self._resolves,
            Tells: self._tells,
        }

    def spawn(
        self,
        doing: Doing,
        words: list[str],
        labels: frozenset[str],
        *,
        head: frozenset[str] = NOTHING,
        hidden: bool = False,
        depth: int = 0,
    ) -> frozenset[str]:
        """A program is started: told of as worth a word where something is about it, and code in its words is handed on.

        `head` are the labels of the program's own name, `labels` those of its words: what is decoded or fetched is run where it
        is the program, or where the program runs what its words say. Gives the labels of what the program writes.
        """
        line = " ".join(words)
        name = windows.program_of(words[0]) if words else ""
        inner = name in _INTERPRETERS
        found = head | (labels if inner else frozenset(each for each in labels if not each.startswith(_DATA)))
        found = frozenset(each for each in found | self.labels_of(line) if not each.startswith(_OF_PLACES))
        found -= {"harm.wipe"}  # which paths are deleted is looked at more closely
        if name in ("reg", "wevtutil"):
            found -= {"harm.av_tamper"}
        if name == "mshta" and windows_tools.only_asks(line):
            found -= {"proc.pipe_shell"}
        if name in ("powershell", "pwsh") and not _READS_CONNECTION.search(line):
            found -= {"proc.shell_plumbing"}  # it asks whether anybody answers at the other end
        if hidden or "proc.hidden_window" in found:
            found |= {"proc.hidden_window"}
            self.emit("proc.hidden_window", doing.at, how=doing.how, inputs=found, text=line)
        for word in words[: _WORDS_MAX if inner else 1]:
            found |= self.kept(word)
        labels |= head
        given = NOTHING
        if depth < _INNER_MAX:
            for deed in deeds(words):
                more, gives = self._acts[type(deed)](deed, Line(doing, labels | found, line, depth))
                found |= more
                given |= gives
        for label in sorted(found):
            if label in READ or label.startswith(_TOLD):
                self.emit(label, doing.at, how=doing.how, inputs=found, text=line)
        if "net.received" in found:
            self.emit("proc.shell_plumbing", doing.at, how=doing.how, inputs=found, text=line)
        self.emit(self._weighed(doing, found, words), doing.at, how=doing.how, inputs=found, text=line)
        if name and not (_encodes_what_is_seen(name, words) and found.isdisjoint(_FETCHED)):
            flowing = frozenset(each for each in found if each.startswith(("decode.", "net.")))
            commands.run(words, self.reader, self.line(doing.at), how=doing.how, inputs=flowing, unit=self.unit or None)
        return ((labels | found) - {"proc.hidden_window"}) | given

    def _weighed(self, doing: Doing, found: frozenset[str], words: list[str]) -> str:
        """The label of a program that is started: how much there is to it."""
        # What only deletes starts nothing; what deletes everything is `harm.wipe`.
        notable = any(label.startswith(_NOTABLE) for label in found - {"harm.delete"})
        if not found & _FETCHED:
            return "proc.spawn" if notable or self.foreign else "proc.command"
        worse = (
            notable
            or self.foreign
            or doing.how is not How.LITERAL
            or any(label.startswith(_WORSE) for label in found)
            or any(windows.pretends(word) for word in words[:_WORDS_MAX])
        )
        return "proc.spawn" if worse else "proc.fetched"

    def _fetches(self, deed: Fetches, run: Line) -> _Told:
        inputs = run.labels | self.labels_of(deed.address)
        label = "net.download_file" if deed.path else "net.http"
        how, at = run.doing.how, run.doing.at
        self.emit(label, at, how=how, inputs=inputs, text=run.text)
        if not deed.path:
            known = windows.installer(deed.address)
            return NOTHING, frozenset({"net.installer"}) if known else inputs | {label}
        self.keep(deed.path, (inputs | {label}) - {"proc.lolbin"})
        if "write.autostart" in self.labels_of(deed.path):
            self.emit("write.autostart", at, how=how, inputs=inputs | {label, "write.autostart"}, text=run.text)
        return NOTHING, NOTHING

    def _sends(self, deed: Sends, run: Line) -> _Told:
        labels = run.labels | self.labels_of(deed.address)
        for each in deed.what:
            labels |= self.kept(each.lstrip("@<")) | self.labels_of(each)
        self.emit("net.send", run.doing.at, how=run.doing.how, inputs=labels, text=run.text)
        return NOTHING, frozenset({"net.http"})

    def _runs_remote(self, deed: RunsRemote, run: Line) -> _Told:
        del run
        return frozenset({"net.http"} if deed.installs else {"net.http", "proc.pipe_shell", "proc.lolbin"}), NOTHING

    def _runs(self, deed: Runs, run: Line) -> _Told:
        return self.spawn(run.doing, inner_words(deed.line), run.labels, depth=run.depth + 1), NOTHING

    def _arranges(self, deed: Arranges, run: Line) -> _Told:
        self.arranges(run.doing, deed.label, deed.line, run.labels, run.text, run.depth)
        return NOTHING, NOTHING

    def _decodes(self, deed: Decodes, run: Line) -> _Told:
        kept = run.labels | self.kept(deed.source) | {"decode.base"}
        self.emit("decode.base", run.doing.at, how=run.doing.how, inputs=kept, text=run.text)
        self.emit("write.file", run.doing.at, how=run.doing.how, inputs=kept, text=run.text)
        self.keep(deed.path, kept)
        return NOTHING, NOTHING

    def _copies(self, deed: Copies, run: Line) -> _Told:
        read = self.labels_of(deed.source) & READ
        self.written(run.doing, deed.path, self.kept(deed.source) | read, run.text)
        return read, NOTHING

    def _sets(self, deed: Sets, run: Line) -> _Told:
        self.sets(run.doing, deed.key, deed.data, run.labels, run.text)
        return NOTHING, NOTHING

    def _resolves(self, deed: Resolves, run: Line) -> _Told:
        self.resolves(run.doing, deed.name, run.labels, run.labels, run.text)
        return NOTHING, NOTHING

    def _tells(self, deed: Tells, run: Line) -> _Told:
        if deed.label.startswith(_TOLD):
            return frozenset({deed.label}), NOTHING
        if not deed.label.startswith(("read.host", "read.inventory")):
            self.emit(deed.label, run.doing.at, how=run.doing.how, inputs=run.labels, text=run.text)
        return NOTHING, frozenset({deed.label})

    def arranges(self, doing: Doing, label: str, inner: str, labels: frozenset[str], text: str, depth: int = 0) -> None:
        """A command line is to be run later: told of, and looked at as if it were run."""
        words = inner_words(inner)
        program = windows.program_of(words[0]) if words else ""
        for word in words[:_WORDS_MAX]:
            labels |= self.kept(word)
        self.emit(label, doing.at, how=doing.how, inputs=labels, text=text)
        interprets = program in _INTERPRETERS or any(each.startswith(("net.", "decode.")) for each in labels)
        if label != "write.service" or interprets:
            self.emit("write.autostart", doing.at, how=doing.how, inputs=labels | {"write.schedule"}, text=text)
        if program in _INTERPRETERS and depth < _INNER_MAX:
            self.spawn(doing, words, labels - {"write.autostart"}, depth=depth + 1)

    def sets(self, doing: Doing, key: str, data: str, labels: frozenset[str], text: str) -> None:
        """A value of the registry is written: told of where it starts something, or switches protection off."""
        name = key.rpartition("\\")[2].lower()
        about = self.labels_of(key) | self.labels_of(f"{key} {data}")
        on = data.strip().lower() not in ("0", "0x0", "00000000", "false")
        if name.startswith(("disable", "dontreport", "submitsamples")) and not on:
            about -= {"harm.av_tamper"}
        inputs = labels | about | self.kept(data) | self.labels_of(data)
        for label in ("write.autostart", "harm.av_tamper", "proc.privilege"):
            if label in about:
                self.emit(label, doing.at, how=doing.how, inputs=inputs, text=text)
        if "write.autostart" in about and data:
            words = inner_words(data)
            if words and windows.program_of(words[0]) in _INTERPRETERS:
                self.spawn(doing, words, labels, depth=1)

    def resolves(self, doing: Doing, name: str, carried: frozenset[str], labels: frozenset[str], text: str) -> None:
        """A name is looked up. One with something in it that was read carries that away."""
        self.emit("net.dns", doing.at, how=doing.how, inputs=labels, text=text)
        if "." in name and any(label.startswith(("read.", "net.received")) for label in carried):
            self.emit("net.dns_data", doing.at, how=doing.how, inputs=labels, text=text)


def _encodes_what_is_seen(name: str, words: list[str]) -> bool:
    """Whether PowerShell is given a command that the script itself encodes: what it was made from can be read there."""
    if name not in ("powershell", "pwsh"):
        return False
    return any(_ENCODED.match(word) and words[place : place + 1] == [HOLE] for place, word in enumerate(words, 1))
