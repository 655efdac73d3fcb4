"""Published travel times beside ours."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ..errors import MidcorridorError
from ..network import Network
from ..plan import plan_shipment
from ..shipment import make_shipment
from ..times import lognormal_mean_h

Row = Mapping[str, Any]
# The boxes of a block train, as most published times are of those.
BOXES = "50x40HC"
# Why a row is not scored whose source names no places: the ends that stand for its countries are a guess.
COUNTRIES_ONLY = "the source names countries, not places"
# Delays, ships and speeds of single years stand in the tables from here on; what was observed before is asked
# for in the same month of the first.
FIRST_YEAR, LAST_YEAR = 2020, 2026
# Trains that ran before those of a corridor were regular are in no table: its rows are asked for in the first
# whole year of regular ones.
FIRST_YEARS = {"middle": 2025}
_MONTH_UNKNOWN = 5
_DAY = 10
H_PER_D = 24.0


@dataclass(frozen=True, slots=True)
class Transit:
    """One published time and ours.

    days : ours; None with a fault     parts : hours of the haul by what takes them, see `haul_parts`
    km : of the legs that begin in it
    width_days : from the 10th to the 90th percentile of our arrival, of the whole shipment
    """

    row: Row
    days: float | None
    parts: Mapping[tuple[str, str], float]
    km: float = 0.0
    fault: str = ""
    width_days: float | None = None

    @property
    def error(self) -> float | None:
        """Ours over the published time, less 1."""
        return None if self.days is None else self.days / self.row["days"] - 1

    @property
    def scored(self) -> bool:
        """Whether the row counts in the score."""
        return not self.row["not_scored"] and self.days is not None


def compare_transits(network: Network, rows: Iterable[Row] | None = None) -> list[Transit]:
    """Every published time between terminals, with the time of our best route of its corridor.

    rows : of `observed_transits`, all where None. Rows without terminals are left out.
    """
    listed = network.tables["observed_transits"] if rows is None else rows
    return [_compared(network, row) for row in listed if row["from_id"] and row["to_id"]]


def asked_at(row: Row) -> datetime:
    """When the cargo of a comparison is ready: in the month of the row, of its own year where we have it."""
    month = int(row["year_month"][5:]) if row["year_month"] else _MONTH_UNKNOWN
    first = FIRST_YEARS.get(row["corridor"], FIRST_YEAR)
    year = min(max(row["year"], first), LAST_YEAR)
    return datetime(year, month, _DAY, tzinfo=UTC)


def _compared(network: Network, row: Row) -> Transit:
    at = asked_at(row)
    start, end = row["through_from"] or row["from_id"], row["through_to"] or row["to_id"]
    try:
        tables = network.tables_on(at.date())
        shipment = make_shipment(tables, start, end, containers=BOXES, commodity=None, ready_at=at)
        planned = plan_shipment(network, shipment, via=row["passes"] or (), compare=True)
    except MidcorridorError as error:
        return Transit(row, None, {}, fault=str(error.faults[0]))
    routes = [route for route in planned.routes if route["corridor"] == row["corridor"]]
    if not routes:
        why = (
            "; ".join(planned.status.blocked_by) or f"only {', '.join(r['corridor'] for r in planned.routes)}"
        )
        return Transit(row, None, {}, fault=f"no {row['corridor']} route: {why}")
    route = routes[0]
    span = _span(route, row)
    if span is None:
        return Transit(row, None, {}, fault="our route has no stop at the ends of the section")
    begin_h, end_h = span
    width_days = (route["p90_h"] - route["p10_h"]) / H_PER_D
    km = sum(leg["km"] for leg in route["legs"] if begin_h <= leg["start_h"] < end_h)
    return Transit(
        row,
        (end_h - begin_h) / H_PER_D,
        haul_parts(network, route, begin_h, end_h),
        km,
        width_days=width_days,
    )


def _span(route: Row, row: Row) -> tuple[float, float] | None:
    """Mean clock hours between which the published time counts."""
    if row["scope"] == "shipment":
        return 0.0, route["mean_h"]
    if row["through_from"]:
        start, end = _stop_h(route, row["from_id"]), _stop_h(route, row["to_id"])
        return None if start is None or end is None else (start[1], end[0])
    modes = ("sea",) if row["scope"] == "ports" else ("rail", "sea", "inland_waterway")
    haul = [leg for leg in route["legs"] if leg["mode"] in modes]
    if not haul:
        return None
    return haul[0]["start_h"], sum(haul[-1]["runs"][-1])


def _stop_h(route: Row, terminal_id: str) -> tuple[float, float] | None:
    """Clock hours at which a route comes to a terminal and leaves it, where it stops there."""
    stops = [stop for stop in route["transfers"] if stop["terminal_id"] == terminal_id]
    if not stops:
        return None
    return stops[0]["start_h"], stops[-1]["start_h"] + stops[-1]["mean_h"]


def haul_parts(network: Network, route: Row, begin_h: float, end_h: float) -> dict[tuple[str, str], float]:
    """Mean hours between two clock hours by quantity and country.

    The quantities are those of the table `calibration`; rest, without a country, is everything else: ships,
    trucks, waits for departures and for what is closed.
    """
    parts: dict[tuple[str, str], float] = {}

    def add(quantity: str, country: str, hours: float) -> None:
        parts[quantity, country] = parts.get((quantity, country), 0.0) + hours

    def inside(from_h: float, hours: float) -> float:
        return max(0.0, min(end_h, from_h + hours) - max(begin_h, from_h))

    for leg in route["legs"]:
        for from_h, hours in leg["runs"]:
            within_h = inside(from_h, hours)
            if leg["mode"] == "rail":
                for country, share in _shares(network, leg).items():
                    add("running", country, within_h * share)
            else:
                add("rest", "", within_h)
    for stop in route["transfers"]:
        within_h = inside(stop["start_h"], stop["mean_h"])
        handled_h = min(within_h, stop["handling_h"])
        add("frontier" if stop["kind"] == "border" else "handling", stop["country"], handled_h)
        add("rest", "", within_h - handled_h)
    return {name: hours for name, hours in parts.items() if hours > 0}


def _shares(network: Network, leg: Row) -> dict[str, float]:
    """Share of the running of a leg in each country; a link over a frontier is half of each."""
    links, terminals = network.tables.by_key("links"), network.tables.by_key("terminals")
    hours: dict[str, float] = {}
    for link_id in leg["link_ids"]:
        link = links[link_id]
        link_h = lognormal_mean_h(link["running_p50_h"], link["running_p90_h"])
        for end in ("from_terminal", "to_terminal"):
            country = terminals[link[end]]["country"]
            hours[country] = hours.get(country, 0.0) + link_h / 2
    whole_h = sum(hours.values())
    return {country: own_h / whole_h for country, own_h in hours.items()}


def median_error(compared: Sequence[Transit]) -> float | None:
    """Median of the absolute error over what is scored; None where nothing is."""
    errors = [abs(transit.error) for transit in compared if transit.scored and transit.error is not None]
    return statistics.median(errors) if errors else None
