"""`pratique completion`: print the completion script for a shell."""

import click
from click.shell_completion import get_completion_class

from pratique.cli.main import main


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the completion script for a shell: eval "$(pratique completion bash)"."""
    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"there is no completion for {shell}")
    click.echo(kind(main, {}, "pratique", "_PRATIQUE_COMPLETE").source())
