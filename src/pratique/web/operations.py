"""What those who run a gate for many look at: counters, health, and lines of a log. Told by the flow and by each answer."""

import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from aiohttp import web

from pratique.errors import NotRecorded, PratiqueError
from pratique.flow.observer import Notice
from pratique.model.artifact import Artifact, ProjectName
from pratique.model.decision import Decision, Verdict
from pratique.model.listing import Rejected
from pratique.ports import Clock
from pratique.web.forwarded import remote_of
from pratique.web.identity import WORLD, requester_of
from pratique.web.log import GATE, begin, tell

FAILURE_SECONDS: Final = 60.0
"""For how long a failure to write the ledger counts as one."""
_BUCKETS: Final = (0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 60.0)
_SERVER_ERROR: Final = 500
_UNAUTHORIZED: Final = 401

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(slots=True)
class IndexHealth:
    """When an index last answered, and when it last did not."""

    answered: datetime | None = None
    silent: datetime | None = None

    @property
    def reachable(self) -> bool:
        """Whether its last answer is newer than its last silence; one that was not asked yet counts as reachable."""
        return self.silent is None or (self.answered is not None and self.answered > self.silent)


@dataclass(frozen=True, slots=True)
class Answered:
    """A request and its answer, as counters and the log have them."""

    what: str
    method: str
    path: str
    client: str
    status: int
    address: str = ""
    """Where it came from; said of those that are turned away only."""

    @classmethod
    def of(cls, request: web.Request, status: int) -> "Answered":
        """What is told of a request."""
        client = request.headers.get("User-Agent", "").partition(" ")[0]
        trusted = request.app[WORLD].settings.server.trusted_proxies
        address = remote_of(request, trusted) if status == _UNAUTHORIZED else ""
        return cls(_what(request), request.method, request.path, client, status, address)


class Operations:
    """Counters, health and log of one gate; an observer of its flow.

    The library of the counters is imported when there are some: a gate around one command has none, and does not wait for it.
    """

    def __init__(self, clock: Clock) -> None:
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

        self._clock = clock
        self.indexes: dict[str, IndexHealth] = {}
        self.leaving = False
        """Whether the gate was told to end."""
        self._unwritten: datetime | None = None
        self.registry = CollectorRegistry()
        make = partial(Counter, namespace="pratique", registry=self.registry)
        self._requests = make("requests", "Requests by what was asked and how it was answered.", ("what", "status"))
        self._decisions = make("decisions", "Files by the answer and the condition behind it.", ("answer", "condition"))
        self._steered = make("steered_pages", "Project pages from which something was held back.")
        self._indexes = make("index_requests", "Requests to indexes by whether they answered.", ("index", "outcome"))
        self._unrecorded = make("ledger_failures", "Answers that could not be recorded, and so were no.")
        self._seconds = Histogram(
            "pratique_request_seconds", "How long answers took.", ("what",), registry=self.registry, buckets=_BUCKETS
        )
        self._entries = Gauge("pratique_ledger_entries", "Entries in the ledger.", registry=self.registry)

    def refused(self, notice: Notice) -> None:
        """As `Observer.refused`."""
        decision = notice.decision
        word = "denied" if decision.verdict is Verdict.DENY else "held"
        self._decisions.labels(word, decision.strictest.condition).inc()
        tell(word, _of(notice.id, decision))

    def warned(self, notice: Notice) -> None:
        """As `Observer.warned`."""
        self._decisions.labels("warned", notice.decision.strictest.condition).inc()
        tell("let in although", _of(notice.id, notice.decision))

    def served(self, artifact: Artifact) -> None:
        """As `Observer.served`."""
        self._decisions.labels("served", "").inc()
        tell("served", {"file": artifact.file}, level=logging.DEBUG)
        self._unwritten = None

    def steered(self, project: ProjectName, held: int, newest: Notice | None) -> None:
        """As `Observer.steered`."""
        self._steered.inc()
        if newest is not None:
            tell("steered", {"project": project, "files_held": held, **_of(newest.id, newest.decision)})

    def rejected(self, project: ProjectName, files: Sequence[Rejected]) -> None:
        """As `Observer.rejected`; the first is named, all are counted."""
        first = files[0]
        tell("files left out", {"project": project, "files": len(files), "file": first.filename, "why": first.why})

    def elsewhere(self, host: str, *, let_through: bool) -> None:
        """As `Observer.elsewhere`."""
        tell("let through" if let_through else "kept from another host", {"host": host})

    def answered(self, index: str) -> None:
        """As `Observer.answered`."""
        self._indexes.labels(index, "answered").inc()
        self.indexes.setdefault(index, IndexHealth()).answered = self._clock.now()

    def silent(self, index: str, why: str) -> None:
        """As `Observer.silent`."""
        self._indexes.labels(index, "silent").inc()
        self.indexes.setdefault(index, IndexHealth()).silent = self._clock.now()
        tell("index silent", {"index": index, "why": why}, level=logging.WARNING)

    @property
    def ledger_writable(self) -> bool:
        """Whether no answer failed to be recorded lately."""
        failed = self._unwritten
        return failed is None or abs(self._clock.now() - failed) >= timedelta(seconds=FAILURE_SECONDS)

    def not_recorded(self, error: NotRecorded) -> None:
        """An answer could not be recorded."""
        self._unwritten = self._clock.now()
        self._unrecorded.inc()
        tell("not recorded", {"why": str(error)}, level=logging.ERROR)

    def told(self, answered: Answered) -> Callable[[float], None]:
        """What counts and logs an answer, and every further one like it, given the seconds that it took."""
        requests = self._requests.labels(answered.what, str(answered.status))
        times = self._seconds.labels(answered.what)

        def tell_it(seconds: float) -> None:
            requests.inc()
            times.observe(seconds)
            if answered.status >= _UNAUTHORIZED or GATE.isEnabledFor(logging.DEBUG):
                _log(answered, seconds)

        return tell_it

    def exposition(self, entries: int) -> tuple[bytes, str]:
        """Every counter in the text format of Prometheus, and the content type of that."""
        from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

        self._entries.set(entries)
        return generate_latest(self.registry), CONTENT_TYPE_LATEST


