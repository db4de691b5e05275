"""What each kind of entry changes, and how a change is made: the rows by which the ledger is held against the store."""

from datetime import timedelta

import msgspec
import pytest

from pratique.errors import NotRecorded
from pratique.model.canonical import canonical, digest_of
from pratique.model.decision import Verdict
from pratique.model.event import FORMAT, Decided, Requested, TokenIssued, Waived, WaiverRevoked, WaiverUse, decode
from pratique.model.scope import Actor, ActorKind, ScopeName
from pratique.model.token import Token
from pratique.model.waiver import Waiver
from pratique.record.entry import entry_of, head_of, project_term, terms_of
from pratique.record.state import Add, Delete, Put, Rows, View, apply, changes_of, stateful, told_key
from tests.record.ledgers import ACTOR, MOMENT, decided

OTHER = Actor(ActorKind.HUMAN, "77aa")
WAIVER = Waiver(
    id="w1",
    condition="cooldown",
    package="pkg:pypi/six@*",
    scopes=(ScopeName("workstation"),),
    owner="5f3c",
    approved_by="77aa",
    approver_group="security",
    reason="a test",
    expires=MOMENT + timedelta(days=3),
)


def decision(**changed: object) -> Decided:
    event = decode(decided(1).data)
    assert isinstance(event, Decided)
    return msgspec.structs.replace(event, **changed)


@pytest.mark.parametrize("requested", Requested)
@pytest.mark.parametrize("enforced", [Verdict.ALLOW, Verdict.HOLD, Verdict.DENY])
def test_all_but_a_file_that_was_served_is_recorded_once(requested: Requested, enforced: Verdict) -> None:
    event = decision(requested=requested, enforced=enforced)
    told = [change for change in changes_of(event, {}) if change.view is View.TOLD]
    assert bool(told) is not (requested is Requested.FILE and enforced is Verdict.ALLOW)
    head = head_of(entry_of(event, {}).data)
    assert head is not None
    assert stateful(head) is bool(told)


def test_a_use_counts_as_often_as_its_waiver_allows() -> None:
    event = decision(enforced=Verdict.ALLOW, used=(WaiverUse("w1", 3), WaiverUse("w2")))
    key = ("six-1.0.tar.gz", ACTOR.name, "", "2026-03-24")
    assert changes_of(event, {}) == (Add(View.USE, ("w1", *key), most=3), Add(View.USE, ("w2", *key)))
    head = head_of(entry_of(event, {}).data)
    assert head is not None
    assert stateful(head)


def test_a_waiver_begins_and_ends_without_uses() -> None:
    unused = Delete(View.USE, ("w1",), lenient=True)
    granted = Waived(at=MOMENT, actor=ACTOR, waiver=WAIVER)
    assert changes_of(granted, {}) == (unused, Put(View.WAIVER, ("w1",), canonical(WAIVER)))
    revoked = WaiverRevoked(at=MOMENT, actor=ACTOR, waiver="w1")
    assert changes_of(revoked, {}) == (unused, Delete(View.WAIVER, ("w1",)))


def test_a_token_ends_when_it_was_said_to() -> None:
    token, scope, expires = digest_of(b"secret"), ScopeName("ci"), MOMENT + timedelta(hours=1)
    issued = TokenIssued(at=MOMENT, actor=ACTOR, token=token, holder=ACTOR, scope=scope, expires=expires)
    assert changes_of(issued, {}) == (Put(View.TOKEN, (token,), canonical(Token(token, ACTOR, scope, expires))),)


def test_rows_are_counted_by_the_first_part_of_their_key() -> None:
    rows: Rows = {}
    for key in (("w1", "a"), ("w2", "a"), ("w1", "a"), ("w2", "w1"), ("w1", "b")):
        apply(rows, Add(View.USE, key, most=2))
    with pytest.raises(NotRecorded, match="use w1 is used up"):
        apply(rows, Add(View.USE, ("w1", "c"), most=2))
    with pytest.raises(NotRecorded, match="use w2 is used up"):
        apply(rows, Add(View.USE, ("w2", "c"), most=2))
    assert set(rows[View.USE]) == {("w1", "a"), ("w2", "a"), ("w2", "w1"), ("w1", "b")}


def test_a_whole_key_is_removed_alone_and_the_beginning_of_one_with_all_below() -> None:
    rows: Rows = {View.USE: {("w1",): b"", ("w1", "a"): b"", ("w1", "b"): b"", ("w2", "a"): b""}}
    apply(rows, Delete(View.USE, ("w1",)))
    assert set(rows[View.USE]) == {("w1", "a"), ("w1", "b"), ("w2", "a")}
    apply(rows, Delete(View.USE, ("w1",)))
    assert set(rows[View.USE]) == {("w2", "a")}


def test_a_project_with_a_namespace_has_a_term_of_its_own() -> None:
    assert project_term("npm", "core", "@babel") == "project=npm/@babel/core"
    assert project_term("npm", "core") == "project=npm/core"


@pytest.mark.parametrize("requested", Requested)
def test_a_page_is_told_once_whoever_asked_and_all_else_once_to_each(requested: Requested) -> None:
    others = (decision(requested=requested, machine="m"), decision(requested=requested, actor=OTHER))
    one = told_key(decision(requested=requested))
    assert [told_key(each) == one for each in others] == [requested is Requested.PAGE] * 2


def test_an_entry_is_found_by_all_that_it_says() -> None:
    assert sorted(decided(1).terms) == [
        f"actor={ACTOR.name}",
        "day=2026-03-24",
        "id=0000000000000001",
        "machine=",
        "project=pypi/six",
        "release=pypi/six@1.0",
        "scope=workstation",
        "type=decided",
        "verdict=hold",
    ]
    token = TokenIssued(
        at=MOMENT, actor=ACTOR, token=digest_of(b"s"), holder=ACTOR, scope=ScopeName("ci"), expires=MOMENT
    )
    assert [term for term in entry_of(token, {}).terms if term.startswith(("scope=", "project=", "digest="))] == [
        "scope=ci"
    ]
    digest = digest_of(b"bytes")
    head = head_of(canonical({"v": FORMAT, "type": "x", "digest": digest, "kind": "pypi", "project": "six"}))
    assert head is not None
    assert terms_of(head) == ["type=x", "day=", "actor=", "machine=", "project=pypi/six", f"digest={digest}"]
