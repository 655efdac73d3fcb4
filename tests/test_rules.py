"""Rules between cells and rows: what a plan could not use, or would use wrongly, is refused at the door."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from midcorridor.changes import Change, apply_changes
from midcorridor.errors import ScenarioError, TableError
from midcorridor.network import Network
from midcorridor.rules import check_rules
from midcorridor.tables import Tables

TABLES = Network.load().tables


def changed(table: str, **cells: Any) -> Any:
    """The shipped tables with one more row, made from the first of the table."""
    row = {**TABLES[table][0], **cells}
    return {**TABLES.rows, table: [*TABLES[table], row]}


def closure(**cells: Any) -> dict[str, Any]:
    base = {"closure_id": "x", "scope": "terminal", "scope_ids": ["kz-aktau"], "closed_share": 1.0}
    return {**base, "mean_closed_h": None, **cells}


# Rows that break one rule only: a block in the Caucasus, and a tariff of no place that has one.
BOOKED = {
    **TABLES.by_key("bookings")["caucasus-train-block"],
    "booking_id": "x",
    "countries": ["UA"],
}
STAY = {
    **TABLES.by_key("free_time")["any-seaport-storage"],
    "free_time_id": "x",
    "country": "UA",
}
THIRD = {"from_day_3": 9, "usd_per_feu_day_3": 12.0}


def embargo(**cells: Any) -> dict[str, Any]:
    base = {"embargo_id": "x", "scope": "terminal", "scope_ids": ["kz-aktau"]}
    return {**base, "modes": None, "flow": None, **cells}


def departure(**cells: Any) -> dict[str, Any]:
    """A departure of the feeder, which calls at Aktau, then Alat, and returns; of no other row's kind."""
    base = {"departure_id": "x", "service_id": "feeder-aktau-alat", "terminal_id": "kz-aktau"}
    days = {"direction": "forward", "weekdays": ["mon"], "time_utc": "12:00", "departs_at": None}
    return {**base, **days, "valid_from": None, "valid_until": None, **cells}


def like(table: str, key: str, row: str, **cells: Any) -> dict[str, Any]:
    """A shipped row under another name."""
    return {**TABLES.by_key(table)[row], key: "x", **cells}


def facility(row: str = "hu-budapest-rail-crane", **cells: Any) -> dict[str, Any]:
    return like("facilities", "facility_id", row, **cells)


def fleet(row: str = "feeders-asco", **cells: Any) -> dict[str, Any]:
    return like("fleets", "fleet_id", row, **cells)


def leaving(**cells: Any) -> dict[str, Any]:
    return like("departure_rules", "rule_id", "caspian-ropax", **cells)


def window(**cells: Any) -> dict[str, Any]:
    return like("path_windows", "window_id", "marmaray-night", **cells)


def failing(**cells: Any) -> dict[str, Any]:
    return like("breakdowns", "breakdown_id", "any-rail-ferry", **cells)


def opening(**cells: Any) -> dict[str, Any]:
    return like("opening_hours", "hours_id", "ge-border", **cells)


def volume(row: str = "alat-containers-2023", **cells: Any) -> dict[str, Any]:
    return like("volumes", "volume_id", row, **cells)


def event(**cells: Any) -> dict[str, Any]:
    return like("disruptions", "disruption_id", "altynkol-2025-10", **cells)


FLOW = "demand-china-poti-2025"
BUILT: dict[str, Any] = {"quantity": "facilities", "scope": "terminal", "scope_ids": ["kz-aktau"]}
BUILT |= {"facility_kind": "container_berth"}
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
DATED = {"weekdays": None, "time_utc": None, "departs_at": NOON}

