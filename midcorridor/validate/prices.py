"""Published through rates beside ours."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import MidcorridorError
from ..network import Network
from ..plan import plan_shipment
from ..shipment import make_shipment
from .transits import asked_at

Row = Mapping[str, Any]
BOXES = 50  # a block train, as tariffs are of those
WAY_ALONE = ("tariff", "index")
THROUGH = "through"
# Lines of a quotation that no published rate contains, those of the boxes, and those of the forwarder.
NEVER_INSIDE = ("insurance", "import_declaration", "export_declaration")
OF_THE_BOXES = ("container_", "equipment_", "soc_")
OF_THE_FORWARDER = ("forwarder_margin", "forwarding_fee")


@dataclass(frozen=True, slots=True)
class Rate:
    """One published price of a box and ours.

    usd : ours, of what the published price contains; None with a fault
    parts : the same by quantity and country, see `price_parts`
    """

    row: Row
    usd: float | None
    parts: Mapping[tuple[str, str], float]
    km: float = 0.0
    fault: str = ""

    @property
    def error(self) -> float | None:
        """Ours over the published price, less 1."""
        return None if self.usd is None else self.usd / self.row["usd"] - 1

    @property
    def scored(self) -> bool:
        """Whether the row counts: published by somebody, on a corridor by land, and of known scope."""
        return bool(
            self.row["for_calibration"]
            and self.row["corridor"] in ("middle", "northern")
            and self.usd is not None
        )


def compare_rates(network: Network, rows: Iterable[Row] | None = None) -> list[Rate]:
    """Every published rate between terminals that is no estimate, with the price of our best route.

    A rate that names its way is compared with the best route of that way (column `via`).
    rows : of `rates`, all where None
    """
    terminals = network.tables.by_key("terminals")
    listed = network.tables["rates"] if rows is None else rows
    return [
        _compared(network, row)
        for row in listed
        if row["from_id"] in terminals and row["to_id"] in terminals and row["basis"] != "estimate"
    ]


def _compared(network: Network, row: Row) -> Rate:
    at = asked_at(row)
    size = "20" if row["container"] == "20" else "40HC"
    try:
        tables = network.tables_on(at.date())
        shipment = make_shipment(
            tables, row["from_id"], row["to_id"], containers=f"{BOXES}x{size}", commodity=None, ready_at=at
        )
        planned = plan_shipment(network, shipment, via=row["via"] or (), compare=True)
    except MidcorridorError as error:
        return Rate(row, None, {}, fault=str(error.faults[0]))
    routes = [route for route in planned.routes if route["corridor"] == row["corridor"]]
    if not routes:
        return Rate(row, None, {}, fault=f"no {row['corridor']} route")
    parts = price_parts(network, routes[0], row["rate_kind"])
    return Rate(row, sum(parts.values()), parts, routes[0]["km"])


def price_parts(network: Network, route: Row, kind: str) -> dict[tuple[str, str], float]:
    """Dollars a box that a published price of a kind contains, by quantity and country; rest without one.

    None contains insurance or customs declarations. A tariff or an index is of the way alone: neither the
    boxes nor the forwarder, nor the lifts at its ends. A through price has the forwarder and the lift at the
    origin, but neither the boxes nor the lift at the destination.
    """
    first, last = route["legs"][0]["from_id"], route["legs"][-1]["to_id"]
    ends = {THROUGH: (last,)}.get(kind, (first, last) if kind in WAY_ALONE else ())
    left_out: tuple[str, ...] = NEVER_INSIDE
    if kind in WAY_ALONE or kind == THROUGH:
        left_out += OF_THE_BOXES
    if kind in WAY_ALONE:
        left_out += OF_THE_FORWARDER
    costs = network.tables.by_key("unit_costs")
    parts: dict[tuple[str, str], float] = {}
    for event in (*route["legs"], *route["transfers"]):
        if event.get("terminal_id") in ends:
            continue
        for line in event["lines"]:
            if line["item"].startswith(left_out):
                continue
            country = costs[line["key"]]["country"] if line["item"] == "rail_tariff" else None
            name = ("rail_tariff", country) if country else ("rest", "")
            parts[name] = parts.get(name, 0.0) + line["usd"]
    boxes = route["cost_usd"] / route["cost_usd_per_box"]
    return {name: usd / boxes for name, usd in parts.items()}


def median_error(
    compared: Sequence[Rate], network: Network | None = None, money_of: int | None = None
) -> float | None:
    """Median of the absolute error over what is scored; None where nothing is.

    money_of : year in whose money the published prices are put by the price index of the network; ours
        stay as they are, of the newest years that tariffs are known for
    """
    index = {} if network is None else {row["year"]: row["value"] for row in network.tables["price_index"]}
    errors = []
    for rate in compared:
        if rate.scored and rate.usd is not None:
            factor = 1.0 if money_of is None else index[money_of] / index[rate.row["year"]]
            errors.append(abs(rate.usd / (rate.row["usd"] * factor) - 1))
    return statistics.median(errors) if errors else None
