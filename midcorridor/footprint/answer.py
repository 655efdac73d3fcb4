"""What a footprint answers: routes, their elements, and what they can become."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..results import RunInfo, Status, rounded

if TYPE_CHECKING:
    import polars as pl

Row = Mapping[str, Any]
# Fields of an element that only the program itself uses.
_INNER = ("rows", "carriers", "fallbacks", "group", "power_g")


@dataclass(frozen=True, eq=False)
class FootprintResult:
    """Greenhouse gases of the routes of a shipment.

    routes : a row each, with totals, range, shares of data quality and fallbacks
    elements : a row a leg or handling; `schema/results/footprint_elements.csv` declares the fields
    air, break_even : only of a comparison
    """

    question: Row
    status: Status
    routes: Sequence[Row]
    elements: Sequence[Row]
    air: Row | None
    break_even: Sequence[Row]
    sources: Sequence[Row]
    constants: Row  # rows used by "table key"
    run: RunInfo

    def of(self, route_id: str | None = None) -> list[Row]:
        """The elements of a route; without one of the first. Raises KeyError for a route not there."""
        if route_id is None:
            route_id = str(self.routes[0]["route_id"]) if self.routes else ""
        found = [element for element in self.elements if element["route_id"] == route_id]
        if not found:
            raise KeyError(route_id)
        return found

    def to_dict(self) -> dict[str, Any]:
        """The whole answer, for JSON."""
        return {
            "question": dict(self.question),
            "status": self.status.to_dict(),
            "routes": [rounded(_plain(route)) for route in self.routes],
            "elements": [rounded(_plain(element)) for element in self.elements],
            "air": rounded(_plain(self.air)) if self.air else None,
            "break_even": [rounded(dict(row)) for row in self.break_even],
            "factors": {name: _row(row) for name, row in self.constants.items()},
            "sources": [dict(source) for source in self.sources],
            "run": self.run.to_dict(),
        }

    def to_csv(self) -> str:
        """A line an element with its activity, intensity, factors and sources, for an auditor."""
        names = [name for name in (self.elements[0] if self.elements else {}) if name not in _INNER]
        columns = [*names, "energy_carriers", "factor_rows", "sources", "fallbacks"]
        text = io.StringIO()
        writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        for element in self.elements:
            row = {name: "" if value is None else value for name, value in rounded(dict(element)).items()}
            row["energy_carriers"] = ";".join(f"{name} {share:.4f}" for name, share in element["carriers"])
            row["factor_rows"] = ";".join(f"{table} {key}" for table, key in element["rows"])
            row["sources"] = ";".join(
                dict.fromkeys(
                    source
                    for table, key in element["rows"]
                    for source in self.constants[f"{table} {key}"].get("source") or ()
                )
            )
            row["fallbacks"] = ";".join(element["fallbacks"])
            writer.writerow(row)
        return text.getvalue()

    def to_ileap(self, route_id: str | None = None) -> dict[str, Any]:
        """ShipmentFootprint, TOCs and HOCs of a route in the iLEAP data model 1.0.0."""
        from .ileap import exported

        elements = self.of(route_id)
        return exported(self.question, elements, self.constants)

    def to_frame(self, what: str = "routes") -> pl.DataFrame:
        """Routes or elements as a frame."""
        import polars as pl

        if what not in ("routes", "elements"):
            raise ValueError(f"what is one of routes, elements, not {what!r}")
        rows = self.routes if what == "routes" else self.elements
        flat = [
            {k: v for k, v in row.items() if not isinstance(v, (list, tuple, dict))}
            for row in map(dict, rows)
        ]
        return pl.DataFrame(flat, infer_schema_length=None)


def _plain(row: Row | None) -> dict[str, Any]:
    told = dict(row or {})
    told.pop("group", None)
    if isinstance(told.get("fallbacks"), dict):
        told["fallbacks"] = [{"what": what, "kg_co2e": kg} for what, kg in told["fallbacks"].items()]
    if "carriers" in told:
        told["carriers"] = [{"carrier": name, "share": share} for name, share in told["carriers"]]
    if "rows" in told:
        told["rows"] = [f"{table} {key}" for table, key in told["rows"]]
    return told


def _row(row: Row) -> dict[str, Any]:
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row.items()}
