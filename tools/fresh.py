"""A plugin of pytest: each test begins with the caches of functions empty.

What one test has computed says nothing of the code that another is to be held to: a function that answers from its cache is not
seen to be covered, and a mutant of it is not run at all.
"""

import functools
import gc
from typing import Any

_found: list[Any] = []


def pytest_runtest_setup() -> None:
    """Called by pytest before each test."""
    if not _found:
        kind = type(functools.lru_cache(pytest_runtest_setup))
        _found.extend(each for each in gc.get_objects() if isinstance(each, kind))
    for each in _found:
        each.cache_clear()
