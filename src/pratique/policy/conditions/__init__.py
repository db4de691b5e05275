"""Every condition that ships. Written by `python -m tools.generate`."""

from typing import Any

from pratique.policy.conditions.advisories import Advisories
from pratique.policy.conditions.cooldown import Cooldown
from pratique.policy.conditions.fixed_bytes import FixedBytes
from pratique.policy.conditions.hash_required import HashRequired
from pratique.policy.conditions.lists import Lists
from pratique.policy.conditions.malware import Malware
from pratique.policy.conditions.names import Names
from pratique.policy.conditions.provenance import Provenance
from pratique.policy.conditions.release_diff import ReleaseDiffers
from pratique.policy.conditions.release_gate import ReleaseGate
from pratique.policy.conditions.sources import Sources
from pratique.policy.conditions.unknowns import Unknowns
from pratique.policy.conditions.withdrawn import Withdrawn

CONDITIONS: tuple[type[Any], ...] = (
    Advisories,
    Cooldown,
    FixedBytes,
    HashRequired,
    Lists,
    Malware,
    Names,
    Provenance,
    ReleaseDiffers,
    ReleaseGate,
    Sources,
    Unknowns,
    Withdrawn,
)
