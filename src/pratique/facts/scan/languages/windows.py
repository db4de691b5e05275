"""What PowerShell and batch files share: how Windows cuts a command line, what it keeps in its environment, known addresses."""

import re
from functools import lru_cache
from typing import Final


def listed(names: str) -> frozenset[str]:
    """The names in a text with blanks between them, as tables hold them."""
    return frozenset(names.split())


_NUMBERED: Final = frozenset({"rundll32", "regsvr32", "odbcad32", "extrac32", "ieexec", "net1"})
_WORD: Final = re.compile(r'(?:[^\s"\\]|\\"|\\|"(?:[^"\\]|\\"|\\|"")*+(?:"|\Z))++')
_PART: Final = re.compile(r'"((?:[^"\\]|\\"|\\|""(?!\Z))*+)(?:"|\Z)|\\"')
_CHARACTERS_MAX: Final = 100_000
_SYSTEM_NAMES: Final = listed(
    """svchost csrss lsass winlogon services smss wininit explorer spoolsv taskhost taskhostw dwm conhost dllhost
    runtimebroker sihost ctfmon fontdrvhost searchindexer securityhealthservice securityhealthsystray windowsdefender
    windowsupdate winupdate chromeupdate msedgeupdate onedriveupdater javaupdate"""
)
_SYSTEM_FOLDER: Final = re.compile(
    r"(?:windows|%(?:windir|systemroot)%)[\\/](?:system32|syswow64|explorer\.exe)", re.IGNORECASE
)
_PROGRAM: Final = re.compile(r"(?:^|[\\/])([^\\/]+)\.(?:exe|scr|com|bat|cmd|ps1|vbs|dll)[\"']?$", re.IGNORECASE)
_CODE_HOSTS: Final = re.compile(
    r"https?://(?:raw\.githubusercontent\.com|gist\.githubusercontent\.com|bitbucket\.org)/", re.IGNORECASE
)
_INSTALLERS: Final = re.compile(
    r"""https://(?:
        get\.scoop\.sh/? | ohmyposh\.dev/install\.ps1
        | raw\.githubusercontent\.com/ScoopInstaller/Install/(?:master|main)/install\.ps1
        | (?:www\.)?dot\.net/v1/dotnet-install\.ps1 | dotnet\.microsoft\.com/download/dotnet/scripts/v1/dotnet-install\.ps1
        | aka\.ms/install-powershell\.ps1 | astral\.sh/uv/(?:[\d.]+/)?install\.ps1 | install\.python-poetry\.org/?
        | sh\.rustup\.rs/? | deno\.land/(?:x/)?install(?:/install)?\.(?:ps1|sh) | bun\.sh/install(?:\.ps1)?
        | get\.pnpm\.io/install\.ps1 | aka\.ms/getwinget | boxstarter\.org/bootstrapper\.ps1
        | (?:community\.)?chocolatey\.org/install\.ps1
    )""",
    re.IGNORECASE | re.VERBOSE,
)


def words_of(line: str) -> list[str]:
    """A command line cut into words as programs of Windows do it: at white space outside of double quotes, which are taken off.

    A quote behind a backslash, and two of them inside a quoted part, are one that stays.
    """
    return [
        _PART.sub(_unquoted, found[0]) if '"' in found[0] else found[0]
        for found in _WORD.finditer(line[:_CHARACTERS_MAX])
    ]


def _unquoted(part: "re.Match[str]") -> str:
    quoted = part[1]
    if quoted is None:
        return '"'
    return quoted.replace('\\"', '"').replace('""', '"') if quoted else ""


@lru_cache(maxsize=4096)
def program_of(word: str) -> str:
    """The plain name of a program: without folders, quotes, `.exe`, and, unless its name ends so, a number behind it."""
    name = re.split(r"[/\\]", word.strip("\"'& "))[-1].lower()
    name = re.sub(r"\.(?:exe|com)$", "", name)
    return name if name in _NUMBERED else re.sub(r"(?<=[a-z])[\d.]+$", "", name)


def pretends(path: str) -> bool:
    """Whether a program has the name of one of the system's, and lies elsewhere."""
    found = _PROGRAM.search(path.strip())
    if found is None or _SYSTEM_FOLDER.search(path):
        return False
    return "".join(found[1].lower().split("-")).replace("_", "").replace(" ", "") in _SYSTEM_NAMES and bool(
        set("\\/") & set(path)
    )


ENVIRONMENT: Final = {
    "comspec": "C:\\WINDOWS\\system32\\cmd.exe",
    "public": "C:\\Users\\Public",
    "windir": "C:\\WINDOWS",
    "systemroot": "C:\\WINDOWS",
    "systemdrive": "C:",
    "homedrive": "C:",
    "programdata": "C:\\ProgramData",
    "allusersprofile": "C:\\ProgramData",
    "programfiles": "C:\\Program Files",
    "programfiles(x86)": "C:\\Program Files (x86)",
    "programw6432": "C:\\Program Files",
    "commonprogramfiles": "C:\\Program Files\\Common Files",
    "os": "Windows_NT",
    "pathext": ".COM;.EXE;.BAT;.CMD;.VBS;.VBE;.JS;.JSE;.WSF;.WSH;.MSC;.CPL",
    "driverdata": "C:\\Windows\\System32\\Drivers\\DriverData",
}
"""Variables of the environment whose content is the same on nearly every machine, so that letters are taken out of it."""
HOST_INFO: Final = listed("username computername userdomain userdnsdomain logonserver processor_identifier")
"""Variables of the environment that say who and where it is."""


def installer(address: str) -> bool:
    """Whether an address is that of a well-known tool's own installation script, which nobody else can change."""
    return _INSTALLERS.fullmatch(address.strip()) is not None


def place_of_code(address: str) -> bool:
    """Whether an address is at a place where projects keep their code, and others their scraps."""
    return _CODE_HOSTS.match(address.strip()) is not None
