"""Files by which editors, agents, git and builds are told what to run: JSON, TOML, YAML, XML, INI, and prose for agents."""

from typing import Final

from pratique.facts.scan.languages.config.kinds import kind_of
from pratique.facts.scan.languages.config.prose import PATHS
from pratique.facts.scan.languages.config.view import SCRIPTS, read
from pratique.facts.scan.languages.language import Language


def _claims(path: str, head: bytes) -> bool:
    del head
    return kind_of(path) is not None or PATHS.search(path) is not None or SCRIPTS.search(path) is not None


def _worth(found: frozenset[str]) -> bool:
    del found
    return True


LANGUAGE: Final = Language("config", _claims, read, {}, _worth)
