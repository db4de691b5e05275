"""`pratique`: names every verb, and imports the one that is used."""

import errno
import importlib
import sys
from typing import Any, Final

import click

from pratique import __version__
from pratique.cli.exit_codes import Exit, tell, unusable
from pratique.cli.verbs import VERBS
from pratique.errors import PratiqueError

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})
"""What a system says that has no room, or lets nothing be written."""


class Verbs(click.Group):
    """Imports a verb's module when the verb is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every verb."""
        del ctx
        return sorted(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a verb."""
        del ctx
        if cmd_name not in VERBS:
            return None
        command: click.Command = importlib.import_module(f"pratique.cli.{cmd_name.replace('-', '_')}").command  # noqa: TID251 - verbs are imported when used
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of verbs, without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(sorted(VERBS.items()))

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own signature
        """Run a verb; an error of ours ends in one line and what to do, not in a traceback."""
        try:
            return super().invoke(ctx)
        except PratiqueError as error:
            sys.exit(tell(error))
        except OSError as error:
            if error.filename is None and error.errno not in _FULL:
                raise
            sys.exit(tell(unusable(error)))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The verb that is asked for; for a client that has none, the way it takes all the same."""
        if args and not args[0].startswith("-") and args[0] not in VERBS:
            from pratique.cli.other_clients import no_verb

            raise no_verb(args[0])
        return super().resolve_command(ctx, args)


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="pratique", message="%(prog)s %(version)s")
def main() -> None:
    """Code enters, or runs, once it has been shown to be clean; and when not, here is the safe way.

    Exit codes: 0 allowed or steered, 10 held, 11 denied, 12 evidence missing, 13 waiting for a person, 2 usage error.
    """


__all__ = ["Exit", "main"]
