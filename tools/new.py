"""Scaffolds: `python -m tools.new KIND NAME` writes what a new part of the house consists of, registered and tested at once.

The kinds are the modules of `tools/scaffolds`; CONTRIBUTING.md has a recipe for each.
"""

import argparse
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from tools import scaffolds
from tools.generate import ROOT, generate

_NOT_KINDS: Final = frozenset({"files"})
KINDS: Final = tuple(
    sorted(module.name for module in pkgutil.iter_modules(scaffolds.__path__) if module.name not in _NOT_KINDS)
)


def new(root: Path, kind: str, name: str) -> tuple[list[Path], str]:
    """Write, register and format something new below `root`: the files touched, and what is left to do by hand."""
    scaffold = importlib.import_module(f"tools.scaffolds.{kind}")  # noqa: TID251 - the kind was chosen on the command line
    written: list[Path] = scaffold.write(root, name)
    code = [str(path) for path in written if path.suffix == ".py"]
    for command in (["check", "--quiet", "--select", "I", "--fix"], ["format", "--quiet"]):
        subprocess.run([sys.executable, "-m", "ruff", *command, *code], cwd=root, check=True)  # noqa: S603 - our own linter
    return [*written, *(root / path for path in generate(root, check=False))], scaffold.THEN.format(name=name)


def main() -> None:
    """Write what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("name", help="like quiet-hours; an adapter is named after its port too, like blobs/s3")
    arguments = parser.parse_args()
    written, then = new(ROOT, arguments.kind, arguments.name)
    for path in written:
        print(f"written: {path.relative_to(ROOT)}")
    print(f"do  make test; {then}")


if __name__ == "__main__":
    main()
