"""What the view of Python sees in a text, with all the texts inside it."""

from contextlib import suppress

from pratique.errors import InvalidInput
from pratique.facts.scan.content import Content, Reader, Reading
from pratique.facts.scan.engine import lexicon
from pratique.facts.scan.languages import LANGUAGES
from pratique.facts.scan.observation import Context, Observation


def reading(text: str | bytes, context: Context = Context.MODULE_TOP) -> Reading:
    """A text read as Python, and everything in it by the view of its language. Raises what the view of Python raises."""
    data = text if isinstance(text, bytes) else text.encode("utf-8", errors="surrogatepass")
    found = Reading("a.py")
    waiting = Content("a.py", "python", data, context)
    LANGUAGES["python"].read(waiting, Reader(waiting, found, lexicon()))
    while found.waiting:
        inner = found.waiting.popleft()
        with suppress(InvalidInput):  # what was taken for code and is none
            LANGUAGES[inner.language].read(inner, Reader(inner, found, lexicon()))
    return found


def seen(text: str | bytes, context: Context = Context.MODULE_TOP) -> list[Observation]:
    """Every observation."""
    return reading(text, context).observations


def inside(text: str) -> list[tuple[str, str]]:
    """The texts that a text would run, each with its language; they are not looked into."""
    found = Reading("a.py")
    content = Content("a.py", "python", text.encode(), Context.MODULE_TOP)
    LANGUAGES["python"].read(content, Reader(content, found, lexicon()))
    return [(each.language, each.text()) for each in found.waiting]
