"""What moves through a corridor, and what holds it up, event by event."""

from __future__ import annotations

from .costs import Costs
from .disrupted import Lab, lab, told_cost, told_lab
from .durations import Duration, constant, empirical, exponential, lognormal, uniform, weibull
from .exporting import visits_writer, write_answer
from .indicators import monthly_use, queues, shut_by_day
from .kinds import told_kinds
from .lanes import Lane, Span, voyages
from .library import event, event_list, event_names
from .measured import Measured, measure
from .measures import Measures, journeys
from .model import Model
from .naming import Names, vehicle_of
from .outcomes import Runs, Stop
from .policies import ANY_FERRY, BERTH, CRANE, DETOUR, LEAVE, Policy, read_policy
from .program import Program
from .reporting import first_day, summary
from .running import run
from .showing import shown
from .simulating import Simulated, simulate, told
from .trials import further
from .tried import Tried, try_policies
from .worth import Gains, gains, told_gains

__all__ = [
    "ANY_FERRY",
    "BERTH",
    "CRANE",
    "DETOUR",
    "LEAVE",
    "Costs",
    "Duration",
    "Gains",
    "Lab",
    "Lane",
    "Measured",
    "Measures",
    "Model",
    "Names",
    "Policy",
    "Program",
    "Runs",
    "Simulated",
    "Span",
    "Stop",
    "Tried",
    "constant",
    "empirical",
    "event",
    "event_list",
    "event_names",
    "exponential",
    "first_day",
    "further",
    "gains",
    "journeys",
    "lab",
    "lognormal",
    "measure",
    "monthly_use",
    "queues",
    "read_policy",
    "run",
    "shown",
    "shut_by_day",
    "simulate",
    "summary",
    "told",
    "told_cost",
    "told_gains",
    "told_kinds",
    "told_lab",
    "try_policies",
    "uniform",
    "vehicle_of",
    "visits_writer",
    "voyages",
    "weibull",
    "write_answer",
]
