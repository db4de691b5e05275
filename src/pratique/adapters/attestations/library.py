"""The reference implementation (pypi-attestations over sigstore), asked about what passed our own checks: both have to agree.

It is handed the pinned root and nothing else: `Verifier.production` would read a copy in the user's cache that it does not
check. The one private part that is used of either package is how a publisher becomes a policy; it is in `Publisher` below, and
`tests/adapters/attestations/test_library.py` fails when it moves.
"""

import tempfile
from collections.abc import Callable
from typing import Final

from cryptography.x509 import Certificate
from pypi_attestations import Attestation, AttestationType, Provenance
from sigstore.models import TrustedRoot
from sigstore.verify import Verifier
from sigstore.verify.policy import VerificationPolicy

from pratique.adapters.attestations.refusal import Refused
from pratique.adapters.attestations.root import TrustRoot
from pratique.model.provenance import Reason

PREDICATE_TYPES: Final = frozenset(each.value for each in AttestationType)
"""The kinds of statements that PyPI takes: that a file was published, and how it was built (SLSA)."""


class Publisher:
    """The publisher that a document claims, as a policy that a certificate is held against."""

    def __init__(self, told: object) -> None:
        made: Callable[[], VerificationPolicy] = told._as_policy  # type: ignore[attr-defined]  # noqa: SLF001 - no public way there
        self._policy = made()

    def verify(self, cert: Certificate) -> None:
        """Raises `Refused` (publisher-mismatch) unless the certificate was issued to this publisher."""
        try:
            self._policy.verify(cert)
        except Exception as error:
            raise Refused(
                Reason.PUBLISHER_MISMATCH, "the certificate was issued to another publisher than is claimed"
            ) from error


class Reference:
    """The reference implementation with one pinned root."""

    def __init__(self, root: TrustRoot) -> None:
        with tempfile.NamedTemporaryFile(prefix="pratique-root-") as file:  # the package reads roots from files only
            file.write(root.document)
            file.flush()
            self._verifier = Verifier(trusted_root=TrustedRoot.from_file(file.name))

    @staticmethod
    def read(plain: object) -> list[tuple[Publisher, list[Attestation]]]:
        """The bundles of a provenance document. Raises `Refused` (malformed)."""
        try:
            bundles = Provenance.model_validate(plain).attestation_bundles
            return [(Publisher(each.publisher), each.attestations) for each in bundles]
        except (ValueError, RecursionError) as error:
            raise Refused(
                Reason.MALFORMED, f"this is no provenance document (PEP 740): {_first_line(error)}"
            ) from error

    def agree(self, attestation: Attestation, publisher: Publisher, payload: bytes) -> None:
        """Raises `Refused` unless this implementation verifies the attestation, and reads the same statement.

        The reason is publisher-mismatch, or second-opinion for all else.
        """
        try:
            _, seen = self._verifier.verify_dsse(attestation.to_bundle(), publisher)
        except Refused:
            raise
        except Exception as error:
            raise Refused(
                Reason.SECOND_OPINION, f"the reference implementation rejects it: {_first_line(error)}"
            ) from error
        if seen != payload:
            raise Refused(Reason.SECOND_OPINION, "the reference implementation reads another statement")


def _first_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:200]
