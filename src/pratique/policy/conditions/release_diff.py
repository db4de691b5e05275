"""A release does not suddenly do what its project never did."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Final

from pratique.errors import InvalidInput
from pratique.facts.questions.release_diff import ReleaseDiff
from pratique.model.decision import Reason, Remedy, Verdict
from pratique.model.text import clean
from pratique.policy.condition import SECURITY, Case

_ID: Final = "release-diff"
_LATER: Final = Reason(_ID, Verdict.ALLOW, "compared when the file is asked for")
_NOT_KNOWN: Final = Reason(_ID, Verdict.ALLOW, "nothing to compare with; the condition unknowns says what follows")
_START: Final = " at interpreter start"
_INSTALLATION: Final = " at installation"
_IMPORT: Final = " on import"
_CALLED: Final = " when called"
_SENT: Final = " into the network "
_PATCHED: Final = "code.patch on import"
_ACTS: Final = ("net.", "proc.", "code.exec", "code.native", "code.reflected", "decode.", "harm.", "spread.", "obf.")
_GRAVE: Final = (
    *(
        "proc.pipe_shell",
        "proc.encoded_ps",
        "proc.foreign_runtime",
        "proc.shell_plumbing",
        "proc.injection",
        "proc.memory_read",
    ),
    *(
        "net.collector_host",
        "net.messenger_token",
        "net.chain_rpc",
        "net.metadata_service",
        "net.dns_data",
        "net.mail_copy",
    ),
    *("harm.av_tamper", "harm.wipe", "harm.address_swap", "obf.tool", "obf.invisible", "obf.offscreen"),
    *("read.browser", "read.wallet", "read.extension_id", "read.app_data", "read.agent_config", "read.keys", "spread."),
    *("write.autostart", "write.pth", "write.agent_config", "write.workflow", "code.deserialise_call"),
)
_TOLD_MAX: Final = 3


@dataclass(frozen=True, slots=True)
class ReleaseDiffers:
    """Judges what a release gained by when it would run.

    Of what somebody has to call, it judges what betrays whoever does: secrets or mail that go elsewhere.
    """

    id: ClassVar[str] = _ID
    title: ClassVar[str] = "A release does not suddenly do what its project never did."
    waivable_by: ClassVar[tuple[str, ...]] = (SECURITY,)

    at_start: Verdict = Verdict.DENY
    at_installation: Verdict = Verdict.HOLD
    on_import: Verdict = Verdict.HOLD
    when_called: Verdict = Verdict.HOLD

    def __post_init__(self) -> None:
        if max(self.at_installation, self.on_import, self.when_called) > self.at_start:
            raise InvalidInput("`at_start` is at least as strict as the others")

    def judge(self, case: Case) -> Reason:
        """The strictest of what follows from what was gained."""
        diff = case.evidence.release_diff
        if diff is None:
            return _LATER
        if type(diff) is not ReleaseDiff:
            return _NOT_KNOWN
        weighed = (
            ([word for word in diff.gained if word.endswith(_START)], self.at_start),
            ([word for word in diff.gained if word.endswith(_INSTALLATION) and _acts(word)], self.at_installation),
            ([word for word in diff.gained if word.endswith(_IMPORT) and _grave(word, diff.gained)], self.on_import),
            ([word for word in diff.gained if word.endswith(_CALLED) and _betrays(word)], self.when_called),
        )
        for gained, verdict in weighed:
            if gained and verdict is not Verdict.ALLOW:
                return _refused(diff, gained, verdict)
        accepted = [word for gained, _ in weighed for word in gained]
        if accepted:
            return Reason(_ID, Verdict.ALLOW, f"{_said(diff, accepted)}; this policy accepts that")
        return Reason(_ID, Verdict.ALLOW, f"it gained nothing since {clean(diff.baseline)} that would worry")


def _acts(word: str) -> bool:
    return word.startswith(_ACTS) or _SENT in word


def _grave(word: str, gained: tuple[str, ...]) -> bool:
    """Whether it would do harm on import. Functions of others are replaced for many reasons, and seldom to use the network."""
    if word == _PATCHED:
        return any(other.startswith("net.") for other in gained)
    return word.startswith(_GRAVE) or _SENT in word


def _betrays(word: str) -> bool:
    return _SENT in word or word.startswith("net.mail_copy")


def _said(diff: ReleaseDiff, gained: Iterable[str]) -> str:
    words = list(gained)
    more = f" and {len(words) - _TOLD_MAX} more" if len(words) > _TOLD_MAX else ""
    return f"since {clean(diff.baseline)} it gained {clean(', '.join(words[:_TOLD_MAX]))}{more}"


def _refused(diff: ReleaseDiff, gained: Iterable[str], verdict: Verdict) -> Reason:
    remedy = Remedy(do=f"stay with {clean(diff.baseline)}; pratique explain {_ID}", ask=SECURITY)
    return Reason(_ID, verdict, _said(diff, gained), remedy)
