"""Programs of Windows that set, list and delete things: what they do with their words.

Names and options are those of Microsoft's reference of Windows commands.
"""

import re
from collections.abc import Iterator
from typing import Final

from pratique.facts.scan.languages.windows_deeds import Arranges, Deed, Program, Sets, Tells, after, is_everything
from pratique.facts.scan.value import HOLE

_ACCOUNTS: Final = re.compile(r"(?:hklm|hkey_local_machine)\\(?:sam|security)\\?$")


def _schtasks(words: list[str], lower: list[str]) -> Iterator[Deed]:
    if "/create" in lower or "-create" in lower:
        yield Arranges("write.schedule", after(words, lower, "/tr", "-tr"))
    elif "/change" in lower and "/disable" in lower and any("windows defender" in word for word in lower):
        yield Tells("harm.av_tamper")


def _reg(words: list[str], lower: list[str]) -> Iterator[Deed]:
    if not words:
        return
    if lower[0] == "add" and len(words) > 1:
        name = after(words, lower, "/v", "-v")
        yield Sets(f"{words[1]}\\{name}" if name else words[1], after(words, lower, "/d", "-d"))
    elif lower[0] in ("save", "export") and len(words) > 1 and _ACCOUNTS.match(lower[1]):
        yield Tells("read.accounts")


def _sc(words: list[str], lower: list[str]) -> Iterator[Deed]:
    if "create" in lower[:2] or ("config" in lower[:2] and after(words, lower, "binpath", "binpath=")):
        yield Arranges("write.service", after(words, lower, "binpath", "binpath="))


def _netsh(words: list[str], lower: list[str]) -> Iterator[Deed]:
    line = " ".join(lower)
    if "wlan" in line and "key=clear" in line:
        yield Tells("read.secrets_store")
    if "portproxy" in line and "add" in lower:
        yield Tells("net.listen")
    if "add helper" in line:
        yield Arranges("write.autostart", words[-1])


def _vssadmin(words: list[str], lower: list[str]) -> Iterator[Deed]:
    del words
    if ("delete" in lower and "shadows" in lower) or ("resize" in lower and "shadowstorage" in lower):
        yield Tells("harm.av_tamper")


def _wbadmin(words: list[str], lower: list[str]) -> Iterator[Deed]:
    del words
    if "delete" in lower and {"catalog", "systemstatebackup", "backup"} & set(lower):
        yield Tells("harm.av_tamper")


def _del(words: list[str], lower: list[str]) -> Iterator[Deed]:
    deep = bool({"/s"} & set(lower)) or any(re.fullmatch(r"(?:/[a-z])*/s(?:/[a-z])*", word) for word in lower)
    yield Tells("harm.delete")
    if deep and any(is_everything(word) for word in words if word[:1] != "/" or len(word) == 1):
        yield Tells("harm.wipe")


def _format(words: list[str], lower: list[str]) -> Iterator[Deed]:
    if words and re.fullmatch(r"[a-z]:", lower[0]) and len(words) > 1:
        yield Tells("harm.wipe")


def _cipher(words: list[str], lower: list[str]) -> Iterator[Deed]:
    del words
    if any(word.startswith("/w:") for word in lower):
        yield Tells("harm.wipe")


def _wevtutil(words: list[str], lower: list[str]) -> Iterator[Deed]:
    del words
    if lower[:1] in (["cl"], ["clear-log"]):
        yield Tells("evade.history")


def _bcdedit(words: list[str], lower: list[str]) -> Iterator[Deed]:
    del words
    line = " ".join(lower)
    if "recoveryenabled no" in line or "bootstatuspolicy ignoreallfailures" in line:
        yield Tells("harm.av_tamper")


def _fsutil(words: list[str], lower: list[str]) -> Iterator[Deed]:
    del words
    if "usn" in lower and "deletejournal" in lower:
        yield Tells("harm.av_tamper")


def _host(words: list[str], lower: list[str]) -> Iterator[Deed]:
    del words, lower
    yield Tells("read.host_info")


def _inventory(words: list[str], lower: list[str]) -> Iterator[Deed]:
    del words, lower
    yield Tells("read.inventory")


def _procdump(words: list[str], lower: list[str]) -> Iterator[Deed]:
    del words
    if any("lsass" in word for word in lower):
        yield Tells("read.accounts")
        yield Tells("proc.memory_read")


def _ntdsutil(words: list[str], lower: list[str]) -> Iterator[Deed]:
    del words
    if "ifm" in " ".join(lower):
        yield Tells("read.accounts")


def _secrets(words: list[str], lower: list[str]) -> Iterator[Deed]:
    del words
    if any(word.startswith("/list") for word in lower):
        yield Tells("read.secrets_store")


def _net(words: list[str], lower: list[str]) -> Iterator[Deed]:
    if lower[:1] == ["localgroup"] and "/add" in lower and any("admin" in word for word in lower):
        yield Tells("proc.privilege")
    elif lower[:1] == ["user"] and "/add" in lower and len(words) > 3:
        if not words[2].startswith(("/", "*", "%", "!", "$")) and HOLE not in words[2]:
            yield Tells("write.access")
    elif lower[:1] in (["user"], ["group"], ["localgroup"], ["view"]) and "/add" not in lower:
        yield Tells("read.inventory")


def _attrib(words: list[str], lower: list[str]) -> Iterator[Deed]:
    del words
    if {"+h", "+s"} <= set(lower):
        yield Tells("evade.hidden_file")


def _shutdown(words: list[str], lower: list[str]) -> Iterator[Deed]:
    del words
    if {"/s", "/r", "-s", "-r", "/p", "-p"} & set(lower):
        yield Tells("harm.shutdown")


ADMIN: Final[dict[str, Program]] = {
    "schtasks": _schtasks,
    "reg": _reg,
    "sc": _sc,
    "netsh": _netsh,
    "vssadmin": _vssadmin,
    "wbadmin": _wbadmin,
    **dict.fromkeys(("del", "erase", "rd", "rmdir"), _del),
    "format": _format,
    "cipher": _cipher,
    "wevtutil": _wevtutil,
    "bcdedit": _bcdedit,
    "fsutil": _fsutil,
    **dict.fromkeys(("whoami", "hostname", "systeminfo", "ipconfig"), _host),
    **dict.fromkeys(("tasklist", "driverquery", "arp", "qwinsta", "quser"), _inventory),
    "procdump": _procdump,
    "ntdsutil": _ntdsutil,
    **dict.fromkeys(("cmdkey", "vaultcmd"), _secrets),
    **dict.fromkeys(("net", "net1"), _net),
    "attrib": _attrib,
    "shutdown": _shutdown,
}
"""These programs, by their plain names."""
