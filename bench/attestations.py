"""Attestations: one that was verified before, one that was not, and the first of a process, which loads the libraries.

What is measured are the real attestations that the tests have. A document is made new by a space behind its end.
"""

import asyncio
import gc
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from bench.figure import Figure, figure
from pratique.adapters.attestations.verifier import AttestationVerifier
from pratique.model.provenance import Provenance, Rejected

FIXTURES: Final = Path(__file__).resolve().parent.parent / "tests/adapters/attestations/fixtures"
ROUNDS: Final = 300
CACHED_MICROSECONDS: Final = 50.0
WARM_MS: Final = 5.0
PYPI: Final = ("pypi_attestations-0.0.19.tar.gz", "9bb1add04b1b4e182be6b0b80931593f7a291eb49d69b4fd728a5d4cbcdc4bd3")
PUBLISHER: Final = {"kind": "GitHub", "repository": "trailofbits/pypi-attestations", "workflow": "release.yml"}
NPM: Final = (
    "pkg:npm/sigstore@0.4.0",
    "282c0c5fa936d264321643581b65d3de5c0af6ed4fdfac12f5851115df39cc25cfaf0ad22d908487bfef30114d61c25746206d1834be4f8fd1659178f77cc004",
)

Ask = Callable[[bytes], Awaitable[Provenance]]


def measure() -> list[Figure]:
    """Microseconds for what is known, milliseconds for what is not; the median of many."""
    return [*asyncio.run(_measure()), figure("attestations: first of a process, with the libraries", _first(), "ms")]


async def _measure() -> list[Figure]:
    verifier = AttestationVerifier()
    attestation = json.loads((FIXTURES / "pypi-attestations-0.0.19.slsa.json").read_bytes())
    bundle = {"publisher": PUBLISHER, "attestations": [attestation]}
    pypi = json.dumps({"version": 1, "attestation_bundles": [bundle]}).encode()
    npm = json.dumps({"attestations": [json.loads((FIXTURES / "npm-sigstore-0.4.0.slsa.json").read_bytes())]}).encode()
    figures = []
    questions: list[tuple[str, bytes, Ask]] = [
        ("PyPI", pypi, lambda document: verifier.pypi(*PYPI, document)),
        ("npm", npm, lambda document: verifier.npm(*NPM, document)),
    ]
    for name, document, ask in questions:
        await ask(document)
        gc.collect()
        new = await _times(ask, [document + b" " * count for count in range(1, ROUNDS + 1)])
        known = await _times(ask, [document] * ROUNDS)
        late = statistics.quantiles(new, n=100)[94]
        warm, cached = statistics.median(new) * 1e3, statistics.median(known) * 1e6
        figures += [
            figure(f"attestation of {name}, verified before", cached, "us", at_most=CACHED_MICROSECONDS),
            figure(f"attestation of {name}, verified anew", warm, "ms", at_most=WARM_MS),
            figure("  the quickest", min(new) * 1e3, "ms"),
            figure("  p95", late * 1e3, "ms"),
        ]
    return figures


async def _times(ask: Ask, documents: list[bytes]) -> list[float]:
    times = []
    for document in documents:
        start = time.perf_counter()
        answer = await ask(document)
        times.append(time.perf_counter() - start)
        assert not isinstance(answer, Rejected), answer
    return times


def _first() -> float:
    """Milliseconds from the first question of a new process to its answer; the best of three."""
    code = (
        "import asyncio, time; from pratique.adapters.attestations.verifier import AttestationVerifier; "
        "verifier = AttestationVerifier(); start = time.perf_counter(); asyncio.run(verifier.pypi('x', 'x', b'{}')); "
        "print((time.perf_counter() - start) * 1e3)"
    )
    done = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True) for _ in range(3)]  # noqa: S603 - our own code
    return min(float(each.stdout) for each in done)
