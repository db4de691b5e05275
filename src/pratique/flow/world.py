"""What a verb needs: the policy in force, and the outside world through its ports."""

from collections.abc import Mapping
from dataclasses import dataclass

from pratique.policy.policy import Policy
from pratique.ports import Blobs, Clock, Scanner, Store, Upstream
from pratique.settings import Settings


@dataclass(frozen=True, slots=True)
class World:
    """Everything a verb may touch. Built by `app.open_world`, or by hand from in-memory adapters."""

    settings: Settings
    policy: Policy
    store: Store
    blobs: Blobs
    scanner: Scanner
    clock: Clock
    upstreams: Mapping[str, Upstream]
    """The indexes by name; `public` is always among them."""
