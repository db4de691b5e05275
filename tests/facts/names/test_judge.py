"""Names that are taken for others, and names that only look like it."""

import random  # noqa: TID251 - seeded, for examples that stay the same
import string
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.facts.names.judge import resemblances
from pratique.facts.names.lists import FIRST, KINDS, NPM, PYPI, Names, shipped
from pratique.facts.names.resemblance import Likeness, said

MOST_USED = 5_000
VARIANTS = 200
TARGETS = 1_000
FOUND_MIN = 0.95
CONFUSABLES = {"l": "1", "o": "0", "i": "l", "m": "rn"}
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def intended(name: str, kind: str = PYPI) -> list[str]:
    return [each.intended for each in resemblances(kind, name)]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_said_of_the_names_that_are_used_most(kind: str) -> None:
    most = list(shipped(kind).ranks)[:MOST_USED]
    assert len(most) == MOST_USED
    assert [name for name in most if resemblances(kind, name)] == []


def transposed(name: str, draw: random.Random) -> str:
    place = draw.randrange(len(name) - 1)
    return name[:place] + name[place + 1] + name[place] + name[place + 2 :]


def dropped(name: str, draw: random.Random) -> str:
    place = draw.randrange(1, len(name))
    return name[:place] + name[place + 1 :]


def doubled(name: str, draw: random.Random) -> str:
    place = draw.randrange(len(name))
    return name[:place] + name[place] + name[place:]


def beside(name: str, draw: random.Random) -> str:
    place = draw.randrange(len(name))
    row = next((row for row in ROWS if name[place] in row), "")
    if not row:
        return name
    column = row.index(name[place])
    return name[:place] + row[column - 1 if column else 1] + name[place + 1 :]


def added(name: str, draw: random.Random) -> str:
    place = draw.randrange(1, len(name) + 1)
    return name[:place] + draw.choice(string.ascii_lowercase) + name[place:]


def separated(name: str, draw: random.Random) -> str:
    if "-" in name:
        return name.replace("-", "", 1)
    place = draw.randrange(2, len(name) - 1)
    return f"{name[:place]}-{name[place:]}"


def confused(name: str, draw: random.Random) -> str:
    places = [place for place, letter in enumerate(name) if letter in CONFUSABLES]
    if not places:
        return name
    place = draw.choice(places)
    return name[:place] + CONFUSABLES[name[place]] + name[place + 1 :]


KINDS_OF_SLIPS: tuple[Callable[[str, random.Random], str], ...] = (
    transposed,
    dropped,
    doubled,
    beside,
    added,
    separated,
    confused,
)


def variants(kind: str, seed: int) -> list[tuple[str, str]]:
    """Names that resemble used ones, each with the one that it was made from; none is a used name itself."""
    draw, names, made = random.Random(seed), shipped(kind), dict[str, str]()  # noqa: S311 - examples
    targets = [name for name in list(names.ranks)[:TARGETS] if len(name) >= 5 and not name.startswith("@")]
    while len(made) < VARIANTS:
        target = draw.choice(targets)
        variant = draw.choice(KINDS_OF_SLIPS)(target, draw)
        if variant not in names and "-" not in (variant[0], variant[-1]) and "--" not in variant:
            made.setdefault(variant, target)
    return list(made.items())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_variants_of_used_names_are_told_with_the_name_that_was_meant(kind: str, seed: int) -> None:
    missed = [(variant, target) for variant, target in variants(kind, seed) if target not in intended(variant, kind)]
    assert len(missed) <= VARIANTS * (1 - FOUND_MIN), missed


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("reqeusts", "requests"),
        ("colourama", "colorama"),
        ("coloramapkgs", "colorama"),
        ("coloramapkgsw", "colorama"),
        ("readmecolorama", "colorama"),
        ("fabrice", "fabric"),
        ("pymafka", "pykafka"),
        ("discordpydebug", "discord-py"),
    ],
)
def test_names_of_real_attacks(name: str, meant: str) -> None:
    found = intended(name)
    assert meant in found


ODD = ("", " ", "-", "a", "ab", "x" * 5000, "\u0430" * 20, "a\nb", "@", "@/", "@scope/", "0", "-" * 90)


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("kind", [*KINDS, "gem"])
def test_odd_names_are_judged_like_any(name: str, kind: str) -> None:
    assert len(resemblances(kind, name)) <= 3


@given(st.sampled_from(KINDS), st.text(max_size=40))
def test_any_text_is_judged(kind: str, name: str) -> None:
    for found in resemblances(kind, name):
        assert found.intended in shipped(kind) or found.likeness in (Likeness.MODULE, Likeness.OTHER_ECOSYSTEM)
        assert said(found)


def test_a_long_name_takes_no_longer_than_others() -> None:
    resemblances(PYPI, "warm-up")
    start = time.process_time()
    for _ in range(50):
        resemblances(PYPI, "requests-" * 14)
    assert time.process_time() - start < 5


def test_a_list_of_an_organisation_is_read_and_joined() -> None:
    own = Names.read(PYPI, f"{FIRST}\n# ours\nacme-core\nacme-web\n\nacme_Tools\n")
    assert (list(own.ranks), "acme-tools" in own, own.about) == (["acme-core", "acme-web"], True, ("ours",))
    assert "requests" in shipped(PYPI)
    assert "requests" not in shipped(NPM) or "requests" in shipped(NPM).used
