"""Looking into files, folders and environments, for programs: what `pratique scan` does, without a ledger and without a policy.

Everything is looked into in confined child processes; nothing of it is run, and nothing is fetched. Beside `app` and `here` a
module that chooses adapters: these few, so that it is imported quickly.

```python
from pratique.scanning import Scan, scan_file

seen = scan_file("dist/example-1.0-py3-none-any.whl")
if isinstance(seen, Scan):
    print([finding.rule for finding in seen.findings])
```
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path

from pratique.adapters.account import here, home
from pratique.adapters.client_files.places import Machine
from pratique.adapters.environments import active_environment
from pratique.adapters.installed.environment import Environment, environment_at, environment_of
from pratique.adapters.installed.look import InstalledLook
from pratique.adapters.kept_findings import KeptFindings
from pratique.adapters.looking import Looking, looking
from pratique.adapters.scan_paths import Target, Walk
from pratique.adapters.settings_files import read_here
from pratique.facts.looked import Looked, Noticed, Outcome
from pratique.facts.scan.indicators import Packs
from pratique.model.evidence import Coverage, Finding, Scan, Unknown, Unread

__all__ = [
    "Coverage",
    "Environment",
    "Finding",
    "InstalledLook",
    "KeptFindings",
    "Looked",
    "Looking",
    "Noticed",
    "Outcome",
    "Scan",
    "Target",
    "Unknown",
    "Unread",
    "Walk",
    "active",
    "data_folder",
    "environment_at",
    "environment_of",
    "looking",
    "packs_here",
    "scan_file",
    "scan_paths",
    "waivers_here",
]


def scan_file(path: str | os.PathLike[str]) -> Scan | Unknown:
    """What the scanner sees in one file: an archive, a script, a notebook, a model.

    Never raises for what the file holds: what could not be looked into is `Unknown`, and files within an archive that could not
    be read are named in `Scan.coverage`. Raises `InvalidInput` where there is no file. Starts a process each time; `looking`
    and `scan_paths` look into many.
    """

    async def one() -> Scan | Unknown:
        async with looking() as look:
            return (await look.file(path)).scan

    return asyncio.run(one())


async def scan_paths(
    paths: Iterable[str | os.PathLike[str]], *, each: bool = False, skip: Sequence[str] = ()
) -> AsyncIterator[Looked]:
    """Every artifact at paths, as each is done; of folders as `Walk.targets` has them. Raises `InvalidInput` as that does."""
    targets = Walk(each, skip).targets([os.fspath(path) for path in paths])
    async with looking() as look:
        async for looked in look.each(targets):
            yield looked


def data_folder() -> Path:
    """Where this account keeps what Pratique remembers. Raises `InvalidInput` and `Unavailable`, as `account.home` does."""
    return home(read_here(here(), {}).settings)


def waivers_here() -> tuple[bool, bool]:
    """Whether there may be waivers: in a policy of one's own, and in a ledger. Raises as `data_folder` does."""
    settings = read_here(here(), {}).settings
    return bool(settings.policy), settings.store.kind != "memory" and (home(settings) / "ledger.sqlite").exists()


def packs_here() -> Packs | None:
    """The packs of indicators that the settings name, with those that ship; None for those that ship alone.

    Raises `InvalidInput` for packs that cannot be read, or are not signed where they have to be.
    """
    settings = read_here(here(), {}).settings
    if not settings.scanner.packs:
        return None
    from pratique.adapters.packs import packs_in_force

    return packs_in_force(settings)


def active() -> Path | None:
    """The folder of the activated environment, or `.venv` of the current folder; None where there is neither."""
    machine = Machine(dict(os.environ), here(), sys.platform)  # noqa: TID251 - an activated environment is said by a variable
    return active_environment(machine)
