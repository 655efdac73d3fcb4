"""One replication under way: the arrays that the kernel changes, and how it is gone on with."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from .._kernels import sim_layout as k
from ..errors import Fault, InputError
from .compiled import Array, Compiled

EVENTS_AT_ONCE = 1 << 21  # then Python looks whether it is interrupted
Policy = Callable[..., float]


class View(NamedTuple):
    """What a policy may read: rows as `sim_layout` tells, fields by name as in view.places[3]["queue"].

    It is locked: what a policy changed the next answer would depend on.
    """

    places: Array
    tokens: Array
    attributes: Array

    def locked(self) -> View:
        """The same arrays, which cannot be written to by this way."""
        views = [array.view() for array in self]
        for each in views:
            each.flags.writeable = False
        return View(*views)


class Replication:
    """The state of one replication; the same compiled model and numbers give the same state."""

    def __init__(
        self, compiled: Compiled, seed: int, number: int, days: int, *, limit: int, visits: int
    ) -> None:
        """days: of the daily sums; limit: tokens alive at most; visits: rows kept at a time, 0 for none."""
        self.compiled, self.limit = compiled, limit
        places = compiled.places.copy()
        count, kinds, levels = len(places), len(compiled.kinds), compiled.levels
        self.globals = np.zeros(1, k.GLOBAL)
        self.places = places
        self.waits = np.zeros(count * kinds, k.WAIT)
        self.ended = np.zeros(kinds, k.WAIT)
        self.series = np.zeros((days, count, 3), np.int64)
        self.visits = np.empty(visits, k.VISIT)
        # Untouched rows of these cost no memory.
        room = 1 << max(4, (limit - 1).bit_length())
        self.tokens = np.empty(limit, k.TOKEN)
        self.attributes = np.empty((limit, max(1, len(compiled.model.attributes()))), np.int64)
        self.holdings = np.empty(2 * limit, k.HOLDING)
        self.ready = np.empty(room, np.int32)
        self.keys = np.empty(3 * limit + 4, np.int64)
        self.items = np.empty(3 * limit + 4, np.int32)
        lists = count * (levels + 1)
        self.first, self.last = np.full(lists, -1, np.int32), np.full(lists, -1, np.int32)
        g = self.globals[0]
        for name, value in {
            "key0": seed,
            "key1": number,
            "day_end": k.DAY_S,
            "wake_at": -1,
            "ready_mask": room - 1,
            "current": -1,
            "free_token": -1,
            "free_holding": -1,
            "serve": -1,
            "fault_place": -1,
            "levels": levels,
            "kinds": kinds,
            "places": count,
            "attributes": self.attributes.shape[1],
        }.items():
            g[name] = value
        self.arguments = (
            self.globals, compiled.steps, places, compiled.distributions, compiled.values,
            compiled.calendars.copy(), compiled.instants, compiled.shares, compiled.targets,
            compiled.arrivals, self.tokens, self.attributes, self.holdings, self.waits, self.ended,
            self.series, self.first, self.last, self.ready, self.keys, self.items, self.visits,
            len(compiled.model.of_kind("hold")),
        )  # fmt: skip
        self._start()

    def _start(self) -> None:
        """Put the tokens of the model into the agenda, or among those that are ready."""
        g = self.globals[0]
        agenda: list[tuple[int, int]] = []
        for number, row in enumerate(self.compiled.starts):
            token = self.tokens[number]
            self.tokens[number : number + 1].view(np.uint8)[:] = 0
            for name in ("wake", "list", "held", "asking", "first_aboard", "last_aboard", "carrier"):
                token[name] = -1
            for name in ("pc", "kind", "priority", "size", "room"):
                token[name] = row[name]
            token["identity"] = self.compiled.identities[number]
            token["serial"] = token["consignment"] = number
            token["born"] = row["at"]
            self.attributes[number] = 0
            if row["at"] == 0:
                self.ready[g["ready_count"]] = number
                g["ready_count"] += 1
            else:
                token["state"] = k.TIMER
                token["wake"] = (int(row["at"]) << 32) | int(g["seq"])
                g["seq"] += 1
                heapq.heappush(agenda, (int(token["wake"]), number))
        for at, (key, number) in enumerate(agenda):
            self.keys[at], self.items[at] = key, number
        g["heap"] = len(agenda)
        g["tokens"] = g["alive"] = g["serials"] = len(self.compiled.starts)

    def go(self, until_s: int, drive: Callable[[View, Any], int], policy: Policy | None) -> int:
        """Run on to this second; why it came back (FULL, PAUSE, HORIZON, ... of `sim_layout`).

        drive: a compiled loop of the kernel (see `running.loop`); policy: one in Python, asked from here, or
            what a compiled one was made of, which is asked again where that raised, for its words
        Raises InputError for a policy that raises, with what it was to decide.
        """
        g = self.globals[0]
        g["horizon"] = until_s
        g["pause_at"] = g["events"] + EVENTS_AT_ONCE
        view = View(self.places, self.tokens, self.attributes).locked()
        try:
            status = drive(view, self.arguments)
            while status == k.ASK and policy is not None:
                g["answer"] = float(policy(int(g["rule"]), int(g["current"]), int(g["now"]), view))
                g["answered"] = 1
                status = drive(view, self.arguments)
        except Exception as error:
            if g["status"] != k.ASK or policy is None:
                raise
            raise self._failed(error, policy, view) from error
        return int(status)

    def _failed(self, error: Exception, policy: Policy, view: View) -> InputError:
        """What a policy raised, told with the decision."""
        g = self.globals[0]
        rule, now = int(g["rule"]), int(g["now"])
        try:
            policy(rule, int(g["current"]), now, view)
        except Exception as again:  # noqa: BLE001 - whatever a user's function raises
            error = again
        named = self.compiled.model.rules.get(rule, f"rule {rule}")
        what = f"the policy raised {type(error).__name__}: {error}"
        return InputError(
            Fault("policy_failed", what, f"policy, {named}, day {now // k.DAY_S}, second {now}")
        )

    def new_visits(self) -> Array:
        """The visits since last asked, as a copy."""
        g = self.globals[0]
        found = self.visits[: g["visits"]].copy()
        g["visits"] = 0
        return found

    def alive(self) -> list[int]:
        """Rows of the tokens that are in the model."""
        g = self.globals[0]
        free, at = set(), int(g["free_token"])
        while at >= 0:
            free.add(at)
            at = int(self.tokens[at]["next"])
        return [number for number in range(int(g["tokens"])) if number not in free]