CASES = [
    ("closures", closure(scope_ids=["kz-aktaau"]), "kz-aktau"),
    ("closures", closure(closed_share=0.5), "mean_closed_h"),
    ("closures", closure(scope="country", scope_ids=["KZ"], closed_share=0.5, mean_closed_h=9.0), "scope"),
    ("closures", closure(scope="passage", scope_ids=["suezz"]), "suez"),
    ("embargoes", {"embargo_id": "x", "scope": "frontier", "scope_ids": ["CN-KZ"]}, "CN>KZ"),
    ("embargoes", {"embargo_id": "x", "scope": "frontier", "scope_ids": ["CN>XX"]}, "frontier"),
    ("embargoes", embargo(scope="country", scope_ids=["EUU"]), "'EU'"),
    ("embargoes", embargo(scope="service_kind", scope_ids=["ropax"]), "ro_pax"),
    ("embargoes", embargo(scope="mode", scope_ids=["ship"]), "mode"),
    ("embargoes", embargo(scope="passage", scope_ids=["marmarai"]), "marmaray"),
    ("embargoes", embargo(flow=["transit"]), "entered or crossed"),
    ("embargoes", embargo(modes=["rail"]), "passed by several modes"),
    ("embargoes", embargo(from_countries=["Europe"]), "customs union"),
    ("embargoes", embargo(to_countries=["ru"]), "'RU'"),
    ("embargoes", embargo(hs_chapters=["850"]), "2, 4 or 6 digits"),
    ("embargoes", embargo(dg_classes=["ten"]), "a class such as 4.1"),
    ("embargoes", embargo(un_numbers=["UN3480"]), "four digits"),
    ("box_limits", {"limit_id": "x", "scope": "terminal", "scope_ids": ["kz-aktaau"]}, "kz-aktau"),
    ("box_limits", {"limit_id": "x", "subject": "mass", "gross_over_t": None}, "needs the mass"),
    ("closures", closure(scope="country", scope_ids=["EU"]), "country"),
    ("links", {"link_id": "x", "mode": "rail", "gauge_mm": None}, "gauge_mm"),
    ("links", {"link_id": "x", "mode": "rail", "electrified_share": None}, "electrified_share"),
    ("dwell", {"dwell_id": "x"}, "describe the same thing"),
    ("handling", {"handling_id": "x"}, "describe the same thing"),
    ("border_procedures", {"procedure_id": "x"}, "describe the same thing"),
    ("service_calls", {}, "the call stands twice"),
    ("bookings", {"booking_id": "x", "countries": None, "kind": "block_train"}, "describe the same thing"),
    ("bookings", {**BOOKED, "price_factor": None}, "price_factor"),
    ("bookings", {**BOOKED, "fill_p50_h": 0.0, "fill_p90_h": 9.0}, "has no distribution"),
    ("bookings", {**BOOKED, "countries": ["KZ", "GE"]}, "both for GE"),
    ("free_time", {"free_time_id": "x"}, "describe the same thing"),
    ("free_time", {**STAY, "from_day_2": 9, "usd_per_feu_day_2": None}, "usd_per_feu_day_2"),
    ("free_time", {**STAY, "from_day_2": 5, "usd_per_feu_day_2": 9.0}, "does not come after"),
    ("free_time", {**STAY, "from_day_2": 9, "usd_per_feu_day_2": 9.0, **THIRD}, "does not come after"),
    ("timetables", departure(time_utc=None), "weekdays and time_utc, or departs_at"),
    ("timetables", departure(weekdays=None), "weekdays and time_utc, or departs_at"),
    ("timetables", departure(weekdays=None, time_utc=None), "weekdays and time_utc, or departs_at"),
    ("timetables", departure(departs_at=NOON), "weekdays and time_utc, or departs_at"),
    ("timetables", departure(**DATED, valid_until=date(2026, 11, 30)), "does not hold"),
    ("timetables", departure(terminal_id="ge-poti"), "does not call there"),
    ("timetables", departure(terminal_id="az-alat"), "does not leave az-alat"),
    ("timetables", departure(direction="backward"), "does not leave kz-aktau"),
    ("facilities", facility(), "describe the same thing"),
    ("facilities", facility(terminal_kind="seaport"), "stands for one kind"),
    ("facilities", facility(terminal_id=None), "stands for one kind"),
    ("facilities", facility(amount_unit="berth"), "not counted in berth"),
    ("facilities", facility(rate_unit="trains/d"), "does not work in trains/d"),
    ("facilities", facility("az-alat-yard", rate=1.0, rate_unit="moves/h"), "a yard does not work"),
    ("facilities", facility(rate=31.0), "between its ends"),
    ("facilities", facility(shared_with=["az-alat-quay-crane"]), "does not say that it is shared"),
    ("fleets", fleet(teu=None), "neither boxes nor wagons"),
    ("fleets", fleet("engines-ge", teu=1.0), "engines carry nothing"),
    ("fleets", fleet(full_until_fall_cm=None), "low water"),
    ("departure_rules", leaving(kind="ro_pax"), "one kind of them"),
    ("departure_rules", leaving(least_share=None), "when_full needs it"),
    ("departure_rules", leaving(rule="headway"), "headway has none"),
    ("path_windows", window(gauge_mm=1520), "of a gauge"),
    ("path_windows", window(link_ids=["kz-aktau_az-alat"]), "no railway"),
    ("volumes", volume(from_terminal="az-alat"), "a flow has two ends"),
    ("volumes", volume(FLOW, to_terminal=None), "a flow has two ends"),
    ("volumes", volume(FLOW, place_ids=["az-alat"]), "no place"),
    ("volumes", volume(place_ids=["az-alatt"]), "az-alat"),
    ("volumes", volume(unit="t"), "not counted in t"),
    ("volumes", volume(role="input"), "says why"),
    ("disruptions", event(scope="terminal", scope_ids=["kz-altynkol"]), "has no paths"),
    ("disruptions", event(scope_ids=["kz-altynkol"]), "is no link"),
    ("disruptions", event(factor=None), "needs factor"),
    ("disruptions", event(units=1), "has no units"),
    ("disruptions", event(**BUILT, factor=None), "needs units"),
    ("disruptions", event(**BUILT, units=1), "has no factor"),
    ("disruptions", event(**{**BUILT, "facility_kind": None}, factor=None, units=1), "needs facility_kind"),
    ("breakdowns", failing(thing_ids=["kz-aktau"]), "has no rail_ferry"),
    ("breakdowns", failing(thing_ids=["feeders-asco"]), "has no rail_ferry"),
    ("breakdowns", failing(kind="quay_crane", thing_ids=["ferries-asco"]), "has no quay_crane"),
    ("breakdowns", failing(), "describe the same thing"),
    ("opening_hours", opening(open_h=0.0), "never opens"),
    ("policies", {"policy_id": "x", "terminal_ids": ["kz-aktau"]}, "describe the same thing"),
    ("inspections", {"inspection_id": "x", "terminal_ids": ["kz-aktau"]}, "describe the same thing"),
    ("demand_months", {"months_id": "x", "volume_ids": ["alat-containers-2022"]}, "comes by days"),
    ("demand_months", {"months_id": "x", "volume_ids": ["demand-aktau-dry-2022"]}, "comes by days"),
    ("sea_levels", {"level_id": "x"}, "describe the same thing"),
]


