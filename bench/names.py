"""Names: how many slips are noticed, how many used names are taken for others, and how long a name takes.

`python -m bench.names` prints the figures; with files of names (one a line) also how many of those are suspicious.
"""

import random  # noqa: TID251 - seeded: the same variants every time
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from bench.figure import Figure, figure
from pratique.facts.names.forms import squashed, words
from pratique.facts.names.judge import resemblances
from pratique.facts.names.lists import KINDS, PYPI, shipped

USED: Final = 5_000
VARIANTS: Final = 200
IMITATED: Final = 1_000
SEED: Final = 20_261_130
_LENGTH_MIN: Final = 6
_TARGET_MS: Final = 0.2
_NOTICED_MIN: Final = 95.0
_ALIKE: Final = {"o": "0", "l": "1", "i": "1", "m": "rn", "e": "3", "a": "4", "s": "5"}
_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_CATALOGUE: Final = (
    (PYPI, "colourama", "colorama"),
    (PYPI, "fabrice", "fabric"),
    (PYPI, "pymafka", "pykafka"),
    (PYPI, "termncolor", "termcolor"),
    (PYPI, "coloramapkgsw", "colorama"),
    (PYPI, "coloramapkgsdow", "colorama"),
    (PYPI, "coloramashowtemp", "colorama"),
    (PYPI, "coloramapkgs", "colorama"),
    (PYPI, "readmecolorama", "colorama"),
    (PYPI, "discordpydebug", "discord-py"),
    (PYPI, "torchtriton", "triton"),
    ("npm", "easy-day-js", "dayjs"),
    ("npm", "plain-crypto-js", "crypto-js"),
    ("npm", "ethers-provider2", "ethers"),
    ("npm", "ethers-providerz", "ethers"),
    ("npm", "postmark-mcp", "postmark"),
)
"""Names of published attacks, each with the one that it imitated."""
Change = Callable[[str, random.Random], str]
_MEMORY: Final = """
from pathlib import Path
from pratique.facts.names.judge import resemblances
pages = lambda: int(Path("/proc/self/statm").read_text().split()[1])
before = pages()
resemblances("pypi", "reqeusts"), resemblances("npm", "loadsh")
print((pages() - before) * 4096 / 1e6)
"""


def variants(count: int = VARIANTS, seed: int = SEED) -> list[tuple[str, str, str]]:
    """Kind, mistyped name and the name that was meant: of the names used most, in equal parts by every kind of slip."""
    luck = random.Random(seed)  # noqa: S311 - no secret
    made: list[tuple[str, str, str]] = []
    while len(made) < count:
        change = _CHANGES[len(made) % len(_CHANGES)]
        kind = luck.choice(KINDS)
        name = luck.choice([name for name in list(shipped(kind).ranks)[:IMITATED] if not name.startswith("@")])
        slip = change(name, luck)
        if len(squashed(name)) >= _LENGTH_MIN and slip != name and slip not in shipped(kind):
            made.append((kind, slip, name))
    return made


def _place(name: str, luck: random.Random) -> int:
    return luck.choice([at for at in range(1, len(name) - 1) if name[at].isalpha() and name[at + 1].isalpha()] or [1])


def _exchanged(name: str, luck: random.Random) -> str:
    at = _place(name, luck)
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def _dropped(name: str, luck: random.Random) -> str:
    at = _place(name, luck)
    return name[:at] + name[at + 1 :]


def _doubled(name: str, luck: random.Random) -> str:
    at = _place(name, luck)
    return name[:at] + name[at] + name[at:]


def _neighbour(name: str, luck: random.Random) -> str:
    at = _place(name, luck)
    row = next((row for row in _ROWS if name[at] in row), "")
    place = row.find(name[at])
    return name[:at] + (row[place - 1 : place] or row[place + 1 : place + 2] or name[at]) + name[at + 1 :]


def _more(name: str, luck: random.Random) -> str:
    at = _place(name, luck)
    return name[:at] + luck.choice("abcdefghijklmnopqrstuvwxyz") + name[at:]


def _alike(name: str, luck: random.Random) -> str:
    letter = luck.choice([each for each in _ALIKE if each in name] or [name[0]])
    return name.replace(letter, _ALIKE.get(letter, letter), 1)


def _apart(name: str, luck: random.Random) -> str:
    at = _place(name, luck)
    return squashed(name) if len(words(name)) > 1 else f"{name[:at]}-{name[at:]}"


def _turned(name: str, luck: random.Random) -> str:
    del luck
    return "-".join(reversed(words(name)))


def _with_words(name: str, luck: random.Random) -> str:
    return luck.choice((f"python-{name}", f"{name}-python", f"{name}-official", f"{name}-lib", f"{name}s", f"{name}2"))


_CHANGES: Final[tuple[Change, ...]] = (
    _exchanged,
    _dropped,
    _doubled,
    _neighbour,
    _more,
    _alike,
    _apart,
    _turned,
    _with_words,
)


def missed() -> list[tuple[str, str, str]]:
    """The variants that are not suspicious, or for which another name is offered."""
    return [each for each in variants() if each[2] not in _intended(each[0], each[1])]


def catalogue_missed() -> list[tuple[str, str, str]]:
    """The names of published attacks that are not noticed."""
    return [each for each in _CATALOGUE if each[2] not in _intended(each[0], each[1])]


def taken_for_others(kind: str) -> list[str]:
    """Those of the most used names that are suspicious."""
    return [name for name in list(shipped(kind).ranks)[:USED] if resemblances(kind, name)]


def _intended(kind: str, name: str) -> list[str]:
    return [each.intended for each in resemblances(kind, name)]


def measure() -> list[Figure]:
    """What is noticed, and how long it takes."""
    figures = [
        figure(f"names: of {USED} used in {kind}, suspicious", len(taken_for_others(kind)), "names", at_most=0)
        for kind in KINDS
    ]
    noticed = 100 * (1 - len(missed()) / VARIANTS)
    figures.append(figure(f"of {VARIANTS} slips, noticed with the right name", noticed, "%", at_least=_NOTICED_MIN))
    figures.append(figure(f"of {len(_CATALOGUE)} published, missed", len(catalogue_missed()), "names", at_most=0))
    spent = []
    for kind, slip, _ in variants():
        begin = time.perf_counter()
        resemblances(kind, slip)
        spent.append(1000 * (time.perf_counter() - begin))
    figures.append(figure("one name, median", statistics.median(spent), "ms", at_most=_TARGET_MS))
    alone = subprocess.run([sys.executable, "-c", _MEMORY], capture_output=True, text=True, check=True)  # noqa: S603 - our own text
    figures.append(figure("memory of both lists and indexes", float(alone.stdout), "MB"))
    return figures


def main(arguments: Sequence[str]) -> None:
    """Print the figures, and of files `KIND=FILE` how many names are suspicious."""
    for each in measure():
        print(f"{each['name']:<58}{each['value']:>12}  {each['unit']:<8}{'' if each['met'] else '  MISSED'}")
    print("missed:", *missed(), *catalogue_missed(), sep="\n  ")
    for argument in arguments:
        kind, _, path = argument.partition("=")
        names = Path(path).read_text(encoding="utf-8").split()
        count = sum(1 for name in names if resemblances(kind, name))
        print(f"{path}: {count} of {len(names)} are suspicious")


if __name__ == "__main__":
    main(sys.argv[1:])
