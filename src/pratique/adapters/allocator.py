"""How the C library keeps memory that was freed: a gate that once read a large page must not stay as large.

glibc raises the size above which it asks the machine for a buffer of its own with every large one that is freed, up to 32 MiB,
and has an arena for each thread; freed pages then lie in between what is in use (mallopt(3)).
"""

import ctypes
import sys
from typing import Final

_M_TRIM_THRESHOLD: Final = -1
_M_MMAP_THRESHOLD: Final = -3
_M_ARENA_MAX: Final = -8
_OWN_BUFFER_BYTES_MIN: Final = 512 * 1024
"""More than asyncio allocates for each piece that it receives (256 KiB): to map and unmap that costs 40 us a request."""
_KEPT_AT_THE_END_BYTES: Final = 4 * 1024 * 1024
_ARENAS_MAX: Final = 1


def return_large_buffers() -> None:
    """From now on, let buffers of 512 KiB and more go back to the machine when they are freed. Only glibc keeps them at all."""
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, _OWN_BUFFER_BYTES_MIN)
        mallopt(_M_TRIM_THRESHOLD, _KEPT_AT_THE_END_BYTES)
        mallopt(_M_ARENA_MAX, _ARENAS_MAX)
