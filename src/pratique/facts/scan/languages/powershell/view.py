"""What a PowerShell script does, told statement by statement."""

from pratique.errors import InvalidInput, LimitExceeded
from pratique.facts.scan.content import Content, Reader
from pratique.facts.scan.languages.powershell.parser import parse
from pratique.facts.scan.languages.powershell.script import Script

_NO_SENSE_SHARE = 5
_NO_SENSE_MIN = 40


def text_of(content: Content) -> str:
    """The text of a script, also of one in UTF-16 without its mark."""
    data = content.data
    head = data[:400]
    if head[:2] not in (b"\xff\xfe", b"\xfe\xff") and len(head) > 3 and head.count(0) * 3 > len(head):
        return data.decode("utf-16-le" if head[1:2] == b"\0" else "utf-16-be", errors="replace")
    return content.text()


def read(content: Content, reader: Reader) -> None:
    """Tell of what a script does. Raises `InvalidInput` for what is nested too deeply."""
    text = text_of(content)
    try:
        body, parser = parse(text)
        skipped = parser.skipped
        if skipped > _NO_SENSE_MIN and skipped * _NO_SENSE_SHARE > len(text):
            reader.emit("pkg.unparsable", 1, text=f"{skipped} of {len(text)} characters fit nowhere")
        Script(content, reader, parser.text).follow(body)
    except RecursionError as error:
        raise InvalidInput("nested too deeply to be followed") from error
    except LimitExceeded as error:
        reader.reading.problem(str(error))
