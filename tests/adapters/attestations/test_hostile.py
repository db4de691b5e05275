"""Whatever comes in place of a document: the answer is a rejection, and no exception."""

import json
import string
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pratique.adapters.attestations.anchors import anchors_of
from pratique.adapters.attestations.library import Reference
from pratique.adapters.attestations.npm import NpmAttestations
from pratique.adapters.attestations.pypi import PypiAttestations
from pratique.adapters.attestations.root import TrustRoot
from pratique.adapters.attestations.verifier import closed
from pratique.model.provenance import Reason, Rejected
from tests.adapters.attestations.forge import FILE, PURL, SHA256, SHA512, Forge

FORGE = Forge()
ROOT = TrustRoot(FORGE.trusted_root(), FORGE.npm_keys())
PYPI = PypiAttestations(anchors_of(ROOT), Reference(ROOT))
NPM = NpmAttestations(anchors_of(ROOT))
GOOD_PYPI, GOOD_NPM = FORGE.pypi(), FORGE.npm()
OFTEN = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.text(string.ascii_letters + string.digits + "+/=", max_size=40)
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
)


def rejected(document: bytes) -> list[Rejected]:
    """Both ways to read a document reject it, and neither raises."""
    answers = [closed(lambda: PYPI.verify(FILE, SHA256, document)), closed(lambda: NPM.verify(PURL, SHA512, document))]
    assert all(isinstance(each, Rejected) for each in answers), answers
    return [each for each in answers if isinstance(each, Rejected)]


def foreseen(document: bytes) -> None:
    """Rejected by a check that is there for it."""
    assert all(each.reason is not Reason.UNFORESEEN for each in rejected(document)), rejected(document)


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:  # noqa: ANN401 - plain JSON
    """Every path in a document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(each for name, part in inner for each in places(part, (*path, name)))]


def with_part(value: Any, path: tuple[str | int, ...], part: Any) -> Any:  # noqa: ANN401 - plain JSON
    """A document with something else at a path."""
    if not path:
        return part
    copy: Any = value.copy()
    copy[path[0]] = with_part(copy[path[0]], path[1:], part)
    return copy


def part_of(value: Any, path: tuple[str | int, ...]) -> Any:  # noqa: ANN401 - plain JSON
    """What stands at a path."""
    return part_of(value[path[0]], path[1:]) if path else value


@OFTEN
@given(st.binary(max_size=300))
def test_any_bytes(document: bytes) -> None:
    foreseen(document)


@OFTEN
@given(VALUES)
def test_any_json(value: object) -> None:
    foreseen(json.dumps(value).encode())


@OFTEN
@given(st.data())
def test_anything_in_place_of_a_part(data: st.DataObject) -> None:
    good, verify = data.draw(st.sampled_from([(GOOD_PYPI, "pypi"), (GOOD_NPM, "npm")]))
    path = data.draw(st.sampled_from(places(good)))
    part = data.draw(VALUES)
    document = json.dumps(with_part(good, path, part)).encode()
    answer = closed(
        lambda: PYPI.verify(FILE, SHA256, document) if verify == "pypi" else NPM.verify(PURL, SHA512, document)
    )
    if isinstance(answer, Rejected):
        assert answer.reason is not Reason.UNFORESEEN, (path, part, answer)
    else:
        # Some parts say nothing of who signed what: hints, and what older versions of the format left in place.
        assert part == part_of(good, path) or UNSIGNED & set(path), (path, part)


UNSIGNED = frozenset({"keyid", "rfc3161Timestamps", "timestampVerificationData", "environment"})


@OFTEN
@given(st.integers(0, 12_000), st.integers(0, 2**32), st.sampled_from(["cut", "byte", "twice", "gap"]))
def test_a_good_document_that_was_damaged(place: int, value: int, how: str) -> None:
    for good in (GOOD_PYPI, GOOD_NPM):
        text = json.dumps(good).encode()
        here = place % len(text)
        damaged = {
            "cut": text[:here],
            "byte": text[:here] + bytes([value % 256]) + text[here + 1 :],
            "twice": text[:here] + text[here : here + value % 200] + text[here:],
            "gap": text[:here] + text[here + 1 + value % 200 :],
        }[how]
        for answer in (
            closed(lambda damaged=damaged: PYPI.verify(FILE, SHA256, damaged)),  # type: ignore[misc]  # bound at once
            closed(lambda damaged=damaged: NPM.verify(PURL, SHA512, damaged)),  # type: ignore[misc]  # the same
        ):
            if isinstance(answer, Rejected):
                assert answer.reason is not Reason.UNFORESEEN, answer
            else:
                assert answer in (
                    closed(lambda: PYPI.verify(FILE, SHA256, json.dumps(GOOD_PYPI).encode())),
                    closed(lambda: NPM.verify(PURL, SHA512, json.dumps(GOOD_NPM).encode())),
                )


@OFTEN
@given(
    st.sampled_from(["[", '{"a":', '{"attestations":[', '{"attestation_bundles":[{"publisher":']),
    st.integers(1, 20_000),
)
def test_deep_nesting(opening: str, depth: int) -> None:
    foreseen((opening * depth).encode())


@OFTEN
@given(st.sampled_from([each for each in places(GOOD_NPM) if not UNSIGNED & set(each)]), st.integers(1, 5_000))
def test_deep_nesting_inside(path: tuple[str | int, ...], depth: int) -> None:
    nested = json.dumps(with_part(GOOD_NPM, path, "HERE")).replace('"HERE"', "[" * depth + "]" * depth)
    foreseen(nested.encode())


def test_huge_parts() -> None:
    for good, path in ((GOOD_PYPI, each) for each in places(GOOD_PYPI)):
        for huge in ("A" * 300_000, 10**400, [0] * 50_000, "\x00" * 1_000):
            if path:
                rejected(json.dumps(with_part(good, path, huge)).encode())


@OFTEN
@given(st.binary(max_size=200))
def test_statements_that_are_signed_and_say_anything(content: bytes) -> None:
    from pratique.adapters.attestations.envelope import IN_TOTO, Envelope, read_statement

    answer = closed(lambda: read_statement(Envelope(IN_TOTO, content, b"x"), frozenset()))
    assert isinstance(answer, Rejected)
    assert answer.reason is not Reason.UNFORESEEN


@OFTEN
@given(st.binary(min_size=0, max_size=400))
def test_certificates_of_any_bytes(content: bytes) -> None:
    from pratique.adapters.attestations.certificate import load_certificate

    answer = closed(lambda: load_certificate(content))
    assert isinstance(answer, Rejected)
    assert answer.reason is Reason.MALFORMED
