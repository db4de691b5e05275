"""What keeps a stand-in from acting: a text for each language, put where a stand-in says `@@interlock@@`.

`armed` is true only where `PRATIQUE_BENCH=1` is set, `PRATIQUE_BENCH_DIR` is a full path and a file `token` lies in that folder,
at the third level of children at the latest. `fire` then is the whole effect a stand-in may have: a marker in that folder, and
one connection attempt that must fail, to a name below `.invalid` (RFC 6761: it never resolves).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_PYTHON: Final = """\
import os
import socket

FOLDER = os.environ.get("PRATIQUE_BENCH_DIR", "")


def armed():
    if os.environ.get("PRATIQUE_BENCH") != "1" or not os.path.isabs(FOLDER):
        return False
    if int(os.environ.get("PRATIQUE_BENCH_DEPTH", "0")) >= 3:
        return False
    return os.path.isfile(os.path.join(FOLDER, "token"))


def fire():
    if armed():
        with open(os.path.join(FOLDER, "@@id@@.fired"), "w") as marker:
            marker.write("fired")
        try:
            socket.create_connection(("c2.@@id@@.invalid", 443), timeout=1).close()
        except OSError:
            pass
"""
_FUNCTIONS: Final = """\
const FOLDER = process.env.PRATIQUE_BENCH_DIR || "";

function armed() {
  if (process.env.PRATIQUE_BENCH !== "1" || !path.isAbsolute(FOLDER)) return false;
  if (Number(process.env.PRATIQUE_BENCH_DEPTH || "0") >= 3) return false;
  return fs.existsSync(path.join(FOLDER, "token"));
}

function fire() {
  if (!armed()) return;
  fs.writeFileSync(path.join(FOLDER, "@@id@@.fired"), "fired");
  const socket = net.connect(443, "c2.@@id@@.invalid");
  socket.on("error", () => socket.destroy());
  socket.setTimeout(1000, () => socket.destroy());
}
"""
_COMMON: Final = 'const fs = require("fs");\nconst net = require("net");\nconst path = require("path");\n' + _FUNCTIONS
_MODULE: Final = 'import fs from "fs";\nimport net from "net";\nimport path from "path";\n' + _FUNCTIONS
_SHELL: Final = """\
armed() {
    case "$PRATIQUE_BENCH_DIR" in /*) ;; *) return 1 ;; esac
    [ "$PRATIQUE_BENCH" = "1" ] && [ "${PRATIQUE_BENCH_DEPTH:-0}" -lt 3 ] && [ -f "$PRATIQUE_BENCH_DIR/token" ]
}
fire() {
    armed || return 0
    : > "$PRATIQUE_BENCH_DIR/@@id@@.fired"
    curl --silent --max-time 1 "https://c2.@@id@@.invalid/" > /dev/null 2>&1 || true
}
"""
_R: Final = """\
armed <- function() {
  folder <- Sys.getenv("PRATIQUE_BENCH_DIR")
  identical(Sys.getenv("PRATIQUE_BENCH"), "1") && startsWith(folder, "/") && file.exists(file.path(folder, "token"))
}
fire <- function() {
  if (!armed()) return(invisible())
  writeLines("fired", file.path(Sys.getenv("PRATIQUE_BENCH_DIR"), "@@id@@.fired"))
  try(close(socketConnection("c2.@@id@@.invalid", 443, timeout = 1)), silent = TRUE)
}
"""

INTERLOCKS: Final[Mapping[str, str]] = MappingProxyType(
    {"py": _PYTHON, "js": _COMMON, "cjs": _COMMON, "mjs": _MODULE, "sh": _SHELL, "R": _R}
)
"""The texts by the suffix of the files they stand in."""
