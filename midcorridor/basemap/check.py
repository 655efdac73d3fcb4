"""The base map against published distances, and the page that shows it.

Only lengths that nobody measured on this graph count (``observed_distances.csv``). Each is compared twice:
along the way that its source names, and along the way that a router would choose by itself. Rows under 30 km
are left out: there a station's coordinates weigh more than the line.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from midcorridor import basemap, dirs
from midcorridor.basemap.sphere import great_circle_km
from midcorridor.errors import DataFileError, Fault, MidcorridorError

SHORTEST_KM = 30.0
OUTLIER = 0.10
CLOSE = 0.03


KNOWN_GAPS = (
    "Passenger-only lines are closed in China and Türkiye where they shorten a way (`rail_closed.csv`); "
    "the fast lines of western Europe are not, so a way across France, Spain or Italy can be a few per "
    "cent short.",
    "The railway Varna-Kardam-Medgidia is missing: Varna-Constanta goes round by Ruse.",
    "Lake Van's train ferry is no rail: Tatvan-Van goes all round the Black Sea; ask for it in two parts.",
    "Gauge is taken by country; a stretch of foreign gauge inside a country, such as the broad-gauge line "
    "to Slawkow in Poland, counts as the country's own.",
    "The road map holds main roads only: large parts of western Kazakhstan have none within 40 km.",
    "Listed joins over 5 km are 1.06 times their great circle, the mean of the map's own rail edges.",
    "Nothing knows about closures: a border that is shut to trains is open here unless the track is gone.",
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One published distance and ours.

    km : ours along the published way; free_km : ours along the shortest way; NaN where there is none
    fault : why there is no distance
    """

    mode: str
    origin: str
    destination: str
    via: str
    published_km: float
    great_circle_km: float
    km: float
    free_km: float
    source: str
    confidence: str
    note: str
    fault: str = ""

    @property
    def error(self) -> float:
        """Ours over published, less one."""
        return self.km / self.published_km - 1


def observed_path() -> Path:
    return dirs.shipped_data_dir() / "observed_distances.csv"


def validate_distances(path: Path | None = None, *, modes: Sequence[str] = basemap.MODES) -> list[Comparison]:
    """Each published distance of 30 km and more with ours, in the table's order.

    Raises  DataFileError when the table is missing.
    """
    source = path or observed_path()
    try:
        with source.open(encoding="utf-8", newline="") as stream:
            rows = [row for row in csv.DictReader(stream) if row["mode"] in modes]
    except OSError as error:
        what = f"the published distances cannot be read ({error.strerror})"
        raise DataFileError(
            Fault("data_file", what, where=str(source), hint="Install the package again")
        ) from None
    return [_compare(row) for row in rows if float(row["km"]) >= SHORTEST_KM]


def _compare(row: dict[str, str]) -> Comparison:
    a = (float(row["from_lat"]), float(row["from_lon"]))
    b = (float(row["to_lat"]), float(row["to_lon"]))
    via = [
        (float(lat), float(lon))
        for lat, lon in (place.split() for place in row["via_places"].split(";") if place)
    ]
    km = free_km = float("nan")
    fault = ""
    try:
        router = basemap.router(row["mode"], avoid=tuple(row["avoid"].split()))
        km = router.route(a, b, via).km
        free_km = basemap.router(row["mode"]).km(a, b)
    except MidcorridorError as error:
        fault = error.faults[0].what
    return Comparison(
        mode=row["mode"],
        origin=row["from_name"],
        destination=row["to_name"],
        via=row["via"],
        published_km=float(row["km"]),
        great_circle_km=float(great_circle_km(*a, *b)),
        km=km,
        free_km=free_km,
        source=row["source"],
        confidence=row["confidence"],
        note=row["note"],
        fault=fault,
    )


