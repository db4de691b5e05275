"""A package as people type it: a purl, or a name of Python's world, with a version or without."""

from pratique.errors import InvalidInput
from pratique.model.artifact import Artifact, ProjectName, VersionText
from pratique.policy.pattern import read_pattern, read_release


def read_package(text: str) -> Artifact:
    """`pkg:pypi/requests@2.31.0`, `pkg:pypi/requests`, `requests==2.31.0` or `requests`. Raises `InvalidInput`."""
    purl = text if text.startswith("pkg:") else f"pkg:pypi/{text.replace('==', '@')}"
    if "@" in purl:
        return read_release(purl)
    pattern = read_pattern(purl)
    if not pattern.exact_name:
        raise InvalidInput(f"{text} means several packages", advice="name one: pkg:pypi/requests")
    return Artifact(pattern.kind, ProjectName(pattern.exact_name), VersionText(""))
