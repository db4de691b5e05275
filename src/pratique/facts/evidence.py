"""Everything known about one artifact when it was judged. Written by `python -m tools.generate`."""

from collections.abc import Container

from pratique.facts.questions.advisories import Advisories
from pratique.facts.questions.hashes import Hashes
from pratique.facts.questions.listing import Listing
from pratique.facts.questions.names import NameLikeness
from pratique.facts.questions.origin import Origin
from pratique.facts.questions.provenance import Provenance
from pratique.facts.questions.release_diff import ReleaseDiff
from pratique.facts.questions.security_fix import SecurityFix
from pratique.facts.questions.statements import Statements
from pratique.facts.questions.upload import Upload
from pratique.model.evidence import Answered, Scan, Unknown


class Evidence(Answered, frozen=True, gc=False):
    """The answer to each question of `facts/questions/`, `Unknown` where nobody answered.

    None where it was never asked: it does not concern this kind of artifact, belongs to a tier that was not reached,
    or did not exist when this was recorded. No decision may follow from that. `facts/gather.py` makes evidence, and
    `facts/document.py` writes it down and reads it back.
    """

    advisories: Advisories | Unknown | None = None
    hashes: Hashes | Unknown | None = None
    listing: Listing | Unknown | None = None
    names: NameLikeness | Unknown | None = None
    origin: Origin | Unknown | None = None
    provenance: Provenance | Unknown | None = None
    release_diff: ReleaseDiff | Unknown | None = None
    scan: Scan | Unknown | None = None
    security_fix: SecurityFix | Unknown | None = None
    statements: Statements | Unknown | None = None
    upload: Upload | Unknown | None = None

    def lacks(self, questions: Container[str]) -> bool:
        """Whether nobody answered one of these. Spelled out because it runs for every file of a page."""
        return (
            (type(self.advisories) is Unknown and "advisories" in questions)
            or (type(self.hashes) is Unknown and "hashes" in questions)
            or (type(self.listing) is Unknown and "listing" in questions)
            or (type(self.names) is Unknown and "names" in questions)
            or (type(self.origin) is Unknown and "origin" in questions)
            or (type(self.provenance) is Unknown and "provenance" in questions)
            or (type(self.release_diff) is Unknown and "release_diff" in questions)
            or (type(self.scan) is Unknown and "scan" in questions)
            or (type(self.security_fix) is Unknown and "security_fix" in questions)
            or (type(self.statements) is Unknown and "statements" in questions)
            or (type(self.upload) is Unknown and "upload" in questions)
        )
