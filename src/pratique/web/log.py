"""The log of a gate for many: a line for each refusal, steer and error, and as JSON Lines one for each request and file too.

It names no person; the ledger is the record.
"""

import json
import logging
import secrets
import sys
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from itertools import count
from types import MappingProxyType
from typing import Final, Literal

from pratique.model.text import clean

GATE: Final = logging.getLogger("pratique.gate")
_REQUEST: Final[ContextVar[int]] = ContextVar("request", default=0)
"""The number of the request that is being answered: every line that is logged meanwhile has its id."""
_NUMBERS: Final = count(1)
_PROCESS: Final = secrets.token_hex(4)
"""The first half of every id, so that those of one gate are none of another's."""


def set_up(form: Literal["text", "json"]) -> None:
    """Write what the gate logs to stderr, as words or as JSON Lines, in place of what was set up before."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines(form))
    logger = logging.getLogger("pratique")
    logger.handlers[:] = [handler]
    logger.setLevel(logging.DEBUG if form == "json" else logging.INFO)
    logger.propagate = False


def begin() -> None:
    """Give what is logged from here on the id of a new request."""
    _REQUEST.set(next(_NUMBERS))


def tell(event: str, fields: Mapping[str, object] = MappingProxyType({}), *, level: int = logging.INFO) -> None:
    """Log one event with its fields, and the request that it belongs to. What is empty is left out."""
    if not GATE.isEnabledFor(level):
        return
    number = _REQUEST.get()
    fields = {**fields, "request": f"{_PROCESS}{number:08x}" if number else ""}
    GATE.log(level, event, extra={"fields": {name: value for name, value in fields.items() if value not in ("", None)}})


class Lines(logging.Formatter):
    """One line a record: the time in UTC, the level, what happened, and the fields that belong to it."""

    def __init__(self, form: Literal["text", "json"]) -> None:
        super().__init__()
        self._form = form

    def format(self, record: logging.LogRecord) -> str:
        """As `logging.Formatter`; a line never holds a line break of somebody else's."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        fields: dict[str, object] = {
            name: clean(value) if isinstance(value, str) else value
            for name, value in getattr(record, "fields", {}).items()
        }
        if record.exc_info and record.exc_info[1] is not None:
            fields["error"] = clean(repr(record.exc_info[1]))
        event, level = clean(record.getMessage()), record.levelname.lower()
        if self._form == "json":
            return json.dumps({"at": at, "level": level, "event": event, **fields}, ensure_ascii=False)
        return " ".join([at, level, event, *(f"{name}={_value(value)}" for name, value in fields.items())])


def _value(value: object) -> str:
    text = str(value)
    return json.dumps(text, ensure_ascii=False) if not text or set(text) & set(' "=') else text