def scores(compared: Sequence[Comparison]) -> dict[str, dict[str, float]]:
    """For each mode: rows, rows without a way, median error and shares within 3 % and 10 %.

    A row without a way counts as missed in the shares. The same for the shortest way under `free_`.
    """
    out = {}
    for mode in dict.fromkeys(row.mode for row in compared):
        rows = [row for row in compared if row.mode == mode]
        errors = np.array([abs(row.error) for row in rows])
        free = np.array([abs(row.free_km / row.published_km - 1) for row in rows])
        errors, free = np.nan_to_num(errors, nan=np.inf), np.nan_to_num(free, nan=np.inf)
        out[mode] = {
            "rows": len(rows),
            "without_way": int(np.isinf(errors).sum()),
            "median": float(np.median(errors)),
            "bias": float(np.nanmedian([row.error for row in rows])),
            "within_3": float((errors <= CLOSE).mean()),
            "within_10": float((errors <= OUTLIER).mean()),
            "free_median": float(np.median(free)),
            "free_within_3": float((free <= CLOSE).mean()),
            "free_within_10": float((free <= OUTLIER).mean()),
        }
    return out


def markdown(compared: Sequence[Comparison]) -> str:
    """The distances section of docs/validation.md."""
    lines = [
        "## Distances",
        "",
        "Published lengths that were not measured on OpenStreetMap (`observed_distances.csv`), "
        f"{SHORTEST_KM:.0f} km and more, against the base map. The first figures follow the way that "
        "the source names, those in brackets the shortest way. Nothing on this page is used in routing: no "
        "length was ever put into the graph.",
        "",
        "| mode | rows | no way | median error | median difference | within 3 % | within 10 % |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for mode, score in scores(compared).items():
        lines.append(
            f"| {mode} | {score['rows']:.0f} | {score['without_way']:.0f} "
            f"| {score['median']:.1%} ({score['free_median']:.1%}) | {score['bias']:+.1%} "
            f"| {score['within_3']:.0%} ({score['free_within_3']:.0%}) "
            f"| {score['within_10']:.0%} ({score['free_within_10']:.0%}) |"
        )
    lines += ["", "### Every distance off by more than 10 %", ""]
    lines += [
        "| mode | from | to | published way | published km | ours km | shortest km | difference | remark |",
        "| --- | --- | --- | --- | ---: | ---: | ---: | ---: | --- |",
    ]
    outliers = [row for row in compared if not abs(row.error) <= OUTLIER]
    for row in sorted(outliers, key=lambda row: (row.mode, -np.nan_to_num(abs(row.error), nan=np.inf))):
        ours = f"{row.km:,.0f}" if row.km == row.km else "none"
        free = f"{row.free_km:,.0f}" if row.free_km == row.free_km else "none"
        difference = f"{row.error:+.1%}" if row.km == row.km else row.fault
        lines.append(
            f"| {row.mode} | {row.origin} | {row.destination} | {row.via} | {row.published_km:,.0f} "
            f"| {ours} | {free} | {difference} | {_remark(row)} |"
        )
    lines += ["", "### What is known to be missing", "", *(f"- {gap}" for gap in KNOWN_GAPS)]
    lines += ["", "### Every comparison", ""]
    lines += ["| mode | from | to | published km | ours km | difference | source |"]
    lines += ["| --- | --- | --- | ---: | ---: | ---: | --- |"]
    for row in compared:
        ours = f"{row.km:,.0f}" if row.km == row.km else "none"
        difference = f"{row.error:+.1%}" if row.km == row.km else ""
        lines.append(
            f"| {row.mode} | {row.origin} | {row.destination} | {row.published_km:,.0f} | {ours} "
            f"| {difference} | {row.source} |"
        )
    return "\n".join(lines) + "\n"


def _remark(row: Comparison) -> str:
    """What is known about an outlier, from the table of remarks; the source's own note otherwise."""
    for known in _remarks():
        if known["mode"] == row.mode and known["from"] == row.origin and known["to"] == row.destination:
            return str(known["remark"])
    return row.note


def _remarks() -> list[dict[str, Any]]:
    with (Path(__file__).parent / "outliers.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
