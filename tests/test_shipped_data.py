"""The shipped tables: every figure with a source, every source with a use, every name with a row."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import midcorridor
from midcorridor import facts
from midcorridor.basemap.countries import distance_outside_km
from midcorridor.network import Network
from midcorridor.network.check import check
from midcorridor.schemas import form_names, schema, table_names
from midcorridor.tables import parse

TABLES = Network.load().tables
# The day in the middle of the first year that plans are made for; winter has days of its own.
DAYS = (date(2026, 7, 15), date(2026, 12, 15))
# How far a port or a border bridge may lie off the generalised outline of its country.
MOST_OUTSIDE_KM = 10.0
NOT_ON_THE_OUTLINE = {"cn-nansha-port"}  # on Longxue island in the Pearl estuary, which it does not draw
# Numbers whose unit stands in another column of the row, and counts of things.
UNIT_ELSEWHERE = {
    ("services", "capacity"),
    ("other_years", "figure"),
    ("other_years", "usual_figure"),
    ("unit_costs", "value"),
    ("shipments", "quantity"),
    ("demand", "quantity"),
    ("line_figures", "value"),
    ("climate_rules", "value"),
    ("footprint_constants", "value"),
    ("volumes", "value"),
    *(("observed_waits", name) for name in ("value", "value_low", "value_high")),
    ("disruptions", "units"),
    ("facilities", "amount"),
    ("facilities", "most_at_once"),
    ("facilities", "rate"),
    ("facilities", "rate_low"),
    ("facilities", "rate_high"),
    ("levers", "step"),
    ("flow_gains", "more"),
    *(("event_days", name) for name in ("base", "inside", "usual")),
    *(("recoveries", name) for name in ("most_inside", "late", "late_low", "late_high", "early")),
}
COUNTS = {
    ("gains", "rank"), ("gains", "pairs"), ("gains", "unwell_base"), ("gains", "unwell_then"),
    *(("policy_gains", name) for name in ("pairs", "unwell_base", "unwell_then")),
    ("recoveries", "pairs"), ("recoveries", "unwell"), ("flow_stays", "nth"),
    ("service_calls", "seq"), ("routes", "gauge_changes"), ("legs", "seq"), ("transfers", "seq"),
    ("many", "row"), ("many", "boxes"), ("many", "gauge_changes"), ("failures", "rank"),
    ("spread", "seq"), ("calibration", "rows"), ("observed_transits", "trips"),
    ("footprint_elements", "seq"), ("footprint_charges", "seq"),
}  # fmt: skip


def rows() -> Iterator[tuple[str, str, Any]]:
    """Table, key and row of everything shipped."""
    for table in table_names():
        key = schema(table).key or schema(table).columns[0].name
        for row in TABLES[table]:
            yield table, str(row[key]), row


def test_there_is_a_table_for_every_schema() -> None:
    assert {table for table in table_names() if not TABLES[table]} == set()


def test_no_figure_without_a_known_source() -> None:
    known = TABLES.by_key("sources")
    without = [
        f"{table} {key}"
        for table, key, row in rows()
        if "source" in row and (not row["source"] or not set(row["source"]) <= set(known))
    ]
    assert without == []


def basemap_sources() -> set[str]:
    """Sources of the base map's own lists: what was mended, closed and joined, and why."""
    lists = [*Path(midcorridor.__file__).parent.glob("basemap/*.csv")]
    lists += [*Path(midcorridor.__file__).parent.glob("data/basemap/*.csv")]
    found: set[str] = set()
    for path in lists:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                found |= set(row["source"].split(";")) if row.get("source") else set()
    return found - {"rule"}  # a join that the build makes by a stated rule has no publisher


def test_the_base_map_names_known_sources() -> None:
    found = basemap_sources()
    assert len(found) > 5
    assert sorted(found - set(TABLES.by_key("sources"))) == []


def test_no_source_unused() -> None:
    used = {source for _, _, row in rows() for source in row.get("source") or ()} | basemap_sources()
    assert sorted(set(TABLES.by_key("sources")) - used) == []


def test_every_source_can_be_found() -> None:
    """A publication has an address; only what we made ourselves has none."""
    lost = [
        key
        for key, row in TABLES.by_key("sources").items()
        if not row["url"] and row["publisher"] != "midcorridor"
    ]
    assert lost == []
    assert not [
        key
        for key, row in TABLES.by_key("sources").items()
        if row["url"] and not re.match("https?://", row["url"])
    ]


def test_an_estimate_says_how_it_was_made() -> None:
    silent = [
        f"{table} {key}"
        for table, key, row in rows()
        if row.get("basis") == "estimate" and not (row["note"] or row.get("reason"))
    ]
    assert silent == []


