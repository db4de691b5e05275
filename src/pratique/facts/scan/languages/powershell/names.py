"""Names of PowerShell: aliases, automatic variables, and what nobody has a reason to spell in pieces."""

from typing import Final

from pratique.facts.scan.languages.windows import ENVIRONMENT, listed

ALIASES: Final[dict[str, str]] = {
    alias: command
    for command, aliases in {
        "invoke-expression": "iex",
        "invoke-webrequest": "iwr curl wget",
        "invoke-restmethod": "irm",
        "invoke-command": "icm",
        "invoke-wmimethod": "iwmi",
        "invoke-cimmethod": "icim",
        "invoke-item": "ii",
        "foreach-object": "% foreach",
        "where-object": "? where",
        "select-object": "select",
        "sort-object": "sort",
        "tee-object": "tee",
        "measure-object": "measure",
        "write-output": "echo write",
        "start-process": "saps start",
        "stop-process": "kill spps",
        "get-process": "gps ps",
        "start-job": "sajb",
        "start-service": "sasv",
        "stop-service": "spsv",
        "get-service": "gsv",
        "get-content": "gc cat type",
        "set-content": "sc",
        "add-content": "ac",
        "copy-item": "cp copy cpi ci",
        "move-item": "mv move mi",
        "remove-item": "ri rm del erase rd rmdir",
        "rename-item": "ren rni",
        "get-item": "gi",
        "set-item": "si",
        "new-item": "ni md mkdir",
        "clear-item": "cli",
        "get-childitem": "gci ls dir",
        "get-itemproperty": "gp",
        "set-itemproperty": "sp",
        "remove-itemproperty": "rp",
        "get-itempropertyvalue": "gpv",
        "get-variable": "gv",
        "set-variable": "sv set",
        "new-variable": "nv",
        "get-command": "gcm",
        "get-alias": "gal",
        "set-alias": "sal",
        "new-alias": "nal",
        "get-member": "gm",
        "get-wmiobject": "gwmi",
        "set-wmiinstance": "swmi",
        "get-ciminstance": "gcim",
        "new-ciminstance": "ncim",
        "set-ciminstance": "scim",
        "remove-ciminstance": "rcim",
        "get-clipboard": "gcb",
        "set-clipboard": "scb",
        "get-history": "h history ghy",
        "import-module": "ipmo",
        "new-pssession": "nsn",
        "enter-pssession": "etsn",
        "start-sleep": "sleep",
        "get-location": "gl pwd",
        "set-location": "cd chdir sl",
        "out-printer": "lp",
        "get-computerinfo": "gin",
        "set-service": "",
        "convertfrom-string": "CFS",
        "start-bitstransfer": "",
        "compress-archive": "",
    }.items()
    for alias in aliases.lower().split()
}

VALUES: Final[dict[str, object]] = {
    "true": True,
    "false": False,
    "null": None,
    "shellid": "Microsoft.PowerShell",
    "pshome": "C:\\Windows\\System32\\WindowsPowerShell\\v1.0",
    "verbosepreference": "SilentlyContinue",
    "debugpreference": "SilentlyContinue",
    "warningpreference": "Continue",
    "erroractionpreference": "Continue",
    "progresspreference": "Continue",
    "confirmpreference": "High",
    **{f"env:{name}": text for name, text in ENVIRONMENT.items()},
    "home": "%USERPROFILE%",
    "profile": "%USERPROFILE%\\Documents\\WindowsPowerShell\\Microsoft.PowerShell_profile.ps1",
}
"""Automatic variables whose content is the same on every machine, so that letters are taken out of it."""

VARIABLE_NAMES: Final = (
    "maximumdrivecount",
    "maximumaliascount",
    "maximumerrorcount",
    "maximumfunctioncount",
    "maximumhistorycount",
    "maximumvariablecount",
    "executioncontext",
    "verbosepreference",
    "debugpreference",
    "warningpreference",
    "erroractionpreference",
    "shellid",
    "pshome",
    "psversiontable",
    "home",
    "profile",
    "nestedpromptlevel",
    "outputencoding",
    "psculture",
    "psuiculture",
    "formatenumerationlimit",
)
"""Names of variables that are asked for by a wildcard, to take letters out of the name."""
COMMAND_NAMES: Final = (
    "invoke-expression",
    "iex",
    "invoke-webrequest",
    "iwr",
    "invoke-restmethod",
    "irm",
    "invoke-command",
    "icm",
    "new-object",
    "start-process",
    "saps",
    "start-bitstransfer",
    "invoke-item",
    "get-variable",
    "set-variable",
    "get-item",
    "set-item",
    "get-childitem",
    "get-command",
    "get-content",
    "add-type",
    "invoke-wmimethod",
    "invoke-cimmethod",
)
"""Names of commands that are asked for by a wildcard, the most asked for first."""
RUNNERS: Final = listed(
    """invoke-expression invoke-webrequest invoke-restmethod invoke-command start-process new-object add-type
    start-bitstransfer set-mppreference add-mppreference invoke-wmimethod invoke-cimmethod powershell cmd"""
)
"""Commands that there is no reason to spell in pieces."""
SPELLED_MEMBERS: Final = listed(
    """downloadstring downloadfile downloaddata openread uploadstring frombase64string getstring load loadfile create invoke
    invokescript newscriptblock getfield gettype getmethod setvalue getdelegateforfunctionpointer readtoend"""
)
"""Members that there is no reason to spell in pieces."""
