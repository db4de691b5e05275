"""Giving up, for good, what looking into a file does not need: files, network, processes, memory and time without bound.

Resource limits hold on every POSIX system. On Linux a system call filter (seccomp) lets nothing through but reading and writing
what is open already, memory, clocks and the end; and Landlock, where the kernel has it, closes the file system and the network
once more. A system without them confines less, and the answer says so: `confine` returns what held.
"""

import ctypes
import os
import platform
import resource
import struct
import sys
from typing import Final

from pratique.model import limits

_NO_NEW_PRIVILEGES: Final = 38
_SET_SECCOMP, _MODE_FILTER = 22, 2
_LANDLOCK_CREATE, _LANDLOCK_RESTRICT = 444, 446
_LANDLOCK_FS: Final = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 4: 0x7FFF, 5: 0xFFFF}
"""Every right over files that a version of Landlock knows; those after the last know no more."""
_LANDLOCK_NET_SINCE, _LANDLOCK_SCOPE_SINCE = 4, 6
_EPERM: Final = 1

_MACHINES: Final = {"x86_64": (0, 0xC000_003E), "aarch64": (1, 0xC000_00B7)}
"""For each machine, which column of the numbers is its own, and how the kernel names its system calls (AUDIT_ARCH)."""
_CALLS: Final = {
    "read": (0, 63),
    "write": (1, 64),
    "close": (3, 57),
    "fstat": (5, 80),
    "lseek": (8, 62),
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "munmap": (11, 215),
    "brk": (12, 214),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "pread64": (17, 67),
    "readv": (19, 65),
    "writev": (20, 66),
    "mremap": (25, 216),
    "madvise": (28, 233),
    "setitimer": (38, 103),
    "getpid": (39, 172),
    "exit": (60, 93),
    "gettid": (186, 178),
    "futex": (202, 98),
    "clock_gettime": (228, 113),
    "clock_nanosleep": (230, 115),
    "exit_group": (231, 94),
    "restart_syscall": (219, 128),
    "sched_yield": (24, 124),
    "nanosleep": (35, 101),
    "getrandom": (318, 278),
}
"""The system calls that stay."""
_SIGNAL: Final = (234, 131)
"""tgkill, by which a process also ends itself."""
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _REFUSE = 0x7FFF_0000, 0x0005_0000 | _EPERM


def confine() -> tuple[str, ...]:
    """Confine this process and all it might start, irrevocably; what held, of `limits`, `landlock` and `seccomp`."""
    _limit()
    held = ["limits"]
    if sys.platform == "linux":
        library = ctypes.CDLL(None, use_errno=True)
        library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        if _landlock(library):
            held.append("landlock")
        if _seccomp(library):
            held.append("seccomp")
    return tuple(held)


def _limit() -> None:
    memory, seconds = limits.SCAN_MEMORY_BYTES_MAX, limits.SCAN_CPU_SECONDS_MAX
    files = limits.SCAN_OPEN_FILES_MAX
    for kind, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, files),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(kind, (most, most))


def _landlock(library: ctypes.CDLL) -> bool:
    """Allow nothing of what Landlock governs (landlock(7)): no rule is added to the set."""
    version = library.syscall(_LANDLOCK_CREATE, None, 0, 1)
    if version < 1:
        return False
    files = _LANDLOCK_FS[min(version, max(_LANDLOCK_FS))]
    net = 0b11 if version >= _LANDLOCK_NET_SINCE else 0
    scope = 0b11 if version >= _LANDLOCK_SCOPE_SINCE else 0
    told = struct.pack("=QQQ", files, net, scope)
    size = 24 if scope else 16 if net else 8
    rules = library.syscall(_LANDLOCK_CREATE, told, size, 0)
    if rules < 0:
        return False
    held: int = library.syscall(_LANDLOCK_RESTRICT, rules, 0)
    os.close(rules)
    return held == 0


def _seccomp(library: ctypes.CDLL) -> bool:
    """Refuse every system call but a few (seccomp(2)); of those that signal, only to this very process."""
    if platform.machine() not in _MACHINES:
        return False
    column, architecture = _MACHINES[platform.machine()]
    signal = _SIGNAL[column]
    refuse = [(_RETURN, 0, 0, _REFUSE)]
    code = [(_LOAD, 0, 0, 4), (_EQUAL, 1, 0, architecture), *refuse, (_LOAD, 0, 0, 0)]
    for numbers in _CALLS.values():
        code += [(_EQUAL, 0, 1, numbers[column]), (_RETURN, 0, 0, _ALLOW)]
    code += [
        (_EQUAL, 1, 0, signal),
        *refuse,
        (_LOAD, 0, 0, 16),
        (_EQUAL, 1, 0, os.getpid()),
        *refuse,
        (_RETURN, 0, 0, _ALLOW),
    ]
    program = b"".join(struct.pack("=HBBI", *each) for each in code)
    buffer = ctypes.create_string_buffer(program, len(program))
    told = struct.pack("=H6xQ", len(code), ctypes.addressof(buffer))
    held: int = library.prctl(_SET_SECCOMP, _MODE_FILTER, ctypes.c_char_p(told), 0, 0)
    return held == 0
