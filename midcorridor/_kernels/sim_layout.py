"""Arrays in which a simulation lives: what a row of each holds, and the numbers of steps and ends.

A token walks through steps over places. Places are numbered through: resources, then holds, then the
bays of the holds (one each, where vehicles wait for their load), then gates. Times are whole seconds
from the start; -1 stands for none in every column that names a row.
"""

from __future__ import annotations

import numpy as np

NEVER = (1 << 31) - 1  # later than every horizon
DAY_S = 86400

# Steps. What the columns a to e of each mean stands in `simulate.model`.
(
    SEIZE, DELAY, RELEASE, WORK, GATE, OPEN, SHUT, JOIN, FILL, UNTIL, TAKE, ALIGHT, LEAVE, CHOOSE, TEST,
    JUMP, LOOP, SPAWN, CAPACITY, SET, POLICY, FEED, END,
) = range(23)  # fmt: skip

# Why a run came back. The first five may be gone on with.
(
    RUNNING, HORIZON, FULL, ASK, PAUSE, EMPTY, STUCK, CROWDED, NEGATIVE, OVERSIZE, NOT_HELD, HELD_AT_END,
    ABOARD_AT_END, ENDLESS, EXHAUSTED, UNSPLIT, CAPACITY_RANGE, OPENED_TWICE, NO_ANSWER,
) = range(19)  # fmt: skip

# What a token does or waits for.
READY, TIMER, QUEUED, GATED, WORKING, PARKED, FILLING, ABOARD, UNLOADING = range(9)

# How a duration is multiplied; from 3 on by attribute 0, 1, ...
ONCE, BY_SIZE, BY_MOVED, BY_ATTRIBUTE = range(4)

# What a TEST looks at.
IS_QUEUE, IS_USE, IS_FREE, IS_CAPACITY, IS_OPEN, IS_ATTRIBUTE, IS_LOAD, IS_ROOM_LEFT, IS_SIZE = range(9)

# What a SET changes: -1, -2, -3, or an attribute from 0 on; and how.
SET_ROOM, SET_PRIORITY, SET_TICKET = -1, -2, -3
TO_VALUE, BY_VALUE, TO_DRAW = range(3)

CONSTANT, EXPONENTIAL, LOGNORMAL, UNIFORM, WEIBULL, EMPIRICAL = range(6)

STEP = np.dtype([(name, "i4") for name in ("op", "a", "b", "c", "d", "e")] + [("stream", "u4")])

DISTRIBUTION = np.dtype([("kind", "i4"), ("first", "i4"), ("count", "i4"), ("p", "f8"), ("q", "f8")], True)

CALENDAR = np.dtype([("first", "i4"), ("count", "i4"), ("period", "i8"), ("taken", "i8")], True)

ARRIVAL = np.dtype(
    [("at", "i8"), ("pc", "i4"), ("kind", "i4"), ("priority", "i4"), ("size", "i4"), ("room", "i4")], True
)

# in_use: units taken of a resource, units parked in a hold, 1 for an open gate. queue: tokens that wait.
# areas: sums of unit-seconds up to `changed`. blocked: seconds that units were held after work was done.
PLACE = np.dtype(
    [(name, "i4") for name in ("capacity", "in_use", "queue", "most", "overtaking", "shut", "claimant")]
    + [(name, "i4") for name in ("most_queue", "most_use")]
    + [(name, "i8") for name in ("changed", "area_use", "area_queue", "area_capacity")]
    + [(name, "i8") for name in ("arrived", "left", "blocked")],
    True,
)

# Waits of one kind of token at one place, seconds.
WAIT = np.dtype([("n", "i8"), ("total", "i8"), ("squares", "f8"), ("most", "i8")], True)

# wake: key of the one event in the agenda that is its own; another one is stale.
# done: when its last timed step ended. need, left: seconds of work asked, and still to do when shut out.
# lap: backward jumps so far. children: tokens it made. moved: units of its last TAKE or ALIGHT, or the row
# that a FEED has come to.
TOKEN = np.dtype(
    [("identity", "u8")]
    + [(n, "i8") for n in ("wake", "since", "done", "need", "left", "taken", "born", "serial", "consignment")]
    + [(n, "i4") for n in ("pc", "size", "room", "load", "priority", "kind", "lap", "children", "state")]
    + [(n, "i4") for n in ("next", "prev", "list", "held", "asking", "queue_found", "phase", "moved")]
    + [(n, "i4") for n in ("first_aboard", "last_aboard", "carrier", "alighting", "ticket")],
    True,
)

# What a token holds of a resource, or asks of it.
HOLDING = np.dtype(
    [(n, "i4") for n in ("place", "amount", "by_size", "next", "queue_found", "step")]
    + [("arrived", "i8"), ("started", "i8")],
    True,
)

# vehicle: the token that took it from a hold and let it off, -1 at a resource.
VISIT = np.dtype(
    [(n, "i8") for n in ("token", "consignment", "vehicle", "arrived_s", "started_s", "finished_s", "left_s")]
    + [(n, "i4") for n in ("place", "step", "kind", "size", "queue_on_arrival")],
    True,
)

# The one row that everything else hangs on. wake_at, serve: what a step asks the loop to do.
GLOBAL = np.dtype(
    [("answer", "f8"), ("key0", "u8"), ("key1", "u8")]
    + [(n, "i8") for n in ("now", "horizon", "day_end", "seq", "events", "pause_at", "serials", "wake_at")]
    + [(n, "i4") for n in ("heap", "hole", "ready_first", "ready_count", "ready_mask", "current", "alive")]
    + [(n, "i4") for n in ("free_token", "tokens", "free_holding", "holdings", "visits", "day", "spin")]
    + [(n, "i4") for n in ("serve", "status", "fault_place", "answered", "rule", "levels")]
    + [(n, "i4") for n in ("kinds", "places", "attributes")],
    True,
)
