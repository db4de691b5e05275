"""`pratique policy`: check, test and show the policy."""

from collections.abc import Sequence
from pathlib import Path

import click

from pratique.cli.exit_codes import Exit
from pratique.cli.session import json_option, show
from pratique.errors import InvalidInput, InvalidPolicy, Mistake
from pratique.here import SystemClock, policy_in_force, settings_here
from pratique.policy.load import load
from pratique.policy.policy import Policy
from pratique.policy.policy_tests import Outcome, run_tests

file_argument = click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))


@click.group()
def command() -> None:
    """Check, test and show the policy."""


@command.command()
@file_argument
@json_option
def check(file: Path | None, *, as_json: bool) -> None:
    """Read a policy and report all mistakes at once, each on its line.

    Every rule is evaluated once, and the dangers that no policy lets in by oversight are put before it.
    """
    try:
        policy = _policy(file)
    except InvalidPolicy as error:
        mistakes = _told(error.mistakes)
        count = "1 mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
        show({"valid": False, "mistakes": mistakes, "warnings": []}, f"{error}\n{count}", as_json=as_json)
        raise SystemExit(Exit.USAGE) from error
    conditions = ", ".join(condition.id for condition in policy.conditions)
    lines = [
        f"valid: {len(policy.conditions)} conditions ({conditions}), {len(policy.tests)} tests",
        f"  {policy.digest}",
    ]
    lines += [f"accepts  {danger}" for danger in policy.accepts]
    lines += [f"warning  {file or 'policy'}:{warning.line}: {warning.message}" for warning in policy.warnings]
    told = {"valid": True, "mistakes": [], "warnings": _told(policy.warnings), "digest": policy.digest}
    show(told, "\n".join(lines), as_json=as_json)


def _told(mistakes: Sequence[Mistake]) -> list[dict[str, object]]:
    return [{"line": mistake.line, "message": mistake.message} for mistake in mistakes]


@command.command()
@file_argument
@json_option
def test(file: Path | None, *, as_json: bool) -> None:
    """Run the tests inside a policy."""
    outcomes = run_tests(_policy(file), SystemClock().now())
    failed = [outcome for outcome in outcomes if not outcome.passed]
    lines = [_failure(outcome) for outcome in failed]
    told = [
        {"name": one.test.name, "passed": one.passed, "verdict": one.decision.verdict.name.lower()} for one in outcomes
    ]
    show(
        {"tests": told, "failed": len(failed)},
        "\n".join([*lines, f"{len(outcomes)} tests, {len(failed)} failed"]),
        as_json=as_json,
    )
    raise SystemExit(Exit.FAILED if failed else Exit.ALLOWED)


def _failure(outcome: Outcome) -> str:
    test, decision = outcome.test, outcome.decision
    wanted = test.verdict.name.lower() + (f" for {test.reason}" if test.reason else "")
    return f"FAILED  {test.name}: expected {wanted}, got {decision.verdict.name.lower()}: {decision.strictest.why}"


@command.command(name="show")
@file_argument
@json_option
def show_policy(file: Path | None, *, as_json: bool) -> None:
    """Print the policy in force."""
    policy = _policy(file)
    modes = {str(scope): str(mode) for scope, mode in policy.modes.items()}
    told = {"digest": policy.digest, "scopes": modes, "text": policy.text}
    show(told, policy.text, as_json=as_json)


def _policy(file: Path | None) -> Policy:
    if file is None:
        return policy_in_force(settings_here())
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{file} cannot be read: {error}") from error
    return load(text, str(file), indexes=_indexes())


def _indexes() -> tuple[str, ...]:
    """The names of the indexes in the settings; none where there are no settings that can be read."""
    try:
        return settings_here().index_names
    except InvalidInput:
        return ()
