"""How a drill asks for a file: by page and by file where the gate has a door for it, else by handing it over."""

import contextlib
from dataclasses import dataclass
from datetime import datetime

from pratique.errors import NotFound
from pratique.facts.evidence import Evidence
from pratique.flow.drill_handed import hand_over
from pratique.flow.drill_report import Probe
from pratique.flow.gate.admit import Admission, admit
from pratique.flow.gate.steer import SteeredPage, steer
from pratique.flow.requester import FileRequest, Requester
from pratique.flow.world import World
from pratique.model.artifact import ProjectName
from pratique.model.evidence import Tier
from pratique.model.listing import settled_path
from pratique.model.scenario import Scenario, ScenarioFile, Scene, Stage


@dataclass(slots=True)
class Asking:
    """Somebody who asks for the files of a scenario: at the gate where it has a door for them, else by handing them over."""

    scene: Scene[World]
    scenario: Scenario
    requester: Requester

    async def probe(self, file: ScenarioFile, moment: datetime) -> Probe:
        """Ask as an unpinned install does, by the page, and as a pin does, by the file."""
        steered = None
        try:
            if self.scenario.kind.has_door:
                steered = await steer(self.scene.world, ProjectName(self.scenario.project), self.requester)
            admission = await self.ask(file)
        except NotFound:
            return Probe(moment, Stage.BEFORE_DOWNLOAD, "not listed")
        if not admission.refused:
            return Probe(moment, Stage.EXPOSED, "")
        looked_inside = admission.file.evidence.tier is Tier.BYTES
        misled = steered is not None and _misleads(steered, file.filename, admission.file.evidence)
        stage = Stage.DOWNLOAD if looked_inside or misled else Stage.BEFORE_DOWNLOAD
        return Probe(moment, stage, admission.judged.decision.strictest.control)

    async def ask_before(self, file: ScenarioFile) -> None:
        """Ask for what was there before, whatever comes of it: what is let in is what a later release is compared with."""
        with contextlib.suppress(NotFound):
            await self.ask(file)

    async def ask(self, file: ScenarioFile) -> Admission:
        """Ask for one file. Raises `NotFound` where its page does not list it and never did."""
        world = self.scene.world
        if not self.scenario.kind.has_door:
            return await hand_over(world, self.scenario, file, self.scene.held, self.requester)
        project = ProjectName(self.scenario.project)
        known = await world.pages.find(project)
        entry, seen = known.entries.get(file.filename), known.remembered.get(file.filename)
        path = entry.path if entry is not None else seen.path if seen is not None else ""
        if not path:
            raise NotFound(f"index {known.index} does not list {file.filename}")
        return await admit(world, FileRequest(self.requester, known.index, settled_path(path)))


def _misleads(steered: SteeredPage, filename: str, evidence: Evidence) -> bool:
    """Whether a page offers a file to an unpinned install that is refused by what this very page says.

    It offers what is listed, not held back, and not yanked by its index either. What an attestation says is not on the page.
    """
    entry, candidate = steered.known.entries.get(filename), steered.known.candidates.get(filename)
    offered = entry is not None and entry.yanked is False and filename not in steered.held
    return offered and (candidate is None or candidate.evidence == evidence)
