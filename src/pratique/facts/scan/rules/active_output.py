"""Scripts in what a notebook keeps beside its code: they run when it is opened, if it is trusted, and no cell has to."""

from collections.abc import Iterator

from pratique.facts.scan.artifact import FileView
from pratique.facts.scan.observation import How
from pratique.facts.scan.rule import Place, Rule, Seen, at
from pratique.model.evidence import Confidence, Severity

_DOUBTFUL = ("net.raw_ip", "net.tunnel_host", "net.paste", "net.shortener", "net.collector_host", "net.chain_rpc")


def detect(view: FileView) -> Iterator[Place]:
    """Outputs that give code to the kernel or orders to its server; of the others one, as a remark."""
    for seen in view.each("code.kernel_call"):
        if seen.how is How.LITERAL:
            yield at(seen, "an output gives code to the kernel, or orders to its server")
        else:
            yield at(seen, "an output can give code to the kernel", severity=Severity.MEDIUM, confidence=Confidence.LOW)
    told = False
    for seen in view.each("code.active_output"):
        if seen.gets(*_DOUBTFUL):
            yield at(seen, "an output loads a script from a host that anybody can have")
        elif not told:
            told = True
            yield at(seen, "an output holds a script", severity=Severity.LOW)


RULE = Rule("active-output", Severity.HIGH, Confidence.MEDIUM, Seen(("code.kernel_call", "code.active_output"), detect))