def test_figures_stand_where_they_say() -> None:
    faults = []
    for figure in TABLES["figures"]:
        table, key, column = figure["table"], figure["key"], figure["column"]
        if table not in table_names() or column not in schema(table).names():
            faults.append(f"{figure['figure_id']}: there is no {table}.{column}")
            continue
        found = _row(table, key)
        if found is None:
            faults.append(f"{figure['figure_id']}: {key} is not in {table}")
            continue
        declared = schema(table).column(column)
        if declared.unit and figure["unit"] != declared.unit and declared.dtype in ("int", "float"):
            faults.append(
                f"{figure['figure_id']}: unit {figure['unit']}, but the column is in {declared.unit}"
            )
        told = _told(table, column, figure["value"])
        if figure["role"] == "chosen" and told != found[column]:
            faults.append(
                f"{figure['figure_id']}: chosen {figure['value']}, but the table says {found[column]}"
            )
        if figure["role"] == "alternative" and told == found[column] and not _chosen(figure):
            faults.append(f"{figure['figure_id']}: an alternative that equals the table")
    assert faults == []


def _row(table: str, key: str) -> Any:
    if table == "service_calls":
        service, _, seq = key.partition(":")
        return next(
            (r for r in TABLES[table] if r["service_id"] == service and str(r["seq"]) == (seq or "1")), None
        )
    return TABLES.by_key(table).get(key)


def _told(table: str, column: str, value: str) -> Any:
    """The value of a figure as the column would read it."""
    dtype = schema(table).column(column).dtype
    if dtype == "float":
        return float(value)
    if dtype == "int":
        return int(value)
    if dtype == "date":
        return date.fromisoformat(value)
    if dtype == "bool":
        return value == "true"
    return value.split(";") if dtype == "list" else value


def _chosen(figure: Any) -> bool:
    """Whether the same cell has a chosen figure, of which this is a second witness."""
    cell = ("table", "key", "column")
    return any(
        other["role"] == "chosen" and all(other[name] == figure[name] for name in cell)
        for other in TABLES["figures"]
    )


def test_no_cell_is_chosen_twice() -> None:
    chosen = Counter(
        (row["table"], row["key"], row["column"]) for row in TABLES["figures"] if row["role"] == "chosen"
    )
    assert [cell for cell, count in chosen.items() if count > 1] == []


@pytest.mark.parametrize("table", [*table_names(), *form_names()])
def test_every_column_has_a_meaning_and_every_number_a_unit(table: str) -> None:
    for column in schema(table).columns:
        assert column.meaning.strip(), column.name
        number = column.dtype in ("int", "float")
        if number and (table, column.name) not in UNIT_ELSEWHERE | COUNTS:
            assert column.unit, column.name
        column.describe()


def test_ids_are_readable_and_stable() -> None:
    """Lower-case words joined by - _ . or digits: safe in a file name, an address and a shell."""
    free = {"containers", "countries"}  # written as the trade and ISO write them
    odd = [
        f"{table} {key}"
        for table, key, _ in rows()
        if schema(table).key and table not in free and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.,-]*", key)
    ]
    assert odd == []


def test_terminals_lie_in_their_countries() -> None:
    outside = {
        key: round(km, 1)
        for key, row in TABLES.by_key("terminals").items()
        if (km := distance_outside_km(row["country"], row["lat"], row["lon"])) > MOST_OUTSIDE_KM
    }
    assert set(outside) == NOT_ON_THE_OUTLINE, outside


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_network_holds_together(day: date) -> None:
    errors = [
        f"{finding.where}: {finding.what}"
        for finding in check(Network.load(), day)
        if finding.severity == "error"
    ]
    assert errors == []


def test_row_order_means_nothing() -> None:
    """Tables read backwards give the same network."""
    turned = {
        table: parse(table, [",".join(schema(table).names()) + "\n"]) + list(reversed(TABLES[table]))
        for table in table_names()
    }
    backward = Network(type(TABLES)(turned))
    one, other = (net.on(DAYS[0]) for net in (Network.load(), backward))
    assert list(one.terminals) == list(other.terminals)
    assert list(one.links) == list(other.links)
    assert [(line.service["service_id"], line.forward) for line in one.lines] == [
        (line.service["service_id"], line.forward) for line in other.lines
    ]


def test_every_row_can_be_shown_with_its_source() -> None:
    """What a user asks of any figure: where it comes from, how old it is and how sure."""
    for table, key, row in rows():
        if table == "sources":
            continue
        told = facts.row_of(TABLES, table, key)
        for part in told["parts"]:
            assert part["sources"], f"{table} {key}"
            assert all(source["title"] and source["publisher"] for source in part["sources"])
        if "confidence" in row:
            assert told["parts"][0]["confidence"] in ("high", "medium", "low")


