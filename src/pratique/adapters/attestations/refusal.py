"""How a check says no: an error that carries its reason as far as `verifier.py`, which makes a value of it."""

from pratique.errors import InvalidInput
from pratique.model.provenance import Reason


class Refused(InvalidInput):
    """An attestation failed the check that `reason` names."""

    def __init__(self, reason: Reason, why: str) -> None:
        super().__init__(why)
        self.reason = reason


def require(holds: bool, reason: Reason, why: str) -> None:  # noqa: FBT001 - the condition reads as the first word
    """Raises `Refused` unless the condition holds."""
    if not holds:
        raise Refused(reason, why)