OPERATIONS = web.AppKey("operations", Operations)


def told_of(request: web.Request, status: int) -> Callable[[float], None]:
    """What tells of another such request with such an answer, given the seconds that this took."""
    operations = request.app.get(OPERATIONS)
    return (lambda _: None) if operations is None else operations.told(Answered.of(request, status))


def _log(answered: Answered, seconds: float) -> None:
    fields = {"seconds": round(seconds, 3), "method": answered.method, "path": answered.path}
    fields |= {"status": answered.status}
    tell("request", {"what": answered.what, **fields, "client": answered.client}, level=logging.DEBUG)
    if answered.status >= _SERVER_ERROR:
        tell("failed", fields, level=logging.ERROR)
    elif answered.status == _UNAUTHORIZED:
        tell("turned away", {**fields, "address": answered.address}, level=logging.WARNING)


def _of(identity: str, decision: Decision) -> dict[str, object]:
    reason = decision.strictest
    return {
        "file": decision.artifact.file,
        "scope": decision.scope.name,
        "condition": reason.condition,
        "why": reason.why,
        "decision": identity,
    }


@web.middleware
async def counted(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Count every answer, and how long it took. Outside of everything else that answers.

    What is logged meanwhile bears an id of the request.
    """
    begin()
    operations = request.app[OPERATIONS]
    start = time.monotonic()
    status = _SERVER_ERROR
    try:
        response = await handler(request)
        status = response.status
    finally:
        operations.told(Answered.of(request, status))(time.monotonic() - start)
    return response


@web.middleware
async def unrecorded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Notice that an answer could not be recorded. Inside of what turns errors into answers."""
    try:
        return await handler(request)
    except NotRecorded as error:
        request.app[OPERATIONS].not_recorded(error)
        raise


async def metrics(request: web.Request) -> web.StreamResponse:
    """`/-/metrics`, in the text format of Prometheus: counts, and no names of packages or people.

    Raises `NoToken` for a request without a token where tokens are required.
    """
    await requester_of(request)
    entries = await request.app[WORLD].store.size()
    body, kind = request.app[OPERATIONS].exposition(entries)
    return web.Response(body=body, headers={"Content-Type": kind, "Cache-Control": "no-store"})


async def health(request: web.Request) -> web.StreamResponse:
    """`/-/health`: 503 when the ledger cannot be read, or lately could not be written, because every answer is then no.

    An index that keeps silent is said and changes nothing of the status: to restart the gate would not help. Where tokens are
    required, a request without one is told the status only.
    """
    operations = request.app.get(OPERATIONS)
    ledger = await _ledger(request)
    told: dict[str, object] = {"status": "ok" if ledger == "ok" else "failing"}
    if "Authorization" in request.headers or not request.app[WORLD].settings.server.tokens_required:
        await requester_of(request)
        indexes = {} if operations is None else operations.indexes
        reachable = {name: "ok" if each.reachable else "silent" for name, each in indexes.items()}
        told |= {"ledger": ledger, "indexes": reachable}
    return web.json_response(told, status=200 if ledger == "ok" else 503, headers={"Cache-Control": "no-store"})


async def ready(request: web.Request) -> web.StreamResponse:
    """`/-/ready`: 200 while requests may be sent here: a policy is in force, and what is answered can be recorded.

    503 as soon as the gate is told to end, and while the ledger cannot be read or lately could not be written. It names nothing,
    so that a balancer needs no token.
    """
    operations = request.app.get(OPERATIONS)
    leaving = operations is not None and operations.leaving
    state = "leaving" if leaving else "ready" if await _ledger(request) == "ok" else "failing"
    return web.json_response(
        {"status": state}, status=200 if state == "ready" else 503, headers={"Cache-Control": "no-store"}
    )


async def _ledger(request: web.Request) -> str:
    """How the ledger is, in a word or two."""
    operations = request.app.get(OPERATIONS)
    try:
        await request.app[WORLD].store.size()
    except PratiqueError:
        return "not readable"
    return "ok" if operations is None or operations.ledger_writable else "not writable"


def _what(request: web.Request) -> str:
    """What a request is for, in the few words that counters have."""
    resource = request.match_info.route.resource
    parts = resource.canonical.split("/") if resource is not None else []
    return next((word for part, word in _WORDS.items() if part in parts), "other")


_WORDS: Final = {"simple": "page", "files": "file", "pypi": "json", "d": "decision", "-": "operations"}
