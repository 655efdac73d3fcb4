"""What a simulated year carried beside what was counted."""

from __future__ import annotations

from datetime import timedelta
from math import fsum
from typing import TYPE_CHECKING

from ..network import Network
from .ground import BOX_TEU, DAY_S, Corridor, Row
from .outcomes import Runs

if TYPE_CHECKING:
    import polars as pl


_Taken = dict[tuple[str, str], float]  # by place and kind of token


def volumes(network: Network, made: Corridor, runs: Runs) -> pl.DataFrame:
    """Published counts of the year, whole or in part, beside ours of the same thing.

    Where a count is of a part of the year, ours is what was taken in those days.
    """
    import polars as pl

    count, found = _Counts(network, made, runs), []
    for row in sorted(network.tables["volumes"], key=lambda row: str(row["volume_id"])):
        years = {made.year, row["period_from"].year, row["period_until"].year}
        if row["role"] == "aside" or len(years) > 1:
            continue
        ours = count.of(row)
        if ours:
            told = (row["unit"], float(row["value"]), ours, ours / row["value"])
            found.append((row["volume_id"], row["role"], *told, row["definition"], row["note"]))
    columns = ["volume_id", "role", "unit", "published", "simulated", "share", "definition", "note"]
    return pl.DataFrame(found, schema=columns, orient="row")


class _Counts:
    """What was taken from each hold in the days of a row, a mean over replications.

    What left a place is counted by day, and by kind only over the whole year: in the days of a row each kind
    has the share in it that it has in the year. Sums are exact, so that no order shows in them.
    """

    def __init__(self, network: Network, made: Corridor, runs: Runs) -> None:
        import polars as pl

        self.made, many = made, len(runs.stops)
        rows = runs.waits.with_columns(pl.col("place", "kind").cast(pl.String))
        rows = rows.group_by("place_kind", "place", "kind").agg(n=pl.col("n").sum() / many)
        self._all: dict[str, _Taken] = {
            what: {(p, k): n for kind, p, k, n in rows.iter_rows() if kind == what}
            for what in ("hold", "bay")
        }
        warm_up_d = runs.options["warm_up_s"] // DAY_S
        self._begin = made.first + timedelta(warm_up_d)
        self._days = (made.last - self._begin).days + 1
        left = runs.daily.filter(pl.col("place_kind").is_in(["hold", "bay"]), pl.col("day") >= warm_up_d)
        left = left.group_by("place_kind", "place", "day").agg(pl.col("left").sum()).sort("day")
        self._left: dict[tuple[str, str], dict[int, int]] = {}
        for kind, place, day, n in left.iter_rows():
            self._left.setdefault((kind, place), {})[day - warm_up_d] = n
        self.taken, self.sailed = self._all["hold"], self._all["bay"]
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

    def _of_days(self, row: Row) -> None:
        """Look at the days of a row from here on."""
        first = (row["period_from"] - self._begin).days
        last = (row["period_until"] - self._begin).days
        self.part: float = (last - first + 1) / self._days
        self.taken, self.sailed = self._within("hold", first, last), self._within("bay", first, last)

    def _within(self, what: str, first: int, last: int) -> _Taken:
        """What left places of a kind between two days of the year."""
        shares = {}
        for (kind, place), days in self._left.items():
            if kind == what and (whole := sum(days.values())):
                shares[place] = sum(n for day, n in days.items() if first <= day <= last) / whole
        return {(place, who): n * shares.get(place, 0.0) for (place, who), n in self._all[what].items()}

    def of(self, row: Row) -> float:
        """The same thing in those days of ours, in the unit of the row; 0 where it is not in the model."""
        self._of_days(row)
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
            return fsum(self.taken.get((hold, key), 0.0) for hold in last) * BOX_TEU
        if row["counted"] == "service":
            holds = {name for name, leg in self.legs.items() if leg.service["service_id"] in places}
            return fsum(self._teu({hold}) * self._share(hold, row["operator"]) for hold in holds)
        if row["counted"] == "terminal":
            quays = {
                name
                for name in self.sea
                if {self.legs[name].from_terminal, self.legs[name].to_terminal} & places
            }
            onward = {hold for hold, kind in self.taken if kind.removeprefix("delivery ") in places}
            own = self.part * fsum(float(value) for port, value in self.own.items() if port in places)
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
            return fsum(through) * BOX_TEU
        return 0.0

    def _teu(self, holds: set[str]) -> float:
        return fsum(n for (hold, _), n in self.taken.items() if hold in holds) * BOX_TEU

    def _share(self, hold: str, operator: str | None) -> float:
        """Share of the year's sailings from a hold that ships of an operator made."""
        sailed = {kind: n for (bay, kind), n in self._all["bay"].items() if bay == hold}
        if not operator or not sailed:
            return 1.0
        return fsum(n for kind, n in sailed.items() if self.operators[kind] == operator) / fsum(
            sailed.values()
        )

    def _ferried(self, row: Row) -> float:
        """Wagons or trucks of a flow, a port or a line, in one direction or both."""
        found: list[float] = []
        for name, (flow, way, services) in self.made.crossings.items():
            here = {
                "flow": flow["volume_id"] == row["volume_id"],
                "terminal": bool(set(way) & set(row["place_ids"] or ())),
                "service": bool(services & set(row["place_ids"] or ())),
            }[row["counted"]]
            west = way == (flow["from_terminal"], flow["to_terminal"])
            bound = row["direction"] in ("both", "westbound" if west else "eastbound")
            if here and bound and flow["cargo"] == row["cargo"]:
                found += [n for (_, kind), n in self.taken.items() if kind == name]
        return fsum(found)

    def _ferries(self, row: Row) -> float:
        """Sailings of ferries from ports where each waits for its load."""
        ways = {way for _, way, _ in self.made.crossings.values() if way[0] in row["place_ids"]}
        return fsum(
            n
            for (bay, _), n in self.sailed.items()
            for way in ways
            if bay.endswith(f" {way[0]}>{way[1]}") and bay.split(" ", 1)[0] in ("rail_ferry", "ro_pax")
        )