# What the simulation takes. Ships and boxes are checked by what they must be able to do together.

FLEETS, PLACES, VOLUMES = (TABLES.by_key(name) for name in ("fleets", "facilities", "volumes"))
# A 40 ft box is two TEU, and nearly all on the route are of 40 ft: 100 to 110 TEU on trains of 50 to 55.
TEU_A_MOVE = 2


def demand(year: int, **wanted: str) -> float:
    """Sum of the rows of demand of a year that have these words."""
    values = (
        row["value"]
        for row in VOLUMES.values()
        if row["role"] == "demand"
        and row["period_from"].year == year
        and all(row[name] == word for name, word in wanted.items())
    )
    return float(sum(values))


def over_the_caspian(year: int, direction: str) -> float:
    """TEU of demand over Aktau and Alat, empty ones too."""
    by_turkmenbashi = sum(
        row["value"]
        for key, row in VOLUMES.items()
        if key.startswith("demand-turkmenbashi-") and row["direction"] == direction
        and row["period_from"].year == year
    )  # fmt: skip
    boxes = sum(demand(year, cargo=cargo, direction=direction) for cargo in ("container", "empty_container"))
    return float(boxes - by_turkmenbashi)


def fit_ships(*names: str) -> float:
    return float(sum(FLEETS[name]["number"] * FLEETS[name]["fit_share"] for name in names))


def alongside_h(port: str) -> float:
    """Hours in which one ship of 250 TEU is discharged and loaded by the cranes that it gets."""
    crane = PLACES[f"{port}-quay-crane"]
    moves = 2 * FLEETS["feeders-kmtf"]["teu"] / TEU_A_MOVE
    return float(moves / (crane["rate"] * (crane["most_at_once"] or 1)))


def test_alat_works_a_ship_as_fast_as_its_port_measured() -> None:
    assert alongside_h("az-alat") == pytest.approx(20.1, rel=0.1)  # mean of 2024, trend-2025-06-03
    assert alongside_h("kz-aktau") < 30  # the most that the protocol of the route allows


def test_feeders_could_carry_what_their_owners_say_and_more_than_was_sent() -> None:
    """Rounds without any wait carry more than was claimed; what is claimed is more than was carried."""
    sea_h = TABLES.by_key("links")["kz-aktau_az-alat"]["running_p50_h"]
    round_h = 2 * sea_h + alongside_h("az-alat") + alongside_h("kz-aktau")
    each_way = fit_ships("feeders-kmtf", "feeders-asco") * 8760 / round_h * FLEETS["feeders-kmtf"]["teu"]
    claimed = 89_000  # a year from Aktau, by their own reckoning (feeder_2025)
    assert 0.5 < claimed / each_way < 1
    assert over_the_caspian(2025, "westbound") < claimed
    assert over_the_caspian(2025, "eastbound") < over_the_caspian(2025, "westbound")


@pytest.mark.parametrize("year", [2023, 2025])
def test_ferries_can_carry_the_wagons_and_trucks_that_were_counted(year: int) -> None:
    """The pool needs between a third and four fifths of its hours without storms and queues."""
    pool = FLEETS["ferries-asco"]
    truck = pool["wagons_14m"] / pool["trailers"]
    needed = 0.0
    for line, link in (("kuryk", "kz-kuryk_az-alat"), ("turkmenbashi", "tm-turkmenbashi_az-alat")):
        round_h = 2 * (TABLES.by_key("links")[link]["running_p50_h"] + pool["turnaround_p50_h"])
        wagons = VOLUMES[f"demand-ferry-wagons-{line}-{year}"]["value"] / 2
        trucks = VOLUMES[f"demand-ferry-trucks-{line}-{year}"]["value"] / 2
        needed += (wagons + trucks * truck) / pool["wagons_14m"] * round_h
    ropax = fit_ships("ropax-asco") * FLEETS["ropax-asco"]["wagons_14m"] / pool["wagons_14m"]
    ropax += fit_ships("ropax-turkmen") * FLEETS["ropax-turkmen"]["trailers"] / pool["trailers"]
    assert 1 / 3 < needed / (8760 * (fit_ships("ferries-asco") + ropax)) < 0.8


