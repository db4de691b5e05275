"""What a release can do that the one before it could not."""

from typing import Final, final

import msgspec

from pratique.facts.question import Kind, Question, Word
from pratique.model.artifact import VersionText
from pratique.model.decision import Verdict
from pratique.model.evidence import Tier, Unknown
from pratique.model.text import clean

_TOLD_MAX: Final = 8


@final
class ReleaseDiff(msgspec.Struct, frozen=True, gc=False, tag="release-diff"):
    """What was gained since the release `baseline`, in the words of the scanner's profile, and how much was lost."""

    baseline: VersionText
    gained: tuple[str, ...] = ()
    lost_count: int = 0


def _told(diff: ReleaseDiff) -> str:
    if not diff.gained:
        return f"nothing that {clean(diff.baseline)} could not do"
    more = f" and {len(diff.gained) - _TOLD_MAX} more" if len(diff.gained) > _TOLD_MAX else ""
    return f"beside what {clean(diff.baseline)} could: {clean('; '.join(diff.gained[:_TOLD_MAX]))}{more}"


RELEASE_DIFF: Final = Question(
    id="release_diff",
    answer=ReleaseDiff,
    asks="what it can do that the release before it could not",
    source="release-diff",
    unanswered=Unknown("release-diff", "no earlier release of it was looked into here"),
    benign=lambda _: ReleaseDiff(VersionText("1.0")),
    told=_told,
    words=(
        Word(
            "diff.gained",
            Kind.TEXTS,
            "what the release can do that the one before it could not",
            lambda diff, _: diff.gained,
            lambda diff, gained, _: msgspec.structs.replace(diff, gained=gained),
        ),
    ),
    tier=Tier.BYTES,
    unknown=Verdict.ALLOW,
)
