"""Why this route and not that one, what its price is made of, and whether an answer adds up."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..network import Compiled, row_factor
from ..said import Said
from ..tables import Tables
from .choice import Aim
from .question import Limits, Way

_ALIKE = 1e-6
_WORTH_TELLING_D = 0.5


def reasons(routes: Sequence[Mapping[str, Any]], aim: Aim, worth: float) -> list[list[Said]]:
    """For every route, sentences on why it is shown and what it saves and costs against the first."""
    if not routes:
        return []
    first = routes[0]
    aimed = Said(f"aim_{aim.by}", **({"worth": worth} if aim.by == "balanced" else {}))
    if aim.sure is not None:
        aimed = Said("aim_sure", sure=aim.sure)
    told = [[Said("first", aim=aimed)]]
    for route in routes[1:]:
        compared = [
            *_phrase("days", ("longer_d", "less_d"), first["mean_d"], route["mean_d"]),
            *_phrase("usd", ("more_usd", "less_usd"), first["cost_usd_per_box"], route["cost_usd_per_box"]),
            *_phrase("co2e", ("more_t", "less_t"), first["kg_co2e"] / 1000, route["kg_co2e"] / 1000),
        ]
        near, far = _tail_d(route), _tail_d(first)
        if abs(near - far) >= _WORTH_TELLING_D:
            compared.append(Said("surer" if near < far else "less_sure", tail_d=near, first_d=far))
        code = "against_best" if _first_of(routes, route) else "against_other"
        told.append([Said(code, route=first["route_id"] or "A", compared=compared or [Said("alike")])])
    return told


def _phrase(code: str, names: tuple[str, str], before: float, after: float) -> list[Said]:
    """How one figure differs from that of the first route; nothing where it hardly does."""
    if math.isclose(before, after, rel_tol=0.005):
        return []
    if after > before:
        return [Said(f"{code}_more", **{names[0]: after - before})]
    return [Said(f"{code}_less", **{names[1]: before - after})]


def _tail_d(route: Mapping[str, Any]) -> float:
    p50_h, p90_h = route["p50_h"], route["p90_h"]
    return (p90_h - p50_h) / 24 if p90_h is not None and p50_h is not None else 0.0


def _first_of(routes: Sequence[Mapping[str, Any]], route: Mapping[str, Any]) -> bool:
    return next(other for other in routes if other["corridor"] == route["corridor"]) is route


def figures_of(
    compiled: Compiled, routes: Sequence[Mapping[str, Any]], price_year: int | None = None
) -> dict[str, dict[str, Any]]:
    """The row behind every line of the routes, by ``table key``: figure, unit, year, source, confidence.

    price_year : year in whose money the routes are; a figure stays in that of its own year, and has the
        factor between the two
    """
    own = compiled if price_year is None or compiled.base is None else compiled.base
    found: dict[str, dict[str, Any]] = {}
    for route in routes:
        for event in (*route["legs"], *route["transfers"]):
            for line in event["lines"]:
                name = f"{line['table']} {line['key']}"
                if name not in found:
                    found[name] = _figure(own.tables, line["table"], line["key"], price_year)
    return found


def _figure(tables: Tables, table: str, key: str, price_year: int | None) -> dict[str, Any]:
    row = tables.by_key(table)[key]
    value, unit = row.get("value"), row.get("unit")
    if value is None and "usd_per_feu" in row:
        value, unit = row["usd_per_feu"], "USD/FEU"
    if table == "bookings":
        value, unit = row["price_factor"], "1"
    return {
        "value": value,
        "unit": unit,
        "year": row.get("price_year") or row.get("year"),
        "factor": None if price_year is None else row_factor(tables, table, row, price_year),
        "source": list(row.get("source") or ()),
        "confidence": row.get("confidence"),
    }


def index_rows(
    tables: Tables, figures: Mapping[str, Mapping[str, Any]], price_year: int | None
) -> list[tuple[str, str]]:
    """The rows of the price index that figures in the money of a year rest on; none without such a year."""
    if price_year is None:
        return []
    years = {row["year"] for row in figures.values() if row["unit"] != "1"} | {price_year}
    return [("price_index", row["index_id"]) for row in tables["price_index"] if row["year"] in years]


def rests_on(tables: Tables, used: Counter[tuple[str, str]]) -> dict[str, int]:
    """How many rows of each confidence a route was computed from."""
    counts = Counter(tables.by_key(table)[key].get("confidence") or "high" for table, key in used)
    return {word: counts.get(word, 0) for word in ("high", "medium", "low")}


def checked(
    routes: Sequence[Mapping[str, Any]],
    kept: Sequence[Way],
    ways: Sequence[Way],
    limits: Limits,
    *,
    timed: bool,
) -> list[dict[str, Any]]:
    """What an answer says of itself, each tried on the answer as it stands.

    kept : the way of each route     ways : every way found
    timed : something goes by a timetable, so that what the search counts is not what a route takes
    """
    return [
        _sums(routes),
        _told(Said("quantiles_rise"), all(_rises(route) for route in routes)),
        _told(
            Said("unbeaten"),
            _unbeaten_routes(routes) if timed else _unbeaten(kept, ways),
        ),
        _told(Said("none_refused"), not any(_refused(route) for route in routes)),
        _told(Said("limits_kept"), all(_within(way, limits) for way in kept)),
    ]


def _told(check: str, ok: bool) -> dict[str, Any]:
    return {"check": check, "ok": ok}


def _sums(routes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    good = True
    for route in routes:
        events = [*route["legs"], *route["transfers"]]
        for name in ("mean_h", "cost_usd", "kg_co2e"):
            whole = math.fsum(event[name] for event in events)
            good &= math.isclose(whole, route[name], rel_tol=_ALIKE, abs_tol=_ALIKE)
        for event in events:
            lines = math.fsum(line["usd"] for line in event["lines"])
            good &= math.isclose(lines, event["cost_usd"], rel_tol=_ALIKE, abs_tol=1e-3)
    return _told(Said("adds_up"), good)


def _rises(route: Mapping[str, Any]) -> bool:
    hours = [hours for _, hours in route["arrival_h"]]
    return hours == sorted(hours)


def _unbeaten(kept: Sequence[Way], ways: Sequence[Way]) -> bool:
    def costs(listed: Sequence[Way]) -> np.ndarray[Any, Any]:
        return np.array([(way.hours, way.usd, way.kg_co2e, way.var_h2) for way in listed]).reshape(-1, 4)

    every, corridors = costs(ways), np.array([way.corridor for way in ways])
    for way, own in zip(kept, costs(kept), strict=True):
        no_worse = (every <= own).all(axis=1) & (every != own).any(axis=1) & (corridors == way.corridor)
        if no_worse.any():
            return False
    return True


def _unbeaten_routes(routes: Sequence[Mapping[str, Any]]) -> bool:
    """Whether no route is beaten by another of its corridor, as they are told."""
    names = ("mean_h", "cost_usd", "kg_co2e", "sd_h")
    return not any(
        one is not other
        and one["corridor"] == other["corridor"]
        and all(one[name] < other[name] for name in names)
        for one in routes
        for other in routes
    )


def _refused(route: Mapping[str, Any]) -> bool:
    return any(leg["clearance"] == "refused" for leg in route["legs"])


def _within(way: Way, limits: Limits) -> bool:
    return (
        (limits.hours is None or way.hours <= limits.hours + _ALIKE)
        and (limits.usd is None or way.usd <= limits.usd + 1e-3)
        and (limits.kg_co2e is None or way.kg_co2e <= limits.kg_co2e + 1e-3)
    )
