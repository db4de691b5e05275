"""The scanner as the gate sees it: files go in by their digests, facts come out, nothing a file does comes with them."""

from pratique.adapters.confined import OTHER, Confined
from pratique.adapters.kept_records import KeptRecords
from pratique.adapters.scan_protocol import Asked
from pratique.ecosystems.pypi.wheel import CoreMetadata
from pratique.errors import InvalidInput, Unavailable
from pratique.facts.scan.indicators import Packs
from pratique.model.artifact import Digest
from pratique.model.evidence import Scan, Unknown
from pratique.ports import Blobs


class NoScanner:
    """Scans nothing, and says so; metadata it leaves to the other."""

    def __init__(self, confined: "ConfinedScanner") -> None:
        self.rules = confined.rules
        self._confined = confined

    def prepare(self) -> None:
        """As `ports.Scanner.prepare`: there is nothing to get ready for."""

    async def scan(self, filename: str, blob: Digest, project: str = "") -> Scan | Unknown:
        """As `ports.Scanner.scan`."""
        del filename, blob, project
        return Unknown("scanner", "it is switched off in the settings")

    async def metadata(self, filename: str, blob: Digest) -> bytes:
        """As `ports.Scanner.metadata`."""
        return await self._confined.metadata(filename, blob)


class ConfinedScanner(Confined):
    """Looks into the files of a gate, confined."""

    def __init__(self, blobs: Blobs, packs: Packs | None = None, records: KeptRecords | None = None) -> None:
        super().__init__(packs, records)
        self._blobs = blobs

    async def scan(self, filename: str, blob: Digest, project: str = "") -> Scan | Unknown:
        """As `ports.Scanner.scan`."""
        return await self.seen(Asked("scan", filename, blob, project=project), lambda: self._blobs.file(blob))

    async def metadata(self, filename: str, blob: Digest) -> bytes:
        """As `ports.Scanner.metadata`."""
        answer = await self.ask(Asked("metadata", filename, blob), lambda: self._blobs.file(blob))
        if isinstance(answer, CoreMetadata):
            return answer.content
        if isinstance(answer, Unknown) and answer.source == "wheel":
            raise InvalidInput(answer.why)
        why = answer.why if isinstance(answer, Unknown) else OTHER
        raise Unavailable(f"the metadata of {filename} could not be read: {why}")
