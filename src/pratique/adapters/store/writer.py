"""The one thread that writes to a database. What is awaited together is committed together.

While the disk is busy, more writes queue up; the next transaction takes all of them, up to a limit, and closes them
with one signed checkpoint and one sync. A write that fails takes only itself back; a commit that fails, all of its
group.
"""

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import apsw

from pratique.adapters.store.appending import Sequencer
from pratique.adapters.store.database import Transaction, plain, value
from pratique.errors import NotRecorded, PratiqueError, Unavailable
from pratique.model import limits
from pratique.record.entry import Entry
from pratique.record.sequence import Edge

T = TypeVar("T")


@dataclass(slots=True)
class Job(Generic[T]):
    """One write that somebody awaits: entries to append, a function of the connection, or both or neither of them.

    With `traceless` set, what it deleted is also driven out of the write-ahead log before it is done.
    """

    done: "asyncio.Future[T]"
    entries: Sequence[Entry]
    write: Callable[[apsw.Connection], Any] | None = None
    traceless: bool = False

    def refused(self, error: PratiqueError) -> PratiqueError:
        """The error that stands for a failed commit: entries are then not recorded."""
        if not self.entries or isinstance(error, NotRecorded):
            return error
        refusal = NotRecorded(f"the ledger could not be written: {error}", advice=error.advice)
        refusal.__cause__ = error
        return refusal

    def settle(self, result: object, error: PratiqueError | None) -> None:
        """Hand the outcome to the event loop that waits for it."""
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self.done.get_loop().call_soon_threadsafe(_settle, self.done, result, error)


def _settle(done: "asyncio.Future[Any]", result: object, error: PratiqueError | None) -> None:
    if done.done():  # whoever waited was cancelled
        return
    if error is None:
        done.set_result(result)
    else:
        done.set_exception(error)


@dataclass(frozen=True, slots=True)
class _Outcome:
    job: Job[Any]
    result: object = None
    error: PratiqueError | None = None


class Writer:
    """Owns the writing connection."""

    def __init__(self, db: apsw.Connection, path: Path, sequencer: Sequencer) -> None:
        self._db = db
        self._path = path
        self._sequencer = sequencer
        self._jobs: queue.SimpleQueue[Job[Any] | None] = queue.SimpleQueue()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="pratique-ledger", daemon=True)
        self._thread.start()

    async def append(
        self,
        entries: Sequence[Entry],
        write: Callable[[apsw.Connection], object] | None = None,
        *,
        traceless: bool = False,
    ) -> int:
        """Store entries, at least one, durably; the index of the first. Raises `NotRecorded`.

        `write` runs in the same transaction; what it raises is raised here, and then nothing of it all is stored.
        """
        done: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        return await self._queue(Job(done, entries, write, traceless))

    async def write(self, write: Callable[[apsw.Connection], T], *, traceless: bool = False) -> T:
        """Run a function inside the next transaction. Raises what it raises, or `Unavailable`."""
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        return await self._queue(Job(done, (), write, traceless))

    async def close(self) -> None:
        """Write what was queued, then stop. Idempotent."""
        if not self._closed:
            self._closed = True
            self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)

    async def _queue(self, job: Job[T]) -> T:
        if self._closed:
            raise NotRecorded("the store is closed")
        self._jobs.put(job)
        return await job.done

    def _run(self) -> None:
        stopping = False
        while not stopping:
            jobs, stopping = self._waiting()
            for outcome in self._commit(jobs):
                outcome.job.settle(outcome.result, outcome.error)
        self._db.close()

    def _waiting(self) -> tuple[list[Job[Any]], bool]:
        """Everything that waits by now, at least one; and whether it is time to stop."""
        jobs: list[Job[Any]] = []
        entries = 0
        while entries < limits.COMMIT_ENTRIES_MAX:
            try:
                job = self._jobs.get(block=not jobs)
            except queue.Empty:
                break
            if job is None:
                return jobs, True
            jobs.append(job)
            entries += max(1, len(job.entries))
        return jobs, False

    def _commit(self, jobs: Sequence[Job[Any]]) -> list[_Outcome]:
        if not jobs:
            return []
        try:
            with Transaction(self._db):
                outcomes, edge = self._perform(jobs)
            if edge is not None:
                self._sequencer.settle(edge)
        except Exception as error:  # noqa: BLE001 - the border of the thread: whoever waits must hear of it
            return [_Outcome(job, error=job.refused(plain(error, self._path))) for job in jobs]
        return self._driven_out(outcomes)

    def _perform(self, jobs: Sequence[Job[Any]]) -> tuple[list[_Outcome], Edge | None]:
        outcomes = [self._attempt(job) for job in jobs if not job.entries]
        appending: list[_Outcome] = []
        edge: Edge | None = None
        try:
            with self._db:
                appending = [self._attempt(job) for job in jobs if job.entries]
                entries = [entry for one in appending if one.error is None for entry in one.job.entries]
                place, edge = self._sequencer.append(self._db, entries) if entries else (0, None)
        except PratiqueError as error:  # the ledger is not one to sign on; what else is written has no part in that
            return outcomes + [_Outcome(one.job, error=one.error or one.job.refused(error)) for one in appending], None
        for one in appending:
            if one.error is None:
                outcomes.append(_Outcome(one.job, place))
                place += len(one.job.entries)
            else:
                outcomes.append(one)
        return outcomes, edge

    def _attempt(self, job: Job[Any]) -> _Outcome:
        """A job's function inside the transaction, taken back alone when it fails."""
        if job.write is None:
            return _Outcome(job)
        outcome = _Outcome(job)
        try:
            with self._db:
                outcome = _Outcome(job, job.write(self._db))
        except (apsw.ConstraintError, PratiqueError) as error:
            outcome = _Outcome(job, error=plain(error, self._path))
        return outcome

    def _driven_out(self, outcomes: list[_Outcome]) -> list[_Outcome]:
        """Empty the write-ahead log, which holds pages as they were before, where a job asked for that."""
        if not any(outcome.job.traceless for outcome in outcomes):
            return outcomes
        try:
            stays = bool(value(self._db, "PRAGMA wal_checkpoint(TRUNCATE)"))
        except apsw.Error:
            stays = True
        if not stays:
            return outcomes
        error = Unavailable(
            f"deleted, but traces stay in the log of {self._path} while other programs read it",
            advice="close them; the last one to close empties the log",
        )
        return [_Outcome(one.job, error=error) if one.job.traceless else one for one in outcomes]
