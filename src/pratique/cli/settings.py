"""`pratique settings`: every option, its value, and which file or variable set it."""

import json

import click

from pratique.cli.session import json_option, show
from pratique.here import configured_here
from pratique.settings import Configured


@click.command()
@json_option
def command(*, as_json: bool) -> None:
    """Show every option with its value, and which file or variable set it."""
    configured = configured_here()
    told = [{"option": key, "value": value, "set_by": source} for key, value, source in configured.rows()]
    show(told, _text(configured), as_json=as_json)


def _text(configured: Configured) -> str:
    rows = [(key, json.dumps(value, ensure_ascii=False), source) for key, value, source in configured.rows()]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    return "\n".join(f"{key:<{widths[0]}}  {value:<{widths[1]}}  {source}" for key, value, source in rows)
