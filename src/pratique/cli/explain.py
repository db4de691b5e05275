"""`pratique explain`: explain a decision by its id, or a condition or rule by its name."""

import click

from pratique.cli.session import in_world, json_option, show
from pratique.facts import docs as fact_docs
from pratique.facts.findings import docs as finding_docs
from pratique.facts.scan import docs as rule_docs
from pratique.flow.record.lookup import recall
from pratique.flow.world import World
from pratique.here import policy_in_force, settings_here
from pratique.policy import docs as condition_docs
from pratique.policy.rules import OrganisationRule
from pratique.render.refusal import Refusal, document, terminal


@click.command()
@click.argument("subject")
@json_option
def command(subject: str, *, as_json: bool) -> None:
    """Explain a decision by its id or how that begins (7F3K2QXD), a condition (cooldown), a rule, or a question (upload)."""
    written = _written(subject)
    if written is not None:
        kind, page = written
        show({kind: subject, "page": page}, page, as_json=as_json)
        return

    async def told(world: World) -> Refusal:
        return await recall(world, subject)

    refusal = in_world(told)
    show(document(refusal), terminal(refusal), as_json=as_json)


def _written(subject: str) -> tuple[str, str] | None:
    """What is written about a condition, of ours or of the policy in force, or about a detection rule: its kind, and a page."""
    if subject in condition_docs.condition_ids():
        return "condition", condition_docs.page(subject)
    if subject in rule_docs.rule_ids():
        return "rule", rule_docs.page(subject)
    if subject in finding_docs.FINDINGS:
        return "finding", finding_docs.page(subject)
    if subject in fact_docs.question_ids():
        return "question", fact_docs.page(subject)
    for condition in policy_in_force(settings_here()).conditions:
        if isinstance(condition, OrganisationRule) and condition.id == subject:
            ways = [f"**{key}** {text}" for key, text in (("Use.", condition.use), ("Do.", condition.do)) if text]
            page = [f"# {subject}", condition.why, f"**When.** `{condition.when}`", *ways]
            return "condition", "\n\n".join(page) + "\n"
    return None
