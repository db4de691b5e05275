"""One finding of `pratique scan`, asked about later: what it rests on, and what of it rule writers may see."""

import asyncio
import json
import platform
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Final

import click
import msgspec

from pratique.cli.exit_codes import Exit
from pratique.errors import InvalidInput, PratiqueError
from pratique.facts.looked import Kept
from pratique.facts.scan.observation import Context, How, Observation
from pratique.facts.severity import alarm
from pratique.model.evidence import Alarm, Confidence, Severity
from pratique.model.text import clean
from pratique.render.scan import WHEN, said
from pratique.scanning import KeptFindings, data_folder, looking, packs_here

_LONG_TEXT: Final = re.compile(r"[^\s'\"`()\[\]{},;=]{25,}")
"""What may be a key, an address or a payload."""
_HOW: Final = {How.LITERAL: "", How.RESOLVED: "put together", How.DECODED: "decoded"}


def explain_finding(typed: str, *, as_json: bool) -> Exit:
    """Print what a finding rests on. Raises `NotFound`, and `InvalidInput` for what is no id."""
    kept = KeptFindings(data_folder()).find(typed)
    seen = asyncio.run(_observed(kept))
    if as_json:
        told = {**msgspec.to_builtins(kept), "observations": None if seen is None else msgspec.to_builtins(seen)}
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(_why(kept, seen)))
    return Exit.ALLOWED


def report_finding(typed: str, output: Path | None) -> Exit:
    """Print what rule writers need of a finding, and write it where a file is named. Nothing is sent.

    Raises as `explain_finding`, and `InvalidInput` for a file that is there already.
    """
    kept = KeptFindings(data_folder()).find(typed)
    if output is not None and output.exists():
        raise InvalidInput(f"{output} is there already", advice="name another file: -o finding.json")
    text = json.dumps(_report(kept, asyncio.run(_observed(kept))), indent=2, ensure_ascii=False)
    click.echo(text)
    if output is None:
        click.echo("This is all of it. -o FILE writes it; nothing is sent.", err=True)
        return Exit.ALLOWED
    with output.open("x", encoding="utf-8") as file:
        file.write(f"{text}\n")
    click.echo(f"This, and nothing else, is in {output}. Nothing is sent.", err=True)
    return Exit.ALLOWED


async def _observed(kept: Kept) -> tuple[Observation, ...] | None:
    """What was seen around it; nothing of a finding about an artifact as a whole, None where the file is gone or has changed."""
    if not kept.finding.path:
        return ()
    async with looking(packs_here()) as look:
        try:
            blob = await _blob(kept) if kept.what == "release" else None
        except PratiqueError:
            return None
        return await look.observed(kept, blob)


async def _blob(kept: Kept) -> IO[bytes]:
    from pratique.app import open_world
    from pratique.here import settings_here

    async with open_world(settings_here(), upstreams={}) as world:
        return await world.blobs.file(kept.artifact)


def _why(kept: Kept, seen: Sequence[Observation] | None) -> Iterator[str]:
    found = kept.finding
    level = alarm(found)
    weight = f"{Severity(found.severity).name.lower()}, {Confidence(found.confidence).name.lower()} confidence"
    yield f"{kept.id}  {found.rule}: {level.name.lower() if level else 'a remark'} ({weight})"
    yield from said("in", f"{kept.path}  {kept.digest}")
    yield from said("at", f"{found.path or 'all of it'}:{found.line}" if found.line else found.path or "all of it")
    if found.code:
        yield f"         {clean(found.code)}"
    yield from said("why", found.message)
    if found.context in WHEN:
        yield from said("when", WHEN[Context(found.context)])
    yield from _rests_on(kept, seen)
    yield from said("rules", f"{kept.rules} ({kept.engine})")
    if level is Alarm.MALICIOUS:
        yield from said("accept", "nobody may accept what is malicious")
    else:
        yield f"  accept pratique waive --finding {kept.id} --reason WHY"
    yield f"  report pratique scan --report {kept.id} -o FILE"
    from pratique.facts.findings.docs import page

    try:
        yield f"\n{page(found.rule).rstrip()}"
    except InvalidInput:
        yield from said("rule", "this version of Pratique has no such rule")


def _rests_on(kept: Kept, seen: Sequence[Observation] | None) -> Iterator[str]:
    """What was seen at its line, and what flows into that."""
    if seen is None:
        yield from said("rests", "the file is gone or has changed since: look into it again")
        return
    here = [each for each in seen if each.line == kept.finding.line]
    for number, each in enumerate(here):
        parts = [
            each.label,
            _HOW[each.how],
            f"into which flows {', '.join(sorted(each.inputs))}" if each.inputs else "",
        ]
        text = f": {clean(each.text)}" if each.text else ""
        yield from said("rests" if not number else "", f"{'; '.join(filter(None, parts))}{text}")


def _report(kept: Kept, seen: Sequence[Observation] | None) -> dict[str, object]:
    """What rule writers need, without the file: nothing of places on this machine, and no long text."""
    found = kept.finding
    return {
        "format": 1,
        "finding": kept.id,
        "rule": found.rule,
        "severity": Severity(found.severity).name.lower(),
        "confidence": Confidence(found.confidence).name.lower(),
        "message": _redacted(found.message),
        "context": found.context,
        "line": found.line,
        "code": _redacted(found.code),
        "file": found.path.rpartition("/")[2],
        "artifact": {"filename": kept.filename, "digest": kept.artifact, "file_digest": kept.digest, "kind": kept.what},
        "observations": None if seen is None else [_observation(each) for each in seen],
        "coverage": {
            "read": dict(kept.coverage.read),
            "other": kept.coverage.other,
            "unread": kept.coverage.unread_count,
        },
        "versions": {"engine": kept.engine, "rules": kept.rules, "python": platform.python_version()},
    }


def _observation(seen: Observation) -> dict[str, object]:
    return {
        "label": seen.label,
        "line": seen.line,
        "context": seen.context,
        "language": seen.language,
        "how": How(seen.how).name.lower(),
        "inputs": sorted(seen.inputs),
        "text": _redacted(seen.text),
        "depth": seen.depth,
        "unit": seen.unit,
    }


def _redacted(text: str) -> str:
    """A text in which what is long and of one piece is told by its length alone."""
    return _LONG_TEXT.sub(lambda match: f"<{len(match[0])} characters>", text)
