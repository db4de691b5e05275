"""Clients that have no verb of their own, and the way each of them takes to a gate all the same."""

from difflib import get_close_matches
from typing import Final

from pratique.cli.verbs import VERBS
from pratique.errors import InvalidInput

GATE: Final = "http://127.0.0.1:8470/simple/"
_PIP: Final = f"export PIP_INDEX_URL={GATE}"
_BOTH: Final = f"export PIP_INDEX_URL={GATE} UV_DEFAULT_INDEX={GATE}"

BY_THE_GATE: Final[dict[str, str]] = {
    "hatch": _BOTH,
    "nox": _BOTH,
    "pip-compile": _PIP,
    "pip-sync": _PIP,
    "pipenv": f"export PIPENV_PYPI_MIRROR={GATE}",
    "pixi": f"pixi config set --global pypi-config.index-url {GATE}",
    "tox": _BOTH,
}
"""Clients of Python packages: how each is pointed at a gate that listens where `pratique serve` listens by default."""

BY_A_VERB: Final[dict[str, str]] = {
    "pip2": "pratique pip",
    "pip3": "pratique pip",
    "python": "pratique pip",
    "python3": "pratique pip",
}
"""Other names of what has a verb."""

NOT_YET: Final = frozenset(
    {
        "apt",
        "brew",
        "bun",
        "bundle",
        "cargo",
        "composer",
        "conda",
        "deno",
        "docker",
        "dotnet",
        "gem",
        "go",
        "gradle",
        "helm",
    }
    | {"mamba", "maven", "micromamba", "mvn", "npm", "npx", "nuget", "pnpm", "pnpx", "yarn"}
)
"""Clients of worlds that no gate of this version speaks to."""


def no_verb(name: str) -> InvalidInput:
    """What is the case when somebody asks for a verb that is none, and what to do instead."""
    if name in BY_THE_GATE:
        way = f"pratique serve, and for {name} in another terminal: {BY_THE_GATE[name]}"
        return InvalidInput(f"{name} has no verb of its own; it comes in through a gate that stands", advice=way)
    if name in BY_A_VERB:
        return InvalidInput(f"{name} has another name here", advice=f"{BY_A_VERB[name]} ...")
    if name in NOT_YET:
        return InvalidInput(
            f"Pratique does not stand in front of {name} yet: what it brings in is neither judged nor recorded",
            advice="pratique --help lists what it does stand in front of",
        )
    close = get_close_matches(name, VERBS, n=1) or get_close_matches(name, BY_THE_GATE, n=1)
    advice = f"did you mean: pratique {close[0]}" if close else "pratique --help lists the verbs"
    return InvalidInput(f"there is no verb {name!r}", advice=advice)
