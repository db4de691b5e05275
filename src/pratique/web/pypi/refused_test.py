"""A package that every gate refuses: `pip install pratique-test-refused` shows whether a client comes through a gate.

No index is asked for it, no policy lets it in, and nothing of it is recorded (docs/adr/0029): it is listed as any project, and
its one file is answered with a refusal in the channels of every other.
"""

from datetime import UTC, datetime
from typing import Final

from aiohttp import web

from pratique.ecosystems.pypi.render import ShownFile, ShownPage, encode_html, encode_json
from pratique.ecosystems.pypi.simple import HTML_TYPE, JSON_TYPE, negotiate
from pratique.ecosystems.pypi.told import Hashes
from pratique.model.artifact import VersionText
from pratique.web.identity import requester_of
from pratique.web.problems import plain
from pratique.web.responses import serve_bytes

NAME: Final = "pratique-test-refused"
_VERSION: Final = VersionText("1.0")
_FILE: Final = f"{NAME.replace('-', '_')}-{_VERSION}-py3-none-any.whl"
_PLACE: Final = "files/-"
"""Where its file lies: no index is called by a hyphen."""
_PAGE: Final = ShownPage(
    NAME,
    [
        ShownFile(
            _FILE,
            f"../../{_PLACE}/{_FILE}",
            Hashes(sha256="0" * 64),
            size=1,
            upload_time=datetime(2026, 1, 1, tzinfo=UTC),
            requires_python=">=3",
        )
    ],
    [_VERSION],
)


def add_routes(router: web.UrlDispatcher, prefix: str) -> None:
    """Its page and its file below a prefix; before the routes of projects that indexes have."""
    router.add_get(f"{prefix}/simple/{NAME}/", _page)
    router.add_get(f"{prefix}/{_PLACE}/{{file}}", _refused)
    router.add_get(f"{prefix}/pypi/{NAME}/{{version}}/json", _refused)


async def _page(request: web.Request) -> web.StreamResponse:
    await requester_of(request)
    media_type = negotiate(request.headers.get("Accept", ""))
    if media_type is None:
        return plain(406, f"this gate speaks {JSON_TYPE}, {HTML_TYPE} and text/html")
    body = encode_json(_PAGE) if media_type == JSON_TYPE else encode_html(_PAGE)
    kind = media_type if media_type == JSON_TYPE else f"{media_type}; charset=utf-8"
    return await serve_bytes(request, body, {"Content-Type": kind, "Cache-Control": "no-store", "Vary": "Accept"})


async def _refused(request: web.Request) -> web.StreamResponse:
    await requester_of(request)
    return plain(
        403,
        f"the gate stopped {NAME} {_VERSION}, as every gate does",
        "It is a test, and it is passed: this client comes through the gate",
    )
