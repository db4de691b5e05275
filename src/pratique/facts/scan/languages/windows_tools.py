"""Programs of Windows that fetch, send, copy and run things: what they do with their words.

Names and options are those of Microsoft's reference of Windows commands; uses that attackers make of them are collected by the
project LOLBAS.
"""

import re
from collections.abc import Iterator
from typing import Final

from pratique.facts.scan.languages.windows_deeds import (
    Arranges,
    Copies,
    Decodes,
    Deed,
    Fetches,
    Program,
    Resolves,
    Runs,
    RunsRemote,
    Sends,
    Tells,
    after,
)
from pratique.facts.scan.value import HOLE

_ADDRESS: Final = re.compile(r"(?:https?|ftp)://|^\\\\[^\\?.]+\\", re.IGNORECASE)
_OBJECT: Final = re.compile(r"(?:create|get|activex)object", re.IGNORECASE)
_ASKED: Final = re.compile(
    r"(?:create|activex)object\(\W{1,4}(?:scripting\.filesystemobject|imapi2\.msftdiscmaster2)\b|getobject\(\W{1,4}winmgmts:[^\w\\/]",
    re.IGNORECASE,
)
"""Objects of which a script is told what there is."""
_DOES: Final = re.compile(
    r"eval|\brun\b|\.exec\b|shell|create\(|createtext|copy|move|delete|save|open|fromcharcode|\bchrw?\(|unescape|replace"
    r"|https?:|\[|\\u|\\x|&\s*(?!close)\w{0,9}\(|\+",
    re.IGNORECASE,
)
"""What a script does that only asks for nothing of it: it runs, writes, or puts together what it says."""


def _addresses(words: list[str]) -> list[str]:
    return [word for word in words if _ADDRESS.search(word)]


def _certutil(words: list[str], lower: list[str]) -> Iterator[Deed]:
    options = {word.lstrip("-/") for word in lower if word[:1] in "-/"}
    plain = [word for word in words if word[:1] not in ("-", "/")]
    if options & {"urlcache", "verifyctl", "url"}:
        addresses = _addresses(plain) or [word for word in plain if HOLE in word][:1]
        others = [word for word in plain if word not in addresses]
        if addresses:
            yield Fetches(addresses[0], others[-1] if others else "")
            yield Tells("proc.lolbin")
    elif options & {"decode", "decodehex"} and len(plain) > 1:
        yield Decodes(plain[0], plain[1])


def _bitsadmin(words: list[str], lower: list[str]) -> Iterator[Deed]:
    addresses = _addresses(words)
    if addresses and {"/transfer", "/addfile"} & set(lower):
        place = words.index(addresses[0])
        yield Fetches(addresses[0], words[place + 1] if place + 1 < len(words) else "")
    if "/setnotifycmdline" in lower:
        place = lower.index("/setnotifycmdline")
        yield Arranges("write.schedule", " ".join(words[place + 2 :]))


def _curl(words: list[str], lower: list[str]) -> Iterator[Deed]:
    addresses = _addresses(words) or [word for word in words if HOLE in word and "/" in word][:1]
    sent: list[str] = []
    path = ""
    for place, word in enumerate(words):
        following = words[place + 1] if place + 1 < len(words) else ""
        if word in ("-d", "--data", "--data-binary", "--data-raw", "--data-urlencode", "--json"):
            sent.append(following)
        elif word in ("-F", "--form"):
            sent.append(following.partition("=")[2])
        elif word in ("-T", "--upload-file"):
            sent.append(f"@{following}")
        elif (
            word in ("-o", "--output")
            or (word[:1] == "-" and word[:2] != "--" and word.endswith("o"))
            or (
                lower[place] in ("-outfile", "-out")
                or (word == "-O" and following and not _ADDRESS.search(following) and following[:1] != "-")
            )
        ):
            path = following
        elif word in ("-O", "--remote-name") or (word[:1] == "-" and word[:2] != "--" and "O" in word):
            path = path or "?"
    if not addresses:
        return
    if path == "?":
        path = addresses[0].split("?")[0].rpartition("/")[2]
    if sent:
        yield Sends(addresses[0], tuple(sent))
    else:
        yield Fetches(addresses[0], path)


