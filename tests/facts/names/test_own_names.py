"""Names that look like an organisation's own."""

import pytest

from pratique.facts.names.own import like_own

OWN = ("acme-*", "*-acmebank", "ledgerly", "abc")


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("amce-billing", "acme-*"),
        ("acne-billing", "acme-*"),
        ("acmee-billing", "acme-*"),
        ("billing-acmebnak", "*-acmebank"),
        ("billing-acrnebank", "*-acmebank"),
        ("ledger1y", "ledgerly"),
        ("ledgerley", "ledgerly"),
        ("led-gerly", "ledgerly"),
    ],
)
def test_a_slip_away_from_ours_is_like_it(name: str, own: str) -> None:
    found = like_own(name, OWN)
    assert found is not None
    assert found.intended == own


@pytest.mark.parametrize("name", ["requests", "billing", "ledger", "abd", "ab", "acid-billing", "a", "ledgerize-all"])
def test_what_is_further_away_is_not(name: str) -> None:
    assert like_own(name, OWN) is None


def test_the_nearest_of_ours_is_told() -> None:
    found = like_own("acme-bilding", ("acme-billing", "acme-filing", "acme-bill*"))
    assert found is not None
    assert found.intended == "acme-billing"
