"""Any figure of the tables with its source, year, confidence and what was set aside for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from .errors import Fault, TableError, did_you_mean
from .schemas import form_names, schema, table_names
from .tables import OVERLAY_SOURCE, PROVENANCE, Tables

Row = Mapping[str, Any]

# Tables whose rows have no name of their own are asked for by their first column; where that names
# the whole that they are parts of, their provenance is the whole's.
_WHOLES = {"service_calls": "services"}
_CONTENTS = {
    "bookings": "Block, group or single: what services take, the wait to fill, price and cut-off",
    "breakdowns": "How often cranes, berths, engines and ships fail and how long they are in repair",
    "border_procedures": "Hours and fees of crossing a frontier, each side by itself",
    "box_kinds": "Kinds of boxes in the flows of a simulated year: shares, and who is taken first",
    "box_limits": "What boxes are too heavy, too long or not taken, and where",
    "climate_rules": "EU ETS for ships, FuelEU Maritime and CBAM: shares, limits and prices by date",
    "closures": "When a place, line or strait is shut, once or in a season of every year",
    "commodities": "What is carried: value, mass in a box, what a day of delay costs",
    "containers": "Types of box: size, mass, volume",
    "countries": "Customs territory, consignment note, gauge and truck speed of a country",
    "dangerous_goods": "UN numbers: proper shipping name, class, packing groups",
    "policies": "What is decided at ports: who is berthed first, when boxes and trucks go another way",
    "demand_months": "Counts within a year by which freight that is given is spread over it",
    "departure_rules": "When trains and ships leave: by the clock, or full and after how long at most",
    "disruptions": "Dated events that take away or add paths, departures, handling, ships, places or demand",
    "dwell": "Hours that boxes spend in a terminal, by what is done there",
    "embargoes": "What may not be loaded or may not pass, and where: telegrams, sanctions, licences",
    "emission_factors": "Greenhouse gases of vehicles and vessels",
    "emission_cases": "Published footprints, to compare with",
    "facilities": "What holds things up in a terminal: berths, cranes, tracks, gauge bays, yards, posts",
    "figures": "Sources of single cells, and figures that were set aside",
    "fleets": "Ships, wagons and engines that run services as a pool: number, room, turnaround",
    "footprint_constants": "Hubs, air, distance adjustment, train masses and spreads of a footprint",
    "free_time": "Free days of storage, demurrage and detention, and what the days after cost",
    "fuels": "Heating value, emissions and price of fuels",
    "grid": "Greenhouse gases of electricity by country and year",
    "handling": "Price and emissions of lifting boxes in a terminal",
    "hs_chapters": "Codes of the Harmonized System by chapter",
    "inspections": "Share of boxes that customs open and how long that takes",
    "levers": "What the ranking of bottlenecks moves, one at a time, and by how much",
    "links": "Railways, sea lanes and roads between two terminals",
    "observed_distances": "Published lengths, to compare with",
    "observed_stays": "Published hours at frontiers and ports, to compare with",
    "observed_waits": "Published waits, queues and rounds of simulated years, to compare with",
    "observed_transits": "Published travel times, to compare with",
    "calibration": "Factors fitted to published times and prices",
    "other_years": "Speeds and departures of years that links and services do not describe",
    "opening_hours": "Hours in which frontiers of railways pass trains and customs inspect boxes",
    "path_windows": "Hours of the day without train paths",
    "price_index": "What money was worth, year by year",
    "products": "Through offers that can be booked: what is claimed for them",
    "rates": "Published freight prices, to compare with",
    "sea_levels": "How far the Caspian has fallen, by year",
    "service_calls": "Where each service calls and over which links it runs",
    "services": "Trains, ships and trucks: departures, capacity, what they take",
    "sources": "The publications that the figures come from",
    "terminals": "Ports, stations, dry ports and border crossings",
    "timetables": "Departures by weekday or date of services that go by the clock",
    "unit_costs": "Tariffs, freight, hire and fees that make a price",
    "volumes": "Freight observed by place and period: what is carried, and what to compare with",
}


def declared(table: str) -> list[dict[str, Any]]:
    """What each column of a table or form means, in order. Raises TableError for an unknown one."""
    return [
        {
            "column": column.name,
            "dtype": column.dtype,
            "unit": column.unit,
            "required": column.required,
            "allowed": column.allowed,
            "accepted": column.describe(),
            "meaning": column.meaning,
        }
        for column in schema(table).columns
    ]


def tables_listed(tables: Tables) -> list[dict[str, Any]]:
    """Every table with what it holds, its key and how many rows it has."""
    return [
        {
            "table": table,
            "contents": _CONTENTS[table],
            "key": _key_column(table),
            "rows": len(tables[table]),
        }
        for table in table_names()
    ]


def rows_of(tables: Tables, table: str) -> list[dict[str, Any]]:
    """All rows of a table in their order, as plain values. Raises TableError for an unknown table."""
    _check_table(table)
    return [_plain(row) for row in tables[table]]


def row_of(tables: Tables, table: str, key: str) -> dict[str, Any]:
    """One row: every cell with unit and meaning, and where row and cells come from.

    Rows without a name of their own are given together under their first column (the calls of a
    service under the service, whose provenance is theirs).

    Returns  table, key and parts: for each row its cells and its provenance (sources, year, confidence,
    basis, note). A cell that `figures` covers has a provenance of its own, and lists the alternatives
    that were set aside.
    Raises  TableError naming near keys.
    """
    _check_table(table)
    column = _key_column(table)
    found = [row for row in tables[table] if row[column] == key]
    if not found:
        known = sorted({row[column] for row in tables[table]})
        raise TableError(
            Fault(
                "unknown_key",
                f"{key!r} is not in {table}",
                got=key,
                accepted=", ".join(known) if len(known) <= 30 else f"the values of {column} in {table}.csv",
                hint=did_you_mean(key, known) or f"midcorridor facts {table} lists them",
                table=table,
                column=column,
                key=key,
            )
        )
    whole = tables.by_key(_WHOLES[table])[key] if table in _WHOLES else None
    return {
        "table": table,
        "key": key,
        "parts": [
            {"cells": _cells(tables, table, key, row), **_provenance(tables, whole or row)} for row in found
        ],
    }


def _check_table(table: str) -> None:
    schema(table)
    if table in form_names():
        raise TableError(
            Fault(
                "no_rows",
                f"{table!r} is a form without rows of its own",
                got=table,
                accepted=", ".join(table_names()),
                hint=f"midcorridor facts {table} --schema shows its columns",
                table=table,
            )
        )


def _key_column(table: str) -> str:
    declared = schema(table)
    return declared.key or declared.columns[0].name


def _plain(row: Row) -> dict[str, Any]:
    return {name: _plain_value(value) for name, value in row.items()}


def _plain_value(value: Any) -> Any:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return list(value) if isinstance(value, (list, tuple)) else value


def _cells(tables: Tables, table: str, key: str, row: Row) -> list[dict[str, Any]]:
    # One call of a service is named in figures.csv by service and place in the order, such as feeder:2.
    names = {f"{key}:{row['seq']}"} if table == "service_calls" else {key}
    cells = []
    for column in schema(table).columns:
        if column.name in PROVENANCE:
            continue
        cell: dict[str, Any] = {
            "column": column.name,
            "value": _plain_value(row[column.name]),
            "unit": column.unit,
            "meaning": column.meaning,
        }
        figures = [
            figure
            for figure in tables["figures"]
            if figure["table"] == table and figure["key"] in names and figure["column"] == column.name
        ]
        chosen = next((figure for figure in figures if figure["role"] == "chosen"), None)
        if chosen is not None:
            cell.update(_figure(tables, chosen))
        others = [_figure(tables, figure) for figure in figures if figure["role"] == "alternative"]
        if others:
            cell["alternatives"] = others
        cells.append(cell)
    return cells


def _figure(tables: Tables, figure: Row) -> dict[str, Any]:
    """Value, role and reason of a figure with its provenance; the value as it is written."""
    told = {name: figure[name] for name in ("role", "reason")}
    written = {} if figure["role"] == "chosen" else {"value": figure["value"], "unit": figure["unit"]}
    return {**written, **told, **_provenance(tables, figure)}


def _provenance(tables: Tables, row: Row) -> dict[str, Any]:
    if "source" not in row:
        return {}
    return {
        "sources": [_source(tables, source_id) for source_id in row["source"] or ()],
        **{name: row[name] for name in PROVENANCE if name != "source" and name in row},
    }


def _source(tables: Tables, source_id: str) -> dict[str, Any]:
    row = tables.by_key("sources").get(source_id)
    if row is None and source_id == OVERLAY_SOURCE:
        return {"source_id": source_id, "title": "The user's own table", "publisher": "user"} | dict.fromkeys(
            ("date", "url")
        )
    return _plain(tables.by_key("sources")[source_id])