def _mshta(words: list[str], lower: list[str]) -> Iterator[Deed]:
    for address in _addresses(words):
        yield RunsRemote(address)
    script = any(word.startswith(("javascript:", "vbscript:", "about:")) for word in lower)
    if script and not only_asks(" ".join(lower)):
        yield Tells("proc.pipe_shell")
        inner = re.search(
            r"\.run\s*\(?\s*[\"']*(.+?)[\"']*\s*(?:,\s*\d|\)\s*(?:\(|:|$)|$)", " ".join(words)[:4000], re.IGNORECASE
        )
        if inner is not None:
            yield Runs(inner[1])


def only_asks(line: str) -> bool:
    """Whether a script on a command line of mshta asks the system something and writes the answer out; batch files have it do so."""
    objects = len(_OBJECT.findall(line))
    return 0 < objects == len(_ASKED.findall(line)) and _DOES.search(line) is None and HOLE not in line


def _regsvr32(words: list[str], lower: list[str]) -> Iterator[Deed]:
    for place, word in enumerate(lower):
        if word.startswith(("/i:", "-i:")) and _ADDRESS.search(word):
            yield RunsRemote(words[place][3:])


def _rundll32(words: list[str], lower: list[str]) -> Iterator[Deed]:
    line = " ".join(lower)
    if "comsvcs" in line and ("minidump" in line or "#24" in line or "#+24" in line):
        yield Tells("read.accounts")
        yield Tells("proc.memory_read")
    if "javascript:" in line or "vbscript:" in line:
        yield Tells("proc.pipe_shell")
    yield from (RunsRemote(address) for address in _addresses(words))


def _msiexec(words: list[str], lower: list[str]) -> Iterator[Deed]:
    del lower
    for address in _addresses(words):
        if address.lower().startswith(("http", "ftp")):
            yield RunsRemote(address, installs=True)


def _wmic(words: list[str], lower: list[str]) -> Iterator[Deed]:
    line = " ".join(lower)
    if "shadowcopy" in line and "delete" in lower:
        yield Tells("harm.av_tamper")
    if "process" in lower and "call" in lower and "create" in lower:
        yield Runs(" ".join(words[lower.index("create") + 1 :]).strip("\"'"))
    if "exclusion" in line and "msft_mppreference" in line:
        yield Tells("harm.av_tamper")
    if any(word.startswith("/format:") and _ADDRESS.search(word) for word in lower):
        yield RunsRemote(next(word for word in words if word.lower().startswith("/format:"))[8:].strip("\"'"))


def _forfiles(words: list[str], lower: list[str]) -> Iterator[Deed]:
    yield Runs(after(words, lower, "/c").strip("\"'"))


def _script_host(words: list[str], lower: list[str]) -> Iterator[Deed]:
    del lower
    yield from (RunsRemote(address) for address in _addresses(words[:2]))


def _ssh(words: list[str], lower: list[str]) -> Iterator[Deed]:
    del lower
    if "-R" in words:
        yield Tells("net.tunnel_host")


def _nslookup(words: list[str], lower: list[str]) -> Iterator[Deed]:
    del lower
    plain = [word for word in words if word[:1] != "-"]
    if plain:
        yield Resolves(plain[0])


def _ping(words: list[str], lower: list[str]) -> Iterator[Deed]:
    del lower
    if words and words[-1].count(".") > 1 and not re.fullmatch(r"[\d.]+", words[-1]):
        yield Resolves(words[-1])


def _copy(words: list[str], lower: list[str]) -> Iterator[Deed]:
    del lower
    plain = [word for word in words if not re.match(r"/-?[a-z](?::\S*)?$", word, re.IGNORECASE)]
    if len(plain) > 1:
        yield Copies(plain[0], plain[-1] if len(plain) == 2 else plain[1])


def _robocopy(words: list[str], lower: list[str]) -> Iterator[Deed]:
    del lower
    if len(words) > 1:
        yield Copies(words[0], words[1])


TOOLS: Final[dict[str, Program]] = {
    "certutil": _certutil,
    "bitsadmin": _bitsadmin,
    **dict.fromkeys(("curl", "wget"), _curl),
    "mshta": _mshta,
    "regsvr32": _regsvr32,
    "rundll32": _rundll32,
    "msiexec": _msiexec,
    "wmic": _wmic,
    **dict.fromkeys(("copy", "xcopy", "move"), _copy),
    "robocopy": _robocopy,
    "nslookup": _nslookup,
    "ping": _ping,
    "forfiles": _forfiles,
    **dict.fromkeys(("wscript", "cscript"), _script_host),
    **dict.fromkeys(("ssh", "plink"), _ssh),
}
"""These programs, by their plain names."""
