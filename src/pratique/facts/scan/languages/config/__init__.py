"""Files by which editors, agents, git and builds are told what to run: JSON, TOML, YAML, XML, INI, and prose for agents."""

from typing import Final

from pratique.facts.scan.languages.config.kinds import kind_of
from pratique.facts.scan.languages.config.prose import PATHS
from pratique.facts.scan.languages.config.view import SCRIPTS, read
from pratique.facts.scan.languages.language import Language

_SUFFIXES: Final = (".json", ".jsonc", ".code-workspace", ".yaml", ".yml", ".md")
"""Suffixes of all such files that neither have a name with a full stop in front nor lie in a folder with one."""


def _claims(path: str, head: bytes) -> bool:
    del head
    if not path.endswith(_SUFFIXES) and "/." not in path and not path.startswith("."):
        return False
    return kind_of(path) is not None or PATHS.search(path) is not None or SCRIPTS.search(path) is not None


def _worth(found: frozenset[str]) -> bool:
    del found
    return True


LANGUAGE: Final = Language("config", _claims, read, {}, _worth)
