"""A user's policy: a function of one's own that is asked while the corridor runs.

def round_aktau(names):
    waiting = names.place("feeder-aktau-alat kz-aktau>az-alat")

    def rule(ask, now_s, view):
        if ask.decision == DETOUR:
            return view.use[waiting] >= 300
        return ask.default

    return rule
"""

from __future__ import annotations

import hashlib
import importlib.util
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from .._kernels import sim_layout as k
from ..errors import Fault, InputError, did_you_mean
from .compiled import Array
from .deciding import ANY_FERRY, BERTH, CRANE, DECISIONS, DETOUR, LEAVE
from .ground import DAY_S, Corridor
from .state import View

__all__ = [
    "ANY_FERRY",
    "BERTH",
    "CRANE",
    "DECISIONS",
    "DETOUR",
    "LEAVE",
    "Ask",
    "Names",
    "Policy",
    "Seen",
    "as_policy",
    "read_policy",
]


class Ask(NamedTuple):
    """What is asked.

    decision : LEAVE, DETOUR, ANY_FERRY, BERTH or CRANE
    terminal, service : where and for which service, by the numbers that `Names` tells; service -1 for none
    rail : 1 for a train, 0 for a ship, a box or a truck
    default : what the tables answer
    held_h : of LEAVE: hours for which this vehicle has been told to stay
    room, load, size : what the vehicle can carry and carries, and how big a box or truck is (TEU; dm of deck)
    """

    decision: int
    terminal: int
    service: int
    rail: int
    default: int
    held_h: int
    room: int
    load: int
    size: int


class Seen(NamedTuple):
    """What a rule may look at, by the numbers of places that `Names` tells; it cannot be written to.

    queue : boxes, vehicles or ships that wait at the place
    use : units held of a resource, what is waiting in a hold (TEU; dm of deck), 1 for an open gate
    capacity : units of a resource that there are
    """

    queue: Array
    use: Array
    capacity: Array


Rule = Callable[[Ask, int, Seen], float]
Maker = Callable[["Names"], Rule]


class Names:
    """Names of a model to the numbers by which a rule sees them. first: day of second 0 of `now_s`."""

    def __init__(self, made: Corridor) -> None:
        self.first = made.first
        named = made.model.place_names()
        self._places = {name: at for at, (kind, name) in enumerate(named) if kind != "bay"}
        self._bays = {name: at for at, (kind, name) in enumerate(named) if kind == "bay"}
        self._terminals = _numbers(point.terminal for point in made.points)
        self._services = _numbers(point.service for point in made.points if point.service)

    def place(self, name: str) -> int:
        """A resource, hold or gate, as tables of a run name it."""
        return _known(self._places, "place", name)

    def vehicles(self, hold: str) -> int:
        """Where vehicles wait for the load of a hold: its queue is their number."""
        return _known(self._bays, "hold", hold)

    def terminal(self, terminal_id: str) -> int:
        """A terminal at which something is asked, as `Ask.terminal` tells it."""
        return _known(self._terminals, "terminal of a decision", terminal_id)

    def service(self, service_id: str) -> int:
        """A service for which something is asked, as `Ask.service` tells it."""
        return _known(self._services, "service of a decision", service_id)

    def second(self, day: date) -> int:
        """The `now_s` at which a day begins."""
        return (day - self.first).days * DAY_S

    def numbers(self, made: Corridor) -> Array:
        """Decision, terminal, service, rail and default of each point, a row each."""
        rows = [
            (
                point.decision,
                self._terminals[point.terminal],
                self._services[point.service] if point.service else -1,
                int(point.rail),
                point.default,
            )
            for point in made.points
        ]
        return np.array(rows, np.int64).reshape(-1, 5)


def _numbers(names: Any) -> dict[str, int]:
    return {name: number for number, name in enumerate(sorted(set(names)))}


def _known(known: Mapping[str, int], what: str, name: str) -> int:
    if name not in known:
        accepted, hint = ", ".join(list(known)[:12]) or "none", did_you_mean(str(name), known)
        code = f"unknown_{what.split()[0]}"
        raise InputError(Fault(code, f"{name!r} is no {what}", "policy", str(name), accepted, hint))
    return known[name]


@dataclass(frozen=True, eq=False)
class Bound:
    """A rule for one model, as `run` takes it. fast: compiled, None where it cannot be."""

    py_func: Callable[..., float]
    fast: Any

    def __call__(self, *asked: Any) -> float:
        return self.py_func(*asked)


