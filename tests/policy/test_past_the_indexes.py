"""`[elsewhere]`: what may come in past the indexes."""

import pytest

from pratique.errors import InvalidPolicy
from pratique.model.decision import Verdict
from pratique.policy.load import default_policy, read

REST = '[cooldown]\nworkstation = "3 days"\n'


def test_hosts_are_named_with_a_port_or_without() -> None:
    elsewhere = read('[elsewhere]\nhosts = ["git.example", "api.example:8443"]\n' + REST).elsewhere
    assert elsewhere.hosts == ("git.example:443", "api.example:8443")
    for host, through in (
        ("git.example:443", True),
        ("GIT.example:443", True),
        ("git.example:80", False),
        ("api.example:8443", True),
        ("api.example:443", False),
        ("sub.git.example:443", False),
    ):
        assert elsewhere.lets_through(host) is through, host


@pytest.mark.parametrize(
    "host", ["https://git.example", "*", "git.example/x", "git.example:0", "", "Git.example", "a b"]
)
def test_what_is_no_host_is_a_mistake(host: str) -> None:
    with pytest.raises(InvalidPolicy, match="is no host"):
        read(f'[elsewhere]\nhosts = ["{host}"]\n{REST}')


def test_each_way_has_a_verdict_and_a_way_nobody_knows_is_taken_for_a_file() -> None:
    elsewhere = read('[elsewhere]\nfolder = "hold"\nfile = "deny"\ngit = "allow"\n' + REST).elsewhere
    found = {kind: elsewhere.verdict(kind) for kind in ("folder", "file", "git", "url", "pigeon")}
    assert found == {
        "folder": Verdict.HOLD,
        "file": Verdict.DENY,
        "git": Verdict.ALLOW,
        "url": Verdict.HOLD,
        "pigeon": Verdict.DENY,
    }


def test_the_shipped_policy_says_what_holds_where_a_policy_is_silent() -> None:
    assert default_policy().elsewhere == read(REST).elsewhere
    assert default_policy().elsewhere.hosts == ()
