"""Laws of the canonical form: one byte form per value, one value per byte form."""

import json

from hypothesis import given
from hypothesis import strategies as st

from pratique.model.canonical import canonical, digest_of

SAFE = 2**53 - 1
texts = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-SAFE, SAFE) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


def shuffled(value: object) -> object:
    """The same value with every object's members in another order."""
    if isinstance(value, dict):
        return {name: shuffled(value[name]) for name in reversed(value)}
    if isinstance(value, list):
        return [shuffled(one) for one in value]
    return value


@given(values)
def test_the_form_says_the_value_and_nothing_else(value: object) -> None:
    assert json.loads(canonical(value)) == value


@given(values)
def test_the_order_of_members_makes_no_difference(value: object) -> None:
    assert canonical(shuffled(value)) == canonical(value)


@given(values, values)
def test_two_values_share_a_form_only_when_they_are_equal(one: object, other: object) -> None:
    same_form = canonical(one) == canonical(other)
    assert same_form == (json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True))
    assert same_form == (digest_of(canonical(one)) == digest_of(canonical(other)))
