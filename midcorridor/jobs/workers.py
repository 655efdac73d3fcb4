"""Who does the work: this process, several of this machine, or a Dask cluster. The order stays."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from multiprocessing.synchronize import Event
from typing import Any, Protocol

from .. import __version__
from ..errors import Fault, JobError
from .packing import Worker, unpack

Chunk = Sequence[Any]  # pieces of work that are done together: shipments, replications
Answers = list[Any]  # the answer to each piece of a chunk
# So many chunks a worker are under way; more would only be kept waiting, fewer leave workers idle.
_AHEAD = 3


class _Future(Protocol):
    def result(self) -> Answers: ...
    def cancel(self) -> Any: ...


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def here(worker: Worker, chunks: Iterable[Chunk]) -> Iterator[Answers]:
    """The answers of each chunk, worked out in this process."""
    for chunk in chunks:
        yield [worker.rows(given) for given in chunk]


def in_processes(packed: bytes, chunks: Iterable[Chunk], workers: int) -> Iterator[Answers]:
    """The answers of each chunk in the order of the chunks, worked out by processes of this machine.

    The processes are started anew (spawn), so that nothing of this one, such as its threads, leaks into
    them. Raises JobError when one of them is gone.
    """
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    pool = ProcessPoolExecutor(workers, context, _start, (packed, stop))

    def submit(chunk: Chunk) -> _Future:
        with _undisturbed():  # this is where processes are started
            return pool.submit(_work, chunk)

    try:
        yield from _in_order(submit, chunks, workers * _AHEAD)
    except BrokenProcessPool:
        what = "a worker process ended before its work was done"
        hint = "It may have run out of memory: try fewer workers"
        raise JobError(Fault("worker_gone", what, "--workers", str(workers), hint=hint)) from None
    finally:
        stop.set()  # an interrupt waits for the work under way and for no more
        pool.shutdown(cancel_futures=True)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let an interrupt wait for the end of the block: a process half started could not be stopped cleanly.

    What is started in the block takes no notice of Ctrl-C from its first moment on.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # only the first thread is interrupted
        return
    held: list[int] = []
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, lambda got, _: held.append(got)) for number in numbers}
    masks = hasattr(signal, "pthread_sigmask")
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if masks else set()
    try:
        yield
    finally:
        if masks:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
    for got in held:
        signal.raise_signal(got)


def on_cluster(packed: bytes, chunks: Iterable[Chunk], address: str) -> Iterator[Answers]:
    """The answers of each chunk in the order of the chunks, worked out by the workers of a Dask cluster.

    Raises JobError where there is no cluster, it has no workers, or they hold another version.
    """
    client = _client(address)
    try:
        held = client.submit(_as_is, packed, pure=False)  # a task, so that it is made again where it is lost
        token = hashlib.sha256(packed).hexdigest()
        ahead = sum(client.nthreads().values()) * _AHEAD
        yield from _in_order(
            lambda chunk: client.submit(_work_there, held, token, chunk, pure=False), chunks, ahead
        )
    finally:
        client.close()


def _in_order(submit: Callable[[Chunk], _Future], chunks: Iterable[Chunk], ahead: int) -> Iterator[Answers]:
    """Answers in the order of the chunks, at most so many of them under way or waiting for their turn."""
    source = iter(chunks)
    under_way: deque[_Future] = deque(submit(chunk) for chunk in islice(source, ahead))
    try:
        while under_way:
            answers = under_way.popleft().result()
            for chunk in islice(source, 1):
                under_way.append(submit(chunk))
            yield answers
    finally:
        for future in under_way:
            future.cancel()


# In a process of the pool.

_worker: Worker
_stop: Event


def _start(packed: bytes, stop: Event) -> None:
    global _worker, _stop
    # Ctrl-C reaches every process of a terminal; the first one tells the others through the event.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _worker, _stop = unpack(packed), stop


def _end_with_parent() -> None:
    # A first process that was killed cannot tell its workers, which would wait for ever.
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(chunk: Chunk) -> Answers:
    return [_worker.rows(given) for given in chunk if not _stop.is_set()]


# In a worker of a cluster, which serves one caller after another.

_held: tuple[str, Worker] | None = None
_one_at_a_time = threading.Lock()


def _as_is(packed: bytes) -> bytes:
    return packed


def _work_there(packed: bytes, token: str, chunk: Chunk) -> Answers:
    global _held
    with _one_at_a_time:
        if _held is None or _held[0] != token:
            _held = token, unpack(packed)
        return [_held[1].rows(given) for given in chunk]


def _version() -> str:
    return __version__


def _client(address: str) -> Any:
    """A client of the cluster, whose workers are known to hold this version."""
    try:
        from distributed import Client
    except ImportError:
        raise _no_cluster(
            "missing_extra",
            "a cluster needs Dask distributed, which is not installed",
            address,
            "Install it with: pip install 'midcorridor[cluster]'",
        ) from None
    connect: Any = Client
    try:
        client = connect(address, timeout=10, set_as_default=False)
    except (OSError, ValueError) as reason:
        what = f"there is no Dask scheduler at {address!r} ({reason})"
        raise _no_cluster("no_cluster", what, address, "Start one with: dask scheduler") from None
    try:
        found = client.run(_version)
    except ImportError:
        client.close()
        hint = f"Install midcorridor {__version__} where the workers run"
        raise _no_cluster("no_program", "its workers do not have midcorridor", address, hint) from None
    others = sorted({version for version in found.values() if version != __version__})
    if not found or others:
        client.close()
        what = f"its workers have midcorridor {', '.join(others)}" if found else "it has no workers"
        hint = f"Give it workers with midcorridor {__version__}: dask worker {address}"
        raise _no_cluster("other_version" if found else "no_workers", what, address, hint)
    return client


def _no_cluster(code: str, what: str, address: str, hint: str) -> JobError:
    accepted = "the address of a Dask scheduler such as tcp://10.0.0.5:8786"
    return JobError(Fault(code, what, "--cluster", address, accepted, hint))