@dataclass(frozen=True)
class Policy:
    """A user's policy before it knows a model.

    make : is given the `Names` of a model and returns its rule, (ask, now_s, view) -> number
    compiled : whether to try Numba first; the answers are the same, and plain ones cost more time
    digest : SHA-256 of the text of the policy, empty where there is none
    """

    name: str
    make: Maker
    compiled: bool = True
    digest: str = ""

    def bind(self, made: Corridor) -> Bound:
        """The rule for a model that asks. Raises InputError for a name that the model does not have, for a
        maker that raises, and where no rule comes of it."""
        names, where = Names(made), f"policy {self.name}"
        try:
            rule = self.make(names)
        except InputError:
            raise
        except Exception as error:
            what = f"it raised {type(error).__name__} before anything ran: {error}"
            raise InputError(Fault("policy_failed", what, where)) from error
        if not callable(rule):
            accepted = "a function (names) that returns a function (ask, now_s, view) -> number"
            raise InputError(Fault("no_rule", "it returned no function", where, repr(rule), accepted))
        attributes = made.model.attributes()
        held = attributes.index("held") if "held" in attributes else -1
        points = names.numbers(made)
        return Bound(_plain(rule, points, held), _fast(rule, points, held) if self.compiled else None)

    def told(self, bound: Bound) -> dict[str, Any]:
        """For the record of a run."""
        return {"name": self.name, "sha256": self.digest, "compiled": bound.fast is not None}


def as_policy(given: Policy | Maker) -> Policy:
    """A policy of what a user gave: one already, or the function that makes its rule."""
    if isinstance(given, Policy):
        return given
    if not callable(given):
        accepted = "a function (names) that returns a function (ask, now_s, view) -> number"
        raise InputError(Fault("no_policy", "this is no function", "policy", repr(given), accepted))
    try:
        text = inspect.getsource(given)
    except (OSError, TypeError):
        text = ""
    return Policy(
        getattr(given, "__name__", repr(given)), given, digest=_digest(text.encode()) if text else ""
    )


def read_policy(text: str) -> Policy:
    """The policy that `file.py:function` names, from a file of one's own, which this runs.

    Raises InputError where there is no such file or function, or the file raises.
    """
    name, _, function = text.rpartition(":")
    path, where = Path(name), "policy"
    if not name or not function or path.suffix != ".py":
        what = "this names no function in a file"
        raise InputError(Fault("no_policy", what, where, text, "file.py:function"))
    if not path.is_file():
        raise InputError(Fault("no_file", f"there is no file {name}", where, text, "file.py:function"))
    spec = importlib.util.spec_from_file_location(f"policy_of_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        what = f"{name} raised {type(error).__name__}: {error}"
        raise InputError(Fault("policy_failed", what, where, text)) from error
    functions = [each for each, value in vars(module).items() if inspect.isfunction(value)]
    if function not in functions:
        hint, accepted = did_you_mean(function, functions), ", ".join(functions) or "none is defined"
        what = f"{name} has no function {function!r}"
        raise InputError(Fault("no_policy", what, where, function, accepted, hint))
    return Policy(f"{path.name}:{function}", getattr(module, function), digest=_digest(path.read_bytes()))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _plain(rule: Rule, points: Array, held: int) -> Callable[..., float]:
    """What is asked from Python: numbers are wide, as compiled ones are."""
    told: list[tuple[int, int, int, int, int]] = [tuple(row) for row in points.tolist()]
    rule = getattr(rule, "py_func", rule)

    def asked(number: int, token: int, now_s: int, raw: View) -> float:
        seen = Seen(*(raw.places[name].astype(np.int64) for name in ("queue", "in_use", "capacity")))
        for column in seen:
            column.flags.writeable = False
        row, held_h = raw.tokens[token], int(raw.attributes[token, held]) if held >= 0 else 0
        what, at, of, rail, default = told[number]
        ask = Ask(what, at, of, rail, default, held_h, int(row["room"]), int(row["load"]), int(row["size"]))
        return float(rule(ask, now_s, seen))

    return asked


def _fast(rule: Rule, points: Array, held: int) -> Any:
    """The same compiled; None for what Numba cannot compile."""
    import numba

    inner: Any = rule if hasattr(rule, "py_func") else numba.njit(rule)
    made: Any = Ask  # its fields are wide numbers here, as those of Python are
    typeof: Any = numba.typeof

    @numba.njit(nogil=True)
    def asked(number, token, now_s, raw):  # type: ignore[no-untyped-def]
        places, row = raw.places, raw.tokens[token]
        held_h = raw.attributes[token, held] if held >= 0 else 0
        ask = made(
            points[number, 0], points[number, 1], points[number, 2], points[number, 3], points[number, 4],
            held_h, np.int64(row.room), np.int64(row.load), np.int64(row.size),
        )  # fmt: skip
        return float(inner(ask, now_s, Seen(places.queue, places.in_use, places.capacity)))

    empty = View(np.zeros(1, k.PLACE), np.zeros(1, k.TOKEN), np.zeros((1, 1), np.int64))
    try:
        asked.compile((numba.int32, numba.int32, numba.int64, typeof(empty.locked())))
    except Exception:  # noqa: BLE001 - Numba has many words for what it cannot do; then the rule runs plain
        return None
    return asked
