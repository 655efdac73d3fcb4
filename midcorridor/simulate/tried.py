"""What other decisions would do: policies beside the same base, on the same random numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..network import Network
from ..scenario import Scenario
from ..tables import to_frame
from .measured import Measured, measure
from .policies import Maker, Policy, as_policy
from .running import Progress
from .worth import saved_columns

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, eq=False)
class Tried:
    """Policies beside the base.

    policies : `schema/results/policy_gains.csv`, a row each in the order in which they were given
    """

    base: Measured
    policies: pl.DataFrame

    def to_frame(self, what: str = "policies") -> pl.DataFrame:
        """The table."""
        return {"policies": self.policies}[what]


def try_policies(
    network: Network,
    policies: Iterable[Policy | Maker | Scenario],
    *,
    year: int,
    replications: int = 10,
    seed: int = 0,
    scenario: Scenario | None = None,
    demand_factor: float = 1.0,
    warm_up_d: int = 60,
    days: int | None = None,
    workers: int = 1,
    limit: int = 200_000,
    progress: Progress | None = None,
) -> Tried:
    """Run each policy beside the base and take the differences replication by replication.

    policies : functions that are asked, or scenarios with other rows of `policies` and `departure_rules`
    scenario : what every run takes, the base too
    Replications that were stuck, crowded or stalled in either are left out and counted.
    Raises InputError as `simulate`.
    """
    network = scenario.apply(network) if scenario is not None else network
    given = [each if isinstance(each, Scenario) else as_policy(each) for each in policies]
    asked: dict[str, Any] = {"year": year, "replications": replications, "seed": seed, "limit": limit}
    asked |= {"demand_factor": demand_factor, "warm_up_d": warm_up_d, "days": days, "workers": workers}
    base = measure(network, **asked)
    rows = []
    for number, each in enumerate(given):
        if progress is not None:
            progress(number, len(given), each.name)
        if isinstance(each, Scenario):
            other = measure(each.apply(network), **asked)
        else:
            other = measure(network, policy=each, **asked)
        rows.append({"policy": each.name, **saved_columns(base, other)})
    if progress is not None:
        progress(len(given), len(given), "")
    return Tried(base, to_frame("policy_gains", rows))
