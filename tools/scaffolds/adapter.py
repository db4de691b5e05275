"""An adapter, named after its port's folder and itself, like blobs/s3: a class that keeps every promise of the port.

It begins as a copy of the one in memory, so that the port's suite in `tests/contracts` passes at once, and goes on passing
while one part after another is replaced by the real thing.
"""

import ast
from pathlib import Path
from typing import Final

from tools.scaffolds.files import PACKAGE, class_name, insert_after, module_name, write_new

THEN: Final = "replace its parts one by one, its suite in tests/contracts stays green; then choose it in app.py"

_SUITE: Final = Path("tests/contracts/conftest.py")
_DOCSTRING: Final = (
    '"""{port} in {name}: a copy of those in memory, until this reaches the real thing. Say what stands behind it."""'
)


def write(root: Path, name: str) -> list[Path]:
    """Write an adapter called `port/name`, and its line in the suite. Raises `SystemExit` as `write_new` does."""
    folder, _, own = name.partition("/")
    ports = sorted(path.parent.name for path in (root / PACKAGE / "adapters").glob("*/memory.py"))
    if folder not in ports or not own:
        raise SystemExit(
            f"an adapter is named after its port and itself, like {ports[0]}/s3; ports: {', '.join(ports)}"
        )
    module, port = module_name(own), folder.title()
    text = (root / PACKAGE / f"adapters/{folder}/memory.py").read_text(encoding="utf-8")
    body = "\n".join(text.splitlines()[ast.parse(text).body[0].end_lineno :])
    text = _DOCSTRING.format(port=port, name=own) + f"\n{body}\n".replace(f"Memory{port}", class_name(own) + port)
    written = write_new({root / PACKAGE / f"adapters/{folder}/{module}.py": text})
    suite = _registered(root / _SUITE, folder, own)
    return [*written, suite]


def _registered(suite: Path, folder: str, own: str) -> Path:
    """The suite's table with a line for the new adapter, made as the one in memory is made."""
    port, module, name = folder.title(), module_name(own), class_name(own) + folder.title()
    text = suite.read_text(encoding="utf-8")
    known = f"from pratique.adapters.{folder}.memory import Memory{port}"
    line = next(
        (line for line in text.splitlines() if line.startswith('    "memory": ') and f"Memory{port}(" in line), ""
    )
    insert_after(suite, known, f"from pratique.adapters.{folder}.{module} import {name}")
    return insert_after(suite, line, line.replace('"memory"', f'"{own}"').replace(f"Memory{port}", name))
