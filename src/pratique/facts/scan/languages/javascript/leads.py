"""The files of its own package that a JavaScript file loads as soon as it is loaded."""

import re
from typing import Final

_LOADED: Final = re.compile(rb"""(?:require\s*\(\s*|\bfrom\s*|\bimport\s*\(?\s*)["'](\.{1,2}/[^"'\n\\]{0,200})["']""")
_BYTES_MAX: Final = 400_000
_LEADS_MAX: Final = 60


def leads(data: bytes) -> tuple[str, ...]:
    """The relative paths behind `require`, `from` and `import`, as they are written; none of very large files."""
    if len(data) > _BYTES_MAX:
        return ()
    found = dict.fromkeys(each.decode("utf-8", errors="replace") for each in _LOADED.findall(data))
    return tuple(found)[:_LEADS_MAX]