def test_the_shipped_tables_keep_the_rules() -> None:
    check_rules(TABLES)


@pytest.mark.parametrize(("table", "cells", "word"), CASES)
def test_a_row_that_breaks_a_rule_is_named(table: str, cells: dict[str, Any], word: str) -> None:
    with pytest.raises(TableError, match=word) as error:
        check_rules(Tables(changed(table, **cells)))
    assert error.value.faults[0].accepted


def test_a_scenario_cannot_break_them_either() -> None:
    row = next(row for row in TABLES["links"] if row["mode"] == "rail")
    with pytest.raises(ScenarioError, match="gauge_mm"):
        apply_changes(TABLES, [Change("set", "links", row["link_id"], "gauge_mm", None)])


def test_rows_of_different_days_may_stand_together() -> None:
    old = {**TABLES["dwell"][0], "dwell_id": "x", "valid_until": date(2019, 12, 31)}
    new = {**TABLES["dwell"][0], "valid_from": date(2020, 1, 1)}
    check_rules(Tables({**TABLES.rows, "dwell": [old, new, *TABLES["dwell"][1:]]}))


def test_departures_by_weekday_and_by_date_are_accepted() -> None:
    back = departure(departure_id="y", terminal_id="az-alat", direction="backward", **DATED)
    rows = [departure(), {**back, "valid_from": NOON.date(), "valid_until": NOON.date()}]
    check_rules(Tables({**TABLES.rows, "timetables": rows}))
