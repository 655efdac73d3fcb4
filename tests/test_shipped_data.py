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
}
COUNTS = {
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
