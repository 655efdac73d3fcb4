"""Random routes, and a plain walker that is the specification of the compiled one."""

from __future__ import annotations

import math

import numpy as np

from midcorridor.arrival import Cause, Departures, Duration, Further, Gate, Headway, Window

CVS = (0.0, 0.3, 1.0, 1.5)


def random_cause(rng, key, whole=True):
    """A cause for all time, or with up to three windows, some of which touch and some shut for good."""
    if rng.random() < 0.3:
        return Cause(key, [Window(-math.inf, math.inf, rng.uniform(0, 0.5), rng.uniform(5, 80))])
    windows, at = [], rng.uniform(-200, 400)
    for _ in range(rng.integers(1, 4)):
        until = at + rng.uniform(20, 300)
        share = 1.0 if whole and rng.random() < 0.2 else rng.uniform(0, 0.6)
        windows.append(Window(at, until, share, rng.uniform(5, 80)))
        at = until if rng.random() < 0.5 else until + rng.uniform(5, 100)
    return Cause(key, windows)


def random_spell(rng, name):
    kind = rng.choice(5, p=(0.5, 0.15, 0.1, 0.1, 0.15))
    cv = CVS[rng.integers(4)]
    if kind == 0:
        mean_h = rng.uniform(1, 60)
        return Duration(mean_h, (mean_h * rng.uniform(0.05, 1)) ** 2 * (rng.random() < 0.9))
    if kind == 1:
        return Headway(rng.uniform(2, 100), cv)
    if kind == 2:
        return Further(int(rng.integers(0, 4)), rng.uniform(5, 80), cv)
    if kind == 3:
        return Departures(60.0 * np.arange(30) + rng.integers(60))
    return Gate([random_cause(rng, f"{name}.{i}") for i in range(rng.integers(1, 4))])


def random_route(seed):
    """Up to 20 spells; no cause is met twice."""
    rng = np.random.default_rng(seed)
    return [random_spell(rng, i) for i in range(rng.integers(2, 20))]


def shared_route(seed):
    """Two gates with storms in common, of the shares and lengths that the corridor has."""
    rng = np.random.default_rng(seed)
    storms = [
        Cause(f"storm {i}", [Window(-math.inf, math.inf, rng.uniform(0.01, 0.25), rng.uniform(20, 48))])
        for i in range(5)
    ]
    here, there = (Gate([storms[i] for i in rng.permutation(5)[: rng.integers(1, 5)]]) for _ in range(2))
    mean_h, sail_h = rng.uniform(100, 400), rng.uniform(15, 60)
    return [
        Duration(mean_h, mean_h**2 / 9), Headway(50, 0.5), here, Duration(sail_h, sail_h**2 / 16),
        Duration(24, 24), there, Duration(20, 100), Headway(40, 0.5), Duration(100, 400),
    ]  # fmt: skip


def plain_walk(spells, rng):
    """Hours of one shipment; storms are followed event by event, also while nobody looks."""
    clock, seen = 0.0, {}
    for spell in spells:
        if isinstance(spell, Duration):
            if spell.var_h2:
                sigma2 = math.log1p(spell.var_h2 / spell.mean_h**2)
                clock += rng.lognormal(math.log(spell.mean_h) - sigma2 / 2, math.sqrt(sigma2))
            else:
                clock += spell.mean_h
        elif isinstance(spell, Headway):
            clock += plain_headway(spell, rng)
        elif isinstance(spell, Further):
            clock += sum(plain_gamma(spell.headway_h, spell.cv, rng) for _ in range(spell.count))
        elif isinstance(spell, Departures):
            clock = min((at for at in spell.at_h if at >= clock - 1e-6), default=math.inf)
        elif clock < math.inf:
            clock = plain_gate(spell, clock, seen, rng)
    return clock


def plain_gamma(mean_h, cv, rng):
    return rng.gamma(1 / cv**2, mean_h * cv**2) if cv else mean_h


def plain_headway(spell, rng):
    """Comes at a moment of a long line of headways; the line starts well before him."""
    gaps = [plain_gamma(spell.headway_h, spell.cv, rng) for _ in range(150)]
    at, moment = np.cumsum(gaps), spell.headway_h * rng.uniform(20, 60)
    later = at[at >= moment]
    assert later.size
    return later[0] - moment


def window_of(cause, clock):
    """The window of a cause at a clock hour, that with share 0 none; and the next border."""
    border = min((h for w in cause.windows for h in w[:2] if h > clock), default=math.inf)
    inside = [w for w in cause.windows if w.from_h <= clock < w.until_h and w.closed_share > 0]
    return (inside[0] if inside else None), border


def follow(cause, closed, since, clock, rng):
    """Whether a storm is closed at a clock hour, whose state at `since` is known; event by event."""
    while True:
        window, border = window_of(cause, since)
        if window is None or window.closed_share == 1:
            closed = None  # nobody knows what comes after
        until = min(border, clock)
        if window is not None and window.closed_share < 1:
            if closed is None:
                closed = rng.random() < window.closed_share
            out = 1 / window.mean_closed_h
            while True:
                since += rng.exponential(
                    1 / (out if closed else out * window.closed_share / (1 - window.closed_share))
                )
                if since >= until:
                    break
                closed = not closed
        since = until
        if since >= clock:
            window = window_of(cause, clock)[0]
            if window is None or window.closed_share == 1:
                return None
            if closed is None:
                return rng.random() < window.closed_share
            touching = any(w.until_h == clock and 0 < w.closed_share < 1 for w in cause.windows)
            if window.from_h == clock and not touching:
                return rng.random() < window.closed_share
            return closed


def plain_gate(gate, clock, seen, rng):
    state = {}  # what is known of the partial causes, since one waits here
    while True:
        windows = [window_of(cause, clock) for cause in gate.causes]
        border = min(border for _, border in windows)
        shut = [w.until_h for w, _ in windows if w is not None and w.closed_share == 1]
        if shut:
            clock, state = max(shut), {}
            if clock == math.inf:
                return clock
            continue
        rates = []
        for cause, (window, _) in zip(gate.causes, windows, strict=True):
            if window is None:
                state.pop(cause.key, None)
                rates.append(0.0)
                continue
            touching = any(w.until_h == clock and 0 < w.closed_share < 1 for w in cause.windows)
            if window.from_h == clock and not touching:
                state.pop(cause.key, None)
            if cause.key not in state:
                known = cause.key in seen
                state[cause.key] = (
                    follow(cause, False, seen[cause.key], clock, rng)
                    if known
                    else rng.random() < window.closed_share
                )
            out = 1 / window.mean_closed_h
            share = window.closed_share
            rates.append(out if state[cause.key] else out * share / (1 - share))
        if not any(state.values()):
            seen.update(dict.fromkeys((cause.key for cause in gate.causes), clock))
            return clock
        then = clock + rng.exponential(1 / sum(rates))
        if then < border:
            which = rng.choice(len(rates), p=np.array(rates) / sum(rates))
            state[gate.causes[which].key] ^= True
        clock = min(then, border)
