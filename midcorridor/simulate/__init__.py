"""What moves through a corridor, and what holds it up, event by event."""

from __future__ import annotations

from .disrupted import Lab, lab, told_lab
from .durations import Duration, constant, empirical, exponential, lognormal, uniform, weibull
from .exporting import visits_writer, write_answer
from .indicators import monthly_use, queues, shut_by_day
from .kinds import told_kinds
from .lanes import Lane, Span, voyages
from .library import event, event_names
from .measured import Measured, measure
from .measures import Measures
from .model import Model
from .naming import Names, vehicle_of
from .outcomes import Runs, Stop
from .program import Program
from .reporting import first_day, summary
from .running import run
from .showing import shown
from .simulating import Simulated, simulate, told
from .worth import Gains, gains, told_gains

__all__ = [
    "Duration",
    "Gains",
    "Lab",
    "Lane",
    "Measured",
    "Measures",
    "Model",
    "Names",
    "Program",
    "Runs",
    "Simulated",
    "Span",
    "Stop",
    "constant",
    "empirical",
    "event",
    "event_names",
    "exponential",
    "first_day",
    "gains",
    "lab",
    "lognormal",
    "measure",
    "monthly_use",
    "queues",
    "run",
    "shown",
    "shut_by_day",
    "simulate",
    "summary",
    "told",
    "told_gains",
    "told_kinds",
    "told_lab",
    "uniform",
    "vehicle_of",
    "visits_writer",
    "voyages",
    "weibull",
    "write_answer",
]
