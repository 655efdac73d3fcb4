"""A calibration as text and as a table."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import TYPE_CHECKING

from ..schemas import schema
from .show import grid

if TYPE_CHECKING:
    from ..calibrate import Calibration

_UNITS = {"time": "days", "price": "USD a box"}
_COLUMNS = {
    "plain": "as the tables claim",
    "fitted": "fitted",
    "left_out": "fitted without the row's sources",
    "baseline": "kilometres at the mean rate",
}


def calibration_text(found: Calibration) -> str:
    """Factors, errors and every observation."""
    text = "Factors, with their 95 % interval and the observations that they take part in\n\n"
    text += grid(
        ["factor of", "is", "from", "to", "rows"],
        [
            [
                row.parameter.replace(".", " in "),
                *(f"{x:.2f}" for x in (row.factor, row.low, row.high)),
                str(row.rows),
            ]
            for row in found.factors
        ],
        right=("is", "from", "to", "rows"),
    )
    for kind, unit in _UNITS.items():
        rows = [row for row in found.scored if row.seen.kind == kind]
        text += f"\n{kind.capitalize()}s: median of the absolute error over {len(rows)} rows\n"
        for column, words in _COLUMNS.items():
            error = found.median_error(kind, column)
            text += f"  {words}: {'no rows' if error is None else f'{error:.1%}'}\n"
        text += "\n" + grid(
            ["observation", f"published {unit}", "claimed", "fitted", "left out", "by km"],
            [
                [
                    row.seen.name,
                    *(
                        "" if value is None else f"{value:,.1f}" if kind == "time" else f"{value:,.0f}"
                        for value in (row.seen.published, row.plain, row.fitted, row.left_out, row.baseline)
                    ),
                ]
                for row in rows
            ],
            right=(f"published {unit}", "claimed", "fitted", "left out", "by km"),
            fold=("observation",),
        )
    return text + f"\n{len(found.dropped)} observations were left aside; --format json says why of each.\n"


def calibration_csv(found: Calibration, day: date) -> str:
    """The table `calibration`."""
    text = io.StringIO()
    writer = csv.DictWriter(text, schema("calibration").names(), lineterminator="\n")
    writer.writeheader()
    for row in found.table(day):
        cells = {name: ";".join(cell) if isinstance(cell, list) else cell for name, cell in row.items()}
        writer.writerow(cells)
    return text.getvalue()
