"""Every question that is asked. Written by `python -m tools.generate`."""

from typing import Any

from pratique.facts.question import Question
from pratique.facts.questions.advisories import ADVISORIES
from pratique.facts.questions.hashes import HASHES
from pratique.facts.questions.listing import LISTING
from pratique.facts.questions.names import NAMES
from pratique.facts.questions.origin import ORIGIN
from pratique.facts.questions.provenance import PROVENANCE
from pratique.facts.questions.release_diff import RELEASE_DIFF
from pratique.facts.questions.scan import SCAN
from pratique.facts.questions.security_fix import SECURITY_FIX
from pratique.facts.questions.statements import STATEMENTS
from pratique.facts.questions.upload import UPLOAD

QUESTIONS: tuple[Question[Any], ...] = (
    ADVISORIES,
    HASHES,
    LISTING,
    NAMES,
    ORIGIN,
    PROVENANCE,
    RELEASE_DIFF,
    SCAN,
    SECURITY_FIX,
    STATEMENTS,
    UPLOAD,
)
