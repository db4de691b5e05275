"""The URL of a file as a page has it: absolute, with one meaning, and ending in the file's own name."""

import re
from typing import Final
from urllib.parse import quote, urljoin, urlsplit

from pratique.errors import InvalidInput
from pratique.model import limits
from pratique.model.listing import settled_path

SEGMENT: Final = "A-Za-z0-9_~!$&'()*+,;=:@-"
"""What a segment of a path is made of when nothing is escaped (RFC 3986, section 3.3), but for the dot."""
_ORIGIN: Final = r"https?://(?:[A-Za-z0-9.-]++|\[[0-9A-Fa-f:.]++\])(?::[0-9]{1,5})?+"
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*+:")
_START: Final = re.compile(_ORIGIN)
_REST: Final = re.compile(
    rf"((?:/(?:[.{SEGMENT}]|%[0-9A-Fa-f]{{2}})*+)++)(?:\?(?:[/?.{SEGMENT}]|%[0-9A-Fa-f]{{2}})*+)?+"
)
"""A path with escapes, and a query behind it."""
_UNESCAPED: Final = "/?#[]%@!$&'()*+,;=:~"


class FileUrls:
    """The URLs of the files on a page at `base`."""

    def __init__(self, base: str) -> None:
        self._base = base
        self.origin = "\0"
        """The origin of the last file, and the slash behind it: mostly that of the next one too. At first none there can be."""

    def settled(self, url: str, filename: str) -> str:
        """The URL as seen from the page, without its fragment, if its last segment is this file's name.

        What is escaped stays as it is written; white space within and characters beyond ASCII are escaped, as clients do it.
        Raises `InvalidInput` for another scheme, for credentials, for a way from https to http, for a path that two readers
        might read differently, and for another file's name.
        """
        if len(url) > limits.URL_CHARACTERS_MAX:
            raise InvalidInput("its URL is too long")
        settled, named = self._written(url)
        if named != filename:
            raise InvalidInput("its URL ends in another file name")
        return settled

    def _written(self, url: str) -> tuple[str, str]:
        """The URL, and the file name at its end, decoded."""
        if not url.isprintable() or "\\" in url or url != url.strip():
            raise InvalidInput("its URL has characters that do not belong there")
        try:
            absolute = self._absolute(quote(url, safe=_UNESCAPED).partition("#")[0])
        except ValueError:
            raise InvalidInput("its URL is no plain http or https URL") from None
        origin = _START.match(absolute)
        if origin is None or absolute[origin.end() : origin.end() + 1] not in ("/", ""):
            raise InvalidInput("its URL is no plain http or https URL")
        self._check_scheme(origin[0])
        rest = _REST.fullmatch(absolute, origin.end())
        if rest is None:
            raise InvalidInput("its URL has characters that do not belong there")
        try:
            path = settled_path(rest[1])
        except InvalidInput as error:
            raise InvalidInput(f"its URL changes when it is read twice: {error}") from error
        self.origin = origin[0] + "/"
        return absolute, path[path.rfind("/") + 1 :]

    def _absolute(self, url: str) -> str:
        """The URL as seen from the page. What has a scheme is left alone: some readers take what others repair for a host."""
        if _SCHEME.match(url):
            return url
        path = url.partition("?")[0]
        if "//" in path[2:] or path.startswith("///"):
            raise InvalidInput("its URL changes when it is read twice: it has empty segments")
        return urljoin(self._base, url)

    def _check_scheme(self, origin: str) -> None:
        """Files of a page that came by https come by https too, unless they are on the page's own host."""
        if self._base.startswith("https:") and not origin.startswith("https:"):
            here = urlsplit(self._base)
            if origin.partition("//")[2] != here.netloc:
                raise InvalidInput("its URL leaves https")
