"""The network: checked tables, and what of them holds on a given day."""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ..changes import Change, apply_changes
from ..folders import read_all
from ..rules import check_rules
from ..tables import Tables
from .compiled import Compiled, compile_tables
from .constants import GRID_LOSS, constant, distance_adjustment
from .money import in_money_of, row_factor

if TYPE_CHECKING:
    import polars as pl

__all__ = ["GRID_LOSS", "Compiled", "Network", "constant", "distance_adjustment", "row_factor"]


@dataclass(frozen=True, eq=False)
class Network:
    """Terminals, links, services and all that describes them. Never changed in place.

    tables : the rows, checked
    scenario : name of the scenario that they stand for
    dated : changes that hold only between two days, applied when a day is asked for
    base : the network without its last scenario, with which it shares what did not change
    money_of : the year in whose money all prices are; None leaves each in that of its own year
    """

    tables: Tables
    scenario: str = "base"
    dated: tuple[Change, ...] = ()
    base: Network | None = field(default=None, repr=False)  # what a scenario was applied to
    money_of: int | None = None
    _compiled: dict[tuple[int, int, date | bool], Compiled] = field(default_factory=dict, repr=False)
    _forms: dict[tuple[object, ...], Compiled] = field(default_factory=dict, repr=False)
    _changed: dict[tuple[int, ...], Tables] = field(default_factory=dict, repr=False)
    _in_money_of: dict[int, Network] = field(default_factory=dict, repr=False)

    @classmethod
    def load(cls, data_dir: Path | None = None, overlays: Sequence[Path] = ()) -> Network:
        """The shipped network, or the one in data_dir, with a user's tables laid over it.

        Raises TableError that gathers every fault of every table.
        """
        tables = read_all(data_dir, overlays)
        check_rules(tables)
        return cls(tables)

    @property
    def terminals(self) -> pl.DataFrame:
        """The terminals as a frame."""
        return self.tables.frame("terminals")

    @property
    def links(self) -> pl.DataFrame:
        """The links as a frame."""
        return self.tables.frame("links")

    @property
    def services(self) -> pl.DataFrame:
        """The services as a frame."""
        return self.tables.frame("services")

    def as_claimed(self) -> Network:
        """The same as its tables claim it, without the factors that were fitted to what was measured."""
        return Network(self.tables.replace(calibration=[]), self.scenario, self.dated)

    def on(self, day: date) -> Compiled:
        """What is open on a day, compiled for the verbs."""
        return self.between(day, day)

    def between(self, day: date, until: date) -> Compiled:
        """What holds on a day and moves or is closed on any day up to another; see `compile_tables`.

        Two questions between the same dates of the tables get the same object, made once.
        """
        key = (bisect_right(self._dates, day), bisect_right(self._dates, until), day == until and day)
        if key not in self._compiled:
            compiled = compile_tables(self.tables_on(day), day, until)
            if self.base is not None:
                compiled = replace(compiled, base=self.base.between(day, until))
            form = compiled.form()
            if form in self._forms:
                compiled = replace(compiled, twin=self._forms[form])
            else:
                self._forms[form] = compiled
            self._compiled[key] = compiled
        return self._compiled[key]

    @cached_property
    def _dates(self) -> list[date]:
        """The first days on which anything is other than the day before."""
        found = {date(row["year"], 1, 1) for row in self.tables["grid"]}
        found.update(*self._table_dates.values())
        for change in self.dated:
            if change.valid_from is not None:
                found.add(change.valid_from)
            if change.valid_until is not None:
                found.add(change.valid_until + timedelta(days=1))
        return sorted(found)

    @cached_property
    def _table_dates(self) -> dict[str, set[date]]:
        """The first days on which a row of each table begins or no longer holds."""
        found: dict[str, set[date]] = {}
        for table, rows in self.tables.rows.items():
            if (base := self._same_in_base(table)) is not None:
                found[table] = base._table_dates[table]
                continue
            found[table] = {row["valid_from"] for row in rows if row.get("valid_from") is not None}
            found[table] |= {
                row["valid_until"] + timedelta(days=1) for row in rows if row.get("valid_until") is not None
            }
        return found

    def _same_in_base(self, table: str) -> Network | None:
        """The base, where its table is this very one: what was found of it there holds here."""
        same = self.base is not None and self.tables.rows[table] is self.base.tables.rows.get(table)
        return self.base if same else None

    def tables_on(self, day: date) -> Tables:
        """The rows with the dated changes of a day made; rows that do not hold on it are still there."""
        holding = tuple(number for number, change in enumerate(self.dated) if _holds(change, day))
        if not holding and self.money_of is None:
            return self.tables
        if holding not in self._changed:
            tables = self.tables
            if holding:
                tables = apply_changes(tables, [self.dated[number] for number in holding])
            if self.money_of is not None:
                tables = in_money_of(tables, self.money_of)
            self._changed[holding] = tables
        return self._changed[holding]

    def in_money_of(self, year: int) -> Network:
        """The same network with every price in the money of a year, made once.

        Raises InputError for a year, or a price of a year, that has no price index; later, for days on
        which a change holds.
        """
        if year not in self._in_money_of:
            made = Network(self.tables, self.scenario, self.dated, self, year)
            in_money_of(self.tables, year)
            self._in_money_of[year] = made
        return self._in_money_of[year]

    def digest(self) -> str:
        """A short digest of every row and dated change, for the record of a run."""
        return self._digest

    @cached_property
    def _digest(self) -> str:
        state = hashlib.sha256()
        for table in sorted(self.tables.rows):
            state.update(self._table_digests[table])
        state.update(repr(self.dated).encode())
        return state.hexdigest()[:16]

    @cached_property
    def _table_digests(self) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        for table, rows in self.tables.rows.items():
            if (base := self._same_in_base(table)) is not None:
                found[table] = base._table_digests[table]
                continue
            own = hashlib.sha256()
            for row in rows:
                own.update(json.dumps(dict(row), sort_keys=True, default=str).encode())
            found[table] = own.digest()
        return found


def _holds(change: Change, day: date) -> bool:
    return (change.valid_from is None or change.valid_from <= day) and (
        change.valid_until is None or day <= change.valid_until
    )
