"""Two plans of the same shipment, corridor by corridor."""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from ..network import Network
from ..plan import PlanResult, plan
from ..results import rounded
from ..scenario import Scenario
from ..schemas import schema
from ..shipment import parse_day
from ..words import Names, thing_names
from .cells import changed_cells, touching

if TYPE_CHECKING:
    import polars as pl

Row = dict[str, Any]
# Of a route and of a part; a plan that does not tell one of them leaves it empty.
MEASURES = ("mean_d", "cost_usd", "kg_co2e", "p90_h", "on_time_probability")
_OF_PARTS = ("mean_h", "cost_usd", "kg_co2e")
Why = Mapping[str, Sequence[str]]


@dataclass(frozen=True, eq=False)
class Difference:
    """What changed between two plans, a row a corridor, as `schema/results/differences.csv` declares.

    The corridors of the plan before come first in its order, then those gained.
    names : of terminals, links, services and countries, before and after, by table and key
    """

    before: PlanResult
    after: PlanResult
    corridors: Sequence[Mapping[str, Any]]
    names: Names = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The whole answer, for JSON."""
        return {
            "question": dict(self.before.question),
            **{
                name: {"status": result.status.to_dict(), "run": result.run.to_dict()}
                for name, result in (("before", self.before), ("after", self.after))
            },
            "corridors": [dict(row) for row in self.corridors],
        }

    def to_csv(self) -> str:
        """A line a corridor, lists joined with a semicolon, the parts left out."""
        names = [name for name in schema("differences").names() if name != "parts"]
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(names)
        for row in self.corridors:
            writer.writerow([";".join(v) if isinstance(v := row[name], list) else v for name in names])
        return text.getvalue()

    def to_frame(self, what: str = "corridors") -> pl.DataFrame:
        """The corridors, or the parts that differ with their corridor, as a frame."""
        import polars as pl

        if what not in ("corridors", "parts"):
            raise ValueError(f"what is one of corridors, parts, not {what!r}")
        if what == "corridors":
            rows = [{name: v for name, v in row.items() if name != "parts"} for row in self.corridors]
        else:
            rows = [{"corridor": row["corridor"], **part} for row in self.corridors for part in row["parts"]]
        return pl.DataFrame(rows, infer_schema_length=None)


def difference(
    before: PlanResult, after: PlanResult, why: Why | None = None, names: Names | None = None
) -> Difference:
    """What changed between two plans of a shipment, matched by corridor.

    why : for a corridor, reasons that are known from elsewhere; see `plan_difference`
    names : as `Difference` holds them, for who reads it
    Figures that differ by less than a billionth are the same.
    """
    old, new = (_best(result) for result in (before, after))
    rows = []
    for corridor in dict.fromkeys((*old, *new)):
        row = _compared(corridor, old.get(corridor), new.get(corridor))
        if row["change"] != "same":
            row["because"] = list((why or {}).get(corridor, ()))
        if row["change"] == "lost":
            row["because"] += [r for r in after.status.blocked_by if r not in row["because"]]
        rows.append(rounded(row))
    return Difference(before, after, rows, names or {})


def plan_difference(
    network: Network, scenario: Scenario, origin: str, destination: str, **options: Any
) -> Difference:
    """What a scenario changes for a shipment: the plan on the network as it is and on the changed one.

    options : as for `plan`; every corridor is shown, so that none seems lost for being outshone
    The reasons are the changed cells that the routes of a corridor touch.
    Raises what `plan` and `Scenario.apply` raise.
    """
    options = {**options, "at": parse_day(options.get("at")), "compare": True}
    changed = scenario.apply(network)
    before, after = (plan(each, origin, destination, **options) for each in (network, changed))
    day = options["at"].date()
    tables = network.tables_on(day), changed.tables_on(day)
    cells = changed_cells(*tables)
    was, names = (thing_names(each) for each in tables)
    names = {table: was[table] | names[table] for table in names}
    routes: dict[str, list[Mapping[str, Any]]] = {}
    for route in (*before.routes, *after.routes):
        routes.setdefault(route["corridor"], []).append(route)
    why = {
        corridor: touching(
            cells, set().union(*map(_touched, both)), *tables, day, _last_day(day, both), names
        )
        for corridor, both in routes.items()
    }
    return difference(before, after, why, names)


def _last_day(day: date, routes: Sequence[Mapping[str, Any]]) -> date:
    """The day by which all but one in a hundred of each route has arrived."""
    hours = [hours for route in routes for _, hours in route["arrival_h"][-1:]]
    return day + timedelta(hours=max(hours, default=0.0))


def _best(result: PlanResult) -> dict[str, Mapping[str, Any]]:
    """The best route of each corridor, which comes before the others of it."""
    found: dict[str, Mapping[str, Any]] = {}
    for route in result.routes:
        found.setdefault(route["corridor"], route)
    return found


def _compared(corridor: str, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> Row:
    row: Row = {"corridor": corridor, "change": ""}
    for measure in MEASURES:
        had, has = (route.get(measure) if route is not None else None for route in (old, new))
        row[f"{measure}_before"], row[f"{measure}_after"] = had, has
        row[f"{measure}_extra"] = None if had is None or has is None else _less(has, had)
    for name, route in (("before", old), ("after", new)):
        row[f"via_{name}"] = list(route["via"]) if route is not None else []
    for what, ids in (("terminals", _terminals), ("links", _links), ("services", _services)):
        row[f"{what}_gone"] = [each for each in ids(old) if each not in ids(new)]
        row[f"{what}_new"] = [each for each in ids(new) if each not in ids(old)]
    row["because"] = []
    row["parts"] = _parts(old, new)
    if old is None or new is None:
        row["change"] = "gained" if old is None else "lost"
    else:
        changed = row["parts"] or any(row[f"{measure}_extra"] for measure in MEASURES)
        row["change"] = "changed" if changed else "same"
    return row


def _less(after: float, before: float) -> float:
    # What moves in the seventh figure is how a distribution is put together.
    return 0.0 if math.isclose(after, before, rel_tol=1e-6, abs_tol=1e-9) else after - before


def _parts(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> list[Row]:
    """Legs and transfers that differ, in the order of travel, those gone before those new."""
    first, second = _by_name(old), _by_name(new)
    found = []
    for name in dict.fromkeys((*first, *second)):
        pair = first.get(name), second.get(name)
        row: Row = dict(zip(("kind", "from_id", "to_id", "service_id"), name, strict=False))
        for measure in _OF_PARTS:
            for when, part in zip(("before", "after"), pair, strict=True):
                row[f"{measure}_{when}"] = part[measure] if part is not None else None
        if None in pair or any(_less(row[f"{m}_after"], row[f"{m}_before"]) for m in _OF_PARTS):
            found.append(row)
    return found


def _by_name(route: Mapping[str, Any] | None) -> dict[tuple[Any, ...], Mapping[str, Any]]:
    """Parts of a route by what they are; the last of the name counts those that are alike."""
    named: dict[tuple[Any, ...], Mapping[str, Any]] = {}
    met: Counter[tuple[Any, ...]] = Counter()
    for part in _in_order(route):
        if "mode" in part:
            name = (part["mode"], part["from_id"], part["to_id"], part["service_id"], tuple(part["path"]))
        else:
            name = (part["kind"], part["terminal_id"], part["terminal_id"], "", (part["note"],))
        met[name] += 1
        named[(*name, met[name])] = part
    return named


def _in_order(route: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    if route is None:
        return []
    return sorted((*route["legs"], *route["transfers"]), key=lambda part: int(part["seq"]))


def _legs(route: Mapping[str, Any] | None) -> Iterable[Mapping[str, Any]]:
    return route["legs"] if route is not None else ()


def _terminals(route: Mapping[str, Any] | None) -> list[str]:
    """Terminals that a route touches, in the order of travel; its doors are none."""
    places = [place for leg in _legs(route) for place in leg["path"]]
    places += [part["terminal_id"] for part in _in_order(route) if "terminal_id" in part]
    return [each for each in dict.fromkeys(places) if each not in ("origin", "destination")]


def _links(route: Mapping[str, Any] | None) -> list[str]:
    return list(dict.fromkeys(link for leg in _legs(route) for link in leg["link_ids"]))


def _services(route: Mapping[str, Any] | None) -> list[str]:
    return list(dict.fromkeys(leg["service_id"] for leg in _legs(route) if leg["service_id"]))


def _touched(route: Mapping[str, Any]) -> set[str]:
    passages = {word for leg in route["legs"] for word in leg["passages"]}
    prices = {line["key"] for part in _in_order(route) for line in part["lines"]}
    things = (*_terminals(route), *_links(route), *_services(route), *route["countries"])
    return passages | prices | set(things)
