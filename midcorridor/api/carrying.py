"""The process of one job: it does the work, says how far it has come, and leaves a whole file."""

from __future__ import annotations

import inspect
import json
import multiprocessing
import os
import signal
import threading
import time
import traceback
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from ..errors import Fault, MidcorridorError
from ..files import write_text
from .desk import Desk
from .verbs import MEDIA_TYPES, Report
from .worker import ANSWERS, Refusal

MANY = "plan-many"
# Endings of result files; what a job may write.
ENDINGS = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl",
    "parquet": "application/vnd.apache.parquet",
}
# Progress is told at most so often: each time is a write to the database.
_EVERY_S = 0.5
# Questions that somebody waits for go first.
_NICENESS = 10


@dataclass(frozen=True, slots=True)
class Order:
    """A job on its way to its process."""

    verb: str
    request: Mapping[str, Any]
    data: tuple[Path, ...]
    shipments: Path  # of many plans: what was handed in
    result: Path  # without its ending
    workers: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job has come."""

    done: int
    total: int
    text: str


@dataclass(frozen=True, slots=True)
class Result:
    """The file of a job that is done."""

    name: str
    media_type: str
    size: int
    text: str


def carry(pipe: Connection, order: Order) -> None:
    """Do a job. Progress, then a Result or a Refusal go into the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with suppress(OSError):
        os.nice(_NICENESS)
    try:
        desk = Desk(order.data)
        work = _many if order.verb == MANY else _one
        pipe.send(work(desk, order, _reporting(pipe)))
    except MidcorridorError as error:
        pipe.send(Refusal(type(error).__name__, error.faults))
    except Exception as error:  # noqa: BLE001 - the server must learn that it failed
        traceback.print_exc()
        hint = "This is a fault of the program; please report it with the question"
        fault = Fault("internal_error", f"a {type(error).__name__} in {order.verb}", hint=hint)
        pipe.send(Refusal("InternalError", (fault,)))


def _end_with_parent() -> None:
    # A server that was killed begins the job again when it is back; two must not write at once.
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _reporting(pipe: Connection) -> Report:
    last = 0.0

    def report(done: int, total: int, text: str) -> None:
        nonlocal last
        if time.monotonic() - last >= _EVERY_S or done == total:
            last = time.monotonic()
            pipe.send(Progress(done, total, text))

    return report


def _one(desk: Desk, order: Order, report: Report) -> Result:
    """A verb that takes long for one shipment."""
    verb, request = ANSWERS[order.verb], order.request
    more = {"progress": report} if "progress" in inspect.signature(verb).parameters else {}
    told = verb(desk, request["given"], request["scenario"], **more)
    form = request["form"]
    path = order.result.with_name(f"{order.result.name}.{form}")
    write_text(path, told.text(form))
    return Result(path.name, MEDIA_TYPES[form], path.stat().st_size, "")


def _many(desk: Desk, order: Order, report: Report) -> Result:
    """Many shipments."""
    from ..jobs import plan_many

    request = order.request
    path = order.result.with_name(f"{order.result.name}.{request['form']}")
    shipments: Any = order.shipments
    if order.shipments.suffix == ".json":
        shipments = json.loads(order.shipments.read_text(encoding="utf-8"))
    network = desk.under(request["scenario"], request["basis"])
    many = plan_many(
        network,
        shipments,
        workers=order.workers,
        progress=report,
        routes=request["routes"],
        **request["options"],
    )
    summary = many.write(path)
    return Result(path.name, ENDINGS[request["form"]], path.stat().st_size, str(summary))
