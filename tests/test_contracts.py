"""The import contracts hold, and each is seen to break on a planted violation."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

LAYERS = "The flow reads top to bottom"
NO_IO = "The core does no I/O"
ARCHIVE = "Archives are opened in one place, in memory"
SCANNER = "The scanner reads in memory, with libraries that are named"
LANGUAGES = "Languages know nothing of rules, nor of who asks them"
RULES = "Detection rules know nothing of each other"
CONDITIONS = "Policy conditions know nothing of each other"
ADAPTERS = "Only the composition root picks adapters"
CYCLES = "No cycles anywhere"
ECOSYSTEMS = "Nobody judges, records or tells in the words of one ecosystem"

PLANTED = [
    (LAYERS, "flow/gate/admit.py", "import pratique.adapters.system"),
    (LAYERS, "adapters/system.py", "import pratique.flow.gate.admit"),
    (LAYERS, "facts/release.py", "import pratique.policy.decide"),
    (LAYERS, "web/gate.py", "import pratique.cli.exit_codes"),
    (LAYERS, "helpers/__init__.py", '"""A place for everything."""'),
    (NO_IO, "policy/decide.py", "import socket"),
    (NO_IO, "model/artifact.py", "import pathlib"),
    (NO_IO, "flow/gate/admit.py", "import time"),
    (NO_IO, "render/refusal.py", "import aiohttp"),
    (NO_IO, "ecosystems/pypi/simple.py", "import zipfile"),
    (ECOSYSTEMS, "flow/gate/steer.py", "import pratique.ecosystems.pypi.steering"),
    (ECOSYSTEMS, "flow/listings.py", "import packaging.version"),
    (ECOSYSTEMS, "policy/pattern.py", "import pratique.ecosystems.pypi.names"),
    (ECOSYSTEMS, "policy/alternative.py", "from packaging import specifiers"),
    (ECOSYSTEMS, "record/state.py", "import pratique.ecosystems.pypi.filenames"),
    (ECOSYSTEMS, "render/refusal.py", "import packaging.utils"),
    (ECOSYSTEMS, "web/gate.py", "import pratique.ecosystems.pypi.render"),
    (ARCHIVE, "ecosystems/archive/zip.py", "import os"),
    (SCANNER, "facts/scan/decode.py", "import os"),
    (SCANNER, "facts/scan/languages/python/view.py", "import subprocess"),
    (SCANNER, "facts/scan/lexicon.py", "import socket"),
    (LANGUAGES, "facts/scan/languages/python/view.py", "import pratique.facts.scan.rules.miner"),
    (LANGUAGES, "facts/scan/languages/commands.py", "import pratique.facts.scan.judge"),
    (RULES, "facts/scan/rules/startup_hook.py", "import pratique.facts.scan.rules.encoded_payload_run"),
    (CONDITIONS, "policy/conditions/cooldown.py", "import pratique.policy.conditions.withdrawn"),
    (ADAPTERS, "web/gate.py", "import pratique.adapters.store.sqlite"),
    (ADAPTERS, "cli/serve.py", "import pratique.simulators.upstream"),
    (CYCLES, "policy/condition.py", "import pratique.policy.decide"),
]


def lint(tree: Path) -> dict[str, bool]:
    """Whether each contract holds in a copy of the project."""
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports")],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": f"{tree / 'src'}:{tree}"},  # noqa: TID251 - a child needs the environment
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    told = re.findall(r"^(.+?) (KEPT|BROKEN)(?: \(.+\))?$", done.stdout, re.MULTILINE)
    found = {name: outcome == "KEPT" for name, outcome in told}
    assert found, done.stdout + done.stderr
    return found


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One copy for all violations, so that what was read of the imports once is read from the cache in it."""
    tree = tmp_path_factory.mktemp("tree")
    for part in ("src", "tools"):
        shutil.copytree(ROOT / part, tree / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tree)
    return tree


@contextmanager
def planted(target: Path, line: str) -> Iterator[None]:
    """One more line at the end of a file, which is as it was afterwards."""
    text = target.read_text(encoding="utf-8") if target.exists() else None
    target.parent.mkdir(exist_ok=True)
    target.write_text(f"{text or ''}\n{line}\n", encoding="utf-8")
    try:
        yield
    finally:
        if text is None:
            shutil.rmtree(target.parent)
        else:
            target.write_text(text, encoding="utf-8")


def test_every_contract_holds(tree: Path) -> None:
    assert lint(tree) == dict.fromkeys(
        (LAYERS, NO_IO, ARCHIVE, SCANNER, LANGUAGES, RULES, CONDITIONS, ADAPTERS, CYCLES, ECOSYSTEMS), True
    )


@pytest.mark.parametrize(("contract", "path", "line"), PLANTED, ids=[f"{path}: {line}" for _, path, line in PLANTED])
def test_a_planted_violation_breaks_its_contract(tree: Path, contract: str, path: str, line: str) -> None:
    with planted(tree / "src/pratique" / path, line):
        assert lint(tree)[contract] is False
