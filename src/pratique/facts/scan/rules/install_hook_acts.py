"""What runs at installation starts programs, or runs code made at run time."""

from collections.abc import Iterator

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.observation import Context
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity

_HOOKS = frozenset({Context.CMDCLASS, Context.NPM_LIFECYCLE})
_ACTS = ("proc.shell", "proc.spawn", "net.http", "net.send", "net.socket", "net.download_file")
_STRANGERS = ("net.raw_ip", "net.tunnel_host", "net.paste", "net.shortener")


def detect(view: FileView) -> Iterator[Place]:
    """Commands and connections of an installation step, and commands that fetch while a package is built or imported."""
    for seen in view.each(*_ACTS):
        fetches = seen.label.startswith("proc.") and seen.gets("proc.download")
        stranger = seen.gets(*_STRANGERS)
        if seen.by_itself() and (fetches or (stranger and seen.context in _HOOKS)):
            yield at(seen, "fetches something when the package is installed", severity=Severity.HIGH)
        elif fetches and seen.on_load():
            yield at(seen, "fetches something with a command as soon as it is imported", severity=Severity.HIGH)
        elif seen.context in _HOOKS:
            yield at(seen, "acts when the package is installed")


RULE = Rule("install-hook-acts", Severity.MEDIUM, Confidence.MEDIUM, Seen(("proc.", "code.exec", "net."), detect))
