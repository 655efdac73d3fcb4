"""What moves through a corridor, and what holds it up, event by event."""

from __future__ import annotations

from .durations import Duration, constant, empirical, exponential, lognormal, uniform, weibull
from .gains import Gains, gains, told_gains
from .lab import Lab, lab, told_lab
from .library import event, event_names
from .measured import Measured, measure
from .model import Model
from .outcomes import Runs, Stop
from .program import Program
from .running import run
from .simulating import Simulated, simulate, told

__all__ = [
    "Duration",
    "Gains",
    "Lab",
    "Measured",
    "Model",
    "Program",
    "Runs",
    "Simulated",
    "Stop",
    "constant",
    "empirical",
    "event",
    "event_names",
    "exponential",
    "gains",
    "lab",
    "lognormal",
    "measure",
    "run",
    "simulate",
    "told",
    "told_gains",
    "told_lab",
    "uniform",
    "weibull",
]
