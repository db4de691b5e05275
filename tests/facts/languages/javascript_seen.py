"""What the view of JavaScript sees in a text, for its tests."""

from pratique.facts.scan.content import Content, Reader, Reading
from pratique.facts.scan.engine import lexicon
from pratique.facts.scan.languages.javascript.view import read
from pratique.facts.scan.observation import Context, Observation


def seen(text: str | bytes, path: str = "package/index.js", context: Context = Context.MODULE_TOP) -> Reading:
    data = text.encode("utf-8", errors="surrogatepass") if isinstance(text, str) else text
    content = Content(path, "javascript", data, context)
    reading = Reading(path)
    read(content, Reader(content, reading, lexicon()))
    return reading


def labels(text: str, path: str = "package/index.js") -> set[str]:
    return {each.label for each in seen(text, path).observations}


def all_of(text: str, label: str, path: str = "package/index.js") -> list[Observation]:
    return [each for each in seen(text, path).observations if each.label == label]


def only(text: str, label: str, path: str = "package/index.js") -> Observation:
    found = all_of(text, label, path)
    assert len(found) == 1, found
    return found[0]
