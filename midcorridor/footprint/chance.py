"""How sure a footprint is: seeded samples of a lognormal error for each category."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

DRAWS = 4000
Z95 = 1.6448536269514722


def interval(kg: float, sigma: float) -> tuple[float, float]:
    """5th and 95th percentile of kilograms whose mean is kg and whose logarithm has this deviation."""
    return (kg * math.exp(-sigma * sigma / 2 - Z95 * sigma), kg * math.exp(-sigma * sigma / 2 + Z95 * sigma))


def sampled(
    elements: Sequence[Mapping[str, Any]], sigmas: Mapping[str, float], seed: int, draws: int = DRAWS
) -> dict[str, float]:
    """Percentiles of the sum of elements.

    What rests on one factor errs together; each factor has its own stream, so that one more leg leaves
    the errors of the others as they are.
    """
    groups: dict[str, float] = {}
    for element in elements:
        groups[element["group"]] = groups.get(element["group"], 0.0) + element["kg_co2e_wtw"]
    whole = np.zeros(draws)
    for name in sorted(groups):
        sigma = sigmas[name.partition(":")[0]]
        stream = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
        error = np.random.default_rng([seed, stream]).standard_normal(draws)
        whole += groups[name] * np.exp(sigma * error - sigma * sigma / 2)
    p05, p50, p95 = (float(value) for value in np.quantile(whole, (0.05, 0.5, 0.95)))
    return {"p05_kg_co2e": p05, "p50_kg_co2e": p50, "p95_kg_co2e": p95}
