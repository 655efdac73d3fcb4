"""What boxes of a simulated year cost, and where they pay for lying: for the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .markup import Html, el, table
from .numbers import NBSP, percent, significant

Row = Mapping[str, Any]
_MOST = 10
_HEAD = (
    "From and to", "Boxes", "USD a box", "9 in 10", "Hire", "Storage", "Who pays it", "Cargo's time",
    "kg CO₂e", "Promised", "On time",
)  # fmt: skip
_STAY_HEAD = (
    "Where boxes pay for lying", "Boxes", "Free", "Mean stay", "9 in 10", "Who pay", "USD a box",
    "USD in all",
)  # fmt: skip
_NOTE = (
    "A 40 ft box as it was simulated: the lines of the plan for the same ride, hire of the box, and storage "
    "beyond the free days of each terminal. Cargo's time is what its owner loses beside the price, no part "
    "of it. Promised are the days from ready to fetched that a plan keeps 9 times in 10; on time is who kept "
    "them."
)


def costs(flows: Sequence[Row], stays: Sequence[Row]) -> Html | None:
    """A row a flow, and the terminals where most is paid for storage."""
    if not flows:
        return None
    body = [_flow(row) for row in flows]
    dearest = sorted(
        (row for row in stays if row["storage_all_usd"] > 0), key=lambda r: -r["storage_all_usd"]
    )
    parts = [
        el("h2", "What a box costs", id="costs"),
        table(_HEAD, body, tuple(range(1, len(_HEAD))), "costs"),
        el("p", _NOTE, class_="note"),
    ]
    if dearest:
        rows = [_stay(row) for row in dearest[:_MOST]]
        parts.append(table(_STAY_HEAD, rows, tuple(range(2, len(_STAY_HEAD))), "costs"))
    return el("section", parts, aria_labelledby="costs")


def _flow(row: Row) -> Html:
    days = row["planned_p90_d"]
    return el(
        "tr",
        el("th", row["name"], scope="row"),
        el("td", f"{row['boxes']:,.0f}", class_="num"),
        el("td", _pm(row, "cost_usd"), class_="num"),
        el("td", f"{row['cost_p90_usd']:,.0f}", class_="num"),
        el("td", f"{row['hire_usd']:,.0f}", class_="num"),
        el("td", _pm(row, "storage_usd"), class_="num"),
        el("td", percent(row["stored_share"]), class_="num"),
        el("td", f"{row['time_value_usd']:,.0f}", class_="num"),
        el("td", "" if row["kg_co2e"] is None else f"{row['kg_co2e']:,.0f}", class_="num"),
        el("td", "" if days is None else f"{days:.0f}{NBSP}d", class_="num"),
        el("td", "" if row["on_time_share"] is None else percent(row["on_time_share"]), class_="num"),
    )


def _pm(row: Row, name: str) -> str:
    half = row[f"{name}_pm"]
    return f"{row[name]:,.0f}" + ("" if half is None else f"{NBSP}±{NBSP}{half:,.0f}")


def _stay(row: Row) -> Html:
    return el(
        "tr",
        el("th", row["name"], scope="row"),
        el("td", row["flow"]),
        el("td", "" if row["free_d"] is None else f"{row['free_d']:.0f}{NBSP}d", class_="num"),
        el("td", f"{row['mean_d']:.1f}{NBSP}d", class_="num"),
        el("td", f"{row['p90_d']:.1f}{NBSP}d", class_="num"),
        el("td", percent(row["charged_share"]), class_="num"),
        el("td", f"{row['storage_usd']:,.0f}", class_="num"),
        el("td", significant(row["storage_all_usd"]), class_="num"),
    )
