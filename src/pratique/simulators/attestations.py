"""Attestations without signatures: what an index of the simulator serves, and what takes it at its word.

A drill plays what a policy makes of who signed. Whether somebody did is the verifier's work, and is tested with keys.
"""

import hashlib

import msgspec

from pratique.model.artifact import Digest, Ecosystem
from pratique.model.provenance import Identity, Logged, Provenance, Reason, Rejected, Verified

_PREDICATE = "https://slsa.dev/provenance/v1"


class _Document(msgspec.Struct, frozen=True):
    """Who is said to have signed, and the digest of what."""

    digest: Digest
    identity: Identity


def attestation(data: bytes, identity: Identity) -> bytes:
    """What an index serves beside a file that somebody attested."""
    return msgspec.json.encode(_Document(Digest(f"sha256:{hashlib.sha256(data).hexdigest()}"), identity))


class SimulatedAttestations:
    """As `ports.Attestations`: whoever is named has signed."""

    async def verify(self, kind: Ecosystem, name: str, digest: Digest, document: bytes) -> Provenance:
        """As `ports.Attestations.verify`."""
        del kind
        try:
            told = msgspec.json.decode(document, type=_Document)
        except msgspec.MsgspecError as error:
            return Rejected(Reason.MALFORMED, f"it is no attestation of the simulator: {error}")
        if told.digest != digest:
            return Rejected(Reason.SUBJECT_DIGEST, "it is about other bytes")
        return (Verified(told.identity, _PREDICATE, name, digest, Logged.LOG_PROMISE),)
