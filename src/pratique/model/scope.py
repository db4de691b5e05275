"""Who asks, and under which part of the policy."""

from enum import StrEnum
from typing import NewType

import msgspec

ScopeName = NewType("ScopeName", str)
"""The name of a scope: `workstation`, `ci`, or one an organisation adds."""


class Mode(StrEnum):
    """What a scope does with a verdict: only record it, say it too, or act on it."""

    OBSERVE = "observe"
    WARN = "warn"
    ENFORCE = "enforce"


class Scope(msgspec.Struct, frozen=True, omit_defaults=True):
    """The part of an organisation a request belongs to; chooses values within the policy."""

    name: ScopeName
    projects: tuple[str, ...] = ()


class ActorKind(StrEnum):
    """Who acts: a person, a service such as CI, or an AI agent."""

    HUMAN = "human"
    SERVICE = "service"
    AGENT = "agent"


class Actor(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who acted. `name` is a salted digest wherever it is recorded; the salt can be destroyed (GDPR, Article 17)."""

    kind: ActorKind
    name: str
    client: str = ""
