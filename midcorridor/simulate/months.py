"""How a year of demand is spread: by counts from January on, even between them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from ..errors import Fault, InputError
from ..tables import Tables

Row = Mapping[str, Any]
Days = tuple[date, date]


def flow_by_day(tables: Tables, flow: Row) -> Callable[[date], float]:
    """What the even demand of a row of `volumes` is multiplied by on a day; the mean over its days is 1.

    Even within each span between two counts of `demand_months`, and everywhere where none follow. Days
    before the flow begins (a warm-up) take the factor of its first day, those after it that of its last.
    Raises InputError naming the rows whose counts cannot be taken.
    """
    days = flow["period_from"], flow["period_until"]
    return _factor(days, _counts(tables, flow["volume_id"], days))


def _factor(days: Days, counts: Iterable[tuple[date, float]]) -> Callable[[date], float]:
    first, length = days[0], (days[1] - days[0]).days + 1
    ends = [(0, 0.0), *(((day - first).days + 1, share) for day, share in counts), (length, 1.0)]
    runs = [
        (end, (after - before) / ((end - begin) / length)) for (begin, before), (end, after) in pairwise(ends)
    ]

    def factor(day: date) -> float:
        at = min(max((day - first).days, 0), length - 1)
        return next(value for end, value in runs if at < end)

    return factor


def _counts(tables: Tables, name: str, days: Days) -> list[tuple[date, float]]:
    """Last day and share of the year of each count that names a flow, by day."""
    volumes, found = tables.by_key("volumes"), []
    faults: list[Fault] = []
    for row in tables["demand_months"]:
        part, whole = volumes[row["part_id"]], volumes[row["whole_id"]]
        if name in row["volume_ids"]:
            wrong = list(_faults(row, days, part, whole))
            faults += wrong
            if not wrong:
                found.append((part["period_until"], part["value"] / whole["value"], row["months_id"]))
    found.sort()
    for (day, share, _), (then, more, months_id) in pairwise(found):
        if then == day or more < share:
            what = (
                f"less than the {share:.1%} of the year counted to {day}" if more < share else "a day twice"
            )
            accepted = "later counts that are not less"
            faults.append(
                Fault("not_cumulative", what, f"demand_months {months_id}", f"{more:.1%}", accepted)
            )
    if faults:
        raise InputError(faults)
    return [(day, share) for day, share, _ in found]


def _faults(row: Row, days: Days, part: Row, whole: Row) -> Iterable[Fault]:
    where = f"demand_months {row['months_id']}"
    for count in (part, whole):
        if count["role"] != "input":
            # What demand follows would be compared with itself.
            what, got = f"{count['volume_id']} is no input", str(count["role"])
            yield Fault("not_input", what, where, got, "counts of role input")
    if (whole["period_from"], whole["period_until"]) != days:
        got = f"{whole['period_from']} to {whole['period_until']}"
        yield Fault("not_whole", "a count of other days than demand", where, got, f"{days[0]} to {days[1]}")
    if part["period_from"] != days[0] or part["period_until"] >= days[1]:
        got = f"{part['period_from']} to {part['period_until']}"
        accepted = f"from {days[0]} to a day before {days[1]}"
        yield Fault("not_part", "a count that is no part of the year", where, got, accepted)
    if part["unit"] != whole["unit"] or not 0 <= part["value"] <= whole["value"] or not whole["value"]:
        got = f"{part['value']:g} {part['unit']} of {whole['value']:g} {whole['unit']}"
        yield Fault(
            "not_share", "a count that is no share of the other", where, got, "0 to 1 of it, one unit"
        )
