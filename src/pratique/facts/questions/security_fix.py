"""Which known advisories this version is the fix for."""

from typing import Final, final

import msgspec

from pratique.facts.question import Kind, Question, Word
from pratique.model.decision import Verdict
from pratique.model.evidence import Level, Unknown
from pratique.model.text import clean


@final
class SecurityFix(msgspec.Struct, frozen=True, gc=False, tag="security-fix", omit_defaults=True):
    """Advisories (OSV identifiers) this version is the fix for; empty when it fixes none that we know."""

    advisories: tuple[str, ...] = ()


SECURITY_FIX: Final = Question(
    id="security_fix",
    answer=SecurityFix,
    asks="which advisories it fixes",
    source="advisories",
    unanswered=Unknown("advisories", "no source of advisories is set up"),
    benign=lambda _: SecurityFix(),
    told=lambda fix: ", ".join(map(clean, fix.advisories)) or "none that is known",
    words=(
        Word(
            "security.fixes",
            Kind.YES_NO,
            "whether this version fixes a known advisory",
            lambda fix, _: bool(fix.advisories),
            lambda _, fixes, __: SecurityFix(("EXAMPLE-2026-1",) if fixes else ()),
        ),
        Word(
            "security.advisories",
            Kind.TEXTS,
            "the advisories this version fixes",
            lambda fix, _: fix.advisories,
            lambda _, advisories, __: SecurityFix(advisories),
        ),
    ),
    level=Level.RELEASE,
    unknown=Verdict.ALLOW,
)
