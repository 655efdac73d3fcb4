"""How long things take: distributions of seconds, as a simulation draws them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

Z90 = 1.2815515655446004  # standard normal, 90th percentile


@dataclass(frozen=True, slots=True)
class Duration:
    """One distribution. Made by the functions below; what is drawn is rounded to whole seconds.

    kind : constant (p), exponential (mean p), lognormal (median p, sigma q of the logarithm), uniform
        (from p to q), weibull (scale p, 1 / shape q) or empirical
    values, cumulated : of an empirical one, sorted, with the probability of a value or a lesser one
    """

    kind: str
    p: float = 0.0
    q: float = 0.0
    values: tuple[float, ...] = ()
    cumulated: tuple[float, ...] = ()

    def fault(self) -> str:
        """What is wrong with it, or an empty string."""
        numbers = (self.p, self.q, *self.values, *self.cumulated)
        if not all(math.isfinite(x) for x in numbers):
            return "a number that is not finite"
        if self.kind == "empirical":
            if not self.values or min(self.values) < 0:
                return "a negative duration" if self.values else "no value"
            steps = zip((0.0, *self.cumulated), self.cumulated, strict=False)
            if any(after < before for before, after in steps):
                return "a negative probability"
            if abs(self.cumulated[-1] - 1.0) > 1e-9:
                return f"probabilities that sum to {self.cumulated[-1]:.9g}, not 1"
            return ""
        if self.p < 0 or (self.kind == "uniform" and self.q < self.p):
            return "a negative duration" if self.p < 0 else "a last value before the first"
        if self.kind == "lognormal" and (self.p <= 0 or self.q < 0):
            return "a median that is not above 0, or a 90th percentile below it"
        if self.kind == "weibull" and self.q <= 0:
            return "a shape that is not above 0"
        return ""


def constant(seconds: float) -> Duration:
    """Always the same."""
    return Duration("constant", seconds)


def exponential(mean_s: float) -> Duration:
    """Without memory."""
    return Duration("exponential", mean_s)


def lognormal(median_s: float, p90_s: float) -> Duration:
    """By median and 90th percentile.

    >>> round(lognormal(100.0, 200.0).q, 6)
    0.540866
    """
    if not (median_s > 0 and p90_s > 0):
        return Duration("lognormal", median_s, -1.0)
    return Duration("lognormal", median_s, math.log(p90_s / median_s) / Z90)


def uniform(first_s: float, last_s: float) -> Duration:
    """Alike between two limits."""
    return Duration("uniform", first_s, last_s)


def weibull(shape: float, scale_s: float) -> Duration:
    """Times to failure: a shape above 1 wears out."""
    return Duration("weibull", scale_s, 1.0 / shape if shape > 0 else -1.0)


def empirical(values_s: Sequence[float], probabilities: Sequence[float] | None = None) -> Duration:
    """One of these values; without probabilities all are alike. Raises ValueError for unequal lengths."""
    shares = probabilities if probabilities is not None else [1.0 / len(values_s)] * len(values_s)
    pairs = sorted(zip(values_s, shares, strict=True), key=lambda pair: pair[0])
    total, cumulated = 0.0, []
    for _, share in pairs:
        total += share
        cumulated.append(total)
    return Duration("empirical", values=tuple(v for v, _ in pairs), cumulated=tuple(cumulated))
