"""What setup and doctor share: how clients stand to a gate that stands, and one way to tell a finding."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from pratique.app import is_this_gate, proxies_before, sources_of, this_machine
from pratique.flow.doctor import Finding, State, led
from pratique.settings import Settings


def clients_led(
    clients: Sequence[str], simple: str, settings: Settings, *, account_only: bool = False
) -> list[Finding]:
    """How clients stand to the gate at `simple`; with `account_only`, without what files of the current folder say."""
    machine = this_machine()
    gate = urlsplit(simple)

    def is_gate(url: str) -> bool:
        parts = urlsplit(url)
        same = (parts.scheme, parts.hostname, parts.port) == (gate.scheme, gate.hostname, gate.port)
        return (same and parts.path.rstrip("/").endswith("/simple")) or is_this_gate(url, settings)

    sources = sources_of(machine, account_only=account_only)
    return led(clients, [*sources, *proxies_before(machine, simple)], is_gate)


def lines_of(finding: Finding) -> Iterator[str]:
    """A finding in two lines at most."""
    mark = "!" if finding.state is State.WRONG else " "
    yield f"{mark} {finding.about:<10}{finding.says.replace(f'{this_machine().home}/', '~/')}"
    if finding.do:
        yield f"  {'':<10}do  {finding.do}"


def short(path: Path) -> str:
    """A path as people write it."""
    account = this_machine().home
    return f"~/{path.relative_to(account)}" if path.is_relative_to(account) else str(path)
