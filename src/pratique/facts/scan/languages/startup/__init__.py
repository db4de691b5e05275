"""Start-up files of Python: the lines of `.pth` files that `site` runs (documentation of `site`), handed on as Python."""

from typing import Final

from pratique.errors import LimitExceeded
from pratique.facts.scan.content import Content, Reader
from pratique.facts.scan.languages.language import Language
from pratique.facts.scan.observation import Context

_ZIP: Final = b"PK\x03\x04"
_LINES_MAX: Final = 2_000


def _claims(path: str, head: bytes) -> bool:
    """A `.pth` file that is text: weights of models, which have the same suffix, begin as zip files or pickles do."""
    return path.endswith(".pth") and not head.startswith((_ZIP, b"\x80"))


def _read(content: Content, reader: Reader) -> None:
    """Hand on each line that begins as `site` asks: with `import` and a blank. Raises `LimitExceeded` for too many."""
    run = [
        (number, line)
        for number, line in enumerate(content.text().splitlines(), 1)
        if line.startswith(("import ", "import\t"))
    ]
    for number, line in run[:_LINES_MAX]:
        reader.embed("python", line, number, context=Context.PTH)
    if len(run) > _LINES_MAX:
        raise LimitExceeded(f"it has more than {_LINES_MAX} lines that are run")


LANGUAGE: Final = Language("startup", _claims, _read, {"lines": ("import",)}, lambda found: "lines" in found)
