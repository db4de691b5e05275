"""An untouched ledger: verified, proven, taken away, by us and by the verifier that stands alone."""

import ast
import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from pratique.adapters.store.memory import MemoryStore
from pratique.adapters.store.sqlite import SqliteStore
from pratique.adapters.system import Ed25519Signer
from pratique.errors import InvalidInput, NotFound, Tampered
from pratique.flow.ledger import checkpoint_of
from pratique.flow.record.verify import continued, export, prove, verify
from pratique.model import limits
from pratique.ports import Store
from pratique.record import pratique_verify
from pratique.record.checkpoint import Checkpoint
from pratique.record.entry import Entry
from pratique.record.note import VerifierKey
from pratique.record.proof import Proof
from tests.record.ledgers import Written, changes_in, decided, opened, write


@pytest.fixture
async def store(written: Written) -> AsyncIterator[Store]:
    opened = await SqliteStore.open(written.path, written.signer)
    yield opened
    await opened.close()


async def take_away(store: Store, key: str, folder: Path) -> None:
    async for path, content in export(store, key):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


async def run(command: list[str]) -> tuple[int | None, str, str]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe)
    output, errors = await process.communicate()
    return process.returncode, output.decode(), errors.decode()


async def test_an_untouched_ledger_verifies(store: Store, key: Ed25519Signer) -> None:
    report = await verify(store, key.verifier_key)
    assert (report.damage, report.damage_count) == ((), 0)
    assert (report.size, report.checkpoints_count) == (600, 12)
    assert report.checkpoint == await checkpoint_of(store)
    assert report.documents_count == 2 + 599 - 60
    with pytest.raises(TypeError):
        bool(report)


async def test_every_earlier_checkpoint_is_continued(store: Store, key: Ed25519Signer) -> None:
    for _, note in await store.checkpoints(0, 1_000):
        assert (await verify(store, key.verifier_key, note)).damage == ()
        assert await continued(store, key.verifier_key, note) == await checkpoint_of(store)


async def test_an_empty_ledger_verifies_and_has_nothing_to_take_away(key: Ed25519Signer) -> None:
    store = MemoryStore(key)
    report = await verify(store, key.verifier_key)
    assert (report.size, report.checkpoint, report.damage) == (0, "", ())
    with pytest.raises(InvalidInput):
        await anext(export(store, key.verifier_key))


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 512, 700])
async def test_ledgers_of_every_shape_verify_here_and_elsewhere(key: Ed25519Signer, tmp_path: Path, size: int) -> None:
    store = MemoryStore(key)
    await store.commit([Entry(b"plain %d" % number) for number in range(size)])
    assert (await verify(store, key.verifier_key)).damage == ()
    await take_away(store, key.verifier_key, tmp_path)
    assert pratique_verify.main([str(tmp_path), "--key", key.verifier_key]) == 0


@pytest.mark.parametrize("index", [0, 1, 255, 256, 511, 512, 599])
async def test_the_proof_of_an_entry_is_verified_by_key_alone(
    store: Store, key: Ed25519Signer, tmp_path: Path, capsys: pytest.CaptureFixture[str], index: int
) -> None:
    proof = await prove(store, index)
    read = Proof.parse(proof.text)
    assert read == proof
    assert read.verify(VerifierKey.parse(key.verifier_key)).size == 600
    path = tmp_path / "one.tlog-proof"
    path.write_text(proof.text)
    assert pratique_verify.main(["--proof", str(path), "--key", key.verifier_key]) == 0
    assert proof.entry.decode() in capsys.readouterr().out


async def test_there_is_no_proof_of_what_is_not_there(store: Store) -> None:
    for index in (-1, 600):
        with pytest.raises(NotFound):
            await prove(store, index)


async def test_a_forged_proof_is_refused_by_both_verifiers(store: Store, key: Ed25519Signer, tmp_path: Path) -> None:
    proof, other = await prove(store, 300), await prove(store, 301)
    path = tmp_path / "forged.tlog-proof"
    for forged in (
        Proof(other.entry, proof.index, proof.hashes, proof.checkpoint),
        Proof(proof.entry, other.index, proof.hashes, proof.checkpoint),
        Proof(proof.entry, proof.index, proof.hashes[:-1], proof.checkpoint),
        Proof(proof.entry, proof.index, other.hashes, proof.checkpoint),
        Proof(proof.entry, proof.index, proof.hashes, await checkpoint_of(store, 516)),
        Proof(proof.entry, proof.index, proof.hashes, proof.checkpoint.replace("600", "601", 1)),
    ):
        path.write_text(forged.text)
        with pytest.raises(Tampered):
            Proof.parse(forged.text).verify(VerifierKey.parse(key.verifier_key))
        assert pratique_verify.main(["--proof", str(path), "--key", key.verifier_key]) == 1


