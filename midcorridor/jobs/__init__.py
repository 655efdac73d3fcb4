"""Long work on many workers: thousands of shipments planned in one call, ensembles of simulated years."""

from __future__ import annotations

from .ensembles import Ensemble, ensemble
from .many import ManyPlans, Summary, plan_many

__all__ = ["Ensemble", "ManyPlans", "Summary", "ensemble", "plan_many"]
