"""Keystrokes, the screen, the camera or the clipboard are recorded and go somewhere."""

from collections.abc import Iterator

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity


def detect(view: FileView) -> Iterator[Place]:
    """Recording beside something that sends, writes or hides."""
    for seen in view.each("read.keys", "read.screen", "read.camera", "read.clipboard"):
        if seen.aside():
            continue
        if view.has(
            "net.collector_host", "net.messenger_token", "net.mail", "read.browser", "write.autostart", "harm.av_tamper"
        ):
            yield at(
                seen,
                "records what the user does, beside a way to send it",
                severity=Severity.CRITICAL,
                confidence=Confidence.HIGH,
            )
        elif seen.label == "read.keys" and view.has("net.send", "net.socket", "net.http"):
            yield at(seen, "records keystrokes, beside a connection")
        elif seen.on_load():
            yield at(seen, "records what the user does as soon as it is imported")
        else:
            yield at(seen, "records what the user does", severity=Severity.LOW)


RULE = Rule(
    "watches-the-user",
    Severity.HIGH,
    Confidence.MEDIUM,
    Seen(("read.keys", "read.screen", "read.camera", "read.clipboard"), detect),
)
