"""Walking routes at random: each sample goes through all spells with its own clock.

A route is arrays, a row a spell:
kind (n,) int64, one of the constants below; a, b (n,) float64:
  FIXED        a hours
  LOGNORMAL    a = mu, b = sigma of the logarithm
  UNIFORM      a = length
  FORWARD      a = shape + 1, b = scale of gamma headways, of which a random part is waited
  GAMMA        a = shape, b = scale
  TIMETABLE    at_h[span[i, 0] : span[i, 1]], rising
  GATE         member[span[i, 0] : span[i, 1]], the numbers of its causes
Causes: window[c] to window[c + 1] are rows of windows (m, 4): from, until, share closed, mean hours closed
(share above 0).
"""

from __future__ import annotations

import math

import numpy as np

from midcorridor._kernels.chance import exponential, gamma, normal, seeded, uniform
from midcorridor._kernels.compiling import kernel

FIXED, LOGNORMAL, UNIFORM, FORWARD, GAMMA, TIMETABLE, GATE = range(7)
BLOCK = 1024  # samples of one stream
OPEN, CLOSED, UNSEEN = 0, 1, 2


@kernel
def window_at(windows, first, last, clock):  # type: ignore[no-untyped-def]
    """The row of the window that holds a clock hour, or of the next one; last where there is none."""
    row = first
    while row < last and windows[row, 1] <= clock:
        row += 1
    return row


@kernel
def closed_chance(windows, first, row, seen, clock):  # type: ignore[no-untyped-def]
    """Chance that a cause is closed at a clock hour in the partial window `row`, seen open at `seen`.

    The chance is followed through the partial windows that touch and hold the time from seen to clock.
    """
    if seen == -np.inf:
        return windows[row, 2]
    start = row
    while windows[start, 0] > seen:
        before = start - 1
        if before < first or windows[before, 1] != windows[start, 0] or windows[before, 2] == 1.0:
            return windows[row, 2]  # its season began after it was seen
        start = before
    chance = 0.0
    for i in range(start, row + 1):
        share, mean = windows[i, 2], windows[i, 3]
        hours = min(clock, windows[i, 1]) - max(seen, windows[i, 0])
        chance = share + (chance - share) * math.exp(-hours / (mean * (1.0 - share)))
    return chance


@kernel
def pass_gate(clock, causes, window, windows, seen, status, row, state):  # type: ignore[no-untyped-def]
    """The clock hour at which all causes (k,) of a gate are open at once; inf for never.

    seen (all causes,) hours at which each was last seen open; on return, now
    status, row (k,) : scratch
    """
    count = causes.size
    for i in range(count):
        status[i] = UNSEEN
    while True:
        shut_until = -np.inf
        border = np.inf
        for i in range(count):
            c = causes[i]
            row[i] = window_at(windows, window[c], window[c + 1], clock)
            if row[i] == window[c + 1]:
                continue
            if windows[row[i], 0] > clock:
                border = min(border, windows[row[i], 0])
            else:
                border = min(border, windows[row[i], 1])
                if windows[row[i], 2] == 1.0:
                    shut_until = max(shut_until, windows[row[i], 1])
        if shut_until > clock:
            if shut_until == np.inf:
                return np.inf
            clock = shut_until
            for i in range(count):
                status[i] = UNSEEN
            continue
        closed = 0
        total = 0.0
        for i in range(count):
            c = causes[i]
            if row[i] == window[c + 1] or windows[row[i], 0] > clock:
                status[i] = UNSEEN  # open between its windows; the next one is met afresh
                continue
            share, mean = windows[row[i], 2], windows[row[i], 3]
            if status[i] != UNSEEN and windows[row[i], 0] == clock:
                # A new window: what was seen in one that touches it goes on.
                before = row[i] - 1
                if before < window[c] or windows[before, 1] != clock:
                    status[i] = UNSEEN
            if status[i] == UNSEEN:
                chance = closed_chance(windows, window[c], row[i], seen[c], clock)
                status[i] = CLOSED if uniform(state) < chance else OPEN
            closed += status[i]
            total += 1.0 / mean if status[i] == CLOSED else share / ((1.0 - share) * mean)
        # Open and close, one at a time, until all are open or something else begins.
        while closed > 0:
            hours = exponential(state) / total
            if clock + hours >= border:
                break
            clock += hours
            left = uniform(state) * total
            total = 0.0
            turned = False
            for i in range(count):
                if status[i] == UNSEEN:
                    continue
                share, mean = windows[row[i], 2], windows[row[i], 3]
                rate = 1.0 / mean if status[i] == CLOSED else share / ((1.0 - share) * mean)
                if not turned and left < rate:
                    closed += 1 - 2 * status[i]
                    status[i] = 1 - status[i]
                    rate = 1.0 / mean if status[i] == CLOSED else share / ((1.0 - share) * mean)
                    turned = True
                left -= rate if not turned else 0.0
                total += rate
        if closed == 0:
            for i in range(count):
                seen[causes[i]] = clock
            return clock
        clock = border


@kernel
def walk(kind, a, b, span, at_h, member, window, windows, seed, block, out):  # type: ignore[no-untyped-def]
    """Fill out (samples,) with hours from ready to the end, blocks of BLOCK from number `block` on.

    A sample that misses the last departure, or finds something shut for ever, gets inf.
    """
    state = np.empty(4, np.uint64)
    clock = np.empty(BLOCK)
    seen = np.empty((BLOCK, window.size - 1))
    status = np.empty(16, np.int64)
    row = np.empty(16, np.int64)
    for start in range(0, out.size, BLOCK):
        seeded(seed, np.uint64(block + start // BLOCK), state)
        size = min(BLOCK, out.size - start)
        clock[:] = 0.0
        seen[:] = -np.inf
        # A spell at a time for the whole block; a short last block draws for samples that are not kept.
        for j in range(kind.size):
            what, p, q = kind[j], a[j], b[j]
            if what == FIXED:
                for i in range(BLOCK):
                    clock[i] += p
            elif what == LOGNORMAL:
                for i in range(BLOCK):
                    clock[i] += math.exp(p + q * normal(state))
            elif what == UNIFORM:
                for i in range(BLOCK):
                    clock[i] += p * uniform(state)
            elif what == FORWARD:
                if p == 2.0:
                    for i in range(BLOCK):
                        clock[i] += q * exponential(state)
                else:
                    for i in range(BLOCK):
                        clock[i] += q * uniform(state) * gamma(p, state)
            elif what == GAMMA:
                for i in range(BLOCK):
                    clock[i] += q * gamma(p, state)
            elif what == TIMETABLE:
                times = at_h[span[j, 0] : span[j, 1]]
                for i in range(BLOCK):
                    slot = np.searchsorted(times, clock[i] - 1e-6)
                    clock[i] = max(clock[i], times[slot]) if slot < times.size else np.inf
            else:
                causes = member[span[j, 0] : span[j, 1]]
                for i in range(BLOCK):
                    if clock[i] < np.inf:
                        clock[i] = pass_gate(clock[i], causes, window, windows, seen[i], status, row, state)
        for i in range(size):
            out[start + i] = clock[i]
