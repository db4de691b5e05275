"""Connecting to a few ports and to no other: Landlock, where the kernel has its network rules.

What a thread gives up, it gives up for itself and for all that it starts, for good (landlock(7), PR_SET_NO_NEW_PRIVS). So a
thread of its own does, and then starts a child (`adapters/clients/child.py`); the rest of this process is as free as before.
"""

import ctypes
import os
import struct
import sys
from typing import Final

_NO_NEW_PRIVILEGES: Final = 38
_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446
_NET_SINCE: Final = 4
_CONNECT_TCP: Final = 0b10
_RULE_NET_PORT: Final = 2


def shut(*ports: int) -> bool:
    """Let this thread, and all it starts, connect to these ports only; whether the kernel could.

    Of the network nothing else is governed: names can be looked up, and ports listened on.
    """
    if sys.platform != "linux":
        return False
    library = ctypes.CDLL(None, use_errno=True)
    if library.syscall(_CREATE, None, 0, 1) < _NET_SINCE:
        return False
    told = struct.pack("=QQ", 0, _CONNECT_TCP)
    rules = library.syscall(_CREATE, told, len(told), 0)
    if rules < 0:
        return False
    try:
        for port in ports:
            rule = struct.pack("=QQ", _CONNECT_TCP, port)
            if library.syscall(_ADD_RULE, rules, _RULE_NET_PORT, rule, 0):
                return False
        library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        held: int = library.syscall(_RESTRICT, rules, 0)
    finally:
        os.close(rules)
    return held == 0
