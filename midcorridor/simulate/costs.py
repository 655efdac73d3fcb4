"""What the boxes of a simulated year cost, and what the time that they took adds to it.

Each box is priced by itself, as it was simulated: the lines of its way by `tariffs`, the hire of the box and
storage by its own hours. Replications are reckoned one by one and let go.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ..network import Network
from ..schemas import schema
from ..tables import to_frame
from .ground import BOX_TEU, DAY_S, Corridor
from .measures import over
from .outcomes import Runs
from .tariffs import Tariff, Tariffs, tariffs

if TYPE_CHECKING:
    import polars as pl

Array = np.ndarray[Any, Any]
ALL = "all"  # the row of all flows together
_HOUR_S, _KG_PER_T = 3600.0, 1000.0
_MEANS = (
    "boxes", "cost_usd", "cost_p50_usd", "cost_p90_usd", "freight_usd", "hire_usd", "storage_usd",
    "stored_share", "time_value_usd", "on_time_share", "cost_all_usd", "storage_all_usd",
    "time_value_all_usd", "detour_share",
)  # fmt: skip
_STAYS = ("mean_d", "p90_d", "charged_share", "storage_usd", "storage_all_usd")


@dataclass(frozen=True, eq=False)
class Costs:
    """Costs of a simulated year.

    flows : `schema/results/flow_costs.csv`, a row a flow and one of all
    stays : `schema/results/flow_stays.csv`, a row a terminal where a flow lies
    notes : what is not priced, in words
    """

    flows: pl.DataFrame
    stays: pl.DataFrame
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Priced:
    """The boxes of one flow that went one way, an entry a box.

    born_s : when it was ready     ended_s : when its last ride was over
    left_s : when it was fetched, or the horizon where it still lay there
    stays_s : (boxes, stays) what it lay at each terminal     storage_usd : (boxes, stays)
    promised_d : of the way of the flow, whichever way the box went; None where no date can be promised
    """

    volume_id: str
    tariff: Tariff
    second: bool  # round a full port
    born_s: Array
    ended_s: Array
    left_s: Array
    stays_s: Array
    storage_usd: Array
    promised_d: float | None

    @property
    def hours(self) -> Array:
        """From ready to fetched."""
        return (self.left_s - self.born_s) / _HOUR_S

    @property
    def freight_usd(self) -> Array:
        """Lines that time does not touch."""
        return np.full(len(self.born_s), self.tariff.freight_usd)

    @property
    def cost_usd(self) -> Array:
        """Price with hire and storage."""
        storage: Array = self.storage_usd.sum(axis=1)
        return self.freight_usd + self.tariff.hire_usd(self.hours) + storage


def priced(made: Corridor, known: Tariffs, visits: pl.DataFrame, end_s: int) -> Iterator[Priced]:
    """Every box that has arrived by end_s, flow by flow and way by way.

    visits : of the holds of all legs, and of the yards where flows end, from the beginning of the run
    """
    import polars as pl

    # Names become words only where they are read: most visits are of vehicles and other places.
    words = visits.filter(
        _among(visits, "place", places_priced(made)), _among(visits, "kind", _kinds_priced(made))
    ).with_columns(pl.col("kind", "place_kind", "place").cast(pl.String))
    holds = words.filter(pl.col("place_kind") == "hold").partition_by("kind", as_dict=True)
    fetched = _fetched(made, words)
    for volume_id, ways in known.of.items():
        rows = holds.get((volume_id,))
        if rows is None:
            continue
        rows = rows.sort("token", "arrived_s")
        if len(ways) > 1:
            rows = rows.with_columns(way=pl.col("place").str.join(">").over("token"))
        for nth, tariff in enumerate(ways):
            names = [leg.name for leg in tariff.legs]
            # A box that is not there yet has fewer rides than its way.
            mine = (
                pl.len().over("token") == len(names) if len(ways) == 1 else pl.col("way") == ">".join(names)
            )
            parts = rows.filter(mine)
            parts = parts.filter(pl.col("finished_s").max().over("token") <= end_s)
            if parts.height:
                yard = _yard(tariff) in made.model.places
                promised_d = ways[0].planned_p90_d
                yield _priced(volume_id, tariff, parts, fetched, end_s, nth > 0, promised_d, yard=yard)


def _priced(
    volume_id: str,
    tariff: Tariff,
    rows: pl.DataFrame,
    fetched: pl.DataFrame,
    end_s: int,
    second: bool,
    promised_d: float | None,
    *,
    yard: bool,
) -> Priced:
    """yard : whether the model sees how long boxes lie where the way ends."""
    import polars as pl

    hops = len(tariff.legs)
    times = rows.select("arrived_s", "started_s", "finished_s").to_numpy().reshape(-1, hops, 3)
    ended = times[:, -1, 2]
    tokens = pl.DataFrame({"kind": volume_id, "token": rows["token"].gather_every(hops)})
    left = tokens.join(fetched, on=["kind", "token"], how="left", maintain_order="left")["fetched_s"]
    left_s = np.minimum(left.fill_null(end_s).to_numpy(), end_s) if yard else ended
    begins = np.column_stack([times[:, 0, 0], times[:, :, 2]])
    ends = np.column_stack([times[:, :, 1], left_s])
    stays = ends - begins
    usd = np.column_stack([charge.usd(stays[:, at]) for at, charge in enumerate(tariff.charges)])
    return Priced(volume_id, tariff, second, times[:, 0, 0], ended, left_s, stays, usd, promised_d)


def _fetched(made: Corridor, visits: pl.DataFrame) -> pl.DataFrame:
    """When each box left the yard where its way ended, by kind and token.

    A box becomes a delivery, which is another token, at the second at which it leaves its own visit of the
    yard. Of several at one second nobody can tell which is which, and their sums are the same.
    """
    import polars as pl

    shape = {"kind": pl.String, "token": pl.Int64, "fetched_s": pl.Int64}
    found = [pl.DataFrame(schema=shape)]
    for terminal in sorted({legs[-1].to_terminal for legs in made.routes.values()}):
        here = visits.filter(pl.col("place") == f"{terminal} yard", pl.col("place_kind") == "resource")
        ending = [name for name, legs in made.routes.items() if legs[-1].to_terminal == terminal]
        boxes = (
            here.filter(pl.col("kind").is_in(ending))
            .group_by("kind", "token")
            .agg(at_s=pl.col("left_s").max())
        )
        boxes = boxes.sort("at_s", "kind", "token").with_columns(nth=pl.int_range(pl.len()).over("at_s"))
        stays = here.filter(pl.col("kind") == f"delivery {terminal}").sort("arrived_s", "token")
        stays = stays.select(
            at_s="arrived_s", fetched_s="left_s", nth=pl.int_range(pl.len()).over("arrived_s")
        )
        both = boxes.join(stays, on=["at_s", "nth"], how="inner")
        found.append(
            both.select(pl.col("kind"), pl.col("token").cast(pl.Int64), pl.col("fetched_s").cast(pl.Int64))
        )
    return pl.concat(found)


def _yard(tariff: Tariff) -> str:
    """The yard where a way ends."""
    return f"{tariff.legs[-1].to_terminal} yard"


def _among(visits: pl.DataFrame, column: str, names: Collection[str]) -> pl.Expr:
    """Rows whose name is one of these, compared as the column keeps them."""
    import polars as pl

    return pl.col(column).is_in(pl.Series(sorted(names), dtype=visits.schema[column]).implode())


def _kinds_priced(made: Corridor) -> set[str]:
    return set(made.routes) | {f"delivery {legs[-1].to_terminal}" for legs in made.routes.values()}


def places_priced(made: Corridor) -> list[str]:
    """Places of which `priced` reads the visits."""
    ways = [*made.routes.values(), *made.detours.values()]
    names = {leg.name for legs in ways for leg in legs}
    names |= {f"{legs[-1].to_terminal} yard" for legs in made.routes.values()}
    return sorted(names & set(made.model.places))


@dataclass(eq=False)
class Till:
    """Takes the visits of one replication after the other."""

    made: Corridor
    network: Network
    begin_s: int
    end_s: int
    known: Tariffs = field(init=False)
    _flows: list[dict[str, Any]] = field(default_factory=list, init=False)
    _stays: list[dict[str, Any]] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        self.known = tariffs(self.network, self.made)

    def add(self, number: int, visits: pl.DataFrame) -> None:
        """Reckon the boxes that arrived in the year."""
        parts: dict[str, list[Priced]] = {}
        for each in priced(self.made, self.known, visits, self.end_s):
            parts.setdefault(each.volume_id, []).append(each)
        everything: list[tuple[Priced, Array]] = []
        for volume_id, mine in parts.items():
            kept = [(each, each.ended_s > self.begin_s) for each in mine]
            if any(inside.any() for _, inside in kept):
                self._flows.append({"volume_id": volume_id, **flow_row(kept)})
                everything += kept
                self._stays += _stay_rows(volume_id, kept)
        if everything:
            self._flows.append({"volume_id": ALL, **flow_row(everything)})

    def costs(self, runs: Runs) -> Costs:
        """Over all replications so far."""
        loads, known = ship_loads(self.network, self.made, runs), self.known
        order = [*known.of, ALL]
        means = over(self._flows, ["volume_id"], list(_MEANS), order.index)
        flows: list[dict[str, Any]] = []
        tonnes = 0.0
        for row in means.to_dicts():
            made = dict.fromkeys(schema("flow_costs").names()) | row
            if row["volume_id"] == ALL:
                boxes = row["boxes"]
                made |= {"all_t_co2e": tonnes, "kg_co2e": tonnes * _KG_PER_T / boxes}
            else:
                kg, load = self._carbon(row["volume_id"], row["detour_share"], loads)
                own = known.of[row["volume_id"]][0]
                made |= {"kg_co2e": kg, "all_t_co2e": kg * row["boxes"] / _KG_PER_T, "ship_load": load}
                made |= {"planned_p50_d": own.planned_p50_d, "planned_p90_d": own.planned_p90_d}
                tonnes += kg * row["boxes"] / _KG_PER_T
            flows.append(made)
        named = ["volume_id", "nth", "terminal_id", "kind"]
        stays = over(self._stays, named, list(_STAYS), order.index).to_dicts()
        charges = {
            (volume_id, at): charge.stay
            for volume_id, ways in known.of.items()
            for at, charge in enumerate(ways[0].charges)
        }
        told = []
        for row in stays:
            free = charges[row["volume_id"], row["nth"]].charges
            told.append(row | {"free_d": min((each.free_days for each in free), default=None)})
        ends = {_yard(ways[0]) for ways in known.of.values()} - set(self.made.model.places)
        unseen = [
            f"{place}: no row of facilities, so what boxes lie there last costs nothing" for place in ends
        ]
        return Costs(
            to_frame("flow_costs", flows), to_frame("flow_stays", told), (*known.notes, *sorted(unseen))
        )

    def _carbon(
        self, volume_id: str, detoured: float, loads: Mapping[str, float]
    ) -> tuple[float, float | None]:
        """Kilograms of a box of a flow by the ways that boxes took, and the load of the ships of its own."""
        ways, kg, load = self.known.of[volume_id], 0.0, None
        for at, tariff in enumerate(ways):
            share = (detoured if at else 1 - detoured) if len(ways) > 1 else 1.0
            found = [loads[leg.name] for leg in tariff.legs if leg.name in loads]
            own = min(1.0, sum(found) / len(found)) if any(found) else None
            kg += share * tariff.kg_co2e(self.network, own)
            load = own if at == 0 else load
        return kg, load


def flow_row(parts: list[tuple[Priced, Array]]) -> dict[str, float | None]:
    """Figures of the boxes of one replication that are kept."""

    def of(values: list[Array]) -> Array:
        return np.concatenate([each[inside] for each, (_, inside) in zip(values, parts, strict=True)])

    cost = of([each.cost_usd for each, _ in parts])
    storage = of([each.storage_usd.sum(axis=1) for each, _ in parts])
    time_value = of([each.tariff.time_value_usd(each.hours) for each, _ in parts])
    in_time = [
        (each.hours <= each.promised_d * 24)[inside] for each, inside in parts if each.promised_d is not None
    ]
    p50, p90 = np.quantile(cost, (0.5, 0.9)).tolist()
    return {
        "boxes": float(len(cost)),
        "cost_usd": float(cost.mean()),
        "cost_p50_usd": p50,
        "cost_p90_usd": p90,
        "freight_usd": float(of([each.freight_usd for each, _ in parts]).mean()),
        "hire_usd": float(of([each.tariff.hire_usd(each.hours) for each, _ in parts]).mean()),
        "storage_usd": float(storage.mean()),
        "stored_share": float((storage > 0).mean()),
        "time_value_usd": float(time_value.mean()),
        "on_time_share": float(np.concatenate(in_time).mean()) if in_time else None,
        "detour_share": float(of([np.full(len(each.born_s), each.second) for each, _ in parts]).mean()),
        "cost_all_usd": float(cost.sum()),
        "storage_all_usd": float(storage.sum()),
        "time_value_all_usd": float(time_value.sum()),
    }


def _stay_rows(volume_id: str, parts: list[tuple[Priced, Array]]) -> list[dict[str, Any]]:
    """What the boxes of a flow's own way lay at each terminal, and what it cost."""
    each, inside = parts[0]
    if each.second or not inside.any():
        return []
    rows = []
    for nth, charge in enumerate(each.tariff.charges):
        days, usd = each.stays_s[inside, nth] / DAY_S, each.storage_usd[inside, nth]
        rows.append(
            {
                "volume_id": volume_id,
                "nth": nth,
                "terminal_id": charge.stay.terminal_id,
                "kind": charge.stay.kind,
                "mean_d": float(days.mean()),
                "p90_d": float(np.quantile(days, 0.9)),
                "charged_share": float((usd > 0).mean()),
                "storage_usd": float(usd.mean()),
                "storage_all_usd": float(usd.sum()),
            }
        )
    return rows


def ship_loads(network: Network, made: Corridor, runs: Runs) -> dict[str, float]:
    """Share of the room of the ships of each sea leg that boxes take, over all departures."""
    import polars as pl

    fleets = {f"ship {key}": row["teu"] for key, row in network.tables.by_key("fleets").items()}
    rooms = {kind: float(fleets[kind]) for kind in made.ships if fleets.get(kind)}
    waits = runs.waits.with_columns(pl.col("place_kind", "place", "kind").cast(pl.String))
    found: dict[str, float] = {}
    for legs in (*made.routes.values(), *made.detours.values()):
        for leg in legs:
            here = waits.filter(pl.col("place") == leg.name)
            bays = here.filter(pl.col("place_kind") == "bay", pl.col("kind").is_in(list(rooms)))
            room = sum(rooms[kind] * n for kind, n in bays.select("kind", "n").iter_rows())
            if room:
                boxes = here.filter(pl.col("place_kind") == "hold")["n"].sum()
                found[leg.name] = BOX_TEU * float(boxes) / room
    return found
