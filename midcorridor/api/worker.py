"""A worker process: it answers one question after another, each with bytes ready to be sent."""

from __future__ import annotations

import gzip
import os
import signal
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from ..errors import Fault, MidcorridorError
from ..said import Said
from . import lookups, verbs
from .desk import Desk
from .verbs import MEDIA_TYPES, Told

# A body below this is not worth packing.
_LEAST_PACKED = 1024
_LEVEL = 4  # packs a plan to a quarter in 1.5 ms; the highest level takes 7 ms to save a tenth more

ANSWERS: dict[str, Callable[[Desk, Mapping[str, Any], Mapping[str, Any] | None], Told]] = {
    "plan": verbs.plan,
    "compare": verbs.compare,
    "explain": verbs.explain,
    "footprint": verbs.footprint,
    "check": verbs.check,
    "diff": verbs.diff,
    "failures": verbs.failures,
    "profile": verbs.profile,
    "simulate": verbs.simulate,
    "distance": verbs.distance,
    "events": verbs.events,
    "places": verbs.places,
    "place": verbs.place,
    "network": verbs.network_summary,
    "network-check": verbs.network_check,
    "scenario-check": verbs.scenario_check,
    "facts": lookups.tables,
    "schema": lookups.declared,
    "rows": lookups.rows,
    "row": lookups.row,
    "source": lookups.source,
    "network-map": lookups.network_map,
    "basemap": lookups.basemap,
}


@dataclass(frozen=True, slots=True)
class Task:
    """A question on its way to a worker."""

    verb: str
    given: Mapping[str, Any]
    scenario: Mapping[str, Any] | None = None  # in the shape of its file
    form: str = "json"
    packed: bool = False  # whether who asks takes gzip


@dataclass(frozen=True, slots=True)
class Answer:
    """A body as it is sent."""

    body: bytes
    media_type: str
    packed: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no answer."""

    error: str  # name of the class of the error
    faults: tuple[Fault, ...]


def answer(desk: Desk, task: Task) -> Answer | Refusal:
    """The answer to a question; an error of ours in it is told and ends nothing."""
    try:
        told = ANSWERS[task.verb](desk, task.given, task.scenario)
        if task.form not in told.forms:
            what = f"this answer has no form {task.form!r}"
            return Refusal(
                "InputError", (Fault("unknown_format", what, "format", task.form, ", ".join(told.forms)),)
            )
        body = told.text(task.form).encode("utf-8", "replace")
    except MidcorridorError as error:
        return Refusal(type(error).__name__, error.faults)
    except Exception as error:  # noqa: BLE001 - one question must not end the worker
        traceback.print_exc()  # into the log of the server; the caller learns no insides
        hint = Said("report")
        return Refusal(
            "InternalError",
            (
                Fault(
                    "internal_error",
                    Said("failed_inside", error=type(error).__name__, verb=task.verb),
                    hint=hint,
                ),
            ),
        )
    finally:
        desk.tidy(_day(task.given))
    packed = task.packed and len(body) >= _LEAST_PACKED
    if packed:
        body = gzip.compress(body, _LEVEL, mtime=0)
    return Answer(body, MEDIA_TYPES[task.form], packed)


def _day(given: Mapping[str, Any]) -> date | None:
    """The day that a question is about; None without one."""
    text: Any = given.get("depart") or given.get("day")
    with suppress(TypeError, ValueError):
        return datetime.fromisoformat(text).date()
    return None


def serve(questions: Connection, data: tuple[Path, ...], env: Mapping[str, str] | None = None) -> None:
    """Answer until the pipe is closed, which it is when the server ends, however it ends."""
    # Ctrl-C reaches every process of a terminal; the server tells its workers by closing the pipe.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.update(env or {})
    desk = Desk(data)
    _warm(desk)
    with suppress(EOFError, OSError):
        questions.send("ready")
        while True:
            questions.send(answer(desk, questions.recv()))


def _warm(desk: Desk) -> None:
    """Load what every question needs, so that the first caller does not wait for it."""
    from ..places import search
    from ..plan import plan

    with suppress(MidcorridorError):
        plan(desk.network, "Xi'an", "Budapest")
        search("Bu", terminals=desk.network.terminals)