@pytest.mark.parametrize("year", [2022, 2023, 2024, 2025])
def test_demand_is_the_published_total_and_no_more(year: int) -> None:
    total = VOLUMES[f"titr-containers-{year}"]["value"]
    loaded = sum(
        row["value"]
        for key, row in VOLUMES.items()
        if row["counted"] == "flow" and row["cargo"] == "container" and row["direction"] != "both"
        and not key.startswith("demand-turkmenbashi") and row["period_from"].year == year
    )  # fmt: skip
    assert loaded == pytest.approx(total, rel=0.005)  # flows are rounded to 50 TEU
    poti = sum(
        row["value"]
        for row in VOLUMES.values()
        if row["counted"] == "flow" and row["cargo"] == "container" and row["period_from"].year == year
        and "ge-poti" in (row["from_terminal"], row["to_terminal"])
    )  # fmt: skip
    counted = {2022: 357_600, 2023: 3 * 177_900, 2024: 545_297, 2025: 1.2 * 533_000}
    assert poti == pytest.approx(counted[year], rel=0.005)


@pytest.mark.parametrize("cargo", ["wagon", "trailer"])
def test_demand_of_ferries_is_what_baku_counted(cargo: str) -> None:
    counted = {"wagon": {2022: 38_650, 2023: 37_300, 2025: 36_900}, "trailer": {2022: 51_470, 2023: 54_200}}
    counted["trailer"][2025] = 59_900
    for year, value in counted[cargo].items():
        assert demand(year, cargo=cargo) == pytest.approx(value, rel=0.001), year


def test_what_is_compared_is_nothing_that_demand_rests_on() -> None:
    """No compared count has the source of a row of demand of the same years and the same cargo."""
    given = [row for row in VOLUMES.values() if row["role"] == "demand"]
    both = {
        f"{key} and {other['volume_id']}"
        for key, row in VOLUMES.items()
        for other in given
        if row["role"] == "compared" and row["cargo"] == other["cargo"]
        and row["period_from"] <= other["period_until"] and other["period_from"] <= row["period_until"]
        and set(row["source"]) & set(other["source"]) - {"estimate"}
    }  # fmt: skip
    assert both == set()


def test_pools_run_services_of_their_kind_and_no_ship_is_in_two() -> None:
    kinds = {row["service_id"]: row["kind"] for row in TABLES["services"]}
    for key, row in FLEETS.items():
        ran = {kinds[service] for service in row["service_ids"]}
        on_rails = row["kind"] in ("platform_wagons", "locomotives")
        assert ran == ({"block_train"} if on_rails else {row["kind"]}), key
    wagons = [row["service_ids"] for row in FLEETS.values() if row["kind"] == "rail_ferry"]
    assert len({name for names in wagons for name in names}) == sum(map(len, wagons))


def test_where_ships_and_trains_stop_something_works_them() -> None:
    """Each call of an open service finds its berth and crane, at the terminal or by its kind."""
    needed = {
        "container_feeder": ({"container_berth"}, {"quay_crane"}),
        "rail_ferry": ({"ferry_berth"},),
        "ro_pax": ({"roro_berth"},),
        "ro_ro": ({"roro_berth"},),
        "block_train": ({"rail_crane", "gauge_bay"},),
    }
    terminals, services = TABLES.by_key("terminals"), TABLES.by_key("services")
    lacking = set()
    for call in TABLES["service_calls"]:
        service = services[call["service_id"]]
        kinds = set(terminals[call["terminal_id"]]["kinds"])
        there = {
            row["kind"]
            for row in PLACES.values()
            if row["terminal_id"] == call["terminal_id"] or row["terminal_kind"] in kinds
        }
        for any_of in needed.get(service["kind"], ()) if service["status"] == "open" else ():
            if not any_of & there:
                lacking.add((call["terminal_id"], *sorted(any_of)))
    assert lacking == set()


def test_every_service_has_one_rule_of_departure() -> None:
    rules = TABLES["departure_rules"]
    for key, service in TABLES.by_key("services").items():
        named = [row for row in rules if key in (row["service_ids"] or ())]
        assert len(named or [row for row in rules if row["kind"] == service["kind"]]) == 1, key


def test_the_sea_has_a_level_for_every_year() -> None:
    days = sorted((row["valid_from"], row["valid_until"]) for row in TABLES["sea_levels"])
    assert [(start.year, end.year) for start, end in days] == [(year, year) for year in range(2019, 2031)]
    falls = [row["fall_cm"] for row in sorted(TABLES["sea_levels"], key=lambda row: row["valid_from"])]
    assert falls == sorted(falls)


def test_a_storm_of_a_day_is_not_taken_beside_the_season() -> None:
    """What closures draw at random stays out of what is applied."""
    stormy = {row["disruption_id"] for row in TABLES["disruptions"] if row["use"] == "compared"}
    assert stormy
    assert {key for key in TABLES.by_key("disruptions") if "storm" in key} == stormy
