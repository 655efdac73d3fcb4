"""Which row of the unit costs prices a move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import Fault, InputError
from ..network import Compiled
from ..network.compiled import holds_on

Row = Mapping[str, Any]
WESTBOUND, EASTBOUND = "westbound", "eastbound"


@dataclass(frozen=True, slots=True)
class Price:
    """A value of the unit costs and the row that it stands in."""

    value: float
    cost_id: str


class Prices:
    """Unit costs of one day for freight bound in one direction.

    The most particular row wins: of the corridor or the service before that of the country before
    the general one; of the direction of travel before any. Two rows that are equally particular are refused,
    since nobody could tell which of them a quotation used.
    """

    def __init__(self, compiled: Compiled, bound: str) -> None:
        self.bound = bound
        self._rows: dict[tuple[str | None, ...], dict[str, Row]] = {}
        for row in compiled.tables["unit_costs"]:
            if not row["in_model"] or not holds_on(row, compiled.day):
                continue
            size = "20" if row["container"] == "20" else "40"
            key = (row["item"], row["service_id"], row["country"], row["corridor"], size)
            same = self._rows.setdefault(key, {})
            if row["direction"] in same:
                raise InputError(
                    Fault(
                        "two_prices",
                        f"{row['cost_id']!r} and {same[row['direction']]['cost_id']!r} price the same thing",
                        "unit_costs.csv",
                        accepted="one row in_model for each item, service, country, corridor, direction "
                        "and day",
                    )
                )
            same[row["direction"]] = row

    def find(
        self,
        item: str,
        *,
        country: str | None = None,
        service_id: str | None = None,
        corridor: str | None = None,
        forward: bool = True,
        size: str = "40",
    ) -> Price | None:
        """The price of an item, or None where there is no quotation."""
        # Without a service or a country, a scope would be that of the general rows.
        scopes = [(None, None, corridor), (service_id, None, None), (None, country, None)]
        for scope in (*(scope for scope in scopes if any(scope)), (None, None, None)):
            rows = self._rows.get((item, *scope, size))
            if rows is None:
                continue
            for direction in ("forward" if forward else "backward", self.bound, "any"):
                if direction in rows:
                    return Price(float(rows[direction]["value"]), rows[direction]["cost_id"])
        return None

    def need(
        self,
        item: str,
        *,
        country: str | None = None,
        service_id: str | None = None,
        forward: bool = True,
        size: str = "40",
    ) -> Price:
        """As `find`, for what every quotation needs. Raises InputError where there is none."""
        price = self.find(item, country=country, service_id=service_id, forward=forward, size=size)
        if price is None:
            raise InputError(
                Fault(
                    "missing_figure",
                    f"no price for {item}" + (f" in {country}" if country else ""),
                    "unit_costs.csv",
                    accepted=f"a row with item {item}, in_model true"
                    + (f" and country {country} or empty" if country else ""),
                )
            )
        return price
