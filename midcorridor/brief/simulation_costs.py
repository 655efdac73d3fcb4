"""What boxes of a simulated year cost, and where they pay for lying: for the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .markup import Html, el, fixed, table
from .numbers import NBSP, percent, significant

Row = Mapping[str, Any]
_MOST = 10
_HEAD = (
    "From and to", "Boxes", "USD a box", "Of the dearest: quotation, hire, storage", "9 in 10", "Storage",
    "Who pays it", "Cargo's time", "kg CO₂e", "Promised", "On time",
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
    most = max(row["cost_usd"] for row in flows)
    body = [_flow(row, most) for row in flows]
    dearest = sorted(
        (row for row in stays if row["storage_all_usd"] > 0), key=lambda r: -r["storage_all_usd"]
    )
    parts = [
        el("h2", "What a box costs", id="costs"),
        table(_HEAD, body, (1, 2, 4, 5, 6, 7, 8, 9, 10), "costs"),
        el("p", _NOTE, class_="note"),
    ]
    if dearest:
        head = (
            "Where boxes pay for lying",
            "Boxes",
            "Free",
            "Mean stay",
            "9 in 10",
            "Who pay",
            "USD a box",
            "USD in all",
        )
        parts += [table(head, [_stay(row) for row in dearest[:_MOST]], (2, 3, 4, 5, 6, 7), "costs")]
    return el("section", parts, aria_labelledby="costs")


def _flow(row: Row, most: float) -> Html:
    days = row["planned_p90_d"]
    return el(
        "tr",
        el("th", row["name"], scope="row"),
        el("td", f"{row['boxes']:,.0f}", class_="num"),
        el("td", _pm(row, "cost_usd"), class_="num"),
        el("td", _bar(row, most), class_="whisk"),
        el("td", f"{row['cost_p90_usd']:,.0f}", class_="num"),
        el("td", _pm(row, "storage_usd"), class_="num"),
        el("td", percent(row["stored_share"]), class_="num"),
        el("td", f"{row['time_value_usd']:,.0f}", class_="num"),
        el("td", "" if row["kg_co2e"] is None else f"{row['kg_co2e']:,.0f}", class_="num"),
        el("td", "" if days is None else f"{days:.0f}{NBSP}d", class_="num"),
        el("td", percent(row["on_time_share"]), class_="num"),
    )


def _pm(row: Row, name: str) -> str:
    half = row[f"{name}_pm"]
    return f"{row[name]:,.0f}" + ("" if half is None else f"{NBSP}±{NBSP}{half:,.0f}")


def _bar(row: Row, most: float) -> Html:
    """Parts of the price one after the other; all flows have the same scale."""
    rects, start = [], 0.0
    for name, kind in (("freight_usd", "moving"), ("hire_usd", "handling"), ("storage_usd", "waiting")):
        wide = max(0.0, row[name]) / most * 100
        rects.append(
            el(
                "rect",
                x=f"{fixed(start, 2)}%",
                y="0",
                height="100%",
                width=f"{fixed(wide, 2)}%",
                class_=f"bar {kind}",
            )
        )
        start += wide
    return el("svg", rects, class_="stack", aria_hidden="true")


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
