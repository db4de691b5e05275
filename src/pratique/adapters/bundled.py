"""What comes with a Python, and so with every new environment."""

import re
from pathlib import Path


def bundled_with(environment: Path) -> set[tuple[str, str]]:
    """What the Python below an environment puts into each new one: the wheels that lie beside `ensurepip`."""
    try:
        home = re.search(r"^home\s*=\s*(.+?)\s*$", (environment / "pyvenv.cfg").read_text("utf-8"), re.MULTILINE)
    except (OSError, UnicodeDecodeError):
        return set()
    if home is None:
        return set()
    wheels = Path(home[1]).parent.glob("lib*/python3*/ensurepip/_bundled/*.whl")
    return {(parts[0].lower(), parts[1]) for parts in (path.name.split("-") for path in wheels) if len(parts) > 1}
