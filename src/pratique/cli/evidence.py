"""`pratique evidence`: everything known about a release, and the decision it would get."""

import click
import msgspec

from pratique.cli.progress import working
from pratique.cli.session import answered, in_world, json_option, show
from pratique.errors import InvalidInput
from pratique.facts.evidence import Evidence
from pratique.facts.questions import QUESTIONS
from pratique.flow.gate.inspect import Inspection, inspect
from pratique.flow.gate.judge import Judged
from pratique.flow.requester import Requester
from pratique.flow.world import World
from pratique.here import person
from pratique.model.decision import Verdict
from pratique.model.evidence import Unknown
from pratique.model.scope import Scope, ScopeName
from pratique.model.text import clean
from pratique.policy.pattern import read_release

_WORDS = {Verdict.ALLOW: "ok", Verdict.HOLD: "held", Verdict.DENY: "stopped"}


@click.command()
@click.argument("purl")
@click.option("--scope", help="The scope to decide for; the default one otherwise.")
@click.option("--look-inside/--index-only", default=True, help="Fetch and scan the files too.")
@json_option
def command(purl: str, scope: str | None, *, look_inside: bool, as_json: bool) -> None:
    """Show everything known about a release, and the decision it would get: pkg:pypi/requests@2.31.0."""
    try:
        release = read_release(purl if purl.startswith("pkg:") else f"pkg:pypi/{purl.replace('==', '@')}")
    except InvalidInput as error:
        raise InvalidInput(str(error), advice="pratique evidence pkg:pypi/requests@2.31.0") from error

    async def gathered(world: World) -> Inspection:
        chosen = ScopeName(scope or world.scope)
        world.policy.mode(chosen)
        requester = Requester(Scope(chosen), person())
        return await inspect(world, release.name, release.version, requester, look_inside=look_inside)

    with working(f"gathering the facts about {release.label}"):
        found = in_world(gathered, asks_indexes=True)
    told = {"purl": found.purl, "index": found.index, "files": [_told(one) for one in found.files]}
    show(told, "\n\n".join(_text(one) for one in found.files), as_json=as_json)
    mildest = min(found.files, key=lambda one: one.decision.verdict)
    raise SystemExit(answered(mildest.decision))


def _told(judged: Judged) -> dict[str, object]:
    decision = judged.decision
    return {
        "filename": decision.artifact.file,
        "verdict": _WORDS[decision.verdict],
        "id": judged.id,
        "use": judged.alternative,
        "evidence": msgspec.to_builtins(judged.evidence),
        "reasons": msgspec.to_builtins(decision.reasons),
    }


def _text(judged: Judged) -> str:
    decision = judged.decision
    lines = [f"{_WORDS[decision.verdict]}  {decision.artifact.file}   in {decision.scope.name}"]
    lines += [f"  {line}" for line in facts_told(judged.evidence)]
    lines += [f"  {_WORDS[reason.verdict]:<8}{reason.condition:<14}{reason.why}" for reason in decision.reasons]
    if decision.verdict is not Verdict.ALLOW:
        lines.append(f"  use     {judged.alternative or 'no safe version yet'}")
    return "\n".join(lines)


def facts_told(evidence: Evidence) -> list[str]:
    """What is known and from where, then what is not known and why, then what was not asked yet."""
    known, silent, later = [], [], []
    for question in QUESTIONS:
        answer = question.of(evidence)
        if answer is None:
            later.append(f"not asked yet: {question.asks}")
        elif isinstance(answer, Unknown):
            silent.append(clean(f"not known: {question.asks} ({answer.source}: {answer.why})"))
        else:
            known.append(f"{question.asks}: {question.told(answer)} (says {question.source})")
    return [*known, *silent, *later]
