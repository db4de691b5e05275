"""The pinned keys: where they come from, and what is said when they cannot be read."""

import hashlib
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from pratique.adapters.attestations.anchors import anchors_of
from pratique.adapters.attestations.root import TrustRoot
from pratique.adapters.attestations.verifier import AttestationVerifier
from pratique.errors import InvalidInput, LimitExceeded
from pratique.model import limits
from pratique.model.provenance import Rejected
from tests.adapters.attestations.forge import FILE, SHA256, Forge


def test_the_root_that_ships_names_logs_and_authorities() -> None:
    anchors = anchors_of(TrustRoot.shipped())
    assert len(anchors.logs) == 1
    assert len(anchors.certificate_logs) == 2
    assert len(anchors.authorities) == 2
    assert len(anchors.timestamp_authorities) == 1


def test_the_root_that_ships_is_that_of_the_package_whatever_is_in_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = TrustRoot.shipped()
    for name in ("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    assert TrustRoot.shipped() == before
    assert list(tmp_path.iterdir()) == []


async def test_a_file_can_be_named(tmp_path: Path, forge: Forge) -> None:
    place = tmp_path / "trusted_root.json"
    place.write_bytes(forge.trusted_root())
    root = TrustRoot.read(place)
    assert root.sha256 == f"sha256:{hashlib.sha256(place.read_bytes()).hexdigest()}"
    answer = await AttestationVerifier(root).pypi(FILE, SHA256, json.dumps(forge.pypi()).encode())
    assert not isinstance(answer, Rejected)


def test_every_change_of_a_key_changes_the_digest(forge: Forge) -> None:
    root = TrustRoot(forge.trusted_root(), forge.npm_keys())
    others = [TrustRoot(root.document + b" ", root.npm_keys), TrustRoot(root.document, root.npm_keys + b" ")]
    assert len({each.digest for each in (root, *others)}) == 3
    assert root.digest == TrustRoot(root.document, root.npm_keys).digest


def test_a_file_that_is_not_there_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be read") as caught:
        TrustRoot.read(tmp_path / "none.json")
    assert "trusted_root.json" in caught.value.advice


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    place = tmp_path / "large.json"
    place.write_bytes(b" " * (limits.TRUST_ROOT_BYTES_MAX + 1))
    with pytest.raises(LimitExceeded) as caught:
        TrustRoot.read(place)
    assert caught.value.advice


def bad_roots(forge: Forge) -> dict[str, bytes]:
    start = {"start": "2020-01-01T00:00:00Z"}
    log = forge.log(forge.rekor, start)
    return {
        "no JSON": b"x",
        "another document": b"[]",
        "another type": forge.trusted_root(mediaType="application/json"),
        "no log": forge.trusted_root(tlogs=[]),
        "no authority": forge.trusted_root(certificateAuthorities=[]),
        "an authority without certificate": forge.trusted_root(
            certificateAuthorities=[{"certChain": {"certificates": []}, "validFor": start}]
        ),
        "a chain that is none": forge.trusted_root(
            certificateAuthorities=[forge.told_authority(start, forge.authority, Forge().root)]
        ),
        "a key that is none": forge.trusted_root(
            tlogs=[{**log, "publicKey": {**log["publicKey"], "rawBytes": "AAAA"}}]
        ),
        "a key on another curve": forge.trusted_root(tlogs=[forge.log(ec.generate_private_key(ec.SECP384R1()), start)]),
        "a time in no zone": forge.trusted_root(tlogs=[forge.log(forge.rekor, {"start": "2020-01-01T00:00:00"})]),
    }


def test_a_root_that_cannot_be_read_is_an_error_that_says_what_to_do(forge: Forge) -> None:
    for case, document in bad_roots(forge).items():
        with pytest.raises(InvalidInput) as caught:
            anchors_of(TrustRoot(document, forge.npm_keys()))
        assert "trusted_root.json" in caught.value.advice, case


async def test_with_such_a_root_nothing_is_verified(forge: Forge) -> None:
    for case, document in bad_roots(forge).items():
        verifier = AttestationVerifier(TrustRoot(document, forge.npm_keys()))
        answer = await verifier.pypi(FILE, SHA256, json.dumps(forge.pypi()).encode())
        assert isinstance(answer, Rejected), case
        assert answer.reason == "trust-root"
        assert "trusted_root.json" in answer.why
