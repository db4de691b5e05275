"""Whether a project's name is taken for another that is used by many."""

from datetime import datetime
from typing import Final, final

import msgspec

from pratique.facts.names.resemblance import Likeness
from pratique.facts.question import Kind, Question, Word
from pratique.model.decision import Verdict
from pratique.model.evidence import Level, Unknown
from pratique.model.text import clean

SEVERAL: Final = 3
"""A project with so many releases has several."""
_EXAMPLE: Final = "requests"
_WHY: Final = "two letters of requests are exchanged, a name used by many"


@final
class NameLikeness(msgspec.Struct, frozen=True, gc=False, tag="names", omit_defaults=True):
    """How a project's name resembles used ones; without `intended` it resembles none, or is used itself.

    `likenesses` are values of `facts.names.resemblance.Likeness`, one for each of `intended`, most likely first. `why` says the
    first in words. `releases` is how many versions its index lists, `majors` how many first numbers those have.
    """

    likenesses: tuple[str, ...] = ()
    intended: tuple[str, ...] = ()
    why: str = ""
    releases: int = 0
    majors: int = 0

    @property
    def elsewhere(self) -> bool:
        """Whether the name is much used in another ecosystem."""
        return Likeness.OTHER_ECOSYSTEM in self.likenesses


def _told(answer: NameLikeness) -> str:
    if not answer.intended:
        return "taken for no other"
    return f"perhaps {', '.join(map(clean, answer.intended))} was meant: {clean(answer.why)}"


def _suspected(answer: NameLikeness, suspicious: bool, now: datetime) -> NameLikeness:  # noqa: FBT001 - the value of a word
    return _meant(answer, (_EXAMPLE,) if suspicious else (), now)


def _meant(answer: NameLikeness, intended: tuple[str, ...], now: datetime) -> NameLikeness:
    del now
    likenesses: tuple[str, ...] = (Likeness.TRANSPOSED,) * len(intended)
    return msgspec.structs.replace(answer, likenesses=likenesses, intended=intended, why=_WHY if intended else "")


def _elsewhere(answer: NameLikeness, elsewhere: bool, now: datetime) -> NameLikeness:  # noqa: FBT001 - the value of a word
    del now
    likeness = Likeness.OTHER_ECOSYSTEM if elsewhere else Likeness.TRANSPOSED
    intended = answer.intended or (_EXAMPLE,)
    return msgspec.structs.replace(
        answer, likenesses=(likeness,) * len(intended), intended=intended, why=answer.why or _WHY
    )


NAMES: Final = Question(
    id="names",
    answer=NameLikeness,
    asks="whether its name is taken for another",
    source="the lists of used names",
    unanswered=Unknown("names", "nobody compared its name"),
    benign=lambda _: NameLikeness(releases=SEVERAL, majors=1),
    told=_told,
    words=(
        Word(
            "name.suspicious",
            Kind.YES_NO,
            "whether its name looks like one that is used by many",
            lambda answer, _: bool(answer.intended),
            _suspected,
        ),
        Word(
            "name.intended",
            Kind.TEXTS,
            "the names that may have been meant, most likely first",
            lambda answer, _: answer.intended,
            _meant,
        ),
        Word(
            "name.elsewhere",
            Kind.YES_NO,
            "whether it is a name that is much used in another ecosystem",
            lambda answer, _: answer.elsewhere,
            _elsewhere,
        ),
        Word(
            "name.why",
            Kind.TEXT,
            "how it resembles the first of them, in words",
            lambda answer, _: answer.why,
            lambda answer, why, _: msgspec.structs.replace(answer, why=why),
        ),
        Word(
            "name.several_releases",
            Kind.YES_NO,
            f"whether its index lists {SEVERAL} or more versions",
            lambda answer, _: answer.releases >= SEVERAL,
            lambda answer, several, _: msgspec.structs.replace(answer, releases=SEVERAL if several else 1),
        ),
    ),
    level=Level.PROJECT,
    unknown=Verdict.ALLOW,
)
