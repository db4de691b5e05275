"""`pratique uvx`: run a command of a package with a gate around it."""

import click

from pratique.bare import run_bare


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(arguments: tuple[str, ...]) -> None:
    """Run a command of a package with a gate around its installation; the command itself runs as ever."""
    run_bare("uvx", arguments)
    from pratique.cli.wrap import wrap

    raise SystemExit(wrap("uvx", arguments))
