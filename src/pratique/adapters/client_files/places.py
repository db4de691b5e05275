"""Where each package client keeps its configuration, in the order in which it reads: what comes later wins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pratique.errors import InvalidInput

INI: Final = "ini"
TOML: Final = "toml"


@dataclass(frozen=True, slots=True)
class Machine:
    """What decides where files lie: an account's environment, the current folder, the top of the file system."""

    environment: Mapping[str, str]
    folder: Path
    platform: str
    """As `sys.platform`."""
    root: Path = Path("/")

    @property
    def home(self) -> Path:
        """The account's own folder. Raises `InvalidInput` where it has none."""
        told = self.environment.get("HOME", "")
        if not told:
            raise InvalidInput("this account has no home folder", advice="set HOME")
        return Path(told)

    @property
    def configuration(self) -> Path:
        """The account's folder of configuration (XDG base directories)."""
        return Path(self.environment.get("XDG_CONFIG_HOME") or self.home / ".config")

    @property
    def configurations_of_all(self) -> tuple[Path, ...]:
        """The machine's folders of configuration, the first wins."""
        told = self.environment.get("XDG_CONFIG_DIRS") or "/etc/xdg"
        return tuple(self.root / each.lstrip("/") for each in told.split(":") if each)

    @property
    def application_support(self) -> Path:
        """Where programs of macOS keep what is an account's own."""
        return self.home / "Library" / "Application Support"


def pip_files(machine: Machine) -> list[Path]:
    """The files of pip: the machine's, the account's, the active environment's, the one named by a variable."""
    of_all = [each / "pip" / "pip.conf" for each in reversed(machine.configurations_of_all)]
    found = [*of_all, machine.root / "etc" / "pip.conf", machine.home / ".pip" / "pip.conf", pip_own(machine)]
    active = machine.environment.get("VIRTUAL_ENV")
    if active:
        found.append(Path(active) / "pip.conf")
    named = machine.environment.get("PIP_CONFIG_FILE")
    if named:
        found.append(Path(named))
    return found


def pip_own(machine: Machine) -> Path:
    """The file that `pip config set` writes."""
    if machine.platform == "darwin" and (machine.application_support / "pip").is_dir():
        return machine.application_support / "pip" / "pip.conf"
    return machine.configuration / "pip" / "pip.conf"


def uv_own(machine: Machine) -> Path:
    """The account's file of uv."""
    return machine.configuration / "uv" / "uv.toml"


def uv_files(machine: Machine) -> list[Path]:
    """The files of uv: the machine's, the account's, the project's; or the one named by a variable, instead of all."""
    named = machine.environment.get("UV_CONFIG_FILE")
    if named:
        return [Path(named)]
    of_all = [each / "uv" / "uv.toml" for each in machine.configurations_of_all]
    system = next((each for each in of_all if each.is_file()), machine.root / "etc" / "uv" / "uv.toml")
    project = next(
        (
            each / name
            for each in (machine.folder, *machine.folder.parents)
            for name in ("uv.toml", "pyproject.toml")
            if (each / name).is_file()
        ),
        None,
    )
    return [system, uv_own(machine), *([project] if project is not None else [])]


def pdm_own(machine: Machine) -> Path:
    """The account's file of pdm."""
    named = machine.environment.get("PDM_CONFIG_FILE")
    if named:
        return Path(named)
    folder = machine.application_support if machine.platform == "darwin" else machine.configuration
    return folder / "pdm" / "config.toml"


def above(folder: Path, names: Sequence[str]) -> list[Path]:
    """The nearest file of each name from a folder upwards."""
    nearest = (next((up / name for up in (folder, *folder.parents) if (up / name).is_file()), None) for name in names)
    return [path for path in nearest if path is not None]
