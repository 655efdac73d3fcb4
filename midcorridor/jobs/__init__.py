"""Long work on many workers: thousands of shipments planned in one call."""

from __future__ import annotations

from .many import ManyPlans, Summary, plan_many

__all__ = ["ManyPlans", "Summary", "plan_many"]
