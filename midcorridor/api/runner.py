"""Jobs at work: so many at once, each in a process of its own, and everybody who follows one is told.

What the database says is true: a job is taken, ended or put back there first. A result is a whole file
before the database names it, so nothing that is half done is ever served.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from ..errors import Fault
from .carrying import Order, Progress, Result, carry
from .problems import of_faults
from .settings import Settings
from .store import Job, Jobs
from .store.engine import new_id
from .store.jobs import CANCELLED, DONE, FAILED
from .worker import Refusal

_TICK_S = 1.0
_RENEW_S = 5.0
_TIDY_S = 600.0
# A stream that says nothing for so long is taken to be dead by what lies between.
HEARTBEAT_S = 15.0


class Runner:
    """Takes jobs as there is room, and tells how they do."""

    def __init__(self, jobs: Jobs, settings: Settings, *, alone: bool) -> None:
        self._jobs, self._settings, self._alone = jobs, settings, alone
        self._name = new_id()
        self._context = multiprocessing.get_context("spawn")
        self._running: dict[str, asyncio.Task[None]] = {}
        self._cancelled: set[str] = set()
        self._seen: dict[str, Job] = {}  # the last state of jobs that somebody follows
        self._followers: dict[str, set[asyncio.Event]] = {}
        self._wake = asyncio.Event()
        self._loop: asyncio.Task[None] | None = None
        self._ended = False

    @property
    def folder(self) -> Path:
        """Where what was handed in and results lie."""
        folder = self._settings.state_dir() / "jobs"
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    @property
    def running(self) -> int:
        """Jobs under way here."""
        return len(self._running)

    @property
    def followers(self) -> int:
        """Streams that follow a job."""
        return sum(map(len, self._followers.values()))

    def shipments(self, job_id: str) -> Path:
        """What was handed in for a job: the file that is there, else the name of a new one."""
        text = self.folder / f"{job_id}.in.csv"
        return text if text.is_file() else text.with_suffix(".json")

    async def start(self) -> None:
        """Begin; jobs that a server left unfinished are begun again."""
        await asyncio.to_thread(self._jobs.put_back, every=self._alone)
        self._loop = asyncio.create_task(self._turn())

    async def stop(self) -> None:
        """End; what is under way is put back when a server starts again."""
        self._ended = True
        if self._loop is not None:
            self._loop.cancel()
            with suppress(asyncio.CancelledError):
                await self._loop
        for task in list(self._running.values()):
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)
        for events in self._followers.values():
            for event in events:
                event.set()

    def wake(self) -> None:
        """A job was added."""
        self._wake.set()

    async def cancel(self, job_id: str) -> Job | None:
        """End a job."""
        job = await asyncio.to_thread(self._jobs.cancel, job_id)
        if job is not None:
            if job_id in self._running:
                self._cancelled.add(job_id)
            self._tell(job)
        return job

    async def follow(self, job: Job, after: int) -> AsyncIterator[Job | None]:
        """A job each time it has changed, until it has ended; None when nothing was to be told for a while.

        after : what the follower has seen already; a job that has not changed since is not told
        """
        event = asyncio.Event()
        self._followers.setdefault(job.job_id, set()).add(event)
        self._seen.setdefault(job.job_id, job)
        try:
            while not self._ended:
                found = self._seen[job.job_id]
                if found.seq > after or (found.ended and after < 0):
                    after = found.seq
                    yield found
                if found.ended:
                    return
                event.clear()
                if self._seen[job.job_id].seq > after:
                    continue
                try:
                    await asyncio.wait_for(event.wait(), HEARTBEAT_S)
                except TimeoutError:
                    yield None
        finally:
            events = self._followers[job.job_id]
            events.discard(event)
            if not events:
                del self._followers[job.job_id]
                self._seen.pop(job.job_id, None)

    def _tell(self, job: Job) -> None:
        if job.job_id in self._followers and job.seq >= self._seen[job.job_id].seq:
            self._seen[job.job_id] = job
            for event in self._followers[job.job_id]:
                event.set()

    async def _turn(self) -> None:
        tidied = 0.0
        while True:
            try:
                await self._fill()
                # Jobs that another server runs, or that were put back, change only in the database.
                others = [job_id for job_id in self._followers if job_id not in self._running]
                if others:
                    for job in await asyncio.to_thread(self._jobs.many, others):
                        self._tell(job)
                await asyncio.to_thread(self._jobs.put_back)
                if time.monotonic() - tidied > _TIDY_S:
                    tidied = time.monotonic()
                    await asyncio.to_thread(self._tidy)
            except OSError:
                pass  # the database cannot be reached for the moment
            self._wake.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), _TICK_S)

    async def _fill(self) -> None:
        while len(self._running) < self._settings.limits.jobs_running:
            job = await asyncio.to_thread(self._jobs.claim, self._name)
            if job is None:
                return
            self._tell(job)
            self._running[job.job_id] = asyncio.create_task(self._run(job))

    async def _run(self, job: Job) -> None:
        here, there = self._context.Pipe()
        order = Order(
            job.verb,
            job.request,
            self._settings.data,
            self.shipments(job.job_id),
            self.folder / f"{job.job_id}.{job.attempts}",
            1,
        )
        process = self._context.Process(target=carry, args=(there, order), name=f"job {job.job_id}")
        try:
            await asyncio.to_thread(process.start)
            there.close()
            state, values = await self._watch(job, process, here)
            ended = await asyncio.to_thread(self._jobs.finish, self._name, job.job_id, state, **values)
            if ended is not None:
                self._tell(ended)
        finally:
            process.kill()
            here.close()
            self._running.pop(job.job_id, None)
            self._cancelled.discard(job.job_id)
            self._wake.set()

    async def _watch(self, job: Job, process: BaseProcess, pipe: Connection) -> tuple[str, dict[str, Any]]:
        """How a job ends, and what is to be written of it."""
        until = time.monotonic() + self._settings.limits.job_s
        renewed = time.monotonic()
        while True:
            told: Any = None
            try:
                if await asyncio.to_thread(pipe.poll, 0.25):
                    told = pipe.recv()
            except (EOFError, OSError):
                fault = Fault("worker_gone", "the process of the job ended before its work was done")
                return FAILED, {"error": _error("JobError", (fault,))}
            if job.job_id in self._cancelled:
                return CANCELLED, {}
            if isinstance(told, Result):
                return DONE, {
                    "result": told.name,
                    "media_type": told.media_type,
                    "size": told.size,
                    "text": told.text,
                }
            if isinstance(told, Refusal):
                return FAILED, {"error": _error(told.error, told.faults)}
            if time.monotonic() > until:
                fault = Fault("too_slow", f"it took longer than {self._settings.limits.job_s:g} s")
                return FAILED, {"error": _error("JobError", (fault,))}
            found: Job | None = job
            if isinstance(told, Progress):
                renewed = time.monotonic()
                found = await asyncio.to_thread(
                    self._jobs.progress, self._name, job.job_id, told.done, told.total, told.text
                )
            elif time.monotonic() - renewed > _RENEW_S:
                renewed = time.monotonic()
                found = await asyncio.to_thread(self._jobs.renew, self._name, job.job_id)
            if found is None:
                process.kill()  # another server has it; what is finished here would be nobody's
                return CANCELLED, {}
            if found.cancel:
                return CANCELLED, {}
            self._tell(found)

    def _tidy(self) -> None:
        """Remove jobs that ended long ago with their files, and files that no job names."""
        for job in self._jobs.old(self._settings.limits.job_days):
            self.remove(job)

    def remove(self, job: Job) -> None:
        """Forget a job that has ended, and its files."""
        if self._jobs.remove(job.job_id):
            for path in self.folder.glob(f"{job.job_id}.*"):
                path.unlink(missing_ok=True)


def _error(name: str, faults: tuple[Fault, ...]) -> str:
    told = of_faults(name, faults).to_dict()
    return json.dumps({"error": name, "detail": told["detail"], "faults": told["faults"]}, ensure_ascii=False)
