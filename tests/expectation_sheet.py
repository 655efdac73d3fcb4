"""The expectation sheet of twelve pairs, and the words in which a plan breaks it.

The sheet (``expectations/pairs.csv``) was written from trade practice and published figures before the
planner had run once; ``expectations/README.md`` says how, and how a row may be corrected.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from midcorridor.network import Network
from midcorridor.plan import plan

HERE = Path(__file__).parent / "expectations"
TERMINALS = Path(__file__).parents[1] / "midcorridor" / "data" / "terminals.csv"

BOXES_FEU = 40
HOURS_PER_DAY = 24.0
CORRIDORS = ("middle", "northern", "southern", "ocean_suez", "ocean_cape", "other")
PRESENCES = ("must", "may", "never")
COLUMNS = [
    "pair_id", "origin", "destination", "corridor", "presence", "countries_chain", "ports_chain",
    "days_min", "days_max", "usd_per_feu_min", "usd_per_feu_max", "source", "note",
]  # fmt: skip
COUNTRIES = frozenset({
    "AM", "AT", "AZ", "BE", "BG", "BY", "CN", "CZ", "DE", "EE", "FR", "GE", "GR", "HR", "HU", "IR", "IT",
    "KG", "KZ", "LT", "LV", "MK", "MN", "NL", "PL", "RO", "RS", "RU", "SI", "SK", "TM", "TR", "UA", "UZ",
})  # fmt: skip
ENDS = {
    "Xi'an": "CN", "Chongqing": "CN", "Yiwu": "CN", "Urumqi": "CN", "Shanghai": "CN", "Lianyungang": "CN",
    "Guangzhou": "CN", "Almaty": "KZ", "Aktau": "KZ", "Tashkent": "UZ", "Baku": "AZ", "Ganja": "AZ",
    "Tbilisi": "GE", "Poti": "GE", "Istanbul": "TR", "Mersin": "TR", "Constanta": "RO", "Milan": "IT",
    "Duisburg": "DE", "Hamburg": "DE", "Warsaw": "PL", "Rotterdam": "NL",
}  # fmt: skip
# What a corridor's own name rules out; Iran, Ukraine and Armenia stand in never.csv for all of them.
FOREIGN_TO_CORRIDOR = {
    "middle": {"RU", "BY"},
    "ocean_suez": {"RU", "BY"},
    "ocean_cape": {"RU", "BY"},
}
NEEDED_BY_CORRIDOR = {"northern": {"RU"}, "southern": {"IR"}}


@dataclass(frozen=True, slots=True)
class Band:
    """What a figure may lie between, both ends included."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Expectation:
    """One row of the sheet: one pair, one corridor.

    countries : alternatives, each an ordered tuple of ISO2 codes where ``*`` stands for any run of countries
    ports : positions in order, each a tuple of terminal ids of which one must be passed
    days, usd_per_feu : None where the sheet expects nothing
    """

    pair_id: str
    origin: str
    destination: str
    corridor: str
    presence: str
    countries: tuple[tuple[str, ...], ...]
    ports: tuple[tuple[str, ...], ...]
    days: Band | None
    usd_per_feu: Band | None
    sources: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Ban:
    """Something that no route of any pair may use; kind is country, terminal or service."""

    kind: str
    id: str
    reason: str
    sources: tuple[str, ...]


def sheet_rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _band(low: str, high: str) -> Band | None:
    if not low and not high:
        return None
    return Band(float(low), float(high))  # half a band fails here, as it should


def _expectation(row: dict[str, str]) -> Expectation:
    return Expectation(
        row["pair_id"],
        row["origin"],
        row["destination"],
        row["corridor"],
        row["presence"],
        tuple(tuple(chain.split(">")) for chain in row["countries_chain"].split(" | ") if chain),
        tuple(tuple(position.split("/")) for position in row["ports_chain"].split(">") if position),
        _band(row["days_min"], row["days_max"]),
        _band(row["usd_per_feu_min"], row["usd_per_feu_max"]),
        tuple(row["source"].split(";")),
        row["note"],
    )


def load_pairs() -> tuple[Expectation, ...]:
    """The sheet, in the order of its rows."""
    return tuple(_expectation(row) for row in sheet_rows("pairs.csv"))


def load_bans() -> tuple[Ban, ...]:
    """What no route may use."""
    return tuple(
        Ban(row["kind"], row["id"], row["reason"], tuple(row["source"].split(";")))
        for row in sheet_rows("never.csv")
    )


def expected_by_pair() -> dict[str, list[Expectation]]:
    """pair_id -> its rows."""
    pairs: dict[str, list[Expectation]] = {}
    for row in load_pairs():
        pairs.setdefault(row.pair_id, []).append(row)
    return pairs


# ------------------------------------------------------------------ what a route touches


def country_of(terminal_id: str) -> str | None:
    code = terminal_id[:2].upper()
    return code if terminal_id[2:3] == "-" and code in COUNTRIES else None


def _passed(leg: dict[str, Any]) -> list[str]:
    return [leg["from_id"], *(leg.get("path") or ()), leg["to_id"]]


def terminals_of(route: dict[str, Any]) -> list[str]:
    """Terminal ids in the order in which the route passes them, repeats collapsed."""
    return _collapse(terminal for leg in route["legs"] for terminal in _passed(leg))


def countries_of(route: dict[str, Any]) -> list[str]:
    """ISO2 codes in order, repeats collapsed; a sea leg touches only its two ends.

    An end that is no terminal, such as a city, has the country that its leg gives for it.
    """

    def codes() -> Iterator[str]:
        for leg in route["legs"]:
            ends = {leg["from_id"]: leg.get("from_country"), leg["to_id"]: leg.get("to_country")}
            passed = (leg["from_id"], leg["to_id"]) if leg["mode"] == "sea" else _passed(leg)
            for place in passed:
                code = country_of(place) or ends.get(place)
                if code:
                    yield code

    return _collapse(codes())