@pytest.mark.parametrize("text", ["", "c2sp.org/tlog-proof@v1\n", "c2sp.org/tlog-proof@v1\nextra !\nindex 0\n\nnote"])
def test_what_is_no_proof_is_refused_by_both_verifiers(text: str, key: Ed25519Signer, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        Proof.parse(text)
    (tmp_path / "no").write_text(text)
    assert pratique_verify.main(["--proof", str(tmp_path / "no"), "--key", key.verifier_key]) == 2


async def test_a_proof_is_read_up_to_its_limit(store: Store) -> None:
    proof = await prove(store, 300)
    longest = proof.text + "x" * (limits.PROOF_CHARACTERS_MAX - len(proof.text))
    assert Proof.parse(longest).entry == proof.entry
    with pytest.raises(InvalidInput):
        Proof.parse(longest + "x")


async def test_the_export_is_verified_by_the_file_that_came_with_it(
    store: Store, key: Ed25519Signer, tmp_path: Path
) -> None:
    await take_away(store, key.verifier_key, tmp_path / "log")
    command = [str(tmp_path / "log" / "pratique_verify.py"), str(tmp_path / "log")]
    remember = ["--key", key.verifier_key, "--remember", str(tmp_path / "memory")]
    for _ in range(2):
        status, output, errors = await run([sys.executable, "-I", *command, *remember])
        assert (status, errors) == (0, "")
        assert "600 entries, 541 documents" in output
    assert (tmp_path / "memory").read_text() == await checkpoint_of(store)


def test_the_verifier_stands_alone() -> None:
    tree = ast.parse(Path(pratique_verify.__file__).read_text(), feature_version=(3, 9))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "." for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    roots = {name.partition(".")[0] for name in imported}
    assert roots - sys.stdlib_module_names == {"cryptography"}


async def test_a_ledger_that_grew_still_continues_what_was_remembered(written: Written, tmp_path: Path) -> None:
    path, memory = tmp_path / "ledger.sqlite", tmp_path / "memory"
    path.write_bytes(written.path.read_bytes())
    for name in ("first", "second"):
        store = await SqliteStore.open(path, written.signer)
        await take_away(store, written.signer.verifier_key, tmp_path / name)
        batch = [decided(number) for number in range(600 + 300 * (name == "second"), 900 + 300 * (name == "second"))]
        await store.commit(batch, changes_in(batch))
        await store.close()
        arguments = [str(tmp_path / name), "--key", written.signer.verifier_key, "--remember", str(memory)]
        assert pratique_verify.main(arguments) == 0
    assert "\n900\n" in memory.read_text()


async def test_another_key_verifies_nothing(store: Store, tmp_path: Path, key: Ed25519Signer) -> None:
    other = Ed25519Signer.fresh(key.name)
    report = await verify(store, other.verifier_key)
    assert {damage.what for damage in report.damage} == {"checkpoint-forged"}
    await take_away(store, key.verifier_key, tmp_path)
    assert pratique_verify.main([str(tmp_path), "--key", other.verifier_key]) == 1


@pytest.mark.parametrize(
    "arguments", [["missing", "--key", "KEY"], [".", "--key", "no key"], ["--proof", "missing", "--key", "KEY"]]
)
def test_what_cannot_be_verified_is_said_so(
    arguments: list[str], key: Ed25519Signer, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    given = [
        key.verifier_key if one == "KEY" else str(tmp_path / one) if one == "missing" else one for one in arguments
    ]
    assert pratique_verify.main(given) == 2
    assert capsys.readouterr().err


async def test_the_key_may_lie_in_a_file(store: Store, key: Ed25519Signer, tmp_path: Path) -> None:
    await take_away(store, key.verifier_key, tmp_path)
    assert pratique_verify.main([str(tmp_path), "--key", str(tmp_path / "key")]) == 0


async def test_two_ledgers_written_alike_have_the_same_tree(tmp_path: Path, key: Ed25519Signer) -> None:
    entries = [opened(), *(decided(number) for number in range(1, 300))]
    await write(tmp_path / "one", key, [entries])
    await write(tmp_path / "two", key, [entries[:7], entries[7:280], entries[280:]])
    notes = []
    for name in ("one", "two"):
        store = await SqliteStore.open(tmp_path / name, key)
        notes.append(await checkpoint_of(store))
        await store.close()
    first, second = (Checkpoint.open(note, VerifierKey.parse(key.verifier_key)) for note in notes)
    assert (first.size, first.root) == (second.size, second.root)


async def test_the_verifier_says_so_when_it_cannot_tell_a_signature(
    store: Store, key: Ed25519Signer, tmp_path: Path
) -> None:
    await take_away(store, key.verifier_key, tmp_path / "log")
    blocked = "import sys; sys.modules['cryptography'] = None; import runpy; sys.argv = sys.argv[1:]; "
    program = blocked + "runpy.run_path(sys.argv[0], run_name='__main__')"
    command = [str(tmp_path / "log" / "pratique_verify.py"), str(tmp_path / "log"), "--key", key.verifier_key]
    status, output, errors = await run([sys.executable, "-c", program, *command])
    assert (status, output) == (2, "")
    assert "cryptography" in errors
    assert "Traceback" not in errors


async def test_a_document_that_any_entry_lists_is_looked_for_by_both_verifiers(
    key: Ed25519Signer, tmp_path: Path
) -> None:
    store = MemoryStore(key)
    listed = [b'{"documents":["sha256:%s"],"type":"of tomorrow"}' % (b"0" * 64), b'{"documents":["../x"],"v":"odd"}']
    await store.commit([Entry(one) for one in [*listed, b'{"documents":[1]}', b'{"documents":"x"}', b"[]"]])
    report = await verify(store, key.verifier_key)
    assert [damage.what for damage in report.damage] == ["document-missing"] * 2
    await take_away(store, key.verifier_key, tmp_path)
    assert pratique_verify.main([str(tmp_path), "--key", key.verifier_key]) == 1


async def test_whether_it_was_compared_with_anything_is_said(
    store: Store, key: Ed25519Signer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (await verify(store, key.verifier_key)).compared_with is None
    assert (await verify(store, key.verifier_key, await checkpoint_of(store))).compared_with == 600
    await take_away(store, key.verifier_key, tmp_path / "log")
    command = [str(tmp_path / "log"), "--key", key.verifier_key, "--remember", str(tmp_path / "memory")]
    pratique_verify.main(command)
    assert "compared with nothing" in capsys.readouterr().out
    pratique_verify.main(command)
    assert "compared with size 600" in capsys.readouterr().out
