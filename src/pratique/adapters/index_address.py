"""Where an index is, and the credentials that go there and nowhere else."""

import netrc
import os
import re
from base64 import b64encode
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from pratique.errors import InvalidInput

_PORTS: Final = {"http": 80, "https": 443}
_SECRET_PARTS: Final = re.compile(r"(?<=//)[^/\s@]*@|\?[^\s'\")\]]*")

Origin = tuple[str, str, int]
"""Scheme, host in lower case, port."""


@dataclass(frozen=True, slots=True)
class IndexAddress:
    """The URL of an index taken apart. Only `url` is for showing; the rest is secret."""

    url: str
    """Without user, password and query; its host in lower case; its path ends in a slash."""
    origin: Origin
    path: str
    query: str = field(repr=False)
    authorization: str | None = field(repr=False)

    @classmethod
    def read(cls, name: str, url: str) -> "IndexAddress":
        """Take the URL of the index `name` apart. Raises `InvalidInput` for one that is not http or https.

        Credentials are those in the URL; without any, those which the netrc of this account has for the very host.
        """
        try:
            parts = urlsplit(url)
            origin = origin_of(parts)
        except ValueError:
            parts, origin = None, None
        if parts is None or origin is None:
            raise InvalidInput(
                f"the index {name} has no http or https URL",
                advice="pratique settings says where [index.{name}] is set",
            )
        host = parts.netloc.rpartition("@")[2].lower()
        path = parts.path if parts.path.endswith("/") else f"{parts.path}/"
        in_url = None if parts.username is None else (unquote(parts.username), unquote(parts.password or ""))
        login = in_url or _netrc_login(origin[1])
        return cls(
            url=urlunsplit((parts.scheme, host, path, "", "")),
            origin=origin,
            path=path,
            query=parts.query,
            authorization=None if login is None else _basic(*login),
        )

    def is_page(self, parts: SplitResult) -> bool:
        """Whether a URL is one of the index's own Simple API."""
        return origin_of(parts) == self.origin and parts.path.startswith(self.path)

    def request(self, url: str) -> tuple[str, dict[str, str]]:
        """A URL as it is asked for, and the headers that carry credentials: to the index's own origin only.

        The query of the index's URL goes with its own pages, where it takes the place of credentials.
        """
        parts = urlsplit(url)
        if self.query and not parts.query and self.is_page(parts):
            url = urlunsplit(parts._replace(query=self.query))
        if self.authorization is None or origin_of(parts) != self.origin:
            return url, {}
        return url, {"Authorization": self.authorization}


def origin_of(parts: SplitResult) -> Origin | None:
    """The origin (RFC 6454) of an http or https URL, None for another. Raises `ValueError` for a port that is none."""
    if parts.scheme not in _PORTS or not parts.hostname:
        return None
    return parts.scheme, parts.hostname.lower(), parts.port or _PORTS[parts.scheme]


def without_secrets(text: str) -> str:
    """Somebody's words without what may be a password in a URL: users, passwords and queries."""
    return _SECRET_PARTS.sub(lambda found: "?..." if found[0].startswith("?") else "", text)


def _basic(name: str, password: str) -> str:
    """Credentials as a header (RFC 7617)."""
    return "Basic " + b64encode(f"{name}:{password}".encode()).decode()


def _netrc_login(host: str) -> tuple[str, str] | None:
    """What the account's netrc has for this host by name; its `default` entry is for nobody in particular."""
    told = os.environ.get("NETRC")  # noqa: TID251 - where the clients look for this file too
    try:
        login = netrc.netrc(Path(told or "~/.netrc").expanduser()).hosts.get(host)
    except (OSError, RuntimeError, UnicodeDecodeError, netrc.NetrcParseError):
        return None
    return None if login is None else (login[0], login[2] or "")
