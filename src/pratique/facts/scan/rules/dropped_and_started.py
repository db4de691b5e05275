"""A program is written to disk and started."""

import re
from collections.abc import Iterator
from typing import Final

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.observation import Observation
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity

_ODD = ("obf.", "net.raw_ip", "net.tunnel_host", "net.paste", "net.collector_host", "write.autostart")
"""What an ordinary tool that fetches its own parts, or hands files to other programs, has no use for."""
_FETCHED = ("net.http", "net.socket", "net.download_file", "proc.download")
_HIDDEN = ("decode.", "write.temp")
_STORES = re.compile(r"\((?:gcloud storage|gsutil|aws s3) (?:cp|mv|rsync|sync) [^;&|`$<>\n]{1,110}\)$")
"""A command, told of in full, by which files are put into a store; none of them is started."""

_MOVES: Final = ("shutil.move(", "shutil.copy", "os.rename(", "os.replace(")
"""Calls by which tools put what they fetched into its place, all of it at once."""


def detect(view: FileView) -> Iterator[Place]:
    """In one function, or at one top level: something from the network or a decoder goes into a file, and a file is started.

    On import or at installation also what was taken out of another file, if it is started where nobody sees it.
    """
    units, carved = {}, {}
    unseen = {seen.line for seen in view.each("proc.silent", "proc.hidden_window")}
    for seen in view.each("write.file", "net.download_file", "write.executable"):
        fetched = seen.label == "net.download_file" or seen.gets(*_FETCHED, "decode.base", "decode.cipher", "obf.blob")
        if fetched:
            units[seen.unit] = seen
        elif seen.gets("read.file"):
            carved[seen.unit] = seen
    for seen in view.each("proc.shell", "proc.spawn", "code.native_by_path"):
        wrote = units.get(seen.unit)
        if wrote is not None and _STORES.search(seen.text):
            continue
        if wrote is not None and not seen.aside() and not seen.depth and seen.line >= wrote.line:
            yield at(
                seen,
                "starts something after it wrote what it fetched or decoded",
                severity=Severity.CRITICAL
                if seen.on_load()
                else None
                if (_odd(wrote) and not wrote.text.startswith(_MOVES)) or seen.gets("decode.")
                else Severity.MEDIUM,
                confidence=Confidence.HIGH if seen.by_itself() else None,
            )
        elif seen.unit in carved and seen.on_load() and seen.line in unseen and seen.line >= carved[seen.unit].line:
            yield at(
                seen,
                "starts what it took out of another file, where nobody sees it",
                severity=Severity.CRITICAL if seen.by_itself() else None,
            )


def _odd(wrote: Observation) -> bool:
    """Whether what was written was hidden, or is on its way from where nobody would look, or both fetched and put aside."""
    return wrote.gets(*_ODD) or (wrote.gets(*_HIDDEN) and (wrote.label == "net.download_file" or wrote.gets(*_FETCHED)))


RULE = Rule(
    "dropped-and-started", Severity.HIGH, Confidence.MEDIUM, Seen(("proc.shell", "proc.spawn", "code.exec"), detect)
)
