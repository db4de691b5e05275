"""What a certificate says of who it was issued to: the claims of the run that asked for it (Fulcio, `docs/oid-info.md`)."""

from collections.abc import Mapping
from typing import Final

from cryptography import x509

from pratique.adapters.attestations.log import Entry
from pratique.adapters.attestations.refusal import Refused, require
from pratique.model import limits
from pratique.model.provenance import Identity, Reason, Signer

_ARC: Final = "1.3.6.1.4.1.57264.1."
_PLAIN_UNTIL: Final = 6
"""Claims up to this number are bare UTF-8; from 8 on, they are UTF8Strings in DER. 7 is an alternative name, and unused."""
_CLAIM_MIN: Final = 8
_UTF8_STRING: Final = 0x0C
_SHORT_MAX: Final = 0x7F

_OLD_ISSUER, _OLD_TRIGGER, _OLD_COMMIT, _OLD_REPOSITORY, _OLD_REF = 1, 2, 3, 5, 6
_ISSUER, _SIGNER_URI, _RUNNER, _REPOSITORY, _COMMIT, _REF = 8, 9, 11, 12, 13, 14
_REPOSITORY_ID, _OWNER_ID, _WORKFLOW, _TRIGGER, _RUN, _ENVIRONMENT = 15, 17, 18, 20, 21, 23

_SIGNERS: Final[Mapping[str, tuple[Signer, str]]] = {
    "https://token.actions.githubusercontent.com": (Signer.GITHUB, "https://github.com/"),
    "https://gitlab.com": (Signer.GITLAB, "https://gitlab.com/"),
    "https://accounts.google.com": (Signer.GOOGLE, ""),
    "https://oidc.circleci.com": (Signer.CIRCLECI, ""),
    "https://github.com/login/oauth": (Signer.PERSON, ""),
    "https://oauth2.sigstore.dev/auth": (Signer.PERSON, ""),
}
"""Who issued the claims, and how the addresses of repositories begin there."""


def identity_of(certificate: x509.Certificate, entry: Entry) -> Identity:
    """Who a certificate was issued to. Raises `Refused` (certificate-identity) where it does not say so in a known way."""
    claims = _claims(certificate)
    issuer = claims.get(_ISSUER) or claims.get(_OLD_ISSUER, "")
    one = claims.get(_OLD_ISSUER, issuer) == issuer
    require(
        one and issuer in _SIGNERS,
        Reason.CERTIFICATE_IDENTITY,
        f"the issuer {issuer[:80]!r} of the claims is not known",
    )
    kind, host = _SIGNERS[issuer]
    repository, workflow, account = _whence(kind, host, claims, certificate)
    return Identity(
        kind=kind,
        repository=repository,
        repository_id=claims.get(_REPOSITORY_ID, ""),
        owner_id=claims.get(_OWNER_ID, ""),
        workflow=workflow,
        ref=claims.get(_REF) or claims.get(_OLD_REF, ""),
        trigger=claims.get(_TRIGGER) or claims.get(_OLD_TRIGGER, ""),
        runner=claims.get(_RUNNER, ""),
        environment=claims.get(_ENVIRONMENT, ""),
        account=account,
        commit=claims.get(_COMMIT) or claims.get(_OLD_COMMIT, ""),
        run=claims.get(_RUN, ""),
        log_index=entry.index,
        log_time=entry.moment,
    )


def _whence(kind: Signer, host: str, claims: Mapping[int, str], certificate: x509.Certificate) -> tuple[str, str, str]:
    """Repository, workflow and account."""
    uris, mails = _names(certificate)
    if kind in (Signer.GITHUB, Signer.GITLAB):
        address = claims.get(_REPOSITORY) or host + claims.get(_OLD_REPOSITORY, "")
        repository = address.removeprefix(host)
        known = address.startswith(host) and "/" in repository
        require(known, Reason.CERTIFICATE_IDENTITY, "the certificate names no repository")
        workflow = (claims.get(_WORKFLOW) or "".join(uris)).rpartition("@")[0]
        require(bool(workflow), Reason.CERTIFICATE_IDENTITY, "the certificate names no workflow")
        return repository, workflow.removeprefix(f"{address}/").removeprefix("/"), ""
    if kind is Signer.CIRCLECI:
        pipeline = claims.get(_SIGNER_URI, "")
        require(bool(pipeline), Reason.CERTIFICATE_IDENTITY, "the certificate names no pipeline")
        return claims.get(_REPOSITORY, ""), "", pipeline
    require(len(mails) == 1, Reason.CERTIFICATE_IDENTITY, "the certificate names no e-mail address")
    return "", "", mails[0]


def _names(certificate: x509.Certificate) -> tuple[list[str], list[str]]:
    """The alternative names of the subject (RFC 5280, section 4.2.1.6): addresses on the web, and of mail."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound as error:
        raise Refused(Reason.CERTIFICATE_IDENTITY, "the certificate names nobody") from error
    require(len(names) == 1, Reason.CERTIFICATE_IDENTITY, "the certificate has several names")
    uris = names.get_values_for_type(x509.UniformResourceIdentifier)
    return uris, names.get_values_for_type(x509.RFC822Name)


def _claims(certificate: x509.Certificate) -> dict[int, str]:
    claims = {}
    for extension in certificate.extensions:
        place = extension.oid.dotted_string.removeprefix(_ARC)
        if place.isdecimal() and isinstance(extension.value, x509.UnrecognizedExtension):
            number, value = int(place), extension.value.value
            if number <= _PLAIN_UNTIL:
                claims[number] = _text(value)
            elif number >= _CLAIM_MIN:
                claims[number] = _text(_content(value))
    return claims


def _content(der: bytes) -> bytes:
    """The content of a UTF8String (X.690, sections 8.1.3 and 10.1: lengths in as few bytes as they need)."""
    require(len(der) > 1 and der[0] == _UTF8_STRING, Reason.CERTIFICATE_IDENTITY, "a claim is no text")
    width = der[1] & _SHORT_MAX if der[1] > _SHORT_MAX else 0
    length = int.from_bytes(der[2 : 2 + width]) if width else der[1]
    content = der[2 + width :]
    shortest = width == (0 if length <= _SHORT_MAX else (length.bit_length() + 7) // 8)
    require(shortest and length == len(content), Reason.CERTIFICATE_IDENTITY, "a claim has another length than it says")
    return content


def _text(content: bytes) -> str:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(Reason.CERTIFICATE_IDENTITY, "a claim is no text") from error
    short = len(text) <= limits.ATTESTATION_CLAIM_CHARACTERS_MAX
    require(short and text.isprintable(), Reason.CERTIFICATE_IDENTITY, "a claim is too long, or does not print")
    return text
