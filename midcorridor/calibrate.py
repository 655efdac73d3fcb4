"""Few factors fitted to published times and prices, and how well they do on what they were not fitted to.

A published time is the sum of hours that a factor stretches (trains under way, frontiers, handling) and of
hours that it leaves alone (ships, waits for departures). The factors of a quantity hold for a group of
countries. They are those that are most likely given the observations and what was believed before:

    least of  sum_i ((ln predicted_i - ln observed_i) / spread_i)^2 + sum_k (ln factor_k / prior_sd)^2

with spread_i by how the figure came about, and bounds. docs/model.md tells the procedure.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np

from .errors import Fault, InputError
from .network import Network
from .validate.prices import compare_rates
from .validate.transits import compare_transits

Floats = np.ndarray[Any, np.dtype[np.float64]]
TIME, PRICE = "time", "price"  # kinds of observations
GROUPS = {
    "china": ("CN",),
    "central-asia": ("KG", "KZ", "MN", "TJ", "TM", "UZ"),
    "russia-belarus": ("BY", "RU"),
    "caucasus-turkiye": ("AM", "AZ", "GE", "IR", "TR"),
    "europe": (
        *("AT", "BG", "CH", "CZ", "DE", "GR", "HR", "HU", "IT"),
        *("LT", "MK", "NL", "PL", "RO", "RS", "SI", "SK", "UA"),
    ),
}
# What plans are stretched by. Tariffs are fitted to be looked at: see docs/validation.md.
USED = ("running", "frontier", "handling")
PRIOR_SD = 0.2  # before any observation a factor lies within 0.67 and 1.49 with 95 per cent
BOUNDS = (0.5, 2.0)
# How far a figure of each kind may lie from the mean of its year, as a standard deviation of the logarithm.
SPREADS = {"mean": 0.10, "range": 0.15, "single": 0.20, "bound": 0.30}
RATE_SPREAD = 0.15
_STEPS = 100
_STILL = 1e-10


@dataclass(frozen=True, slots=True)
class Seen:
    """One observation: what was published, and ours by what a factor stretches; "" is what none does."""

    name: str
    kind: str  # time (days) or price (USD a box)
    published: float
    parts: Mapping[str, float]
    spread: float
    sources: frozenset[str]
    km: float


@dataclass(frozen=True, slots=True)
class Factor:
    """A fitted factor with its 95 % interval and the number of observations that it takes part in."""

    parameter: str
    factor: float
    low: float
    high: float
    rows: int


@dataclass(frozen=True, slots=True)
class Scored:
    """One observation and what is computed for it.

    plain, fitted, left_out : without factors, with them, and with those fitted without the row's own sources
    baseline : the kilometres at the mean rate of the rows of other sources; None without kilometres
    """

    seen: Seen
    plain: float
    fitted: float
    left_out: float
    baseline: float | None

    def error(self, column: str) -> float:
        """A column over the published figure, less 1; nan where it is empty."""
        value = getattr(self, column)
        return math.nan if value is None else value / self.seen.published - 1


@dataclass(frozen=True, eq=False)
class Calibration:
    """Factors, the observations that they rest on, and those that were left aside with the reason."""

    factors: Sequence[Factor]
    scored: Sequence[Scored]
    dropped: Sequence[tuple[str, str]]  # observation and why

    def median_error(self, kind: str, column: str, names: Collection[str] | None = None) -> float | None:
        """Median of the absolute error of a column of `Scored` over a kind; None without rows.

        names : the only observations that count, all where None
        """
        errors = self._errors(kind, column, names)
        return statistics.median(errors) if errors else None

    def mean_error(self, kind: str, column: str) -> float | None:
        """As `median_error`, the mean."""
        errors = self._errors(kind, column, None)
        return statistics.fmean(errors) if errors else None

    def _errors(self, kind: str, column: str, names: Collection[str] | None) -> list[float]:
        errors = [
            abs(row.error(column))
            for row in self.scored
            if row.seen.kind == kind and (names is None or row.seen.name in names)
        ]
        return [error for error in errors if not math.isnan(error)]

    def to_dict(self) -> dict[str, Any]:
        """The whole of it, for JSON."""
        columns = ("plain", "fitted", "left_out", "baseline")
        return {
            "factors": [asdict(factor) for factor in self.factors],
            "median_errors": {
                kind: {column: self.median_error(kind, column) for column in columns}
                for kind in (TIME, PRICE)
            },
            "observations": [
                {
                    "observation": row.seen.name,
                    "kind": row.seen.kind,
                    "published": row.seen.published,
                    **{column: getattr(row, column) for column in columns},
                }
                for row in self.scored
            ],
            "left_aside": [{"observation": name, "why": why} for name, why in self.dropped],
        }

    def table(self, day: date) -> list[dict[str, Any]]:
        """Rows of the table `calibration`: the factors of what plans use."""
        return [
            {
                "parameter_id": factor.parameter,
                "quantity": factor.parameter.partition(".")[0],
                "countries": list(GROUPS[factor.parameter.partition(".")[2]]),
                "factor": round(factor.factor, 3),
                "factor_low": round(factor.low, 3),
                "factor_high": round(factor.high, 3),
                "prior_sd": PRIOR_SD,
                "bound_low": BOUNDS[0],
                "bound_high": BOUNDS[1],
                "rows": factor.rows,
                "fitted_on": day,
                "source": ["estimate"],
                "year": day.year,
                "confidence": "medium" if factor.high - factor.low < 0.2 * factor.factor else "low",
                "basis": "estimate",
                "note": "fitted by midcorridor calibrate to observed_transits and rates",
            }
            for factor in self.factors
            if factor.parameter.partition(".")[0] in USED
        ]


def calibrate(network: Network) -> Calibration:
    """Fit the factors to all observations that count, and score each without its own sources.

    network : its own table `calibration` is left aside
    Raises InputError where nothing was observed.
    """
    seen, dropped = observations(network.as_claimed())
    if not seen:
        raise InputError(
            Fault(
                "nothing_observed",
                "no published time or price counts, so that there is nothing to fit to",
                "observed_transits, rates",
                accepted="rows with an empty not_scored, or for_calibration true",
            )
        )
    names = sorted({name for row in seen for name in row.parts if name})
    found, spread = fit(seen, names)
    scored = []
    for row in seen:
        others = [other for other in seen if not other.sources & row.sources]
        own, _ = fit(others, names)
        scored.append(
            Scored(
                row,
                sum(row.parts.values()),
                predicted(row, found),
                predicted(row, own),
                _baseline(row, others),
            )
        )
    factors = [
        Factor(
            name,
            found[name],
            found[name] * math.exp(-1.96 * spread[name]),
            found[name] * math.exp(1.96 * spread[name]),
            sum(name in row.parts for row in seen),
        )
        for name in names
    ]
    return Calibration(factors, scored, dropped)


def observations(network: Network) -> tuple[list[Seen], list[tuple[str, str]]]:
    """What counts of the published times and prices, and what does not with the reason."""
    seen, dropped = [], []
    for transit in compare_transits(network):
        row = transit.row
        if transit.scored and transit.days is not None:
            days = {_parameter(*name): hours / 24 for name, hours in _grouped(transit.parts).items()}
            sources = frozenset(row["source"])
            spread = SPREADS[row["level"]]
            seen.append(Seen(row["observation_id"], TIME, row["days"], days, spread, sources, transit.km))
        else:
            dropped.append((row["observation_id"], row["not_scored"] or transit.fault))
    for rate in compare_rates(network):
        row = rate.row
        if rate.scored:
            usd = {_parameter(*name): part for name, part in _grouped(rate.parts).items()}
            sources = frozenset(row["source"])
            seen.append(Seen(row["rate_id"], PRICE, row["usd"], usd, RATE_SPREAD, sources, rate.km))
        else:
            dropped.append((row["rate_id"], rate.fault or "of unknown scope, of the ocean, or out of date"))
    return seen, dropped


def fit(seen: Sequence[Seen], names: Sequence[str]) -> tuple[dict[str, float], dict[str, float]]:
    """The most likely factors and the standard deviations of their logarithms, by name.

    Method  Gauss-Newton on the logarithms of the factors with halved steps, those at one of BOUNDS held; the
        spreads are those of the quadratic form at its end.
    """
    low, high = (math.log(bound) for bound in BOUNDS)
    log_factor = np.zeros(len(names))
    amounts = np.array([[row.parts.get(name, 0.0) for name in names] for row in seen]).reshape(-1, len(names))
    rest = np.array([row.parts.get("", 0.0) for row in seen])
    spread = np.array([row.spread for row in seen])
    published = np.array([row.published for row in seen])
    prior = np.eye(len(names)) / PRIOR_SD**2

    def unlikely(logs: Floats) -> float:
        off = (np.log(amounts @ np.exp(logs) + rest) - np.log(published)) / spread
        return float(off @ off + logs @ logs / PRIOR_SD**2)

    least = unlikely(log_factor)
    normal = prior
    for _ in range(_STEPS):
        stretched = amounts * np.exp(log_factor)
        total = stretched.sum(axis=1) + rest
        slope = stretched / total[:, None] / spread[:, None]
        off = (np.log(total) - np.log(published)) / spread
        normal = slope.T @ slope + prior
        uphill = slope.T @ off + log_factor / PRIOR_SD**2
        # A factor at a bound stays there while it would have to go beyond.
        free = ~(((log_factor <= low) & (uphill > 0)) | ((log_factor >= high) & (uphill < 0)))
        step = np.zeros(len(names))
        step[free] = np.linalg.solve(normal[np.ix_(free, free)], uphill[free])
        length, fresh = 1.0, np.clip(log_factor - step, low, high)
        while unlikely(fresh) > least and length > _STILL:
            length /= 2
            fresh = np.clip(log_factor - length * step, low, high)
        moved = float(np.abs(fresh - log_factor).max(initial=0.0))
        if unlikely(fresh) > least or moved < _STILL:
            break
        log_factor, least = fresh, unlikely(fresh)
    spreads = np.sqrt(np.diag(np.linalg.inv(normal)))
    return (
        dict(zip(names, np.exp(log_factor).tolist(), strict=True)),
        dict(zip(names, spreads.tolist(), strict=True)),
    )


def predicted(row: Seen, factors: Mapping[str, float]) -> float:
    """What the factors make of one observation's parts."""
    return math.fsum(amount * factors.get(name, 1.0) for name, amount in row.parts.items())


def _baseline(row: Seen, others: Sequence[Seen]) -> float | None:
    """The kilometres of a row at the mean rate of the rows of its kind from other sources."""
    alike = [other for other in others if other.kind == row.kind and other.km > 0]
    if not alike or row.km <= 0:
        return None
    return row.km * sum(other.published for other in alike) / sum(other.km for other in alike)


def _grouped(parts: Mapping[tuple[str, str], float]) -> dict[tuple[str, str], float]:
    groups = {country: name for name, countries in GROUPS.items() for country in countries}
    found: dict[tuple[str, str], float] = {}
    for (quantity, country), amount in parts.items():
        # What no group holds keeps its figure.
        name = (quantity, groups[country]) if country in groups else ("rest", "")
        found[name] = found.get(name, 0.0) + amount
    return found


def _parameter(quantity: str, group: str) -> str:
    return "" if quantity == "rest" else f"{quantity}.{group}"
