"""A file of Python that was read leaves nothing behind: children look without the collector of cycles."""

import gc
from contextlib import suppress

import pytest

from pratique.errors import InvalidInput
from tests.facts.languages.python_seen import reading

WHOLE = """
import os
class Runner:
    def __init__(self, command):
        self.command = command
    def run(self):
        return [os.system(each) for each in (lambda: [self.command])()]
def start(command):
    def inner():
        return Runner(command).run()
    return inner()
start('true')
"""


@pytest.mark.parametrize(
    "text",
    [WHOLE, f"{WHOLE}\nexec('import os')\n", f"{WHOLE}\nprint 'old'\n"],
    ids=["plain", "with a text inside", "that no Python 3 runs"],
)
def test_what_was_read_is_let_go_at_once(text: str) -> None:
    with suppress(InvalidInput):
        reading(text)
    was_on = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        with suppress(InvalidInput):
            assert reading(text).observations
        assert gc.collect() < 20
    finally:
        if was_on:
            gc.enable()
