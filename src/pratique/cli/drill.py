"""`pratique drill`: would we have been hit? Replays attacks against the policy."""

import asyncio
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click

from pratique.app import run_drill
from pratique.cli.exit_codes import Exit
from pratique.cli.session import json_option, show
from pratique.flow.drill_report import Attacked, DrillReport, Outcome
from pratique.model.scenario import Scenario
from pratique.policy.conditions.unknowns import Unknowns

_HEADINGS: Final = ("attack", "stopped", "by", "with the cooldown off")
_COLUMNS_MAX: Final = 32
"""An id or a control that is longer than that moves the rest of its line, and of no other."""
_GAP: Final = "  "


@click.command()
@click.option(
    "--policy",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The policy to drill; the one in force by default.",
)
@click.option("--scope", help="The scope that is attacked; the default one otherwise.")
@click.option(
    "--scenarios",
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder with scenarios of your own, played beside those that ship.",
)
@click.option("--only", is_flag=True, help="Play none but those of --scenarios.")
@json_option
def command(policy: Path | None, scope: str | None, scenarios: Path | None, *, only: bool, as_json: bool) -> None:
    """Replay attacks against the policy, with the cooldown on and off, beside benign releases that must come in.

    Ends with 1 when an attack came in while every control was on, or a benign release was answered wrongly.
    """
    if only and scenarios is None:
        raise click.UsageError("--only leaves nothing to play without --scenarios FOLDER")
    with _watching() as told:
        report = asyncio.run(run_drill(policy, scope, scenarios=scenarios, only=only, told=told))
    show(_told(report), _text(report), as_json=as_json)
    hit = any(not each.outcome.contained for each in report.attacks)
    alarmed = any(each.alarm for each in report.benign)
    raise SystemExit(Exit.FAILED if hit or alarmed else Exit.ALLOWED)


@contextmanager
def _watching() -> Iterator[Callable[[int, int], None]]:
    """Something that is told how many scenarios were played, and shows it on stderr when somebody is watching."""
    if not sys.stderr.isatty():
        yield lambda _done, _of: None
        return
    from rich.console import Console

    with Console(stderr=True).status("reading scenarios") as status:
        yield lambda done, of: status.update(f"replaying: {done} of {of} scenarios")


def _told(report: DrillReport) -> dict[str, object]:
    return {
        "attacks": [
            {
                **_scenario(each.scenario),
                "contained": each.outcome.contained,
                "stage": str(each.outcome.stage),
                "control": each.outcome.by,
                "off": list(each.off),
                "contained_without": each.outcome_without.contained,
                "stage_without": str(each.outcome_without.stage),
                "control_without": each.outcome_without.by,
                "expected": None
                if each.scenario.expected is None
                else {
                    "stage": str(each.scenario.expected.stage),
                    "control": each.scenario.expected.control,
                    "control_without": each.scenario.expected.without,
                },
            }
            for each in report.attacks
        ],
        "benign": [
            {**_scenario(each.scenario), "alarm": bool(each.alarm), "why": each.alarm} for each in report.benign
        ],
    }


def _scenario(scenario: Scenario) -> dict[str, object]:
    return {
        "id": scenario.id,
        "title": scenario.title,
        "kind": str(scenario.kind),
        "handed_over": not scenario.kind.has_door,
        "scenarios": scenario.source or None,
    }


def _text(report: DrillReport) -> str:
    """A sentence of each kind, then what became of each attack, then what was wrong with benign releases."""
    lines = ["Would we have been hit?", "", *_summary(report)]
    if report.attacks:
        lines += ["", *_table([_HEADINGS, *map(_row, report.attacks)])]
    alarms = [each for each in report.benign if each.alarm]
    if alarms:
        lines += ["", "Benign releases that were answered wrongly:"]
        lines += [f"{_GAP}{each.scenario.id}: {each.alarm}" for each in alarms]
    if any(not each.scenario.kind.has_door for each in report.attacks):
        lines += [
            "",
            "* handed to scan and policy as a file: the gate has no door for its kind yet, so no page was asked for.",
        ]
    return "\n".join(lines)


def _summary(report: DrillReport) -> Iterator[str]:
    attacks, benign = report.attacks, report.benign
    if attacks:
        hit = [each for each in attacks if not each.outcome.contained]
        stopped = len(attacks) - len(hit)
        early = sum(each.outcome.stage == "before_download" for each in attacks)
        word = f"Yes: {len(hit)} of {len(attacks)} attacks came in." if hit else "No."
        yield f"{word} {stopped} of {len(attacks)} attacks were stopped, {early} of them before anything was fetched."
        without = sum(each.outcome_without.contained for each in attacks)
        rest = "" if without == len(attacks) else f"; {len(attacks) - without} came in"
        blind = sum(each.outcome_without.by == Unknowns.id for each in attacks)
        because = f", {blind} of them only because something was not known" if blind else ""
        yield f"With the cooldown off, {without} of {len(attacks)} were stopped{because}{rest}."
    if benign:
        good = sum(not each.alarm for each in benign)
        yield f"{good} of {len(benign)} benign releases were answered as they should be."


def _row(each: Attacked) -> tuple[str, ...]:
    star = "" if each.scenario.kind.has_door else "*"
    also = f" ({' and '.join(each.scenario.also_off)} off too)" if each.scenario.also_off else ""
    without = each.outcome_without
    by = f" by {without.by}" if without.contained else ""
    return each.scenario.id + star, _stage(each.outcome), each.outcome.by, f"{_stage(without)}{by}{also}"


def _stage(outcome: Outcome) -> str:
    return str(outcome.stage).replace("_", " ") if outcome.contained else "CAME IN"


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Lines of columns, each as wide as its widest word within bounds; the last takes what is left."""
    *wide, _ = (min(max(map(len, column)), _COLUMNS_MAX) for column in zip(*rows, strict=True))
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, (*wide, 0), strict=True)]
        yield (_GAP + _GAP.join(cells)).rstrip()
