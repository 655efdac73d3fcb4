"""What a simulated year carried beside what was counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..network import Network
from .ground import BOX_TEU, DAY_S, Corridor, Row
from .outcomes import Runs

if TYPE_CHECKING:
    import polars as pl


def volumes(network: Network, made: Corridor, runs: Runs) -> pl.DataFrame:
    """Published counts of the year, whole or in part, beside ours of the same thing.

    Where a count is of a part of the year, ours is that part of our year: demand is flat.
    """
    import polars as pl

    days = (made.last - made.first).days + 1 - runs.options["warm_up_s"] // DAY_S
    count, found = _Counts(network, made, runs), []
    for row in sorted(network.tables["volumes"], key=lambda row: str(row["volume_id"])):
        years = {made.year, row["period_from"].year, row["period_until"].year}
        if row["role"] == "aside" or len(years) > 1:
            continue
        ours = count.of(row) * ((row["period_until"] - row["period_from"]).days + 1) / days
        if ours:
            told = (row["unit"], float(row["value"]), ours, ours / row["value"])
            found.append((row["volume_id"], row["role"], *told, row["definition"], row["note"]))
    columns = ["volume_id", "role", "unit", "published", "simulated", "share", "definition", "note"]
    return pl.DataFrame(found, schema=columns, orient="row")


class _Counts:
    """What was taken from each hold, a mean over replications."""

    def __init__(self, network: Network, made: Corridor, runs: Runs) -> None:
        import polars as pl

        self.made, many = made, len(runs.stops)
        rows = runs.waits.with_columns(pl.col("place", "kind").cast(pl.String))
        rows = rows.group_by("place_kind", "place", "kind").agg(n=pl.col("n").sum() / many)
        self.taken: dict[tuple[str, str], float] = {
            (p, k): n for kind, p, k, n in rows.iter_rows() if kind == "hold"
        }
        self.sailed: dict[tuple[str, str], float] = {
            (p, k): n for kind, p, k, n in rows.iter_rows() if kind == "bay"
        }
        ways = [*made.routes.values(), *made.detours.values()]
        self.legs = {leg.name: leg for found in ways for leg in found}
        self.sea = {name for name, leg in self.legs.items() if leg.service["mode"] == "sea"}
        self.own = {row["from_terminal"]: row["value"] for row in network.tables["volumes"] if self._own(row)}
        self.operators = {f"ship {row['fleet_id']}": row["operator"] for row in network.tables["fleets"]}

    def _own(self, row: Row) -> bool:
        """Whether a row is demand of a port's own boxes that the model carries."""
        return (
            (row["role"], row["unit"], row["direction"]) == ("demand", "TEU", "both")
            and row["period_from"].year == self.made.year
            and not any(row["volume_id"] in line for line in self.made.absent)
        )

    def of(self, row: Row) -> float:
        """The same thing in a year of ours, in the unit of the row; 0 where it is not in the model."""
        if row["unit"] == "TEU":
            return self._boxes(row)
        if row["unit"] in ("wagon", "vehicle") and row["counted"] in ("terminal", "service", "flow"):
            return self._ferried(row)
        if row["unit"] == "call" and row["counted"] == "terminal":
            return self._ferries(row)
        return 0.0

    def _boxes(self, row: Row) -> float:
        places = set(row["place_ids"] or ())
        if row["counted"] == "flow":
            key = row["volume_id"]
            last = {ways[key][-1].name for ways in (self.made.routes, self.made.detours) if key in ways}
            return sum(self.taken.get((hold, key), 0.0) for hold in last) * BOX_TEU
        if row["counted"] == "service":
            holds = {name for name, leg in self.legs.items() if leg.service["service_id"] in places}
            return sum(self._teu({hold}) * self._share(hold, row["operator"]) for hold in holds)
        if row["counted"] == "terminal":
            quays = {
                name
                for name in self.sea
                if {self.legs[name].from_terminal, self.legs[name].to_terminal} & places
            }
            onward = {hold for hold, kind in self.taken if kind.removeprefix("delivery ") in places}
            own = sum(float(value) for port, value in self.own.items() if port in places)
            return self._teu(quays | onward) + own
        if row["counted"] == "route":
            # The route is that of the association: loaded and by rail on a side of the sea.
            through = [
                n
                for (hold, kind), n in self.taken.items()
                if hold in self.sea
                and self.made.flows[kind]["cargo"] == "container"
                and len(self.made.routes[kind]) > 1
            ]
            return sum(through) * BOX_TEU
        return 0.0

    def _teu(self, holds: set[str]) -> float:
        return sum(n for (hold, _), n in self.taken.items() if hold in holds) * BOX_TEU

    def _share(self, hold: str, operator: str | None) -> float:
        """Share of the sailings from a hold that ships of an operator made."""
        sailed = {kind: n for (bay, kind), n in self.sailed.items() if bay == hold}
        if not operator or not sailed:
            return 1.0
        return sum(n for kind, n in sailed.items() if self.operators[kind] == operator) / sum(sailed.values())

    def _ferried(self, row: Row) -> float:
        """Wagons or trucks of a flow, a port or a line, in one direction or both."""
        total = 0.0
        for name, (flow, way, services) in self.made.crossings.items():
            here = {
                "flow": flow["volume_id"] == row["volume_id"],
                "terminal": bool(set(way) & set(row["place_ids"] or ())),
                "service": bool(services & set(row["place_ids"] or ())),
            }[row["counted"]]
            west = way == (flow["from_terminal"], flow["to_terminal"])
            bound = row["direction"] in ("both", "westbound" if west else "eastbound")
            if here and bound and flow["cargo"] == row["cargo"]:
                total += sum(n for (_, kind), n in self.taken.items() if kind == name)
        return total

    def _ferries(self, row: Row) -> float:
        """Sailings of ferries from ports where each waits for its load."""
        ways = {way for _, way, _ in self.made.crossings.values() if way[0] in row["place_ids"]}
        return sum(
            n
            for (bay, _), n in self.sailed.items()
            for way in ways
            if bay.endswith(f" {way[0]}>{way[1]}") and bay.split(" ", 1)[0] in ("rail_ferry", "ro_pax")
        )
