"""Worker processes behind a queue with an end: questions in, bytes out, and the server never waits.

A thread for each worker hands it a question and waits for its answer, so that the event loop is free. A
worker that takes too long or dies is replaced; its question gets a problem that says so.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from ..errors import Fault
from ..said import Said
from .problems import Problem, of_faults
from .worker import Answer, Refusal, Task, serve

# The first start on a machine compiles the kernels.
_START_S = 300.0
# Verbs that plan many times: one worker is always left for the others, where there are two.
LONG = frozenset(("failures", "profile"))


@dataclass(eq=False)
class _Waiting:
    task: Task
    limit_s: float
    future: asyncio.Future[Answer]
    loop: asyncio.AbstractEventLoop
    since: float = field(default_factory=time.monotonic)

    def settle(self, outcome: Answer | Problem) -> None:
        """Tell the event loop how it ended; nobody may be waiting any more."""

        def tell() -> None:
            if self.future.done():
                return
            if isinstance(outcome, Problem):
                self.future.set_exception(outcome)
            else:
                self.future.set_result(outcome)

        with suppress(RuntimeError):  # the server has stopped in the meantime
            self.loop.call_soon_threadsafe(tell)


@dataclass(eq=False)
class _Seat:
    """A place for a worker, and the one that sits there."""

    number: int
    process: BaseProcess | None = None
    pipe: Connection | None = None
    busy: bool = False
    ready: bool = False


class Pool:
    """Workers that answer questions."""

    def __init__(self, workers: int, data: tuple[Path, ...] = (), most_waiting: int = 64) -> None:
        self._data, self._most = data, most_waiting
        self._context = multiprocessing.get_context("spawn")
        self._seats = [_Seat(number) for number in range(workers)]
        self._threads: list[threading.Thread] = []
        self._queue: deque[_Waiting] = deque()
        self._changed = threading.Condition()
        self._ended = False
        self.replaced = 0  # workers that died or were ended

    @property
    def ready(self) -> int:
        """Workers that can take a question."""
        return sum(seat.ready for seat in self._seats)

    @property
    def busy(self) -> int:
        """Workers that have one."""
        return sum(seat.busy for seat in self._seats)

    @property
    def waiting(self) -> int:
        """Questions that no worker has taken yet."""
        return len(self._queue)

    @property
    def pids(self) -> list[int]:
        """Process ids of the workers."""
        return [seat.process.pid for seat in self._seats if seat.process is not None and seat.process.pid]

    def start(self) -> None:
        """Start the workers; questions may be asked at once and wait for the first that is ready."""
        for seat in self._seats:
            thread = threading.Thread(
                target=self._run, args=(seat,), name=f"worker {seat.number}", daemon=True
            )
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """End the workers; what is under way gets a problem."""
        with self._changed:
            self._ended = True
            left = list(self._queue)
            self._queue.clear()
            self._changed.notify_all()
        for waiting in left:
            waiting.settle(_ending())
        for seat in self._seats:
            if seat.process is not None and seat.process.pid is not None:
                seat.process.terminate()
        for thread in self._threads:
            thread.join(10)

    async def ask(self, task: Task, limit_s: float) -> Answer:
        """The answer of a worker. Raises Problem."""
        loop = asyncio.get_running_loop()
        waiting = _Waiting(task, limit_s, loop.create_future(), loop)
        with self._changed:
            if self._ended:
                raise _ending()
            if len(self._queue) >= self._most:
                what = Said("queue_full", waiting=len(self._queue))
                raise Problem(503, Fault("busy", what, hint=Said("ask_soon")), headers={"Retry-After": "2"})
            self._queue.append(waiting)
            self._changed.notify_all()
        try:
            return await waiting.future
        finally:
            if waiting.future.cancelled():
                with self._changed:
                    if waiting in self._queue:
                        self._queue.remove(waiting)

    def _run(self, seat: _Seat) -> None:
        self._fill(seat)
        while (waiting := self._next(seat)) is not None:
            seat.busy = True
            try:
                outcome = self._asked(seat, waiting)
            finally:
                seat.busy = False
            waiting.settle(outcome)
            if not seat.ready:
                self._fill(seat)  # now, not when the next caller waits
        self._empty(seat)

    def _next(self, seat: _Seat) -> _Waiting | None:
        """The next question for a seat; the first seat leaves long ones to the others."""
        with self._changed:
            while not self._ended:
                for waiting in self._queue:
                    if seat.number > 0 or len(self._seats) == 1 or waiting.task.verb not in LONG:
                        self._queue.remove(waiting)
                        return waiting
                self._changed.wait()
        return None

    def _asked(self, seat: _Seat, waiting: _Waiting) -> Answer | Problem:
        for attempt in (1, 2):
            if not seat.ready:
                self._fill(seat)
            if seat.pipe is None or not seat.ready:
                what = Said("no_workers")
                return Problem(503, Fault("no_workers", what, hint=Said("see_log")))
            try:
                seat.pipe.send(waiting.task)
                break
            except OSError:  # it died while it was idle: nothing was begun, so another may try
                self._empty(seat)
                if attempt == 2:
                    return _gone()
        return self._received(seat, waiting)

    def _received(self, seat: _Seat, waiting: _Waiting) -> Answer | Problem:
        assert seat.pipe is not None
        try:
            if not seat.pipe.poll(waiting.limit_s):
                self._empty(seat)
                what = Said("no_answer", limit_s=waiting.limit_s)
                hint = Said("ask_less")
                return Problem(504, Fault("too_slow", what, hint=hint))
            told: Answer | Refusal = seat.pipe.recv()
        except (EOFError, OSError):
            self._empty(seat)
            return _ending() if self._ended else _gone()
        if isinstance(told, Refusal):
            status = 500 if told.error == "InternalError" else 422
            return of_faults(told.error, told.faults, status)
        return told

    def _fill(self, seat: _Seat) -> None:
        """Put a new worker on a seat and wait until it is ready."""
        if self._ended:
            return
        here, there = self._context.Pipe()
        process = self._context.Process(
            target=serve, args=(there, self._data), name=f"midcorridor worker {seat.number}", daemon=True
        )
        process.start()
        there.close()
        seat.process, seat.pipe = process, here
        try:
            seat.ready = here.poll(_START_S) and here.recv() == "ready"
        except (EOFError, OSError):
            seat.ready = False

    def _empty(self, seat: _Seat) -> None:
        """End the worker of a seat."""
        seat.ready = False
        if seat.pipe is not None:
            seat.pipe.close()
        if seat.process is not None:
            seat.process.kill()
            seat.process.join(5)
            if not self._ended:
                self.replaced += 1
        seat.process = seat.pipe = None


def _gone() -> Problem:
    what = Said("worker_gone")
    return Problem(503, Fault("worker_gone", what, hint=Said("ask_again")), headers={"Retry-After": "1"})


def _ending() -> Problem:
    what = Said("stopping")
    return Problem(503, Fault("stopping", what, hint=Said("ask_later")), headers={"Retry-After": "5"})


def pool_state(pool: Pool) -> dict[str, Any]:
    """How a pool does, for `/readyz` and the metrics."""
    return {"ready": pool.ready, "busy": pool.busy, "waiting": pool.waiting, "replaced": pool.replaced}
