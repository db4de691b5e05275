"""Guards that a script switches off: scanners and agents, the system's own, its logs, its power."""

import re
from typing import Final

from pratique.facts.scan.languages.shell.machine import Call, Machine
from pratique.facts.scan.value import UNKNOWN, Value

_AGENTS: Final = re.compile(
    r"falcon-sensor|crowdstrike|sentinel(?:one|agent|d|ctl)|mdatp|wdavdaemon|clam(?:av|d)|freshclam|sophos|sav-protect"
    r"|cbagent|cbdaemon|cbdefense|carbonblack|esets?d?\b|eset_|ds_agent|xagt|taniumclient|traps_pmd|cyserver|osqueryd|wazuh"
    r"|ossec|aegis|aliyun|qcloud|yunjing|hids|samhain|tripwire|rkhunter|chkrootkit|sysmon|kesl|drweb|bdsec|comodo|f-secure"
    r"|symantec|symcfgd|rtvscand|ampdaemon|little ?snitch|lulu|blockblock",
    re.IGNORECASE,
)
_OWN: Final = re.compile(
    r"firewalld|ufw|iptables|nftables|apparmor|selinux|fail2ban|auditd|rsyslog|syslog", re.IGNORECASE
)
_STOPPING: Final = frozenset({"stop", "disable", "mask", "kill", "remove", "off", "unload", "bootout"})


def _service(machine: Machine, call: Call) -> Value:
    words = call.texts
    names = " ".join(word for word in words if not word.startswith("-"))
    if _STOPPING & set(words):
        if _AGENTS.search(names):
            machine.emit("harm.av_tamper", call)
        elif _OWN.search(names):
            machine.emit("harm.guard_down", call)
    elif "enable" in words:
        machine.emit("write.autostart", call)
    return UNKNOWN


def _kill(machine: Machine, call: Call) -> Value:
    if _AGENTS.search(" ".join(call.texts)):
        machine.emit("harm.av_tamper", call)
    return UNKNOWN


def _firewall(machine: Machine, call: Call) -> Value:
    words = call.texts
    if (
        "-F" in words
        or "--flush" in words
        or words[:1] in (["disable"], ["reset"])
        or (words[:1] == ["-P"] and "ACCEPT" in words)
    ):
        machine.emit("harm.guard_down", call)
    return UNKNOWN


def _enforce(machine: Machine, call: Call) -> Value:
    if call.texts[:1] in (["0"], ["Permissive"], ["permissive"]):
        machine.emit("harm.guard_down", call)
    return UNKNOWN


def _audit(machine: Machine, call: Call) -> Value:
    line = " ".join(call.texts)
    if re.search(r"-e\s*0\b|-D\b", line):
        machine.emit("harm.guard_down", call)
    return UNKNOWN


def _apple(machine: Machine, call: Call) -> Value:
    """The checks that macOS makes of what was downloaded."""
    line = " ".join(call.texts)
    if call.name in ("spctl", "csrutil"):
        if "disable" in line:
            machine.emit("harm.av_tamper", call)
    elif "com.apple.quarantine" in line or re.match(r"-\w*c\w*r?", line):
        machine.emit("harm.guard_down", call)
    return UNKNOWN


def _package(machine: Machine, call: Call) -> Value:
    """Package managers: an agent removed."""
    words = call.texts
    if {"remove", "purge", "erase", "-e", "uninstall"} & set(words) and _AGENTS.search(" ".join(words)):
        machine.emit("harm.av_tamper", call)
    elif {"install", "add"} & set(words):
        machine.emit("proc.self_install", call)
    return UNKNOWN


def _power(machine: Machine, call: Call) -> Value:
    machine.emit("harm.shutdown", call)
    return UNKNOWN


def _journal(machine: Machine, call: Call) -> Value:
    if any(word.startswith(("--vacuum-time=1s", "--rotate")) for word in call.texts):
        machine.emit("evade.history", call)
    return UNKNOWN


PROGRAMS: Final = {
    **dict.fromkeys(("systemctl", "service", "chkconfig", "rc-service", "update-rc.d", "initctl"), _service),
    **dict.fromkeys(("kill", "pkill", "killall"), _kill),
    **dict.fromkeys(("iptables", "ip6tables", "ufw", "nft"), _firewall),
    "setenforce": _enforce,
    "auditctl": _audit,
    **dict.fromkeys(("spctl", "csrutil", "xattr"), _apple),
    **dict.fromkeys(
        ("apt", "apt-get", "yum", "dnf", "apk", "zypper", "pacman", "rpm", "dpkg", "brew", "snap"), _package
    ),
    **dict.fromkeys(("shutdown", "reboot", "halt", "poweroff"), _power),
    "journalctl": _journal,
}
