"""What a verb needs: the policy in force, and the outside world through its ports."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pratique.facts.names.judge import SHIPPED, Known
from pratique.flow.advised import NoAdvisories
from pratique.flow.attested import NoAttestations
from pratique.flow.bounded_cache import BoundedCache
from pratique.flow.ledger import Ledger
from pratique.flow.listings import Listings
from pratique.flow.memory import Memory
from pratique.flow.observer import Observer, Unobserved
from pratique.flow.own_index import OwnIndex
from pratique.flow.single_flight import SingleFlight
from pratique.model import limits
from pratique.model.artifact import Digest, ProjectName, VersionText
from pratique.model.ecosystem import Ecosystem
from pratique.model.evidence import Scan, Unknown
from pratique.model.scope import ScopeName
from pratique.policy.policy import Policy
from pratique.ports import Advisories, Attestations, Blobs, Clock, Scanner, Store, Tunnels, Upstream
from pratique.settings import Settings

MetadataKey = tuple[Digest, ProjectName, VersionText]


@dataclass(frozen=True, slots=True)
class World:
    """Everything a verb may touch. Built by `app.open_world`, or by hand from in-memory adapters."""

    settings: Settings
    policy: Policy
    ledger: Ledger
    blobs: Blobs
    scanner: Scanner
    clock: Clock
    upstreams: Mapping[str, Upstream]
    """The indexes by name, the public one last: a name is looked for in this order and served by one index only."""
    ecosystem: Ecosystem
    """How these indexes speak."""
    verifier_key: str
    """The public half of the ledger's key, in note form (C2SP signed-note)."""
    tunnels: Tunnels
    advisories: Advisories = field(default_factory=NoAdvisories)
    """What feeds say against packages."""
    attestations: Attestations = field(default_factory=NoAttestations)
    """What verifies who attested a file."""
    names: Known = SHIPPED
    """What the names of projects are compared with."""
    own: OwnIndex | None = None
    """The index that this gate keeps itself, which is one of `upstreams`; None where it keeps none."""
    memory: Memory = field(init=False)
    pages: Listings = field(init=False)
    observer: Observer = field(default_factory=Unobserved)
    fetching: SingleFlight[tuple[str, str, Digest | None], Digest] = field(default_factory=SingleFlight)
    metadata: BoundedCache[MetadataKey, bytes] = field(
        default_factory=lambda: BoundedCache(limits.METADATA_KEPT_BYTES_MAX)
    )
    """Metadata beside files, checked, by the digest of themselves or of the wheel they were read from, and their release."""
    provenance: BoundedCache[tuple[str, str], bytes] = field(
        default_factory=lambda: BoundedCache(limits.PROVENANCE_KEPT_BYTES_MAX)
    )
    """Attestations by index and URL, unread."""
    reading: SingleFlight[MetadataKey, bytes] = field(default_factory=SingleFlight)
    scanning: SingleFlight[Digest, Scan | Unknown] = field(default_factory=SingleFlight)

    def __post_init__(self) -> None:
        object.__setattr__(self, "memory", Memory(self.ledger, self.clock))
        object.__setattr__(self, "pages", self._listings())

    def _listings(self) -> Listings:
        explicit = frozenset(name for name, options in self.settings.index.items() if options.explicit)
        return Listings(
            self.ecosystem, self.upstreams, self.memory, self.clock, self.advisories, explicit, self.names, self.own
        )

    def under(self, policy: Policy) -> "World":
        """The same world under another policy. A request keeps to the world in which it began."""
        return replace(self, policy=policy)

    @property
    def store(self) -> Store:
        """Where the ledger is kept."""
        return self.ledger.store

    @property
    def scope(self) -> ScopeName:
        """The scope of a request that names none."""
        return ScopeName(self.settings.scope) if self.settings.scope else self.policy.default_scope
