"""What a worker holds between two questions: the network, and the networks of recent scenarios."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from ..network import Network
from ..scenario import Scenario, make_scenario
from ..tables import Tables

# Networks of scenarios that are kept: applying one takes as long as a tenth of a plan, holding one little.
MOST_SCENARIOS = 16
# A network keeps what it compiled for each day asked for; after so many days it is laid away.
MOST_DAYS = 366
Content = Mapping[str, Any]


class Desk:
    """Networks at hand. One question at a time."""

    def __init__(self, data: Sequence[Path] = ()) -> None:
        self._bases = {"measured": Network.load(overlays=data)}
        self._scenarios: OrderedDict[tuple[str, str], Network] = OrderedDict()
        self._days: set[date] = set()

    @property
    def network(self) -> Network:
        """The network without a scenario."""
        return self._bases["measured"]

    def under(self, content: Content | None, basis: str = "measured") -> Network:
        """The network under a scenario in the shape of its file. Raises ScenarioError."""
        if basis not in self._bases:
            self._bases[basis] = self.network.as_claimed()
        base = self._bases[basis]
        if content is None:
            return base
        key = (digest(content), basis)
        if key not in self._scenarios:
            self._scenarios[key] = scenario_of(content).apply(base)
            if len(self._scenarios) > MOST_SCENARIOS:
                self._scenarios.popitem(last=False)
        self._scenarios.move_to_end(key)
        return self._scenarios[key]

    def tidy(self, day: date | None) -> None:
        """After a question about a day: when many days have been asked about, what was compiled goes."""
        if day is None:
            return
        self._days.add(day)
        if len(self._days) > MOST_DAYS:
            self._days = {day}
            self._scenarios.clear()
            network = self.network
            tables = Tables(network.tables.rows, network.tables.overlays)
            self._bases = {"measured": Network(tables, network.scenario, network.dated)}


def scenario_of(content: Content) -> Scenario:
    """The scenario that a request holds. Raises ScenarioError."""
    return make_scenario(content, "scenario")


def digest(content: Content) -> str:
    """What tells one scenario from another."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
