"""What a batch file does, told line by line."""

from typing import Final

from pratique.errors import InvalidInput, LimitExceeded
from pratique.facts.scan.content import Content, Reader
from pratique.facts.scan.languages.batch.script import Script

_MARK: Final = b"\xff\xfe"
_HEAD_BYTES: Final = 400
_POLYGLOT: Final = ("<#", "<# :")
"""What a file begins with that is a batch file and a PowerShell script at once: the first lines are a comment to the latter."""


def text_of(content: Content, reader: Reader) -> str:
    """The text of a batch file. A mark of UTF-16 in front of plain bytes is there to be seen by editors only."""
    data = content.data
    if data[:2] == _MARK and data[:_HEAD_BYTES].count(0) * 4 < min(len(data), _HEAD_BYTES):
        reader.emit("obf.invisible", 1, text="a mark of another encoding in front of plain text")
        return data[2:].decode("utf-8", errors="replace")
    head = data[:_HEAD_BYTES]
    if data[:2] != _MARK and len(head) > 3 and head.count(0) * 3 > len(head):
        return data.decode("utf-16-le", errors="replace")
    return content.text()


def read(content: Content, reader: Reader) -> None:
    """Tell of what a batch file does. Raises `InvalidInput` for what is nested too deeply."""
    text = text_of(content, reader)
    try:
        Script(content, reader, text.replace("\0", "")).follow()
        if text.lstrip().startswith(_POLYGLOT):
            reader.embed("powershell", text, 1)
    except RecursionError as error:
        raise InvalidInput("nested too deeply to be followed") from error
    except LimitExceeded as error:
        reader.reading.problem(str(error))
