"""What differs: between two plans, and between the tables with and without a scenario."""

from __future__ import annotations

from .cells import changed_cells, scenario_cells
from .plans import Difference, difference, plan_difference

__all__ = ["Difference", "changed_cells", "difference", "plan_difference", "scenario_cells"]
