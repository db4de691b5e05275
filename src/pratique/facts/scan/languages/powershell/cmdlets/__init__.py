"""Commands of PowerShell of which something is known, by their full names in lower case."""

from collections.abc import Callable
from typing import Final, TypeAlias

from pratique.facts.scan.languages.powershell.cmdlets import files, language, network, protection, settings, system
from pratique.facts.scan.languages.powershell.machine import Call, Machine
from pratique.facts.scan.value import Value

Cmdlet: TypeAlias = Callable[[Machine, Call], Value]

CMDLETS: Final[dict[str, Cmdlet]] = {
    **files.CMDLETS,
    **language.CMDLETS,
    **network.CMDLETS,
    **protection.CMDLETS,
    **settings.CMDLETS,
    **system.CMDLETS,
}
"""What each does, given what it was called with; it gives what it writes to the pipeline."""
