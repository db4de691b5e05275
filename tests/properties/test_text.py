"""Laws of what is shown of somebody else's words, and of durations as people write them."""

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.errors import InvalidInput
from pratique.model import limits
from pratique.model.durations import after, exactly, read_duration, roughly
from pratique.model.text import clean, quoted

HOSTILE = "\x1b[31m\u202e\u2066\u200b\u200d\u2060\ufeff\u00ad\u3164\u115f\u2800\ufe0f\U000e0101\u034f\u2028\x85\x00\r\n\t\ud800"
texts = st.text() | st.text(st.sampled_from(HOSTILE + 'ab "…'), max_size=800) | st.text(min_size=100, max_size=900)


@given(texts)
def test_what_is_shown_is_one_visible_bounded_line(text: str) -> None:
    shown = clean(text)
    assert len(shown) <= limits.QUOTE_CHARACTERS_MAX
    assert shown.isprintable()
    assert {unicodedata.category(each) for each in shown} & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} == set()
    assert set(shown) & (set(HOSTILE) - set("[31m")) == set()
    assert clean(shown) == shown
    shown.encode()


@given(texts)
def test_quoted_words_cannot_leave_their_quotation_marks(text: str) -> None:
    assert quoted(text).count('"') == 2
    assert quoted(text) == f'"{quoted(text)[1:-1]}"'


@given(st.text(st.characters(codec="ascii", categories=["L", "N"]), max_size=limits.QUOTE_CHARACTERS_MAX))
def test_plain_words_are_shown_as_they_are(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("safe\u202ecod.exe", "safe cod.exe"),
        ("re\u200bquests", "re quests"),
        ("\x1b[2J\x1b[1;1Hall is well", "[2J [1;1Hall is well"),
        ("a\u3164b", "a b"),
        ("x" * 1_000_000, "x" * (limits.QUOTE_CHARACTERS_MAX - 1) + "…"),
        (" " * 1_000_000 + "x", "…"),
    ],
)
def test_tricks_of_writing_are_undone(text: str, shown: str) -> None:
    assert clean(text) == shown


@given(st.integers(0, 999_999_999), st.sampled_from(["minute", "hour", "day", "week", "year"]))
def test_a_duration_is_read_or_refused_with_its_limit(count: int, unit: str) -> None:
    days = {"minute": 1 / 1440, "hour": 1 / 24, "day": 1, "week": 7, "year": 365}[unit]
    text = f"{count} {unit}s"
    if count * days > limits.POLICY_DURATION_DAYS_MAX + 1:
        with pytest.raises(InvalidInput, match="longer than 36500 days"):
            read_duration(text)
    elif count * days <= limits.POLICY_DURATION_DAYS_MAX:
        duration = read_duration(text)
        assert abs(duration - timedelta(days=count * days)) < timedelta(seconds=1)
        assert read_duration(exactly(duration)) == duration


@given(st.text(st.sampled_from("0123456789 adys-+.e٣"), max_size=20) | st.text(max_size=40))
def test_what_is_no_duration_is_refused_in_words(text: str) -> None:
    try:
        assert timedelta() <= read_duration(text) <= timedelta(days=limits.POLICY_DURATION_DAYS_MAX)
    except InvalidInput as error:
        assert str(error).isprintable()  # noqa: PT017 - either of the two is right


def test_digits_of_other_scripts_are_no_digits_here() -> None:
    with pytest.raises(InvalidInput):
        read_duration("٣ days")


@given(st.timedeltas(), st.datetimes(timezones=st.just(UTC)))
def test_durations_are_told_and_added_without_fail(duration: timedelta, moment: datetime) -> None:
    assert roughly(duration)
    assert exactly(duration)
    if duration >= timedelta():
        assert after(moment, duration) >= moment


@given(st.timedeltas(min_value=timedelta(minutes=1)))
def test_a_rough_duration_is_never_too_long_and_never_half(duration: timedelta) -> None:
    count, unit = roughly(duration).split()
    minutes = {"minute": 1, "hour": 60, "day": 1440, "year": 525_600}[unit.removesuffix("s")] * int(count)
    assert minutes <= duration / timedelta(minutes=1) < 2 * minutes
