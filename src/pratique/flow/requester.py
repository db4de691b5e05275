"""Who asks, in which scope, for what."""

from dataclasses import dataclass

from pratique.model.artifact import ProjectName
from pratique.model.event import Asked
from pratique.model.scope import Actor, Scope


@dataclass(frozen=True, slots=True)
class Requester:
    """Someone with a request; `actor.name` is in the clear here and leaves only as a pseudonym."""

    scope: Scope
    actor: Actor


@dataclass(frozen=True, slots=True)
class FileRequest:
    """A request for one file: its index, its project, its name, and its path at the index."""

    requester: Requester
    index: str
    project: ProjectName
    filename: str
    path: str
    what: Asked = Asked.FILE
