"""A piece of code on its way to the view of its language, and what a view may tell of it."""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from pratique.facts.scan.lexicon import Lexicon
from pratique.facts.scan.observation import Context, How, Observation
from pratique.model import limits
from pratique.model.text import clean

_NOTHING: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Content:
    """A file, or a text inside one that would be run.

    `line` is where it stands in its file; of a text inside a file every line counts as that one, unless `lines` has, of each of
    its lines, the line of the file that it comes from. `inputs` are the labels of what it was made from, `depth` how many
    layers were taken off to get it.
    """

    path: str
    language: str
    data: bytes
    context: Context
    line: int = 1
    inside: bool = False
    how: How = How.LITERAL
    depth: int = 0
    inputs: frozenset[str] = _NOTHING
    unit: int = 0
    lines: tuple[int, ...] = ()

    def line_of(self, line: int) -> int:
        """The line of the file from which a line of the content comes."""
        if self.lines:
            return self.lines[min(max(line, 1), len(self.lines)) - 1]
        return self.line if self.inside else line

    def text(self) -> str:
        """The data as text: UTF-8, or UTF-16 where it begins with its mark; what is neither is replaced."""
        if self.data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return self.data.decode("utf-16", errors="replace")
        return self.data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", errors="replace")


@dataclass(slots=True)
class Reading:
    """What the views saw in one file, with all the texts inside it."""

    path: str
    observations: list[Observation] = field(default_factory=list)
    waiting: deque[Content] = field(default_factory=deque)
    problems: list[str] = field(default_factory=list)
    inside_bytes: int = 0
    inside_count: int = 0
    units: int = 0
    _seen: set[Observation] = field(default_factory=set)
    _embedded: set[tuple[str, bytes, Context]] = field(default_factory=set)

    def add(self, observation: Observation) -> None:
        """Keep an observation, each once and so many of a file."""
        if observation in self._seen:
            return
        if len(self._seen) >= limits.SCAN_OBSERVATIONS_MAX:
            self.problem("there is more to see in it than is kept")
            return
        self._seen.add(observation)
        self.observations.append(observation)

    def problem(self, why: str) -> None:
        """Note why not all of the file was looked at."""
        if why not in self.problems:
            self.problems.append(why)


@dataclass(slots=True)
class Reader:
    """What a view tells of one content. Two texts of one file that are the same are looked at once."""

    content: Content
    reading: Reading
    lexicon: Lexicon

    def labels_of(self, text: str | bytes) -> frozenset[str]:
        """The lexicon's labels of a text that the code uses."""
        return self.lexicon.labels(text)

    def unit(self) -> int:
        """A number for another function of the file; the top level of a file is 0."""
        self.reading.units += 1
        return self.reading.units

    def emit(
        self,
        label: str,
        line: int,
        *,
        how: How = How.LITERAL,
        inputs: frozenset[str] = _NOTHING,
        text: str = "",
        context: Context | None = None,
        unit: int | None = None,
    ) -> None:
        """Tell of an observation at a line of the content."""
        content = self.content
        self.reading.add(
            Observation(
                label,
                content.path,
                content.line_of(line),
                content.context if context is None else context,
                content.language,
                max(how, content.how),
                inputs | content.inputs if content.inputs else inputs,
                clean(text[: limits.SCAN_SEEN_CHARACTERS_MAX]),
                content.depth,
                content.unit if unit is None else unit,
            )
        )

    def embed(
        self,
        language: str,
        text: str | bytes,
        line: int,
        *,
        how: How = How.LITERAL,
        inputs: frozenset[str] = _NOTHING,
        context: Context | None = None,
        unit: int | None = None,
        lines: tuple[int, ...] = (),
    ) -> None:
        """Hand on a text inside the content that would be run as `language`.

        `lines` has, of each line of a text that is put together from parts of the content, the line that it comes from.
        """
        content, reading = self.content, self.reading
        data = text.encode("utf-8", errors="surrogatepass") if isinstance(text, str) else text
        inner = content.context if context is None else context
        key = (language, data, inner)
        if not data.strip() or key in reading._embedded:  # noqa: SLF001 - the two are one, cut where views begin
            return
        reading.inside_bytes += len(data)
        reading.inside_count += 1
        if (
            content.depth >= limits.SCAN_DEPTH_MAX
            or reading.inside_bytes > limits.SCAN_INSIDE_BYTES_MAX
            or reading.inside_count > limits.SCAN_INSIDE_COUNT_MAX
        ):
            reading.problem("there are too many texts inside texts")
            return
        reading._embedded.add(key)  # noqa: SLF001 - the same
        reading.waiting.append(
            Content(
                content.path,
                language,
                data,
                inner,
                content.line_of(line),
                True,
                max(how, content.how),
                content.depth + 1,
                inputs | content.inputs,
                content.unit if unit is None else unit,
                tuple(content.line_of(each) for each in lines),
            )
        )
