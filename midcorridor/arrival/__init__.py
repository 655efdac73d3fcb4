"""When a route of random spells arrives: its distribution, the moments that a search adds up, and draws."""

from __future__ import annotations

from .draw import sample
from .route import Arrival, arrive, mean_var, spell_quantiles
from .spells import CAUSES, Cause, Departures, Duration, Further, Gate, Headway, Spell, Window

__all__ = [
    "CAUSES",
    "Arrival",
    "Cause",
    "Departures",
    "Duration",
    "Further",
    "Gate",
    "Headway",
    "Spell",
    "Window",
    "arrive",
    "mean_var",
    "sample",
    "spell_quantiles",
]
