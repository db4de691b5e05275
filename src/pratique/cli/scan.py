"""`pratique scan`: look into files, folders, releases and environments, without running anything of them."""

import asyncio
from pathlib import Path

import click

from pratique.cli.installed_environment import chosen, shown
from pratique.cli.progress import counting
from pratique.cli.scan_finding import explain_finding, report_finding
from pratique.cli.scan_outputs import JSON, LINES, SARIF, TELLING, Shown
from pratique.cli.scan_run import ADVICE, ScanRun
from pratique.errors import InvalidInput
from pratique.scanning import Walk

_PLACE = click.Path(path_type=Path)


@click.command()
@click.argument("what", nargs=-1)
@click.option("--installed", is_flag=True, help="Look into the active environment, or the one named.")
@click.option("--python", type=_PLACE, help="The interpreter of the environment; it is not run.")
@click.option("--prefix", type=_PLACE, help="The folder of the environment.")
@click.option("--thorough", is_flag=True, help="Compile every source of the environment to compare its byte code.")
@click.option("--each", is_flag=True, help="Take every file of a folder for an artifact of its own.")
@click.option("--skip", multiple=True, help="Leave out what has such a name or path: 'tests/*'.")
@click.option("--json", "form", flag_value=JSON, help="Print one JSON document.")
@click.option("--jsonl", "form", flag_value=LINES, help="Print a line of JSON for each artifact, as it is done.")
@click.option("--sarif", "form", flag_value=SARIF, help="Print SARIF 2.1.0.")
@click.option("-o", "--output", type=_PLACE, help="Write to this file.")
@click.option("--all", "whole", is_flag=True, help="Tell also what is clean, and remarks of little weight.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing: the exit code says it.")
@click.option("--why", help="Say what the finding with this id rests on.")
@click.option("--report", help="Pack what rule writers need of the finding with this id; -o names the file.")
def command(
    what: tuple[str, ...],
    python: Path | None,
    prefix: Path | None,
    skip: tuple[str, ...],
    form: str | None,
    output: Path | None,
    why: str | None,
    report: str | None,
    *,
    installed: bool,
    thorough: bool,
    each: bool,
    whole: bool,
    quiet: bool,
) -> None:
    """Look into files, folders (pratique scan dist), releases (pkg:pypi/requests@2.31.0) or an environment (--installed).

    In a folder each archive and each model is an artifact, and all other files together are one more. Everything is looked into
    in confined processes, and nothing is run. Ends with 0 when all is clean, 10 when something is suspicious or could not be
    read, 11 when something is malicious.
    """
    if why or report:
        if what or installed:
            raise InvalidInput("a finding stands alone", advice="pratique scan --why ID, or pratique scan PATH")
        raise SystemExit(explain_finding(why, as_json=form == JSON) if why else report_finding(report or "", output))
    installed = installed or python is not None or prefix is not None
    if bool(what) is installed:
        raise InvalidInput("name what to look into", advice=ADVICE)
    environment = chosen(python, prefix) if installed else None
    called = "files" if environment is None else f"packages of {shown(environment)}"
    run = ScanRun(Shown(form or TELLING, called, whole, quiet, output), Walk(each, skip), thorough)
    with counting("looking into files") as run.count:
        asyncio.run(run.all(what, environment))
    raise SystemExit(run.shown.ended(run.looked, run.notes, run.rules))
