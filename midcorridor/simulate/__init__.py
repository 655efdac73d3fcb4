"""What moves through a corridor, and what holds it up, event by event."""

from __future__ import annotations

from .durations import Duration, constant, empirical, exponential, lognormal, uniform, weibull
from .model import Model
from .outcomes import Runs, Stop
from .program import Program
from .running import run
from .simulating import Simulated, simulate, told

__all__ = [
    "Duration",
    "Model",
    "Program",
    "Runs",
    "Simulated",
    "Stop",
    "constant",
    "empirical",
    "exponential",
    "lognormal",
    "run",
    "simulate",
    "told",
    "uniform",
    "weibull",
]
