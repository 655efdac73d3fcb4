"""The most particular row of a table that fits a question."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ..errors import Fault, InputError

Row = Mapping[str, Any]


def fits(cell: str | None, wanted: Sequence[str]) -> int:
    """0 where a cell is empty and so fits all, -1 where it does not fit, else more for what is wanted first.

    >>> fits(None, ["a"]), fits("b", ["a"]), fits("a", ["a", "b"]), fits("b", ["a", "b"])
    (0, -1, 2, 1)
    """
    return 0 if cell is None else len(wanted) - wanted.index(cell) if cell in wanted else -1


def fits_list(cell: Sequence[str] | None, wanted: str) -> int:
    """As `fits`, for a cell that lists what it is for."""
    return 0 if cell is None else 1 if wanted in cell else -1


def most_particular(rows: Iterable[Row], fit: Callable[[Row], tuple[int, ...]], table: str) -> Row | None:
    """The row that fits and names the most; rules.py sees to it that no two are alike.

    Raises InputError all the same for two, as a scenario may have been laid over unchecked.
    """
    fitting = [(score, row) for row in rows if -1 not in (score := fit(row))]
    if not fitting:
        return None
    best = max(score for score, _ in fitting)
    found = [row for score, row in fitting if score == best]
    if len(found) > 1:
        key = next(iter(found[0]))
        names = " and ".join(repr(row[key]) for row in found)
        raise InputError(Fault("two_rows", f"{names} say the same thing", f"{table}.csv", accepted="one row"))
    return found[0]
