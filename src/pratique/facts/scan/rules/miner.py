"""The machine is put to mining coins."""

from collections.abc import Iterator

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity


def detect(view: FileView) -> Iterator[Place]:
    """Miners and pools in what is run or fetched."""
    for seen in view.each("proc.shell", "proc.spawn", "net.http", "net.download_file", "write.file"):
        if seen.gets("proc.miner") and not seen.aside():
            yield at(seen, "fetches or starts a miner of coins", severity=Severity.CRITICAL if seen.on_load() else None)
    for seen in view.each("proc.miner"):
        if seen.language in ("shell", "powershell", "batch") and not seen.aside():
            yield at(seen, "fetches or starts a miner of coins")


RULE = Rule("miner", Severity.HIGH, Confidence.HIGH, Seen(("proc.miner",), detect))
