"""`pratique drill`: would we have been hit? Replays attacks against the policy."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import click

from pratique.app import run_drill
from pratique.cli.exit_codes import Exit
from pratique.cli.progress import working
from pratique.cli.session import json_option, show
from pratique.flow.drill import DrillReport, Probe, worst


@click.command()
@click.option(
    "--policy",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The policy to drill; the one in force by default.",
)
@click.option("--scope", help="The scope that is attacked; the default one otherwise.")
@json_option
def command(policy: Path | None, scope: str | None, *, as_json: bool) -> None:
    """Replay attacks against the policy, with the first control on and off, beside benign releases that must come in."""
    with working("replaying attacks"):
        report = asyncio.run(run_drill(policy, scope))
    show(_told(report), _text(report), as_json=as_json)
    hit = any(not each.contained for each in report.attacks)
    alarmed = any(each.alarm for each in report.benign)
    raise SystemExit(Exit.FAILED if hit or alarmed else Exit.ALLOWED)


def _told(report: DrillReport) -> dict[str, object]:
    return {
        "attacks": [
            {
                "id": each.scenario.id,
                "contained": each.contained,
                "stage": str(worst(each.probes)),
                "control": _by(each.probes),
                "with_control_off": str(worst(each.without)),
                "control_off": each.scenario.control,
                "next_control": _by(each.without),
            }
            for each in report.attacks
        ],
        "benign": [{"id": each.scenario.id, "alarm": bool(each.alarm), "why": each.alarm} for each in report.benign],
    }


def _by(probes: Sequence[Probe]) -> str:
    """The control that answered where the attack came furthest; empty when nothing stopped it there."""
    return next(probe.by for probe in probes if probe.stage is worst(probes))


def _text(report: DrillReport) -> str:
    lines = ["Would we have been hit?", ""]
    for each in report.attacks:
        word = "contained" if each.contained else "EXPOSED"
        without = worst(each.without)
        after = f"{without} by {_by(each.without)}" if without != "exposed" else "EXPOSED"
        where = f"{worst(each.probes)} by {_by(each.probes)}" if each.contained else "its bytes were served"
        lines.append(f"  {word:<10} {each.scenario.id:<24} {where}")
        lines.append(f"  {'':<10} {'without ' + each.scenario.control:<24} {after}")
    good = [each for each in report.benign if not each.alarm]
    lines += ["", f"  {len(good)} of {len(report.benign)} benign releases answered as they should be"]
    lines += [f"  ALARM      {each.scenario.id:<24} {each.alarm}" for each in report.benign if each.alarm]
    return "\n".join(lines)
