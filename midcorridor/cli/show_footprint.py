"""A footprint as text: totals, elements, what stands in for what, and corridors side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..footprint import FootprintResult
from .show import grid, width

Row = Mapping[str, Any]
_UNITS = {"tkm": "tkm", "TEU-km": "TEU-km", "container": "boxes"}


def footprint_text(result: FootprintResult) -> str:
    """The answer for a terminal."""
    question = result.question
    lines = [
        f"{question['origin']['name']} to {question['destination']['name']}: {question['boxes']:,} x "
        f"{question['container_type']}, {question['cargo_t']:,.0f} t of cargo, ready "
        f"{question['ready_at'][:10]}",
        f"ISO 14083:2023, electricity {question['electricity']}, CO2e well-to-wheel",
        "",
    ]
    if not result.routes:
        return "\n".join([*lines[:2], f"no route: {result.status.reason}"]) + "\n"
    text = "\n".join(lines)
    if len(result.routes) > 1 or result.air:
        text += _corridors(result)
    first = result.routes[0]
    text += _route(result, first)
    if result.break_even:
        text += _break_even(result)
    titles = "; ".join(f"{s['title']} ({s['publisher']})" for s in result.sources[:3])
    text += "\n" + _told(f"Sources, most used first: {titles}; all of them: --format html, csv or json.")
    text += _told(f"Boundary. {question['boundary']}")
    return text


def _corridors(result: FootprintResult) -> str:
    rows = []
    for route in result.routes:
        rows.append(
            [
                route["route_id"],
                route["corridor"],
                _t(route["kg_co2e_wtw"]),
                f"{_t(route['p05_kg_co2e'])} to {_t(route['p95_kg_co2e'])}",
                _t(route["kg_co2e_ttw"]),
                _t(route["plan_kg_co2e"]),
                f"{route['g_per_tkm_wtw']:.1f}",
                f"{route['mean_h'] / 24:.0f}",
                f"{route['cost_usd']:,.0f}",
            ]
        )
    air = result.air
    if air is not None:
        days = "?" if air["mean_h"] is None else f"{air['mean_h'] / 24:.0f}"
        usd = "?" if air["cost_usd"] is None else f"{air['cost_usd']:,.0f}"
        rows.append(
            [
                "",
                "air",
                _t(air["kg_co2e_wtw"]),
                "",
                _t(air["kg_co2e_ttw"]),
                "",
                f"{air['g_wtw']:.0f}",
                days,
                usd,
            ]
        )
    head = ["", "corridor", "t CO2e", "9 in 10 within", "of it ttw", "plan", "g/tkm", "days", "USD"]
    text = grid(head, rows, right=("t CO2e", "9 in 10 within", "of it ttw", "plan", "g/tkm", "days", "USD"))
    if air is not None:
        told = f"air: {air['km']:,.0f} km, {air['distance_basis']}; {air['note']}."
        text += _told(told[0].upper() + told[1:])
    return text + "\n"


def _route(result: FootprintResult, route: Row) -> str:
    text = _told(
        f"Route {route['route_id']}, {route['corridor']}: {_t(route['kg_co2e_wtw'])} t CO2e, 9 in 10 within "
        f"{_t(route['p05_kg_co2e'])} to {_t(route['p95_kg_co2e'])} t; {_t(route['kg_co2e_ttw'])} t of it "
        f"tank-to-wheel. With published class factors in place of the energy of trains "
        f"{_t(route['class_kg_co2e'])} t; the plan's figure is {_t(route['plan_kg_co2e'])} t."
    )
    rows = []
    for element in result.of(str(route["route_id"])):
        where = element["from_name"]
        if element["element"] == "leg":
            where += f" to {element['to_name']}"
        carriers = "+".join(f"{name} {_percent(share)}" for name, share in element["carriers"])
        rows.append(
            [
                str(element["seq"]),
                f"{where}: {element['vehicle']}, {carriers}",
                f"{element['distance_km']:,.0f}" if element["distance_km"] else "",
                f"{element['activity']:,.0f} {_UNITS[element['activity_unit']]}",
                f"{element['g_wtw']:,.1f}",
                f"{element['kg_co2e_wtw']:,.0f}",
                f"{element['kg_co2e_ttw']:,.0f}",
                element["quality"],
            ]
        )
    head = ["", "leg or terminal", "km", "activity", "g per unit", "kg CO2e", "kg ttw", "data"]
    right = ("km", "activity", "g per unit", "kg CO2e", "kg ttw")
    text += grid(head, rows, right=right, fold=("leg or terminal",)) + "\n"
    if route["fallbacks"]:
        text += "In place of what is not there (share of the total that rests on it):\n"
        for fallback in route["fallbacks"]:
            text += f"  {fallback['share']:6.1%}  {fallback['what']}\n"
    for line in route["charges"]:
        told = "needs the goods' own figures" if line["eur"] is None else f"EUR {line['eur']:,.0f}"
        name = {"eu_ets_maritime": "EU ETS", "fueleu_maritime": "FuelEU", "cbam": "CBAM"}[line["scheme"]]
        text += _told(f"{name}, {line['where']}, {line['day']}: {told}: {line['how']}.")
    if route["measures"]:
        text += "\nWhat each measure by itself would change (they do not add up):\n"
        rows = [
            [
                measure["measure"],
                f"{-measure['saved_kg_co2e'] / 1000:+,.1f}",
                "" if measure["usd_per_t"] is None else f"{measure['usd_per_t']:,.0f}",
                measure["how"],
            ]
            for measure in route["measures"]
        ]
        head = ["measure", "t CO2e", "USD/t saved", "cost"]
        text += grid(head, rows, right=("t CO2e", "USD/t saved"), fold=("cost",))
    return text


def _break_even(result: FootprintResult) -> str:
    rows = [
        [
            row["faster"],
            row["slower"],
            f"{row['hours_saved'] / 24:.1f}",
            f"{row['extra_usd']:+,.0f}",
            f"{row['extra_kg_co2e'] / 1000:+,.1f}",
            "always: faster and not dearer" if row["usd_per_h"] is None else f"{row['usd_per_h']:,.0f}",
        ]
        for row in result.break_even
    ]
    head = ["faster", "than", "days saved", "USD", "t CO2e", "worth it from USD per hour"]
    right = ("days saved", "USD", "t CO2e", "worth it from USD per hour")
    return "\nValue of an hour of the whole shipment from which the faster way pays:\n" + grid(
        head, rows, right=right
    )


def _percent(share: float) -> str:
    return "<1%" if share < 0.005 else ">99%" if 0.995 < share < 1 else f"{share:.0%}"


def _t(kg: float) -> str:
    return f"{kg / 1000:,.1f}"


def _told(text: str) -> str:
    import textwrap

    return "\n".join(textwrap.wrap(text, width(), break_long_words=False, break_on_hyphens=False)) + "\n"
