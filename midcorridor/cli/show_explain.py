"""The price of a route line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import Fault, InputError, did_you_mean
from .common import as_json
from .show import grid

if TYPE_CHECKING:
    from ..plan import PlanResult


def explained(result: PlanResult, letter: str, *, as_text: bool) -> str:
    """Every line of a route with its figure, how much of it, and its source.

    Raises InputError for a letter that no route has.
    """
    letters = [route["route_id"] for route in result.routes]
    route = next((route for route in result.routes if route["route_id"] == letter.upper()), None)
    if route is None:
        raise InputError(
            Fault(
                "unknown_route",
                f"no route is called {letter!r}",
                "--explain",
                letter,
                ", ".join(letters) or "a question that has a route",
                did_you_mean(letter, letters),
            )
        )
    lines = result.explain(route["route_id"])
    if not as_text:
        told = {name: route[name] for name in ("route_id", "explained", "not_included")}
        return as_json({**told, "lines": lines})
    head = f"Route {route['route_id']}. {' '.join(route['explained'])}\n\n"
    rows = []
    for line in lines:
        quantity = line["quantity"]
        amount = "" if quantity is None else f"{quantity:,.6g} x {line['value']:g} {line['unit']}"
        if amount and line.get("factor") is not None:
            amount += f" of {line['year']} x {line['factor']:.4g}"
        rows.append(
            [
                str(line["seq"]),
                line["item"].replace("_", " "),
                amount,
                f"{line['usd']:,.0f}",
                f"{line['table']} {line['key']}",
                ", ".join(line["source"]),
                line["confidence"] or "",
            ]
        )
    rows.append(["", "sum", "", f"{route['cost_usd']:,.0f}", "", "", route["confidence"]])
    names = ["", "line", "how much of which figure", "USD", "row", "source", "confidence"]
    counts = route["rests_on"]
    return (
        head
        + grid(names, rows, right=("", "USD"), fold=("row", "source"))
        + f"\nNot included: {'; '.join(route['not_included'])}.\n"
        + f"\nHours, price and emissions of this route rest on {sum(counts.values())} rows: "
        f"{counts['high']} of high, {counts['medium']} of medium and {counts['low']} of low confidence.\n"
        "midcorridor facts TABLE KEY shows a row; midcorridor facts sources ID a source.\n"
    )
