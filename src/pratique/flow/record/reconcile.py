"""What is in force must be in the record: waivers and tokens, held against the entries that grant and end them.

They live in tables beside the ledger, where whoever can write the database could add one. The ledger cannot be written unnoticed.
"""

from collections.abc import Iterable, Iterator

import msgspec

from pratique.model.artifact import Digest
from pratique.model.event import Event, TokenIssued, TokenRevoked, Waived, WaiverRevoked
from pratique.model.waiver import Waiver
from pratique.ports import Token


class Recorded:
    """What the entries seen so far have granted, and what they have ended."""

    def __init__(self) -> None:
        self._waivers: dict[str, tuple[int, Waiver]] = {}
        self._tokens: dict[Digest, tuple[int, TokenIssued]] = {}
        self._ended: dict[str, int] = {}

    def see(self, index: int, event: Event | None) -> None:
        """Take note of one entry; entries come in their order."""
        match event:
            case Waived():
                self._waivers[event.waiver.id] = index, _nameless(event.waiver)
                self._ended.pop(event.waiver.id, None)
            case WaiverRevoked():
                self._waivers.pop(event.waiver, None)
                self._ended[event.waiver] = index
            case TokenIssued():
                self._tokens[event.token] = index, event
            case TokenRevoked():
                self._tokens.pop(event.token, None)
                self._ended[event.token] = index
            case _:
                pass

    def unrecorded(self, in_force: Iterable[Waiver | Token]) -> Iterator[str]:
        """A sentence for each exception and each token in force that is not as the record has it."""
        for each in in_force:
            if isinstance(each, Waiver):
                index, granted = self._waivers.get(each.id, (None, None))
                if granted != _nameless(each):
                    yield self._wrong(f"the waiver {each.id}", each.id, index)
            else:
                index, issued = self._tokens.get(each.digest, (None, None))
                if issued is None or (issued.scope, issued.holder.kind, issued.expires) != _terms(each):
                    yield self._wrong(f"the token {each.label}", each.digest, index)

    def _wrong(self, what: str, key: str, index: int | None) -> str:
        if index is not None:
            return f"{what} is in force with other terms than entry {index} gave it"
        if key in self._ended:
            return f"{what} is in force, and entry {self._ended[key]} has ended it"
        return f"{what} is in force, and no entry grants it"


def _nameless(waiver: Waiver) -> Waiver:
    """Without the names, which are pseudonyms in the record and may have been forgotten since."""
    return msgspec.structs.replace(waiver, owner="", approved_by="")


def _terms(token: Token) -> tuple[object, ...]:
    return token.scope, token.kind, token.expires
