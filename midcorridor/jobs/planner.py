"""What a worker does: one shipment in, its rows of `schema/results/many.csv` out."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from ..errors import Fault, InputError, MidcorridorError
from ..intake import Given, shipment_of
from ..network import Network
from ..plan import Outline, PlanResult, outline, plan_shipment
from ..results import rounded
from ..schemas import Column, schema
from ..tables import Tables
from . import packing

Row = dict[str, Any]
# A network keeps what it compiled for each day asked for, a quarter of a MiB; after so many it is laid away.
MOST_DAYS = 366
_INSTANTS = {"date": date, "datetime": datetime}

# How many routes of a shipment are told.
ROUTES = ("best", "corridors", "all")
# What a row of a table does not hold: ask for the plan of the one shipment.
NESTED = frozenset(
    ("arrival_h", "spread", "ports", "published_rates", "rests_on", "explained", "not_included")
)


class Planner:
    """Plans shipments one by one on one network with the same options.

    Errors that a shipment's own row causes become a row; what is wrong with the options, and so with
    every row, is raised as InputError.
    """

    def __init__(self, network: Network, options: Mapping[str, Any], routes: str) -> None:
        self._network = fresh(network)
        self._options = dict(options)
        self._routes = routes
        self._days: set[date] = set()
        parameters = inspect.signature(plan_shipment).parameters
        self._takes_deadline = "deadline" in parameters and "deadline" not in options

    def rows(self, given: Given) -> list[Row]:
        """A row a route, or one row that says why there is none."""
        head: Row = {"row": given.number, "shipment_id": given.shipment_id or None}
        if given.row is None:
            return [_filled(head | _failure(given.faults))]
        try:
            result = self._plan(given.row)
        except MidcorridorError as error:
            if self._of_options(error):
                raise
            return [_filled(head | _failure([_placed(fault, given.row) for fault in error.faults]))]
        except Exception as error:  # noqa: BLE001 - a fault of ours in one row must not lose the others
            what = f"{type(error).__name__}: {error}".rstrip(": ")
            hint = "This is a fault of the program; please report it with the row"
            return [_filled(head | _failure([Fault("internal_error", what, hint=hint)]))]
        return [_filled(head | row) for row in _rows_of(result)]

    def _plan(self, row: Mapping[str, Any]) -> PlanResult | Outline:
        day = row["ready_at"].date()
        self._days.add(day)
        if len(self._days) > MOST_DAYS:
            self._network, self._days = fresh(self._network), {day}
        shipment = shipment_of(row, self._network.tables_on(day))
        options = self._options
        if self._takes_deadline:
            options = options | {"deadline": row["deadline_at"]}
        if self._routes == "all":
            return plan_shipment(self._network, shipment, **options)
        return outline(self._network, shipment, routes=self._routes, **options)

    def _of_options(self, error: MidcorridorError) -> bool:
        named = {f"--{name.replace('_', '-')}" for name in self._options}
        return isinstance(error, InputError) and any(fault.where in named for fault in error.faults)


def fresh(network: Network) -> Network:
    """The same network with nothing kept of what was compiled of it."""
    tables = Tables(network.tables.rows, network.tables.overlays)
    return Network(tables, network.scenario, network.dated)


def pack(network: Network, options: Mapping[str, Any], routes: str) -> bytes:
    """A planner on its way to another process."""
    return packing.pack(Planner, fresh(network), dict(options), routes)


def check_options(options: Mapping[str, Any]) -> None:
    """Raise TypeError for an option that `plan_shipment` does not take."""
    inspect.signature(plan_shipment).bind(None, None, **options)


def _rows_of(result: PlanResult | Outline) -> list[Row]:
    asked, status = result.question, result.status
    head: Row = {
        "outcome": status.outcome,
        "reason": status.reason,
        "blocked_by": list(status.blocked_by),
        **{end: asked[end]["name"] for end in ("origin", "destination")},
        **{f"{end}_country": asked[end]["country"] or None for end in ("origin", "destination")},
        **{name: asked[name] for name in ("boxes", "teu", "cargo_t")},
    }
    columns = [column for column in schema("routes").columns if column.name not in NESTED]

    def cell(column: Column, value: Any) -> Any:
        instant = column.dtype == "datetime" and value is not None
        return datetime.fromisoformat(value) if instant else rounded(value)

    return [
        head | {column.name: cell(column, route[column.name]) for column in columns}
        for route in result.routes
    ] or [head]


def _placed(fault: Fault, row: Mapping[str, Any]) -> Fault:
    """The fault with the column that it is about, where it names none: a place that nobody knows."""
    for column in ("origin", "destination"):
        if not fault.where and fault.got and fault.got == row[column]:
            return replace(fault, where=column)
    return fault


def _failure(faults: Sequence[Fault]) -> Row:
    return {
        "outcome": "error",
        "error_code": faults[0].code,
        "error_message": " ".join(str(fault) for fault in faults),
    }


def _filled(row: Row) -> Row:
    """A row with every declared column, in their order."""
    filled = {}
    for column in schema("many").columns:
        value = row.get(column.name)
        if isinstance(value, str) and column.dtype in _INSTANTS:
            value = _INSTANTS[column.dtype].fromisoformat(value)
        filled[column.name] = value
    return filled
