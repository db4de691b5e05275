"""A cache that stays within its bytes, whatever is put into it."""

from hypothesis import given
from hypothesis import strategies as st

from pratique.flow.bounded_cache import BoundedCache

BYTES_MAX = 100


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 130), st.booleans())))
def test_it_never_weighs_more_than_its_bound_and_never_lies(steps: list[tuple[int, int, bool]]) -> None:
    cache: BoundedCache[int, int] = BoundedCache(BYTES_MAX)
    newest: dict[int, int] = {}
    for key, weight, puts in steps:
        if puts:
            cache.put(key, weight, weight)
            newest[key] = weight
        found = cache.get(key)
        assert found is None or found == newest[key]
        assert cache.bytes_kept == sum(value for each in newest if (value := cache.get(each)) is not None) <= BYTES_MAX


def test_what_was_used_longest_ago_makes_room() -> None:
    cache: BoundedCache[str, int] = BoundedCache(BYTES_MAX)
    for key in ("a", "b", "c"):
        cache.put(key, 1, 40)
        cache.get("a")
    assert (cache.get("a"), cache.get("b"), cache.get("c")) == (1, None, 1)
    cache.put("huge", 1, BYTES_MAX + 1)
    assert (cache.get("huge"), len(cache)) == (None, 2)
    cache.drop("a")
    cache.drop("a")
    assert (len(cache), cache.bytes_kept) == (1, 40)
