"""What all that was seen amounts to: a logistic model over readable features, whose weights are a data file.

The weights are made by `python -m bench.corpus train` from open data and reviewed like code. Apart from what speaks of size none
is below zero: nothing that is added to an artifact makes it look better. Findings that are sure stay so, whatever it says; and
where no rule finds anything that worries, the model may suspect and no more.
"""

import math
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from pratique.model.evidence import Alarm, Judgement

_CARRIED_MAX: Final = 6
_POINTS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Model:
    """`score` is the logistic function of `base` and the weights of the features that are there (0 to 1)."""

    base: float
    weights: dict[str, float]
    suspicious: float
    malicious: float

    def judge(self, features: Iterable[str], *, alone: bool = False) -> Judgement:
        """The judgement, with the features that carried it, the heaviest first; `alone` where no rule worries."""
        there = sorted(
            ((self.weights[each], each) for each in features if each in self.weights),
            key=lambda pair: (-pair[0], pair[1]),
        )
        score = 1 / (1 + math.exp(-max(min(self.base + sum(weight for weight, _ in there), 50.0), -50.0)))
        alarm = Alarm.NONE if score < self.suspicious else Alarm.SUSPICIOUS
        if score >= self.malicious and not alone:
            alarm = Alarm.MALICIOUS
        carried = tuple(each for weight, each in there[:_CARRIED_MAX] if weight > 0)
        return Judgement(alarm, round(score * _POINTS), carried)


@cache
def model() -> Model:
    """The weights that ship."""
    text = files("pratique.facts.scan").joinpath("weights.toml").read_text(encoding="utf-8")
    return read(text)


def read(text: str) -> Model:
    """A model from its file. Raises `KeyError`, `ValueError` for one that is not of that form."""
    told = tomllib.loads(text)
    weights = {str(name): float(weight) for name, weight in told["weights"].items()}
    return Model(float(told["base"]), weights, float(told["suspicious"]), float(told["malicious"]))
