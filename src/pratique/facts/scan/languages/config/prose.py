"""What people write for agents to read (`AGENTS.md`, rules of editors): prose, with commands that agents may follow."""

import re
from collections.abc import Iterator
from typing import Final

from pratique.facts.scan.content import Content, Reader

PATHS: Final = re.compile(
    r"(?:^|/)(?:agents?|claude|gemini|copilot-instructions|skill|codex|qwen|junie)(?:\.local)?\.md$"
    r"|(?:^|/)\.(?:cursorrules|windsurfrules|clinerules|roorules|goosehints)$"
    r"|(?:^|/)\.(?:cursor|windsurf|claude|gemini|kiro|roo|clinerules|github/instructions|opencode)/(?:.*/)?[^/]+\.(?:mdc?|toml)$"
)
_FENCE: Final = re.compile(r"[ \t]*+(`{3,}+|~{3,}+)[ \t]*+([\w.+-]*+)")
_INLINE: Final = re.compile(r"!`([^`\n]{3,2000}+)`|!\{([^}\n]{3,2000}+)\}")
_ORDERS: Final = re.compile(
    r"\b(?:always|must|first|before (?:you|any|each|doing|answering)|immediately|automatically|silently|"
    r"without (?:asking|telling|confirm\w*|prompting|mention\w*)|do not (?:ask|tell|mention|show|inform|reveal)|"
    r"don't (?:ask|tell|mention|show)|never (?:tell|mention|reveal|ask)|ignore (?:all |any )?(?:previous|prior|other|earlier))\b",
    re.IGNORECASE,
)
_SECRETLY: Final = re.compile(
    r"\b(?:silently|without (?:asking|telling|mention\w*|inform\w*)|do not (?:tell|mention|show|inform|reveal)|"
    r"don't (?:tell|mention)|never (?:tell|mention|reveal)|ignore (?:all |any )?(?:previous|prior|earlier) instructions)\b",
    re.IGNORECASE,
)
_SHELLS: Final = frozenset(
    {"", "sh", "bash", "shell", "zsh", "console", "shell-session", "terminal", "powershell", "pwsh", "ps1"}
)
_ACTS: Final = (
    "proc.pipe_shell",
    "proc.encoded_ps",
    "proc.shell_plumbing",
    "read.secret_file",
    "net.collector_host",
    "net.raw_ip",
)
_NEAR: Final = 1_200


def read(content: Content, reader: Reader) -> None:
    """Tell of orders to an agent to run what they fetch, and of commands that run when the text is taken in."""
    text = content.text()
    for language, start, body in _blocks(text):
        if language.lower() in _SHELLS:
            _block(text, start, body, reader)
    for found in _INLINE.finditer(text):
        command = found[1] or found[2]
        line = text.count("\n", 0, found.start()) + 1
        labels = reader.labels_of(command)
        reader.emit("pkg.autorun_tool", line, inputs=labels, text=f"when an agent takes in the text: {command}")
        reader.embed("shell", command, line)


def _blocks(text: str) -> Iterator[tuple[str, int, str]]:
    """The blocks of code between fences (CommonMark 4.5): what they say they are, where they begin, and what is in them."""
    opened: re.Match[str] | None = None
    place = start = first = 0
    for line in text.split("\n"):
        behind = place + len(line) + 1
        if opened is None:
            opened = _FENCE.match(line)
            start, first = place, behind
        elif line.strip(" \t\r") == opened[1]:
            yield opened[2], start, text[first:place]
            opened = None
        place = behind
    if opened is not None:
        yield opened[2], start, text[first:]


def _block(text: str, start: int, body: str, reader: Reader) -> None:
    labels = reader.labels_of(body)
    if labels.isdisjoint(_ACTS):
        return
    around = text[max(0, start - _NEAR) : start]
    line = text.count("\n", 0, start) + 1
    for number, each in enumerate(body.split("\n"), 1):
        own = reader.labels_of(each)
        if own.isdisjoint(_ACTS):
            continue
        if _SECRETLY.search(around):
            reader.emit("pkg.agent_order", line + number, inputs=own | {"obf.log_suppress"}, text=each.strip())
        elif _ORDERS.search(around):
            reader.emit("pkg.agent_order", line + number, inputs=own, text=each.strip())
