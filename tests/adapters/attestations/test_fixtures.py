"""What is kept here of real attestations names no registry, however deep it is encoded."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path

from tests.adapters.attestations.edits import Plain
from tests.test_tidy import registry_hosts


def texts(value: Plain) -> Iterator[str]:
    """Every text in a document, and every text that one is in base 64 of, and so on."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield name
            yield from texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)
    elif isinstance(value, str):
        yield value
        inner = opened(value)
        if inner:
            yield from texts(inner)


def opened(text: str) -> Plain:
    """What a text is in base 64 of, a certificate in PEM among it; None for one that is not."""
    body = "".join(text.splitlines()[1:-1]) if text.startswith("-----BEGIN") else text
    try:
        inner = base64.b64decode(body, validate=True).decode("latin-1")
    except ValueError:
        return None
    try:
        return json.loads(inner)
    except ValueError:
        return inner


def test_no_fixture_names_the_host_of_a_registry(fixtures: Path) -> None:
    kept = sorted(fixtures.glob("*.json"))
    assert len(kept) == 6
    for each in kept:
        found = "\n".join(texts(json.loads(each.read_bytes()))).lower()
        assert "in-toto.io/statement" in found, "encodings are opened"
        assert [host for host in registry_hosts() if host in found] == [], each.name
