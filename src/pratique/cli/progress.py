"""A sign of life on a terminal for what may take longer than a second."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def working(what: str) -> Iterator[None]:
    """Say what is being done while it is, on stderr, when somebody is watching."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(what):
        yield


@contextmanager
def counting(what: str) -> Iterator[Callable[[int, int], None]]:
    """Something that is told how many are done, and of how many; it shows them on stderr when somebody is watching."""
    if not sys.stderr.isatty():
        yield lambda _done, _of: None
        return
    from rich.console import Console

    with Console(stderr=True).status(what) as status:
        yield lambda done, of: status.update(f"{what}: {done} of {of}")
