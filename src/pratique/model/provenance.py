"""Who published a file, as a verified attestation says it, or why what is there says nothing.

An attestation is a statement about one file, signed by whoever built or published it (PEP 740, in-toto, SLSA). That it is valid
tells who signed, and no more: whether that is who always published is asked of the project's history, and elsewhere.
"""

from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

import msgspec

from pratique.model.artifact import Digest


class Signer(StrEnum):
    """What kind of party signed. It goes by the issuer that the certificate names, or by the key."""

    GITHUB = "github"
    GITLAB = "gitlab"
    GOOGLE = "google"
    CIRCLECI = "circleci"
    PERSON = "person"
    """An e-mail address that somebody signed in with."""
    NPM_KEY = "npm-key"
    """The registry itself, with a key of its own."""


class Identity(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who signed, in the words of the certificate; nothing here is what an index says.

    Every text is empty where the certificate does not say it. The durable ones are `repository_id` and `owner_id`: a repository
    and its owner keep their numbers when they are renamed. `commit`, `run`, `log_index` and `log_time` differ at every release.
    """

    kind: Signer
    repository: str = ""
    """`owner/name` at GitHub and GitLab; elsewhere as the certificate has it."""
    repository_id: str = ""
    owner_id: str = ""
    workflow: str = ""
    """The path of the workflow in its repository, without the ref behind the `@`."""
    ref: str = ""
    trigger: str = ""
    runner: str = ""
    environment: str = ""
    """The deployment environment, which few certificates name."""
    account: str = ""
    """Who signed where no repository did: an e-mail address, the address of a pipeline, or the id of a key."""
    commit: str = ""
    run: str = ""
    """The URL of the run that signed."""
    log_index: int = -1
    """The number of the entry in the transparency log, counted from 0; -1 where there is none."""
    log_time: datetime | None = None
    """When the log took the entry; in UTC, to the second."""


class Logged(StrEnum):
    """What shows that the signature is in the transparency log."""

    INCLUSION_PROOF = "inclusion proof"
    LOG_PROMISE = "log promise"
    """The log has signed that it will take the entry, and nobody has shown that it did."""


class Verified(msgspec.Struct, frozen=True):
    """One attestation that is valid: who signed what about which file.

    `predicate_type` is the URI of the kind of statement, `subject` the name in it, `digest` the one that was matched.
    """

    identity: Identity
    predicate_type: str
    subject: str
    digest: Digest
    evidence: Logged


class KeySigned(msgspec.Struct, frozen=True):
    """A registry's own signature over a name, a version and a digest, which is valid. `key` is the id of its key."""

    key: str


class Reason(StrEnum):
    """Why an attestation was rejected: the first check that failed, in their order. The values are recorded, and stay."""

    TRUST_ROOT = "trust-root"
    TOO_LARGE = "too-large"
    MALFORMED = "malformed"
    NO_ATTESTATION = "no-attestation"
    LOG_ENTRIES = "log-entries"
    LOG_KEY_UNKNOWN = "log-key-unknown"
    LOG_KEY_TIME = "log-key-time"
    LOG_PROMISE = "log-promise"
    INCLUSION_PROOF = "inclusion-proof"
    CHECKPOINT = "checkpoint"
    TIMESTAMP = "timestamp"
    NPM_KEY = "npm-key"
    CERTIFICATE_CHAIN = "certificate-chain"
    CERTIFICATE_TIME = "certificate-time"
    CERTIFICATE_USE = "certificate-use"
    SCT = "sct"
    CERTIFICATE_IDENTITY = "certificate-identity"
    SIGNATURE = "signature"
    ENTRY_BINDING = "entry-binding"
    PUBLISHER_MISMATCH = "publisher-mismatch"
    SECOND_OPINION = "second-opinion"
    """The reference implementation rejects what passed every check above."""
    PAYLOAD_TYPE = "payload-type"
    STATEMENT_TYPE = "statement-type"
    SUBJECT_COUNT = "subject-count"
    SUBJECT_NAME = "subject-name"
    SUBJECT_DIGEST = "subject-digest"
    PREDICATE_TYPE = "predicate-type"
    UNFORESEEN = "unforeseen"
    """The verifier met what it was not written for; what it was looking at is not verified."""


class Rejected(msgspec.Struct, frozen=True):
    """Something that claims to be an attestation, and is none of this file. `why` is one sentence for people."""

    reason: Reason
    why: str


Provenance: TypeAlias = tuple[Verified, ...] | Rejected
"""Every attestation of a document, of which there is at least one; or why the document as a whole counts for nothing."""
