"""A detection rule: a value, not a class. It yields places; what they mean is for policy to say."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from pratique.facts.scan.artifact import ArtifactView, FileView
from pratique.facts.scan.observation import Context, Observation
from pratique.model.evidence import Confidence, Severity


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is, and what, in a few words. Lines count from 1; `path` is for rules that look at an archive.

    `severity` and `confidence` are for a place that is worse or better than the rule says of itself.
    """

    line: int
    message: str
    path: str = ""
    context: Context | None = None
    severity: Severity | None = None
    confidence: Confidence | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """Looks at each file, of any language, in which one of `labels` was observed; families end in a full stop."""

    labels: tuple[str, ...]
    detect: Callable[[FileView], Iterator[Place]]


def nothing(path: str) -> bool:
    """What a rule wants that goes by paths and observations alone."""
    del path
    return False


@dataclass(frozen=True, slots=True)
class Whole:
    """Looks at an artifact as a whole: the paths of all its files, the content of those that it `wants`, and how those `begin`.

    A file that a rule wants and that cannot be read is unread; one whose beginning cannot be had is not.
    """

    wants: Callable[[str], bool]
    detect: Callable[[ArtifactView], Iterator[Place]]
    begin: Callable[[str], bool] = nothing


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what it is called, how bad and how sure a finding is, and what it looks at.

    `labels` are those of the taxonomy that a finding adds to what was observed, for the judgement and the comparison of releases.
    """

    id: str
    severity: Severity
    confidence: Confidence
    looks_at: Seen | Whole
    labels: tuple[str, ...] = field(default=())


def at(seen: Observation, message: str, **more: object) -> Place:
    """The place of an observation."""
    return Place(seen.line, message, context=seen.context, **more)  # type: ignore[arg-type]  # the fields of a place
