"""The verifier as others call it: late libraries, kept answers, one boundary, and no network."""

import asyncio
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pratique.adapters.attestations import verifier as module
from pratique.adapters.attestations.refusal import Refused
from pratique.adapters.attestations.root import TrustRoot
from pratique.adapters.attestations.verifier import AttestationVerifier, closed
from pratique.errors import InvalidInput
from pratique.model import limits
from pratique.model.provenance import Provenance, Reason, Rejected
from tests.adapters.attestations.forge import FILE, PURL, SHA256, SHA512, Forge, Recipe
from tests.adapters.attestations.test_pypi import REAL, document

HEAVY = ("sigstore.verify", "pypi_attestations", "pydantic", "cryptography", "requests", "tuf")


def test_nothing_heavy_is_loaded_before_the_first_question() -> None:
    code = (
        "import sys; from pratique.adapters.attestations.verifier import AttestationVerifier; AttestationVerifier(); "
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


async def test_an_answer_is_kept_for_the_same_question_only(forge: Forge, monkeypatch: pytest.MonkeyPatch) -> None:
    verifier = AttestationVerifier(TrustRoot(forge.trusted_root(), forge.npm_keys()))
    good = json.dumps(forge.pypi()).encode()
    first = await verifier.pypi(FILE, SHA256, good)
    assert not isinstance(first, Rejected)
    asked = []

    def counted(work: Callable[[], Provenance]) -> Provenance:
        asked.append(work)
        return closed(work)

    monkeypatch.setattr(module, "closed", counted)
    assert await verifier.pypi(FILE, SHA256, good) is first
    assert asked == []
    for name, sha256, text in ((FILE, "0" * 64, good), ("calc-2.0.tar.gz", SHA256, good), (FILE, SHA256, good + b" ")):
        await verifier.pypi(name, sha256, text)
    assert len(asked) == 3
    await verifier.npm(FILE, SHA256, good)
    assert len(asked) == 4


async def test_what_was_rejected_is_kept_as_well(forge: Forge, forged: AttestationVerifier) -> None:
    bad = json.dumps(forge.pypi(Recipe(stamps=0))).encode()
    assert await forged.pypi(FILE, SHA256, bad) is await forged.pypi(FILE, SHA256, bad)


async def test_no_more_answers_are_kept_than_the_limit(forge: Forge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PROVENANCE_KEPT_MAX", 3)
    verifier = AttestationVerifier(TrustRoot(forge.trusted_root(), forge.npm_keys()))
    answers = [await verifier.pypi(FILE, SHA256, b"x" * number) for number in range(5)]
    again = [await verifier.pypi(FILE, SHA256, b"x" * number) for number in (4, 3, 2, 0)]
    assert again[0] is answers[4]
    assert again[2] is answers[2]
    assert again[3] is not answers[0]
    assert again[3] == answers[0]


async def test_many_questions_at_once_are_answered_each_for_itself(forge: Forge, forged: AttestationVerifier) -> None:
    good, bad = (json.dumps(forge.pypi(recipe)).encode() for recipe in (Recipe(), Recipe(stamps=0)))
    npm = json.dumps(forge.npm()).encode()
    asked = [forged.pypi(FILE, SHA256, good + b" " * n) for n in range(4)]
    asked += [forged.pypi(FILE, SHA256, bad + b" " * n) for n in range(4)]
    asked += [forged.npm(PURL, SHA512, npm + b" " * n) for n in range(4)]
    answers = await asyncio.gather(*asked)
    assert [isinstance(each, Rejected) for each in answers] == [False] * 4 + [True] * 4 + [False] * 4


class Panic(BaseException):
    """As the libraries in Rust raise it."""


def failing(error: BaseException) -> Callable[[], tuple[()]]:
    def work() -> tuple[()]:
        raise error

    return work


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (Refused(Reason.SCT, "x"), Reason.SCT),
        (InvalidInput("x"), Reason.MALFORMED),
        (IndexError("x"), Reason.UNFORESEEN),
        (MemoryError(), Reason.UNFORESEEN),
        (RecursionError(), Reason.UNFORESEEN),
        (Panic("x"), Reason.UNFORESEEN),
    ],
)
def test_whatever_goes_wrong_is_a_rejection(error: BaseException, reason: Reason) -> None:
    answer = closed(failing(error))
    assert isinstance(answer, Rejected)
    assert answer.reason is reason
    assert answer.why


def test_only_who_ends_the_program_gets_through() -> None:
    with pytest.raises(KeyboardInterrupt):
        closed(failing(KeyboardInterrupt()))


async def test_what_was_not_foreseen_is_asked_again(forge: Forge, monkeypatch: pytest.MonkeyPatch) -> None:
    verifier = AttestationVerifier(TrustRoot(forge.trusted_root(), forge.npm_keys()))
    good = json.dumps(forge.pypi()).encode()
    with monkeypatch.context() as patched:
        patched.setattr(module, "closed", lambda _: closed(failing(MemoryError())))
        assert isinstance(await verifier.pypi(FILE, SHA256, good), Rejected)
    assert not isinstance(await verifier.pypi(FILE, SHA256, good), Rejected)


OFFLINE = """
import asyncio, socket, sys
from pathlib import Path
from pratique.adapters.attestations.verifier import AttestationVerifier
def refuse(*_, **__):
    raise AssertionError("a connection was tried")
if sys.argv[4] == "blocked":
    socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
else:
    try:
        socket.create_connection(("192.0.2.1", 80), 1)
    except OSError:
        pass
    else:
        sys.exit("there is a network")
answer = asyncio.run(AttestationVerifier().pypi(sys.argv[1], sys.argv[2], Path(sys.argv[3]).read_bytes()))
print(answer[0].identity.repository)
"""


def test_it_verifies_where_there_is_no_network(tmp_path: Path, fixtures: Path) -> None:
    place = tmp_path / "document.json"
    place.write_text(json.dumps(document(fixtures)), encoding="utf-8")
    alone = [shutil.which("unshare") or "unshare", "-rn"]
    try:
        namespace = subprocess.run([*alone, "true"], check=False, capture_output=True).returncode == 0
    except OSError:
        namespace = False
    command = [sys.executable, "-c", OFFLINE, *REAL, str(place), "alone" if namespace else "blocked"]
    environment = {"HOME": str(tmp_path), "PATH": ""}
    done = subprocess.run(
        [*(alone if namespace else []), *command], capture_output=True, text=True, check=False, env=environment
    )
    assert done.stdout.strip() == "trailofbits/pypi-attestations", done.stderr
    assert sorted(each.name for each in tmp_path.iterdir()) == ["document.json"], (
        "nothing is put into the user's folders"
    )