def _collapse(items: Iterator[str]) -> list[str]:
    kept: list[str] = []
    for item in items:
        if not kept or kept[-1] != item:
            kept.append(item)
    return kept


def chain_matches(chain: tuple[str, ...], countries: list[str]) -> bool:
    """Whether the countries, in order, are those of the chain; ``*`` stands for none, one or several."""
    pattern = "".join("(?:[A-Z]{2}>)*" if code == "*" else f"{code}>" for code in chain)
    return re.fullmatch(pattern, "".join(f"{code}>" for code in countries)) is not None


def missing_port(ports: tuple[tuple[str, ...], ...], terminals: list[str]) -> tuple[str, ...] | None:
    """The first position of the chain that is not passed after the ones before it; None when all are."""
    start = 0
    for position in ports:
        here = next((at for at in range(start, len(terminals)) if terminals[at] in position), None)
        if here is None:
            return position
        start = here + 1
    return None


# ------------------------------------------------------------------ the check


def violations(row: Expectation, answer: dict[str, Any]) -> list[str]:
    """Every way in which a plan's answer breaks one row of the sheet, in words; empty when it keeps to it.

    answer : the JSON of a plan with ``status`` and ``routes``; a route has corridor, mean_h (cargo ready to
    delivered), cost_usd (whole shipment) and legs
    """
    head = f"{row.pair_id}, {row.corridor}"
    routes = [route for route in answer["routes"] if route["corridor"] == row.corridor]
    if not routes:
        if row.presence != "must":
            return []
        status = answer["status"]
        found = ", ".join(sorted({route["corridor"] for route in answer["routes"]})) or "none"
        return [
            f"{head}: a forwarder would quote it, the plan has none "
            f"(status {status['outcome']}, {status['reason']}; corridors found: {found})"
        ]
    if row.presence == "never":
        return [f"{head}, route {route['route_id']}: must not appear. {row.note}" for route in routes]
    return [
        f"{head}, route {route['route_id']}: {fault}"
        for route in routes
        for fault in _route_faults(row, route)
    ]


def _route_faults(row: Expectation, route: dict[str, Any]) -> Iterator[str]:
    countries, terminals = countries_of(route), terminals_of(route)
    if not any(chain_matches(chain, countries) for chain in row.countries):
        allowed = " or ".join(">".join(chain) for chain in row.countries)
        yield f"countries {'>'.join(countries)}, expected {allowed}"
    missing = missing_port(row.ports, terminals)
    if missing is not None:
        yield (
            f"does not pass {' or '.join(missing)} where expected in "
            f"{' > '.join('/'.join(position) for position in row.ports)}; it passes {' > '.join(terminals)}"
        )
    yield from _outside("days", route["mean_h"] / HOURS_PER_DAY, row.days, "d")
    # The prices of the sheet are without insurance; see its README.
    lines = [line for part in (*route["legs"], *route["transfers"]) for line in part.get("lines", ())]
    insured_usd = sum(line["usd"] for line in lines if line["item"] == "insurance")
    price_usd = route["cost_usd"] - insured_usd
    yield from _outside("price", price_usd / BOXES_FEU, row.usd_per_feu, "USD per FEU")
    yield from _banned(row.corridor, route, countries, terminals)
    yield from _gauge_on_the_wrong_side(route, countries)


def _outside(what: str, value: float, band: Band | None, unit: str) -> Iterator[str]:
    if band is not None and not band.low <= value <= band.high:
        side = "below" if value < band.low else "above"
        yield f"{what} {value:,.1f} {unit}, {side} the band {band.low:,.0f} to {band.high:,.0f}"


def _banned(
    corridor: str, route: dict[str, Any], countries: list[str], terminals: list[str]
) -> Iterator[str]:
    used = {
        "country": set(countries),
        "terminal": set(terminals),
        "service": {leg.get("service_id") for leg in route["legs"]},
    }
    for ban in load_bans():
        if ban.id in used[ban.kind]:
            yield f"uses {ban.kind} {ban.id}: {ban.reason}"
    for code in sorted(FOREIGN_TO_CORRIDOR.get(corridor, set()) & used["country"]):
        yield f"is called {corridor} and touches {code}"
    for code in sorted(NEEDED_BY_CORRIDOR.get(corridor, set()) - used["country"]):
        yield f"is called {corridor} and does not touch {code}"


def _gauge_on_the_wrong_side(route: dict[str, Any], countries: list[str]) -> Iterator[str]:
    """The receiving railway reloads: westbound in Kazakhstan, eastbound in China."""
    if not {"CN", "KZ"} <= set(countries):
        return
    westbound = countries.index("CN") < countries.index("KZ")
    wrong, right = ("cn-", "Kazakhstan") if westbound else ("kz-", "China")
    for transfer in route.get("transfers") or ():
        if "gauge" in transfer["kind"] and transfer["terminal_id"].startswith(wrong):
            yield f"changes gauge at {transfer['terminal_id']}; the receiving railway reloads, so in {right}"


@cache
def _network() -> Network:
    return Network.load()


def answer_for(pair: Expectation) -> dict[str, Any]:
    """The plan for 40 x 40HC of consumer goods, 14 t each, cargo ready early in December 2026."""
    return plan(
        _network(),
        pair.origin,
        pair.destination,
        containers="40x40HC",
        commodity="consumer_goods",
        tonnes_per_box=14.0,
        at="2026-12-01",
        compare=True,
    ).to_dict()
