"""Clients for Locust: each plans random shipments one after another. `benchmarks/serve.py` runs them."""

from __future__ import annotations

import itertools
import json
import os
from pathlib import Path
from typing import Any

from locust import FastHttpUser, constant, task

SHIPMENTS: list[dict[str, Any]] = json.loads(Path(os.environ["SHIPMENTS"]).read_text(encoding="utf-8"))
# Clients share one order, so no shipment is asked twice before all were asked once.
_NEXT = itertools.cycle(SHIPMENTS)


class Planner(FastHttpUser):
    """Asks for the next plan as soon as the last has come."""

    wait_time = constant(0)

    @task
    def plan(self) -> None:
        with self.rest("POST", "/v1/plan", json=next(_NEXT), name="plan") as response:
            if response.js is None or "routes" not in response.js:
                response.failure(f"{response.status_code}")
