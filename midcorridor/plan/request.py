"""What a question asks for beside its ends: a deadline and limits, read and checked."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from ..errors import Fault, InputError
from ..network import Compiled
from ..said import Said
from ..schemas import is_whole_day
from ..shipment import Shipment, parse_day
from .calendar import HORIZON_H
from .question import Limits

# Each thing to pass doubles the states of the search.
MOST_PASSES = 3
# Below this chance a deadline is said to be out of reach.
HOPELESS = 0.05
_AFTER = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(d|days?|h|hours?)\s*", re.IGNORECASE)


def deadline_hours(deadline: str | date | datetime | timedelta | None, ready_at: datetime) -> float | None:
    """Hours from cargo ready to a deadline; a date means the end of that day, UTC.

    Raises InputError for what is neither a date nor a time such as 35d or 840h, and for a deadline that is
    not after the cargo is ready.
    """
    if deadline is None:
        return None
    if isinstance(deadline, timedelta):
        hours = deadline / timedelta(hours=1)
    elif isinstance(deadline, str) and (after := _AFTER.fullmatch(deadline)):
        hours = float(after[1]) * (24.0 if after[2].lower().startswith("d") else 1.0)
    else:
        try:
            at = parse_day(deadline, "--deadline")
        except InputError as error:
            accepted = Said("deadline_form")
            raise InputError([replace(fault, accepted=accepted) for fault in error.faults]) from None
        whole_day = isinstance(deadline, str) and is_whole_day(deadline)
        if whole_day or (isinstance(deadline, date) and not isinstance(deadline, datetime)):
            at += timedelta(days=1)
        hours = (at - ready_at) / timedelta(hours=1)
    if not (math.isfinite(hours) and hours > 0):
        raise InputError(
            Fault(
                "impossible_deadline",
                Said("deadline_before", before_d=-hours / 24) if hours < 0 else Said("deadline_at_once"),
                "--deadline",
                str(deadline),
                Said("deadline_wanted", day=f"{ready_at:%Y-%m-%d}"),
            )
        )
    return hours


def remarks(compiled: Compiled, shipment: Shipment, routes: Sequence[Mapping[str, Any]]) -> list[Said]:
    """What one should know of an answer: a deadline out of reach, a day that the figures do not reach."""
    told = []
    chances = [route["on_time_probability"] for route in routes]
    if chances and None not in chances and max(chances) < HOPELESS:
        told.append(Said("deadline_missed", best_share=max(chances)))
    known = compiled.once("last year known", lambda: _last_year_known(compiled))
    year = shipment.ready_at.year
    if known is not None and year > known + 1:
        told.append(Said("not_foreseen", known_year=known, year=year))
    if known is not None and year < known - 1:
        told.append(Said("known_later", known_year=known, year=year))
    return told


# Tables whose rows tell hours or departures of a year.
_HOURS_OF_A_YEAR = ("border_procedures", "dwell", "other_years", "services")


def years_told(compiled: Compiled, used: Iterable[tuple[str, str]], year: int) -> list[Said]:
    """That hours and departures of later years stand in for those of the year that is asked about.

    used : table and key of the rows that the routes rest on
    A service whose departures of that year stand in other_years counts by those alone.
    """
    rows = {
        (table, key): compiled.tables.by_key(table)[key] for table, key in used if table in _HOURS_OF_A_YEAR
    }
    own = {("services", row["service_id"]) for (table, _), row in rows.items() if table == "other_years"}
    # A user's own row may tell no year.
    years = [row["year"] for name, row in rows.items() if name not in own and row["year"] is not None]
    # A figure of the year after is as near as one can ask for.
    later = [later for later in years if later > year + 1]
    if not later:
        return []
    first, last = min(later), max(later)
    span = Said("year", year=first) if first == last else Said("years", first_year=first, last_year=last)
    return [Said("later_figures", figures=len(years), later=len(later), years=span, year=year)]


def _last_year_known(compiled: Compiled) -> int | None:
    rows = (row for row in compiled.tables["services"] if row["status"] == "open")
    years = (row["year"] for row in rows if row["basis"] != "estimate" and row["year"])
    return max(years, default=None)


def make_limits(max_days: float | None, max_usd: float | None, max_kg_co2e: float | None) -> Limits:
    """Checked limits. Raises InputError for one that is not above 0."""
    faults = [
        Fault("bad_limit", Said("no_limit", got=str(value)), option, str(value), Said("above_zero"))
        for value, option in ((max_days, "--max-days"), (max_usd, "--max-usd"), (max_kg_co2e, "--max-kg"))
        if value is not None and not (math.isfinite(value) and value > 0)
    ]
    if max_days is not None and max_days * 24.0 > HORIZON_H:
        most = Said("horizon", most_d=HORIZON_H / 24)
        faults.append(
            Fault("bad_limit", Said("days_too_many", got=max_days), "--max-days", str(max_days), most)
        )
    if faults:
        raise InputError(faults)
    return Limits(None if max_days is None else max_days * 24.0, max_usd, max_kg_co2e)
