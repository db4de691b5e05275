import asyncio

import pytest

from pratique.adapters.system import Ed25519Signer
from pratique.record.entry import Entry
from tests.record.ledgers import Written, decided, opened, write


@pytest.fixture(scope="session")
def key() -> Ed25519Signer:
    return Ed25519Signer.fresh("ledger.example/audited")


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory, key: Ed25519Signer) -> Written:
    """600 entries in commits of many sizes: two full tiles, a partial one, and a level above them."""
    path = tmp_path_factory.mktemp("ledger") / "ledger.sqlite"
    batches: list[list[Entry]] = [[opened()]]
    number = 1
    for size in (1, 2, 60, 100, 93, 120, 7, 1, 1, 130, 84):
        batches.append([decided(one) for one in range(number, number + size)])
        number += size
    asyncio.run(write(path, key, batches))
    return Written(path, key)
