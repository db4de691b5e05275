"""Laws of the canonical form: one byte form per value, one value per byte form."""

import json
from typing import Any

import pytest
import rfc8785
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
numbers = st.integers() | st.floats() | st.sampled_from([SAFE, SAFE + 1, -SAFE, -SAFE - 1, 1.0, 1e21, -0.0])
any_values = st.recursive(
    st.none() | st.booleans() | numbers | st.text() | st.text(st.sampled_from('\x00\x1f"\\/\x7f\x80\ue000\U00010000')),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
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


@given(any_values)
def test_the_form_is_that_of_the_library(value: Any) -> None:  # noqa: ANN401 - any JSON value
    try:
        wanted = rfc8785.dumps(value)
    except rfc8785.CanonicalizationError:
        with pytest.raises((TypeError, ValueError)):
            canonical(value)
    else:
        assert canonical(value) == wanted


@given(values)
def test_the_order_of_members_makes_no_difference(value: object) -> None:
    assert canonical(shuffled(value)) == canonical(value)


@given(values, values)
def test_two_values_share_a_form_only_when_they_are_equal(one: object, other: object) -> None:
    same_form = canonical(one) == canonical(other)
    assert same_form == (json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True))
    assert same_form == (digest_of(canonical(one)) == digest_of(canonical(other)))
