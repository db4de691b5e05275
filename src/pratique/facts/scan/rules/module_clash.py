"""A package brings the modules of another project, under a name of its own."""

from collections.abc import Iterator

from pratique.facts.scan.artifact import ArtifactView
from pratique.facts.scan.rule import Place, Rule, Whole, nothing
from pratique.facts.scan.well_known import MODULES
from pratique.model.evidence import Confidence, Severity


def detect(view: ArtifactView) -> Iterator[Place]:
    """Packages at the top of site-packages that are known to be another project's."""
    told: set[str] = set()
    for path in sorted(view.paths):
        module, _, inner = view.site_path(path).partition("/")
        name = module if inner == "__init__.py" else module.removesuffix(".py") if not inner else ""
        owners = MODULES.get(name)
        if owners is not None and view.project not in owners and name not in told:
            told.add(name)
            yield Place(1, f"takes the place of {name}, which belongs to {min(owners)}", path)


RULE = Rule("module-clash", Severity.HIGH, Confidence.MEDIUM, Whole(nothing, detect))
