"""Command lines that code of any language runs: which program, and what code is handed to it in its arguments."""

import base64
import binascii
import re
import shlex
from typing import Final

from pratique.facts.scan.content import Reader
from pratique.facts.scan.observation import Context, How
from pratique.facts.scan.value import HOLE

_INTERPRETERS: Final = {
    **dict.fromkeys(("python", "python2", "python3", "pythonw", "py", "pypy3"), "python"),
    **dict.fromkeys(("node", "nodejs", "bun", "deno"), "javascript"),
    **dict.fromkeys(("sh", "bash", "dash", "zsh", "ksh", "ash"), "shell"),
    **dict.fromkeys(("powershell", "pwsh"), "powershell"),
    "cmd": "batch",
    "rscript": "r",
}
"""Programs that take code as an argument, and its language."""
_CODE_OPTIONS: Final = {
    "python": ("-c",),
    "javascript": ("-e", "--eval", "-p", "--print", "eval"),
    "shell": ("-c", "-lc", "-ic", "-xc", "-ec"),
    "r": ("-e",),
}
_OF_DATA: Final = frozenset(
    [
        "wget",
        "curl",
        "git",
        "gh",
        "gsutil",
        "gcloud",
        "aws",
        "az",
        "pip",
        "pip3",
        "conda",
        "mamba",
        "uv",
        "cp",
        "mv",
        "mkdir",
        "ls",
        "cat",
        "echo",
        "printf",
        "tar",
        "unzip",
        "gunzip",
        "7z",
        "rsync",
        "ffmpeg",
        "convert",
        "make",
        "cmake",
        "tail",
        "head",
        "grep",
        "sed",
        "wc",
        "du",
        "df",
        "ln",
        "touch",
        "chmod",
        "hf",
        "huggingface-cli",
        "kaggle",
        "gdown",
        "aria2c",
    ]
)
"""Programs to which what stands behind them is an address, a name or a text."""
_FOREIGN: Final = frozenset({"bun", "deno"})
_LOLBINS: Final = frozenset(
    [
        "certutil",
        "bitsadmin",
        "mshta",
        "regsvr32",
        "rundll32",
        "cscript",
        "wscript",
        "msiexec",
        "installutil",
        "msbuild",
        "forfiles",
        "odbcconf",
        "cmstp",
        "regasm",
        "regsvcs",
        "hh",
        "wmic",
        "schtasks",
        "reg",
        "curl",
        "wget",
        "nc",
        "ncat",
        "socat",
        "osascript",
    ]
)
_ENCODED: Final = re.compile(r"-e(?:n|nc|nco|ncod|ncode|ncoded\w*|c)?$", re.IGNORECASE)
_COMMAND: Final = re.compile(r"-c(?:o|om|omm|omma|omman|ommand)?$", re.IGNORECASE)
_CHARACTERS_MAX: Final = 100_000


def words_of(line: str) -> list[str]:
    """A command line cut into words as a POSIX shell does, or at white space where its quotes do not match."""
    if len(line) > _CHARACTERS_MAX:
        return line.split()
    try:
        return shlex.split(line)
    except ValueError:
        return line.split()


def program(word: str) -> str:
    """The plain name of a program: without folders, quotes, `.exe`, and a version behind it."""
    name = re.split(r"[/\\]", word.strip("\"'& "))[-1].lower().removesuffix(".exe")
    return re.sub(r"(?<=[a-z])[\d.]+$", "", name)


def takes_data(line: str) -> bool:
    """Whether a command line begins with a program, written out, to which what is put in behind it is data and not code."""
    first, _, rest = line.lstrip().partition(" ")
    return bool(rest) and HOLE not in first and "=" not in first and program(first) in _OF_DATA


def run(
    words: list[str],
    reader: Reader,
    line: int,
    *,
    how: How = How.LITERAL,
    inputs: frozenset[str] = frozenset(),
    context: Context | None = None,
    unit: int | None = None,
) -> None:
    """Tell what running a program with arguments does beside starting it, and hand on the code among its arguments."""
    while words and (program(words[0]) in ("sudo", "env", "nohup", "exec", "time", "start", "call") or "=" in words[0]):
        words = words[1:]
    if not words:
        return
    name = program(words[0])
    told = " ".join(words)[:200]
    if name in _LOLBINS:
        reader.emit("proc.lolbin", line, how=how, inputs=inputs, text=told, context=context, unit=unit)
    if name in _FOREIGN:
        reader.emit("proc.foreign_runtime", line, how=how, inputs=inputs, text=told, context=context, unit=unit)
    language = _INTERPRETERS.get(name, "")
    if not language:
        return
    if language == "powershell":
        code, encoded = powershell_code(words[1:])
        if encoded:
            reader.emit("proc.encoded_ps", line, how=how, inputs=inputs, text=told, context=context, unit=unit)
        how = How.DECODED if encoded else how
    elif language == "batch":
        rest = words[1:]
        while rest and rest[0].startswith("/") and rest[0].lower() not in ("/c", "/k", "/r"):
            rest = rest[1:]
        code = " ".join(rest[1:])
    else:
        code = _argument(words[1:], _CODE_OPTIONS[language])
        if code and language != "shell":
            reader.emit("proc.inline_code", line, how=how, inputs=inputs, text=told, context=context, unit=unit)
    if code and code != HOLE:
        reader.embed(language, code, line, how=how, inputs=inputs, context=context, unit=unit)


def powershell_code(arguments: list[str]) -> tuple[str, bool]:
    """The code among the arguments of PowerShell, and whether it was encoded (`-EncodedCommand`: base64 of UTF-16)."""
    for place, argument in enumerate(arguments):
        option = argument.replace("/", "-", 1)
        if _ENCODED.match(option) and option.lower() != "-ep" and place + 1 < len(arguments):
            return decoded_powershell(arguments[place + 1]), True
        if _COMMAND.match(option):
            return " ".join(arguments[place + 1 :]), False
    if arguments and not arguments[0].startswith("-"):
        return " ".join(arguments), False
    return "", False


def decoded_powershell(text: str) -> str:
    """What `-EncodedCommand` would run; empty for what is not encoded so."""
    try:
        data = base64.b64decode(text.strip("\"' ") + "=" * (-len(text.strip("\"' ")) % 4))
    except (binascii.Error, ValueError):
        return ""
    return data.decode("utf-16-le", errors="replace") if b"\0" in data[:8] else data.decode("utf-8", errors="replace")


def _argument(arguments: list[str], options: tuple[str, ...]) -> str:
    for place, argument in enumerate(arguments):
        if argument in options and place + 1 < len(arguments):
            return arguments[place + 1]
    return ""
