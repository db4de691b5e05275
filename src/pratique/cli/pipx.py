"""`pratique pipx`: run pipx with a gate around it."""

import click

from pratique.bare import run_bare


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(arguments: tuple[str, ...]) -> None:
    """Run pipx with a gate around it: what comes in is judged and recorded, everything else is as ever."""
    run_bare("pipx", arguments)
    from pratique.cli.wrap import wrap

    raise SystemExit(wrap("pipx", arguments))
