"""This machine, this account, this folder: its settings, its policy, and the clients that run around a gate.

Beside `app` a module that chooses adapters: those that are needed before a gate opens, if one opens at all. A command that has
nothing to fetch ends without one, and `app` takes longer to import than such a command takes to run.
"""

from collections.abc import Mapping
from pathlib import Path

from pratique.adapters.account import fresh_secret, here, home, person
from pratique.adapters.clients.child import Child
from pratique.adapters.clients.foreign import made_by_client
from pratique.adapters.clients.installed import States
from pratique.adapters.clients.meeting import Meeting
from pratique.adapters.clients.runs import Run, left_behind
from pratique.adapters.clients.wrapping import Wrapping, wrapping
from pratique.adapters.clock import SystemClock
from pratique.adapters.indexes import indexes_of, shown_indexes
from pratique.adapters.names import names_in_force
from pratique.adapters.packs import pack_signed, packs_in_force
from pratique.adapters.policy_file import policy_in_force
from pratique.adapters.runs import runs_in
from pratique.adapters.settings_files import read_here, system_file, user_file
from pratique.model.scope import ScopeName
from pratique.policy.strictness import refuse_laxer
from pratique.settings import Configured, Settings

__all__ = [
    "Child",
    "Meeting",
    "Run",
    "States",
    "SystemClock",
    "Wrapping",
    "configured_here",
    "fresh_secret",
    "home",
    "indexes_of",
    "left_behind",
    "made_by_client",
    "names_in_force",
    "pack_signed",
    "packs_in_force",
    "person",
    "policy_in_force",
    "runs_in",
    "settings_file",
    "settings_here",
    "shown_indexes",
    "wrapping",
]


def configured_here(overrides: Mapping[str, object] | None = None) -> Configured:
    """The settings of this machine and folder, and which place set each. `overrides` are options by key.

    Raises `InvalidInput` for a file that cannot be read as settings, and for a project that asks for more than it may have.
    """
    configured = read_here(here(), overrides or {})
    if configured.scope_of_project:
        policy = policy_in_force(configured.settings)
        scope = ScopeName(configured.settings.scope)
        usual = ScopeName(configured.scope_otherwise) or policy.default_scope
        refuse_laxer(policy, scope, usual, configured.scope_of_project)
    return configured


def settings_here(overrides: Mapping[str, object] | None = None) -> Settings:
    """The settings of this machine and folder. Raises as `configured_here` does."""
    return configured_here(overrides).settings


def settings_file() -> Path:
    """Where this account's settings belong."""
    return user_file() or system_file()
