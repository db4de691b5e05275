"""The version to use instead: the newest one that this same policy allows."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from pratique.facts.release import Candidate
from pratique.model.artifact import Artifact, VersionText
from pratique.model.decision import Decision, Reason, Remedy, Verdict
from pratique.model.scope import Scope
from pratique.model.waiver import Waiver
from pratique.policy.condition import Case
from pratique.policy.decide import verdict
from pratique.policy.policy import Policy

NONE_YET = "no safe version yet"


def best_alternative(
    policy: Policy,
    candidates: Iterable[Candidate],
    artifact: Artifact,
    scope: Scope,
    now: datetime,
    *,
    requirement: SpecifierSet | None = None,
    waivers: Sequence[Waiver] = (),
) -> VersionText | None:
    """The newest version among `candidates` that the policy allows and that fits the requirement, where one is known.

    Final releases come first; pre-releases count when the refused version is one, or when nothing else is left (PEP 440).
    """
    files: dict[Version, list[Candidate]] = {}
    for candidate in candidates:
        version = _version(candidate.artifact.version)
        if version is not None and candidate.artifact.version != artifact.version:
            files.setdefault(version, []).append(candidate)
    refused = _version(artifact.version)
    wants_previews = refused is not None and refused.is_prerelease
    for previews in (wants_previews, True):
        for version in sorted(files, reverse=True):
            fits = requirement is None or requirement.contains(version, prereleases=True)
            if not fits or (version.is_prerelease and not previews):
                continue
            cases = (Case(each.artifact, each.evidence, scope, now) for each in files[version])
            if any(verdict(policy, case, waivers=waivers) is Verdict.ALLOW for case in cases):
                return files[version][0].artifact.version
        if previews:
            break
    return None


def with_alternative(decision: Decision, version: VersionText | None) -> Decision:
    """The decision with the alternative named in every reason that is not content, or that there is none."""
    name = decision.artifact.name

    def told(reason: Reason) -> Reason:
        if reason.verdict is Verdict.ALLOW or reason.remedy is None or reason.remedy.use:
            return reason
        remedy: Remedy = msgspec.structs.replace(
            reason.remedy, use=NONE_YET if version is None else f"{name} {version}", use_version=version
        )
        return msgspec.structs.replace(reason, remedy=remedy)

    return msgspec.structs.replace(decision, reasons=tuple(told(reason) for reason in decision.reasons))


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None
