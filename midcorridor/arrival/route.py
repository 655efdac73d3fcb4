"""The distribution of the arrival of a route of spells."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from .gate import gate_moments, steady, through
from .grid import SAME_H, Grid, add, board
from .spells import Departures, Duration, Gate, Spell, check_route
from .steps import Floats, Steps, fixed, moments, steps

LOST = 1e-9  # less mass than this is lost to rounding and cut tails, not to a timetable


@dataclass(frozen=True, eq=False)
class Arrival:
    """When the last spell of a route ends, in hours after the cargo was ready.

    probability[k] is the chance of start_h + k x step_h; atom[k] the part of it that is exactly there
    (a departure, the end of a closure), while the rest stands for hours all over the step around it.
    They sum to 1 - beyond. Means and variances are those of who arrives at all.
    """

    start_h: float
    step_h: float
    probability: Floats
    atom: Floats
    mean_h: float  # inf where nobody arrives
    var_h2: float
    beyond: float  # chance to miss the last departure of a timetable, or to find something shut for ever
    spell_mean_h: Floats  # (n,) mean hours of each spell: they add up to mean_h
    _walk: _Walk = field(repr=False)

    @cached_property
    def _arrived(self) -> Floats:
        """Chance of having arrived by the end of each step."""
        return np.cumsum(self.probability)

    def quantile_h(self, p: float) -> float:
        """Hours within which the route has ended with chance p; inf above 1 - beyond.

        Raises ValueError unless 0 < p < 1.
        """
        if not 0 < p < 1:
            raise ValueError(f"p must be above 0 and below 1, not {p!r}")
        arrived = self._arrived
        if not arrived.size or p > arrived[-1] + LOST:
            return math.inf
        at = min(int(arrived.searchsorted(p)), int(self.probability.nonzero()[0][-1]))
        # Half of what is spread comes evenly before the middle of its step, the atom in the middle.
        middle, half = self.start_h + self.step_h * at, self.step_h / 2
        atom = float(self.atom[at])
        spread = float(self.probability[at]) - atom
        rest = p - (float(arrived[at - 1]) if at else 0.0)
        if spread > 0 and rest < spread / 2:
            return middle - half + half * rest / (spread / 2)
        if spread <= 0 or rest <= spread / 2 + atom:
            return middle
        return middle + half * min(1.0, (rest - spread / 2 - atom) / (spread / 2))

    def probability_by(self, hours: float) -> float:
        """Chance that the route has ended by then."""
        if not self.probability.size:
            return 0.0
        grid = Grid(self.start_h, self.step_h, self.probability - self.atom, self.atom)
        return float(grid.before(np.array([float(hours)]))[0])

    @cached_property
    def spell_share(self) -> Floats:
        """(n,) share of each spell in the variance; they add up to 1, or are all 0 where it is 0.

        The share is the variance that is lost when the spell takes its mean hours instead, divided by
        the sum of all such losses. Where nothing looks at the clock that is its own variance over the
        total. Behind a timetable a spell can make the arrival steadier: such a loss below zero counts
        as none. Computed when first asked for: it follows the route once more for each spell before
        the last timetable or window.
        """
        lost = np.array([max(0.0, self._walk.lost(i, self.var_h2)) for i in range(self.spell_mean_h.size)])
        total = lost.sum()
        return np.asarray(lost / total if total > 0 else lost * 0.0)


def arrive(spells: Sequence[Spell], *, step_h: float = 1.0) -> Arrival:
    """The distribution of the arrival of somebody ready at hour 0 who goes through these spells.

    step_h : > 0, the step of the grid of time
    Raises ValueError for step_h not above 0, for a key that stands for two different causes, and for
    spells that spread over too many steps.
    Method  docs/arrival.md: discretised with the mean kept, convolved where nothing looks at the
        clock, followed along the clock through timetables and windows.
    >>> got = arrive([Duration(10, 0), Departures([12, 36]), Duration(5, 0)])
    >>> got.quantile_h(0.5), got.mean_h, got.spell_mean_h.tolist()
    (17.0, 17.0, [10.0, 2.0, 5.0])
    """
    if not (0 < step_h < math.inf):
        raise ValueError(f"step_h must be above 0 and finite, not {step_h!r}")
    spells = tuple(spells)
    check_route(spells)
    walk = _Walk(spells, step_h)
    end = walk.run(_Stage(0, Grid.at(0.0, step_h), {}, 0.0, 0.0), walk.stages)
    mass = end.grid.mass
    if math.isinf(end.grid.start_h):  # nobody gets there
        mass = mass[:0]
    beyond = 1.0 - float(mass.sum())
    return Arrival(
        start_h=end.grid.start_h,
        step_h=step_h,
        probability=mass,
        atom=end.grid.atom[: mass.size],
        mean_h=end.mean_h,
        var_h2=end.var_h2,
        beyond=beyond if beyond > LOST else 0.0,
        spell_mean_h=walk.means,
        _walk=walk,
    )


def spell_quantiles(
    spells: Sequence[Spell], levels: Sequence[float] = (0.5, 0.9), *, at_h: float = 0.0, step_h: float = 1.0
) -> tuple[float, ...]:
    """Hours within which the spells of one event are over with these chances, begun at clock hour at_h."""
    whole = arrive((Duration(at_h, 0.0), *spells), step_h=step_h)
    return tuple(whole.quantile_h(p) - at_h for p in levels)


def mean_var(
    spell: Spell, at_h: float = 0.0, met_h: Mapping[str, float] | None = None
) -> tuple[float, float]:
    """Mean (h) and variance (h2) of one spell begun at a clock hour: what a search adds up.

    met_h : clock hour at which each cause was last seen open on the way, by key; empty means none
    Returns inf, inf where the last departure is gone or something stays shut for ever.
    >>> mean_var(Duration(12.0, 48.0)), mean_var(Departures([12, 36]), 13.0)
    ((12.0, 48.0), (23.0, 0.0))
    """
    if isinstance(spell, Departures):
        for departure_h in spell.at_h:
            if departure_h >= at_h - SAME_H:
                return max(0.0, departure_h - at_h), 0.0
        return math.inf, math.inf
    if isinstance(spell, Gate):
        return gate_moments(spell, at_h, met_h or {})
    return moments(spell)


@dataclass(frozen=True, eq=False, slots=True)
class _Stage:
    """How things stand before spell `place`."""

    place: int
    grid: Grid
    met_h: dict[str, float]  # mean clock hour at which each cause was last seen open
    mean_h: float
    var_h2: float


class _Walk:
    """Following a route; spells that do not look at the clock are gathered and convolved together."""

    def __init__(self, spells: tuple[Spell, ...], step_h: float) -> None:
        self.spells, self.step_h = spells, step_h
        self.means: Floats = np.zeros(len(spells))
        self.vars: Floats = np.zeros(len(spells))
        # After each spell that looked at the clock: from here on nothing before matters.
        self.stages: list[_Stage] = []

    def run(self, stage: _Stage, stages: list[_Stage] | None, held: int = -1) -> _Stage:
        """Go on from a stage to the end. held : a spell that takes its mean hours instead.

        With stages, note the mean and variance of each spell and the stages that were passed.
        """
        grid, met_h, mean_h, var_h2 = stage.grid, dict(stage.met_h), stage.mean_h, stage.var_h2
        if stages is not None:
            stages.append(stage)
        waiting: list[Steps] = []
        for place in range(stage.place, len(self.spells)):
            spell = self.spells[place]
            looks = isinstance(spell, Departures | Gate)
            if place != held and looks:
                grid, waiting = add(grid, waiting), []
            one = self._independent(place, spell, grid, met_h, held)
            if one is not None:
                waiting.append(one)
                mean_h += one.mean_h
                var_h2 += one.var_h2
                mean, var = one.mean_h, one.var_h2
            else:
                before_h = mean_h if math.isinf(mean_h) else grid.moments()[0]
                grid = self._clocked(spell, grid, met_h)
                after_h, var_h2 = grid.moments()
                mean, var = (after_h - before_h if math.isfinite(before_h) else 0.0), math.nan
                mean_h += mean
            if isinstance(spell, Gate):
                met_h.update({cause.key: mean_h for cause in spell.causes})
            if stages is not None:
                self.means[place], self.vars[place] = mean, var
                if one is None:
                    stages.append(_Stage(place + 1, grid, dict(met_h), mean_h, var_h2))
        return _Stage(len(self.spells), add(grid, waiting), met_h, mean_h, var_h2)

    def _independent(
        self, place: int, spell: Spell, grid: Grid, met_h: Mapping[str, float], held: int
    ) -> Steps | None:
        if place == held:
            return fixed(float(self.means[place]))
        if isinstance(spell, Gate):
            return steady(spell, grid, met_h)
        return None if isinstance(spell, Departures) else steps(spell, self.step_h)

    def _clocked(self, spell: Spell, grid: Grid, met_h: Mapping[str, float]) -> Grid:
        if math.isinf(grid.start_h):
            return grid
        if isinstance(spell, Gate):
            return through(spell, grid, met_h)
        assert isinstance(spell, Departures)
        return board(grid, np.array(spell.at_h))

    def lost(self, place: int, var_h2: float) -> float:
        """Variance that the route loses when this spell takes its mean hours."""
        if place >= self.stages[-1].place:
            return float(self.vars[place])
        if not math.isfinite(var_h2):
            return 0.0
        stage = next(s for s in reversed(self.stages) if s.place <= place)
        return var_h2 - self.run(stage, None, held=place).var_h2
