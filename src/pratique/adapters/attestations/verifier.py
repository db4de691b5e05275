"""The verifier of attestations, as the rest of Pratique calls it: work in a thread, answers that are kept, and no exceptions.

This is the named boundary of the package: whatever goes wrong while something hostile is read, the answer is `Rejected`. The
libraries load with the first question (about a second, some 60 MB), never with this module.
"""

import asyncio
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pratique.adapters.attestations.refusal import Refused
from pratique.adapters.attestations.root import TrustRoot
from pratique.errors import InvalidInput
from pratique.model import limits
from pratique.model.artifact import Digest, Ecosystem
from pratique.model.provenance import KeySigned, Provenance, Reason, Rejected

if TYPE_CHECKING:
    from pratique.adapters.attestations.npm import NpmAttestations
    from pratique.adapters.attestations.pypi import PypiAttestations

T = TypeVar("T")


class AttestationVerifier:
    """Verifies documents of attestations against one trusted root, by default the one that ships.

    Of one event loop: answers are kept without a lock. Raises `InvalidInput` where no root was given and none ships.
    """

    def __init__(self, root: TrustRoot | None = None) -> None:
        self.root = root or TrustRoot.shipped()
        self._kept: OrderedDict[tuple[str, str, str, bytes, bytes], Provenance] = OrderedDict()
        self._loading = threading.Lock()
        # Threads of their own: many documents at once leave those for pages and files alone.
        self._threads = ThreadPoolExecutor(limits.PROVENANCE_AT_ONCE_MAX, thread_name_prefix="attestations")
        self._parts: tuple[PypiAttestations, NpmAttestations] | None = None

    async def verify(self, kind: Ecosystem, name: str, digest: Digest, document: bytes) -> Provenance:
        """As `ports.Attestations.verify`."""
        algorithm, _, digits = digest.partition(":")
        if algorithm == "sha256" and kind == "pypi":
            return await self.pypi(name, digits, document)
        return Rejected(Reason.SUBJECT_DIGEST, f"attestations are not read here by a {algorithm} of {kind}")

    async def pypi(self, filename: str, sha256: str, document: bytes) -> Provenance:
        """What a provenance document (PEP 740) attests of a file, by its name and its SHA-256 in 64 hexadecimal digits.

        Never raises: whatever is wrong, and with whichever attestation of the document, it is `Rejected` as a whole.
        """
        return await self._answer(
            "pypi", filename, sha256, document, lambda: self._load()[0].verify(filename, sha256, document)
        )

    async def npm(self, purl: str, sha512: str, document: bytes) -> Provenance:
        """What the registry's document attests of a version, by its package URL and the SHA-512 of its archive, in 128 digits.

        Never raises, as `pypi` never does.
        """
        return await self._answer("npm", purl, sha512, document, lambda: self._load()[1].verify(purl, sha512, document))

    async def npm_signature(
        self, name: str, version: str, integrity: str, signatures: Sequence[tuple[str, str]], published: datetime
    ) -> KeySigned | Rejected:
        """Whether the registry signed a name, a version and a digest: `dist.signatures` as pairs of key id and signature.

        `integrity` is `dist.integrity`; `published` is when the version was, with a time zone. Never raises.
        """

        def check() -> KeySigned:
            from pratique.adapters.attestations.npm import RegistrySignature

            told = [RegistrySignature(*each) for each in signatures]
            return self._load()[1].check_registry_signature(name, version, integrity, told, published)

        return await self._off_the_loop(check)

    async def _answer(
        self, kind: str, name: str, digest: str, document: bytes, work: Callable[[], Provenance]
    ) -> Provenance:
        if len(document) > limits.PROVENANCE_BYTES_MAX:
            return Rejected(Reason.TOO_LARGE, f"the document has more than {limits.PROVENANCE_BYTES_MAX:,} bytes")
        key = (kind, name, digest, hashlib.sha256(document).digest(), self.root.digest)
        known = self._kept.get(key)
        if known is not None:
            self._kept.move_to_end(key)
            return known
        answer = await self._off_the_loop(work)
        # Its reasons lie outside of the document, and may be gone with the next question.
        lasting = not isinstance(answer, Rejected) or answer.reason not in (Reason.TRUST_ROOT, Reason.UNFORESEEN)
        if lasting:
            self._kept[key] = answer
            if len(self._kept) > limits.PROVENANCE_KEPT_MAX:
                self._kept.popitem(last=False)
        return answer

    async def _off_the_loop(self, work: Callable[[], T]) -> T | Rejected:
        return await asyncio.get_running_loop().run_in_executor(self._threads, closed, work)

    def _load(self) -> "tuple[PypiAttestations, NpmAttestations]":
        """Read the keys once, with all the libraries. Raises `Refused` (trust-root)."""
        with self._loading:
            if self._parts is None:
                from pratique.adapters.attestations.anchors import anchors_of
                from pratique.adapters.attestations.library import Reference
                from pratique.adapters.attestations.npm import NpmAttestations
                from pratique.adapters.attestations.pypi import PypiAttestations

                try:
                    anchors = anchors_of(self.root)
                    reference = Reference(self.root)
                except Exception as error:
                    raise Refused(Reason.TRUST_ROOT, f"{error}; {getattr(error, 'advice', '')}".rstrip("; ")) from error
                self._parts = PypiAttestations(anchors, reference), NpmAttestations(anchors)
            return self._parts


class LateVerifier:
    """A verifier that is made with the first question: most commands have none.

    `root` names a file with a trusted root; empty: the one that ships.
    """

    def __init__(self, root: str) -> None:
        self._root = root
        self._verifier: AttestationVerifier | None = None

    async def verify(self, kind: Ecosystem, name: str, digest: Digest, document: bytes) -> Provenance:
        """As `ports.Attestations.verify`; a root that cannot be read verifies nothing."""
        if self._verifier is None:
            try:
                root = _root(self._root)
            except InvalidInput as error:
                return Rejected(Reason.TRUST_ROOT, f"{error}; {error.advice}")
            self._verifier = AttestationVerifier(root)
        return await self._verifier.verify(kind, name, digest, document)


def _root(path: str) -> TrustRoot:
    return TrustRoot.read(Path(path).expanduser()) if path else TrustRoot.shipped()


def closed(work: Callable[[], T]) -> T | Rejected:
    """What the work gives, or `Rejected`: this is where every failure ends, ours and those of the libraries."""
    try:
        return work()
    except Refused as error:
        return Rejected(error.reason, str(error))
    except (KeyboardInterrupt, SystemExit):
        raise
    except InvalidInput as error:
        return Rejected(Reason.MALFORMED, str(error))
    except BaseException as error:  # noqa: BLE001 - whatever it is, among it panics of libraries, it verifies nothing
        return Rejected(Reason.UNFORESEEN, f"the verifier met {type(error).__name__}, and so verified nothing")
