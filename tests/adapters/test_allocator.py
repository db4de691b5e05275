"""What a large page took, the machine gets back."""

import ctypes
import subprocess
import sys

import pytest

_CHILD = """
import sys
from pathlib import Path
from pratique.adapters.allocator import return_large_buffers

def resident():
    return next(int(line.split()[1]) for line in Path("/proc/self/status").open() if line.startswith("VmRSS"))

if sys.argv[1] == "returned":
    return_large_buffers()
del (large := [bytes(30_000_000)])[:]
before = resident()
bodies = [bytes(range(256)) * 40_000 for _ in range(6)]
del bodies[:5]
print(resident() - before)
"""


def _kept_kilobytes(how: str) -> int:
    told = subprocess.run([sys.executable, "-c", _CHILD, how], capture_output=True, text=True, check=True)
    return int(told.stdout)


@pytest.mark.skipif(
    sys.platform != "linux" or getattr(ctypes.CDLL(None), "mallopt", None) is None, reason="glibc alone keeps buffers"
)
def test_freed_bodies_do_not_stay_below_one_that_is_in_use() -> None:
    assert _kept_kilobytes("returned") < 20_000
    assert _kept_kilobytes("kept") > 40_000, "glibc no longer keeps them: the adapter can go"
