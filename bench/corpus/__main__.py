"""The scanner beside its peers on the same files: `python -m bench.corpus table --folder F` measures what is new and prints.

    python -m bench.corpus index   --folder F --repository GIT        which malicious archives may be opened, in clusters
    python -m bench.corpus restore --folder F                         fetch the benign distributions that the lists name
    python -m bench.corpus choose  --folder F --pins PINS             add a wheel and an sdist of each pin to the lists
    python -m bench.corpus choose  --folder F --locks LOCK ... --cache CACHE    write the list of npm packages anew
    python -m bench.corpus measure --folder F --repository GIT ...    ask tools that have not been asked
    python -m bench.corpus table   --folder F ...                     the same, then the table

`--folder` is outside the repository; nothing of it is committed. GuardDog and hexora have an environment each, named by
`--guarddog` (its interpreter) and `--hexora` (its command); a tool that is not named is not asked. Pratique is asked by
`--pratique`, a command that prints one JSON line for a path, or by `--look`, a Python file as `warm.py` loads it.
"""

import argparse
import shlex
from pathlib import Path
from typing import Final

from bench.corpus import benign, malicious, npm
from bench.corpus.measure import RESULTS, measure
from bench.corpus.package import SETS
from bench.corpus.processes import HERE
from bench.corpus.table import table
from bench.corpus.tools import Hexora, Pratique, Tool, Warm

_LISTS: Final = ((benign.OPEN_LIST, "pypi", True), (benign.HELD_OUT_LIST, "pypi-held-out", False))
_NPM_COUNT: Final = 500


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bench.corpus", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("verb", choices=tuple(_VERBS))
    parser.add_argument("--folder", type=Path, required=True, help="the work folder")
    parser.add_argument("--repository", type=Path, help="the bare git directory of the malicious registry")
    parser.add_argument("--pins", type=Path, help="name==version a line; each goes to the list on its side of the rule")
    parser.add_argument("--locks", type=Path, nargs="+", help="package-lock.json of npm applications")
    parser.add_argument("--cache", type=Path, help="the cache npm had when it installed these")
    parser.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS))
    parser.add_argument("--guarddog", type=Path, help="the interpreter of GuardDog's environment")
    parser.add_argument("--hexora", type=Path, help="hexora's command")
    parser.add_argument("--pratique", help="a command that is given a path and prints one JSON line")
    parser.add_argument("--look", type=Path, help="a file with look(path, ecosystem, folder), as warm.py loads it")
    parser.add_argument("--python", type=Path, help="the interpreter for --look")
    parser.add_argument("--ours", default="pratique", help="the name of Pratique's results")
    parser.add_argument("--again", action="store_true", help="measure Pratique again; peers are measured once")
    return parser.parse_args()


def _tools(arguments: argparse.Namespace) -> list[Tool]:
    tools: list[Tool] = []
    if arguments.pratique:
        tools.append(Pratique(tuple(shlex.split(arguments.pratique)), arguments.ours))
    elif arguments.look:
        tools.append(Warm(arguments.ours, arguments.python, arguments.look))
    if arguments.guarddog:
        tools.append(Warm("guarddog", arguments.guarddog, HERE / "look_guarddog.py"))
    if arguments.hexora:
        tools.append(Hexora(arguments.hexora))
    return tools


def _index(arguments: argparse.Namespace) -> None:
    listed = malicious.write_index(arguments.repository, arguments.folder)
    leaders, broken = sum(each.leader for each in listed), sum(bool(each.error) for each in listed)
    print(f"{len(listed)} archives may be opened: {leaders} clusters; {broken} do not open")


def _choose(arguments: argparse.Namespace) -> None:
    if arguments.pins:
        for list_path, name, is_open in _LISTS:
            benign.choose(arguments.pins, list_path, arguments.folder / name, is_open=is_open)
    if arguments.locks:
        npm.choose(arguments.locks, arguments.cache, arguments.folder / "npm", _NPM_COUNT)


def _restore(arguments: argparse.Namespace) -> None:
    failed = npm.restore(arguments.folder / "npm")
    for list_path, name, is_open in _LISTS:
        failed += benign.restore(list_path, arguments.folder / name, is_open=is_open)
    print(f"{len(failed)} could not be had: {' '.join(failed)}")


def _measure(arguments: argparse.Namespace) -> None:
    if arguments.again:
        (arguments.folder / RESULTS / f"{arguments.ours}.jsonl").unlink(missing_ok=True)
    for tool in _tools(arguments):
        count = measure(tool, arguments.sets, arguments.folder, arguments.repository)
        print(f"{tool.name}: asked about {count}", flush=True)


def _table(arguments: argparse.Namespace) -> None:
    _measure(arguments)
    print(*table(arguments.folder, arguments.ours), sep="\n")


_VERBS: Final = {"index": _index, "choose": _choose, "restore": _restore, "measure": _measure, "table": _table}


def main() -> None:
    """Do what the verb says."""
    arguments = _arguments()
    _VERBS[arguments.verb](arguments)


if __name__ == "__main__":
    main()
