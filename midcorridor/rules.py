"""Rules between the cells of a row and between rows, which a column by itself cannot declare."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import combinations
from typing import Any

from .codes import HS_FORM
from .errors import Fault, TableError, did_you_mean
from .schemas import schema
from .tables import Tables

Row = Mapping[str, Any]


def check_rules(tables: Tables) -> None:
    """Raise TableError that gathers every row that a plan could not use or would use wrongly."""
    faults = [fault for rule in _RULES for fault in rule(tables)]
    if faults:
        raise TableError(faults[:50])


def _fault(table: str, row: Row, column: str, code: str, what: str, accepted: str, hint: str = "") -> Fault:
    key = str(row[schema(table).key])
    where = f"{table}.csv ({schema(table).key} {key!r}), column {column}"
    return Fault(code, what, where, str(row[column] or ""), accepted, hint, table, None, column, key)


def _rail_links(tables: Tables) -> Iterator[Fault]:
    for row in tables["links"]:
        for column in ("gauge_mm", "electrified_share") if row["mode"] == "rail" else ():
            if row[column] is None:
                accepted = schema("links").column(column).describe()
                yield _fault("links", row, column, "missing_value", "a railway needs it", accepted)


def _other_years(tables: Tables) -> Iterator[Fault]:
    for row in tables["other_years"]:
        needed, other = ("country", "service_id") if row["quantity"] == "speed" else ("service_id", "country")
        if row[needed] is None or row[other] is not None:
            what = f"{row['quantity']} is that of one {needed.removesuffix('_id')} and of nothing else"
            hint = f"Fill {needed} and leave {other} empty"
            accepted = schema("other_years").column(needed).describe()
            yield _fault("other_years", row, needed, "bad_scope", what, accepted, hint)


def _closures(tables: Tables) -> Iterator[Fault]:
    for row in tables["closures"]:
        if row["closed_share"] < 1 and row["mean_closed_h"] is None:
            what = "a place that is closed now and then needs the mean length of a closure"
            yield _fault("closures", row, "mean_closed_h", "missing_value", what, "hours above 0")
        if row["closed_share"] < 1 and row["scope"] == "country":
            what = "a country that is closed now and then has no meaning for a plan"
            yield _fault("closures", row, "scope", "bad_scope", what, "terminal, link, service or passage")
        yield from _scope("closures", row, tables)


def _embargoes(tables: Tables) -> Iterator[Fault]:
    unions = country_groups(tables)
    for row in tables["embargoes"]:
        yield from _scope("embargoes", row, tables)
        yield from _conditions("embargoes", row)
        if row["flow"] and row["scope"] != "country":
            what = "only a country is left, entered or crossed"
            yield _fault("embargoes", row, "flow", "bad_scope", what, "empty, or scope country")
        for column in ("from_countries", "to_countries"):
            for name in row[column] or ():
                if name not in unions:
                    what = f"{name!r} is no country and no customs union"
                    hint = did_you_mean(name, unions)
                    yield _fault("embargoes", row, column, "unknown_key", what, "such as CN or EU", hint)
        for column, form, accepted in _CODES:
            for code in row[column] or ():
                if not all(re.fullmatch(form, part) for part in code.split("-", 1)):
                    yield _fault("embargoes", row, column, "bad_code", f"{code!r} is no such code", accepted)


def _box_limits(tables: Tables) -> Iterator[Fault]:
    for row in tables["box_limits"]:
        yield from _scope("box_limits", row, tables)
        yield from _conditions("box_limits", row)
        if row["subject"] == "mass" and row["gross_over_t"] is None:
            what = "a limit of mass needs the mass"
            yield _fault("box_limits", row, "gross_over_t", "missing_value", what, "tonnes above 0")


def _conditions(table: str, row: Row) -> Iterator[Fault]:
    if row["modes"] and row["scope"] not in ("country", "frontier"):
        what = "only a country and a frontier are passed by several modes"
        yield _fault(table, row, "modes", "bad_scope", what, "empty, or scope country or frontier")


_CLASSES = r"any|[1-9](\.[1-6][A-S]?)?"
_CODES = (
    ("hs_chapters", HS_FORM.pattern, "2, 4 or 6 digits, or a range of them such as 8517-8543"),
    ("dg_classes", _CLASSES, "any, a class such as 4.1 or a division such as 1.4"),
    ("un_numbers", "[0-9]{4}", "four digits, or a range of them such as 3480-3481"),
)


def country_groups(tables: Tables) -> dict[str, tuple[str, ...]]:
    """Every country and every customs union with the countries that it stands for."""
    groups: dict[str, tuple[str, ...]] = {}
    for code, row in tables.by_key("countries").items():
        groups[code] = (code,)
        if row["customs_union"]:
            groups[row["customs_union"]] = (*groups.get(row["customs_union"], ()), code)
    return groups


def scope_names(tables: Tables, scope: str) -> list[str]:
    """What a row with that scope may name; for a frontier the countries on its sides."""
    if scope == "passage":
        return schema("links").column("passages").allowed.strip("{}").split()
    if scope in ("service_kind", "mode"):
        column = {"service_kind": "kind", "mode": "mode"}[scope]
        return schema("services").column(column).allowed.strip("{}").split()
    if scope == "country":
        return list(country_groups(tables))
    return list(tables.by_key("countries" if scope == "frontier" else f"{scope}s"))


def _scope(table: str, row: Row, tables: Tables) -> Iterator[Fault]:
    """Every id must name something of the kind that the scope says."""
    scope = row["scope"]
    known = set(scope_names(tables, "frontier" if (table, scope) == ("closures", "country") else scope))
    for thing in row["scope_ids"]:
        parts = thing.split(">") if scope == "frontier" else [thing]
        if all(part in known for part in parts) and len(parts) == (2 if scope == "frontier" else 1):
            continue
        accepted = "CN>KZ and the like" if scope == "frontier" else f"ids of a {scope}"
        hint = did_you_mean(thing, known)
        yield _fault(table, row, "scope_ids", "unknown_key", f"{thing!r} is no {scope}", accepted, hint)


def _one_row_a_place(tables: Tables) -> Iterator[Fault]:
    """No two rows may say the same thing of the same days, or the order of a file would decide."""
    same: dict[str, Callable[[Row], tuple[Any, ...]]] = {
        "dwell": lambda row: (
            row["terminal_id"] or f"*{row['kind']}",
            row["activity"],
            row["from_gauge_mm"],
            row["to_gauge_mm"],
        ),
        "handling": lambda row: (row["terminal_id"] or f"*{row['kind']}", row["activity"]),
        "border_procedures": lambda row: (
            row["from_country"],
            row["to_country"],
            row["mode"],
            row["side"],
            row["terminal_id"],
        ),
        "facilities": lambda row: (row["terminal_id"] or f"*{row['terminal_kind']}", row["kind"]),
        "sea_levels": lambda row: (row["sea"],),
        "breakdowns": lambda row: (row["kind"],),
        "inspections": lambda row: (),
        "policies": lambda row: (row["decision"],),
        "box_kinds": lambda row: (row["kind"], *sorted(row["from_countries"] or ())),
        "other_years": lambda row: (row["quantity"], row["country"], row["service_id"]),
        "bookings": lambda row: (
            row["booking"],
            row["service_id"],
            row["mode"],
            row["kind"],
            row["departs"],
            None if row["countries"] is None else row["booking_id"],  # lists may overlap: see _bookings
        ),
        "free_time": lambda row: (
            row["free_time_id"] if not row["in_model"] else None,
            row["charge"],
            row["terminal_id"],
            row["country"],
            row["kind"],
            row["direction"],
        ),
    }
    # Of these a row is for each of several places, which no other row may be for.
    places = {"breakdowns": "thing_ids", "inspections": "terminal_ids", "policies": "terminal_ids"}
    for table, told in same.items():
        key = schema(table).key
        seen: dict[tuple[Any, ...], list[Row]] = {}
        for row in tables[table]:
            each = (row[places[table]] or ("",)) if table in places else ("",)
            mine = [(*told(row), place) for place in each]
            others = {other[key]: other for one in mine for other in seen.get(one, ())}
            for name, other in others.items():
                if _together(row, other):
                    what = f"{row[key]!r} and {name!r} describe the same thing on the same days"
                    hint = f"To replace a row, give yours the {key} {name!r}"
                    yield _fault(table, row, key, "two_rows", what, "one row", hint)
            for one in mine:
                seen.setdefault(one, []).append(row)


def _together(first: Row, second: Row) -> bool:
    def span(row: Row) -> tuple[date, date]:
        return row.get("valid_from") or date.min, row.get("valid_until") or date.max

    (start, end), (other_start, other_end) = span(first), span(second)
    return start <= other_end and other_start <= end


def _calls(tables: Tables) -> Iterator[Fault]:
    seen = set()
    for row in tables["service_calls"]:
        call = (row["service_id"], row["seq"])
        if call in seen:
            where = f"service_calls.csv (service_id {row['service_id']!r}, seq {row['seq']})"
            yield Fault("repeated_key", "the call stands twice", where, str(row["seq"]), "each seq once")
        seen.add(call)


def _bookings(tables: Tables) -> Iterator[Fault]:
    """A booking that is taken needs its terms; a wait with a median of nothing has no tail."""
    for row in tables["bookings"]:
        for column in ("fill_p50_h", "fill_p90_h", "price_factor", "pays_for", "cutoff_h"):
            if row["accepted"] and row[column] is None:
                accepted = schema("bookings").column(column).describe()
                what = "a booking that is accepted needs it"
                yield _fault("bookings", row, column, "missing_value", what, accepted)
        if row["fill_p50_h"] == 0 and row["fill_p90_h"]:
            what = "a wait with a median of 0 h and a tail has no distribution"
            yield _fault("bookings", row, "fill_p90_h", "bad_value", what, "0, or a median above 0")
    told = ("booking", "service_id", "mode", "kind", "departs")
    listed = [row for row in tables["bookings"] if row["countries"] is not None]
    for row, other in combinations(listed, 2):
        both = set(row["countries"]) & set(other["countries"])
        if both and all(row[name] == other[name] for name in told) and _together(row, other):
            what = f"{row['booking_id']!r} and {other['booking_id']!r} are both for {', '.join(sorted(both))}"
            yield _fault("bookings", row, "countries", "two_rows", what, "each country in one row")


def _free_time(tables: Tables) -> Iterator[Fault]:
    """Rates and their first days come in pairs, each after the one before and after the free days."""
    for row in tables["free_time"]:
        last = row["free_days"] + 1
        for number in (2, 3, 4):
            day, rate = f"from_day_{number}", f"usd_per_feu_day_{number}"
            empty, filled = (day, rate) if row[day] is None else (rate, day)
            if (row[day] is None) != (row[rate] is None):
                what = f"{filled} is filled and {empty} is not"
                yield _fault("free_time", row, empty, "missing_value", what, "both or neither")
            elif row[day] is not None and (last is None or row[day] <= last):
                what = f"day {row[day]} does not come after the first day of the rate before"
                yield _fault("free_time", row, day, "bad_order", what, "first days that rise, none left out")
            last = row[day]


def _timetables(tables: Tables) -> Iterator[Fault]:
    """A departure is weekly, by days and time, or one by its date; and its service leaves from there."""
    calls: dict[str, list[Row]] = {}
    for row in sorted(tables["service_calls"], key=lambda row: int(row["seq"])):
        calls.setdefault(row["service_id"], []).append(row)
    runs = {row["service_id"]: row["runs"] for row in tables["services"]}
    for row in tables["timetables"]:
        weekly = row["weekdays"] is not None and row["time_utc"] is not None
        partly = row["weekdays"] is not None or row["time_utc"] is not None
        if partly == (row["departs_at"] is not None) or partly != weekly:
            what = "a departure has weekdays and time_utc, or departs_at"
            yield _fault("timetables", row, "departs_at", "bad_value", what, "the one or the other, whole")
        elif row["departs_at"] is not None and not _together(row, _on(row["departs_at"].date())):
            what = "it departs on a day on which the row does not hold"
            yield _fault(
                "timetables", row, "departs_at", "bad_value", what, "a day of valid_from to valid_until"
            )
        stops = [call["terminal_id"] for call in calls.get(row["service_id"], ())]
        returns = runs.get(row["service_id"]) == "both"
        leaves = stops[:-1] if row["direction"] == "forward" else stops[1:] if returns else []
        if row["terminal_id"] not in stops:
            what = f"{row['service_id']!r} does not call there"
            yield _fault("timetables", row, "terminal_id", "unknown_call", what, "a call of the service")
        elif row["terminal_id"] not in leaves:
            what = f"{row['service_id']!r} does not leave {row['terminal_id']} in this direction"
            yield _fault("timetables", row, "direction", "unknown_call", what, "a way on which it goes on")


_AMOUNTS = {
    "container_berth": "berth",
    "ferry_berth": "berth",
    "roro_berth": "berth",
    "bulk_berth": "berth",
    "quay_crane": "crane",
    "rail_crane": "crane",
    "rail_track": "track",
    "gauge_bay": "bay",
    "yard": "TEU",
    "shunting": "engine",
    "border_post": "post",
    "exit_post": "post",
    "pilot": "pilot",
}
# What has no rate is held while others work: a berth of boxes by the cranes, of ferries by their turnaround.
_RATES = {
    "bulk_berth": "t/h",
    "quay_crane": "moves/h",
    "rail_crane": "moves/h",
    "gauge_bay": "h/train",
    "shunting": "h/train",
    "border_post": "trains/d",
    "exit_post": "trains/d",
    "pilot": "h/move",
}


def _facilities(tables: Tables) -> Iterator[Fault]:
    """Each kind in its own unit, at one terminal or for one kind of them, and shared both ways."""
    rows = tables.by_key("facilities")
    for row in rows.values():
        if (row["terminal_id"] is None) == (row["terminal_kind"] is None):
            what = "it is at one terminal, or stands for one kind of them"
            yield _fault("facilities", row, "terminal_id", "bad_scope", what, "the one or the other")
        if row["amount_unit"] != _AMOUNTS[row["kind"]]:
            what = f"a {row['kind']} is not counted in {row['amount_unit']}"
            yield _fault("facilities", row, "amount_unit", "bad_unit", what, _AMOUNTS[row["kind"]])
        unit = _RATES.get(row["kind"])
        if row["rate_unit"] != unit and (row["rate_unit"] or row["rate"]):
            what = f"a {row['kind']} does not work in {row['rate_unit']}"
            yield _fault("facilities", row, "rate_unit", "bad_unit", what, unit or "empty")
        ends = [row[name] for name in ("rate_low", "rate", "rate_high")]
        if None not in ends and sorted(ends) != ends:
            what = "the rate does not lie between its ends"
            yield _fault("facilities", row, "rate", "bad_order", what, "rate_low to rate_high")
        for name in row["shared_with"] or ():
            if name in rows and row["facility_id"] not in (rows[name]["shared_with"] or ()):
                what = f"{name!r} does not say that it is shared with {row['facility_id']!r}"
                yield _fault("facilities", row, "shared_with", "one_sided", what, "rows that name each other")


def _fleets(tables: Tables) -> Iterator[Fault]:
    for row in tables["fleets"]:
        room = [name for name in ("teu", "wagons_14m", "trailers") if row[name] is not None]
        if bool(room) == (row["kind"] == "locomotives"):
            what = "engines carry nothing" if room else "it takes neither boxes nor wagons nor trailers"
            yield _fault(
                "fleets", row, "teu", "bad_value", what, "room for what it carries, none for engines"
            )
        load = [row[name] for name in ("deadweight_t", "load_lost_per_10cm", "full_until_fall_cm")]
        if None in load and load != [None] * 3:
            what = "what low water takes needs the load, the loss and the fall from which it counts"
            yield _fault("fleets", row, "load_lost_per_10cm", "missing_value", what, "all three or none")


def _demand_months(tables: Tables) -> Iterator[Fault]:
    """Only flows of boxes, wagons and trucks come by days; bulk and own boxes of ports come at random."""
    volumes = tables.by_key("volumes")
    for row in tables["demand_months"]:
        for name in row["volume_ids"]:
            flow = volumes[name]
            boxes = flow["cargo"] in ("container", "empty_container") and flow["direction"] != "both"
            carried = boxes or flow["cargo"] in ("wagon", "trailer")
            if flow["role"] != "demand" or flow["to_terminal"] is None or not carried:
                what = f"{name!r} is no flow that comes by days"
                accepted = (
                    "rows of role demand between two terminals: boxes in one direction, wagons, trailers"
                )
                yield _fault("demand_months", row, "volume_ids", "not_demand", what, accepted)


def _departure_rules(tables: Tables) -> Iterator[Fault]:
    for row in tables["departure_rules"]:
        if (row["service_ids"] is None) == (row["kind"] is None):
            what = "it is for services, or for one kind of them"
            yield _fault("departure_rules", row, "kind", "bad_scope", what, "the one or the other")
        for column in ("least_share", "longest_wait_h"):
            if (row["rule"] not in ("headway", "returning")) == (row[column] is None):
                what = f"a departure by the rule {row['rule']}"
                what += " needs it" if row[column] is None else " has none"
                accepted = schema("departure_rules").column(column).describe()
                yield _fault("departure_rules", row, column, "missing_value", what, accepted)


def _path_windows(tables: Tables) -> Iterator[Fault]:
    for row in tables["path_windows"]:
        if (row["link_ids"] is None) == (row["gauge_mm"] is None):
            what = "it is for railways by name, or for those of a gauge"
            yield _fault("path_windows", row, "link_ids", "bad_scope", what, "the one or the other")
        for link in row["link_ids"] or ():
            if tables.by_key("links").get(link, {"mode": "rail"})["mode"] != "rail":
                yield _fault(
                    "path_windows", row, "link_ids", "bad_scope", f"{link!r} is no railway", "railways"
                )


_UNITS = {
    "container": "TEU",
    "empty_container": "TEU",
    "wagon": "wagon",
    "trailer": "vehicle",
    "bulk": "t",
    "all": "t",
    "train": "train",
    "ship": "call",
}


def _volumes(tables: Tables) -> Iterator[Fault]:
    """A flow has two ends, other counts a place; a count that scores nothing says why."""
    for row in tables["volumes"]:
        for column in ("from_terminal", "to_terminal"):
            if (row["counted"] == "flow") == (row[column] is None):
                what = "a flow has two ends, and nothing else has"
                yield _fault("volumes", row, column, "bad_scope", what, "terminals of a flow, else empty")
        placed = row["counted"] in ("terminal", "link", "service")
        if placed == (row["place_ids"] is None):
            what = f"what is counted on a {row['counted']} has {'a' if placed else 'no'} place"
            yield _fault(
                "volumes", row, "place_ids", "bad_scope", what, f"ids of a {row['counted']}, or empty"
            )
        known = tables.by_key(f"{row['counted']}s") if placed else {}
        for place in row["place_ids"] or ():
            if placed and place not in known:
                what, hint = f"{place!r} is no {row['counted']}", did_you_mean(place, known)
                yield _fault("volumes", row, "place_ids", "unknown_key", what, "their ids", hint)
        if row["unit"] != _UNITS[row["cargo"]]:
            what = f"{row['cargo']} is not counted in {row['unit']}"
            yield _fault("volumes", row, "unit", "bad_unit", what, _UNITS[row["cargo"]])
        if row["role"] in ("input", "aside") and not row["why"]:
            what = "what scores nothing says why"
            yield _fault("volumes", row, "why", "missing_value", what, "what rests on it, or why it is aside")


def _breakdowns(tables: Tables) -> Iterator[Fault]:
    """Terminals for a kind of facility, fleets of that kind for a kind of fleet."""
    fleets = tables.by_key("fleets")
    for row in tables["breakdowns"]:
        facility = row["kind"] in _AMOUNTS
        known = tables.by_key("terminals") if facility else fleets
        for thing in row["thing_ids"] or ():
            if thing in known and (facility or fleets[thing]["kind"] == row["kind"]):
                continue
            what, accepted = (
                f"{thing!r} has no {row['kind']}",
                "terminals" if facility else "fleets of the kind",
            )
            yield _fault(
                "breakdowns", row, "thing_ids", "unknown_key", what, accepted, did_you_mean(thing, known)
            )


def _opening_hours(tables: Tables) -> Iterator[Fault]:
    for row in tables["opening_hours"]:
        if row["open_h"] == 0:
            what, hint = "what never opens has no hours", "A frontier that is shut is a row of closures"
            yield _fault("opening_hours", row, "open_h", "bad_value", what, "hours above 0", hint)


def _disruptions(tables: Tables) -> Iterator[Fault]:
    scopes = {
        "paths": "link",
        "departures": "service or terminal",
        "handling": "terminal",
        "demand": "terminal",
        "ships": "fleet",
        "facilities": "terminal",
    }
    for row in tables["disruptions"]:
        accepted = scopes.get(row["quantity"], "terminal")
        if row["scope"] not in accepted:
            what = f"a {row['scope']} has no {row['quantity']}"
            yield _fault("disruptions", row, "scope", "bad_scope", what, accepted)
        counted = row["quantity"] == "facilities"
        for column, needed in (("factor", not counted), ("facility_kind", counted), ("units", counted)):
            if (row[column] is None) == needed:
                what = f"a change of {row['quantity']} {'needs' if needed else 'has no'} {column}"
                accepted = schema("disruptions").column(column).describe() if needed else "empty"
                yield _fault(
                    "disruptions", row, column, "missing_value" if needed else "bad_value", what, accepted
                )
        yield from _scope("disruptions", row, tables)


def _on(day: date) -> Row:
    """A row that holds on one day only."""
    return {"valid_from": day, "valid_until": day}


_RULES = (
    _rail_links,
    _other_years,
    _closures,
    _embargoes,
    _box_limits,
    _one_row_a_place,
    _calls,
    _timetables,
    _bookings,
    _free_time,
    _facilities,
    _fleets,
    _demand_months,
    _departure_rules,
    _path_windows,
    _breakdowns,
    _opening_hours,
    _volumes,
    _disruptions,
)
