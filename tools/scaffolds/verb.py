"""A verb of the command line: its module, and a test of it as a person types it."""

from pathlib import Path
from typing import Final

from tools.scaffolds.files import PACKAGE, module_name, write_new

THEN: Final = "say in its docstrings what it is for; pratique {name} --help shows it"

_CODE: Final = '''"""`pratique {name}`: list the indexes behind the gate."""

import click

from pratique.cli.session import in_world, json_option, show
from pratique.flow.world import World


@click.command()
@json_option
def command(*, as_json: bool) -> None:
    """List the indexes behind the gate: replace this by what {name} is for."""
    names = in_world(_names, asks_indexes=True)
    show(names, "\\n".join(names), as_json=as_json)


async def _names(world: World) -> list[str]:
    return list(world.upstreams)
'''

_TEST: Final = '''"""`pratique {name}` as a person types it."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from pratique.cli.main import main


def test_it_lists_the_indexes_behind_the_gate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRATIQUE_HOME", str(tmp_path))
    done = CliRunner().invoke(main, ["{name}"])
    assert done.exit_code == 0, done.output
    assert "public" in done.output.splitlines()
'''


def write(root: Path, name: str) -> list[Path]:
    """Write a verb called `name`, and its test. Raises `SystemExit` for a name that is taken or cannot be used."""
    module = module_name(name)
    return write_new(
        {
            root / PACKAGE / f"cli/{module}.py": _CODE.format(name=name),
            root / f"tests/cli/test_{module}.py": _TEST.format(name=name),
        },
    )
