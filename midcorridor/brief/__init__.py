"""Answers as pages to read, print and send on."""

from __future__ import annotations

from .footprint import footprint_page
from .page import plan_page
from .simulation import simulation_page

__all__ = ["footprint_page", "plan_page", "simulation_page"]
