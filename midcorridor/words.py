"""How an answer is said in words and figures, the same in every face."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from .said import figures

if TYPE_CHECKING:
    from .tables import Tables

_MODE_WORDS = {"rail": "rail", "sea": "ship", "road": "truck", "inland_waterway": "barge"}
CAUSE_WORDS = {
    "running": "running time of",
    "handling": "handling and papers at",
    "border": "frontier formalities at",
    "fill": "waiting until a train fills at",
    "wait": "waiting for a departure at",
    "split": "waiting for the last departure at",
    "closure": "closures at",
    "truck": "trucks from",
}
_CHARGES = {"storage": ("storage",), "demurrage": ("demurrage",), "combined": ("demurrage", "detention")}
_HANDLED = ("load", "transship", "gauge_change", "discharge")  # where boxes may pay for a long stay
CLEARANCE_WORDS = {"accepted": "accepted", "permit_needed": "permit needed", "refused": "refused"}


def signed(value: float) -> str:
    """How much more or less, with as many digits as a mean deserves.

    >>> signed(376.6), signed(-12.04), signed(0)
    ('+377', '-12', '0')
    """
    return ("+" if value > 0 else "-" if value < 0 else "") + figures(abs(value))


def chance_words(share: float) -> str:
    """A chance as a whole percentage that never claims all or nothing falsely.

    >>> chance_words(0.783), chance_words(0.9961), chance_words(0.0004), chance_words(1.0)
    ('78 %', '> 99 %', '< 1 %', '100 %')
    """
    if 0 < share < 0.01:
        return "< 1 %"
    if 0.99 < share < 1:
        return "> 99 %"
    return f"{share * 100:.0f} %"


def short(name: str) -> str:
    """A place without what stands in brackets behind it."""
    return name.split(" (")[0].strip() or name


Names = Mapping[str, Mapping[str, str]]
# Where the things stand that a closure names; passages have no table.
SCOPE_TABLES = {"terminal": "terminals", "link": "links", "service": "services", "country": "countries"}


def thing_names(tables: Tables) -> dict[str, dict[str, str]]:
    """Names of terminals, links, services and countries by table and key; a link is named by its ends."""
    terminals = {row["terminal_id"]: short(row["name"]) for row in tables["terminals"]}
    return {
        "terminals": terminals,
        "links": {
            row["link_id"]: " - ".join(
                terminals.get(row[side], row[side]) for side in ("from_terminal", "to_terminal")
            )
            for row in tables["links"]
        },
        "services": {row["service_id"]: row["name"] for row in tables["services"]},
        "countries": {row["country"]: row["name"] for row in tables["countries"]},
    }


def named(names: Names, table: str, keys: Iterable[str]) -> list[str]:
    """The names of things of a table; a key that has none stands for itself."""
    known = names.get(table, {})
    return list(dict.fromkeys(known.get(key) or key for key in keys))


def listed(names: Sequence[str], most: int | None, how: str) -> str:
    """Names in a list; beyond so many only how many more there are, and how to see them.

    >>> listed(["Aktau", "Alat", "Poti"], 2, "--all")
    'Aktau, Alat and 1 more (--all)'
    >>> listed(["Aktau", "Alat", "Poti"], None, "--all")
    'Aktau, Alat, Poti'
    >>> listed(["train, westbound", "ferry"], None, "--all")
    'train, westbound; ferry'
    """
    between = "; " if any("," in name for name in names) else ", "
    if most is None or len(names) <= most:
        return between.join(names)
    return f"{between.join(names[:most])} and {len(names) - most:,} more ({how})"


def days_words(first: date, last: date) -> str:
    """Days from the first to the last, the month and the year told once where they are the same.

    >>> days_words(date(2026, 12, 1), date(2026, 12, 14)), days_words(date(2026, 12, 1), date(2026, 12, 1))
    ('1-14 Dec 2026', '1 Dec 2026')
    >>> days_words(date(2026, 11, 28), date(2026, 12, 3)), days_words(date(2026, 12, 28), date(2027, 1, 3))
    ('28 Nov - 3 Dec 2026', '28 Dec 2026 - 3 Jan 2027')
    """
    if first == last:
        return f"{last:%-d %b %Y}"
    if first.year != last.year:
        return f"{first:%-d %b %Y} - {last:%-d %b %Y}"
    if first.month != last.month:
        return f"{first:%-d %b} - {last:%-d %b %Y}"
    return f"{first.day}-{last:%-d %b %Y}"


def cause_words(spread: Mapping[str, Any]) -> str:
    """A cause of the spread of the arrival, with its place or service."""
    return f"{CAUSE_WORDS.get(spread['cause'], spread['cause'])} {short(spread['where'])}"


def load_words(leg: Mapping[str, Any]) -> str:
    """How the boxes of a leg are booked and over how many departures they split; empty for one load.

    >>> load_words({"booking": "group", "loads": [33, 7]})
    'group booking, 33 + 7 boxes'
    >>> load_words({"booking": "", "loads": [40]})
    ''
    """
    said = []
    if leg.get("booking"):
        said.append(f"{leg['booking']} booking")
    loads = leg.get("loads") or ()
    if len(loads) > 4:
        said.append(f"{sum(loads)} boxes on {len(loads)} departures")
    elif len(loads) > 1:
        said.append(f"{' + '.join(map(str, loads))} boxes")
    return ", ".join(said)


def ports_words(route: Mapping[str, Any]) -> list[str]:
    """Port of loading and of discharge of each bill of lading, by name."""
    names = {leg[f"{end}_id"]: short(leg[f"{end}_name"]) for leg in route["legs"] for end in ("from", "to")}
    return [
        f"{names.get(first, first)} to {names.get(last, last)}" for first, last in route.get("ports") or ()
    ]


def price_years_words(figures: Iterable[Mapping[str, Any]], price_year: int | None = None) -> str:
    """The years of the prices behind an answer; shares and factors have none that counts.

    >>> price_years_words([{"unit": "USD/FEU", "year": 2024}, {"unit": "USD", "year": 2026}])
    'prices of 2024-2026, not inflated'
    >>> price_years_words([{"unit": "USD/FEU", "year": 2025}, {"unit": "1", "year": 2019}])
    'prices of 2025, not inflated'
    >>> price_years_words([{"unit": "1", "year": 2019}])
    ''
    >>> price_years_words([{"unit": "USD/FEU", "year": 2024}, {"unit": "USD", "year": 2026}], 2025)
    'prices of 2024-2026, in the money of 2025'
    """
    years = sorted({row["year"] for row in figures if row["year"] is not None and row["unit"] != "1"})
    if not years:
        return ""
    span = str(years[0]) if years[0] == years[-1] else f"{years[0]}-{years[-1]}"
    return f"prices of {span}, " + (f"in the money of {price_year}" if price_year else "not inflated")


def exposure_words(route: Mapping[str, Any]) -> str:
    """What stays beyond the free days may cost beside the price of a route; empty where no tariff is known.

    Storage and demurrage count at the terminals of the route; detention begins when the box has left
    them, so only its free days and its daily rate are told.
    """
    stays = [part for part in route["transfers"] if part.get("free_time")]
    stays.sort(key=lambda part: int(part["seq"]))
    charged = [part for part in stays if part["exposure_p50_usd"] is not None]
    said = []
    if charged:
        met = {row["charge"] for part in charged for row in part["free_time"]} - {"detention"}
        met = {word for charge in met for word in _CHARGES[charge]}
        names = " and ".join(word for word in ("storage", "demurrage", "detention") if word in met)
        usual, worst = route["exposure_p50_usd"], route["exposure_p90_usd"]
        late = "not known" if worst is None else f"{figures(worst)} USD"
        said.append(
            f"{names} for all boxes, not in the price: {figures(usual)} USD at the median of every stay, "
            f"{late} if each is as long as 9 in 10 are"
        )
        unknown = [
            short(part["terminal_name"])
            for part in sorted(route["transfers"], key=lambda part: int(part["seq"]))
            if part["kind"] in _HANDLED and part["terminal_id"] not in ("origin", "destination")
            if part.get("exposure_p50_usd") is None
        ]
        if unknown:
            said.append(f"no tariff known at {', '.join(dict.fromkeys(unknown))}")
    held = [
        (row["usd_per_feu_day"], f"{row['free_days']:g} free days at {short(part['terminal_name'])}")
        for part in stays
        for row in part["free_time"]
        if row["charge"] == "detention"
    ]
    if held:
        rates = [
            f"{rate:g} USD {'' if number else 'a 40 ft box and day '}after {free}"
            for number, (rate, free) in enumerate(held)
        ]
        said.append(f"detention {', '.join(rates)}")
    return "; ".join(said)


def cover_usd(part: Mapping[str, Any]) -> float:
    """Insurance among the lines of a leg or transfer: it is for the whole way, and not of that step."""
    return math.fsum(line["usd"] for line in part["lines"] if line["item"] == "insurance")


def rates_words(route: Mapping[str, Any]) -> str:
    """Published through rates beside the price of a route; empty where there is none.

    >>> def rate(usd, month, basis):
    ...     return {"usd": usd, "year_month": month, "basis": basis}
    >>> two = [rate(6500, "2026-02", "claimed"), rate(4800, "2024-11", "measured")]
    >>> rates_words({"published_rates": two})
    'published through rates of 2024-2026: 4,800-6,500 USD a box, 2 rows'
    >>> rates_words({"published_rates": [rate(6100, "2025-11", "estimate")]})
    'published through rates of 2025: 6,100 USD a box, 1 row, an estimate of ours'
    """
    rows = route.get("published_rates") or ()
    if not rows:
        return ""
    years, prices = ([row[name] for row in rows] for name in ("year_month", "usd"))
    first, last = min(years)[:4], max(years)[:4]
    low, high = (f"{figures(price)}" for price in (min(prices), max(prices)))
    guessed = sum(1 for row in rows if row["basis"] == "estimate")
    said = f"published through rates of {first if first == last else f'{first}-{last}'}: "
    said += (
        f"{low if low == high else f'{low}-{high}'} USD a box, {len(rows)} row{'s' if len(rows) > 1 else ''}"
    )
    if guessed == len(rows):
        said += ", an estimate of ours" if guessed == 1 else ", estimates of ours"
    elif guessed:
        said += f", {guessed} of them estimates of ours"
    return said


def hurdles(routes: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What rules ask of the goods on any of the routes, each rule once, refusals first.

    A row has effect, subject, table, key and words of the rule where it is met first; routes: letters of
    the routes that meet it; also: the other places where it holds.
    """
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for route in routes:
        for leg in sorted(route["legs"], key=lambda leg: int(leg["seq"])):
            for verdict in leg.get("verdicts") or ():
                if verdict["effect"] == "accepted":
                    continue
                rule = (verdict["table"], verdict["key"] or verdict["words"], verdict["effect"])
                row = found.setdefault(rule, {**verdict, "routes": "", "also": []})
                if route["route_id"] not in row["routes"]:
                    row["routes"] += route["route_id"]
                if verdict["where"] not in (row["where"], *row["also"]):
                    row["also"].append(verdict["where"])
    return sorted(found.values(), key=lambda row: row["effect"] != "refused")


def step_words(part: Mapping[str, Any]) -> str:
    """One leg or transfer of a route in words."""
    if "mode" in part:
        named = part["service_name"] and part["mode"] != "road"
        name = f" ({part['service_name']})" if named else ""
        first, last = short(part["from_name"]), short(part["to_name"])
        if first == last:
            first, last = part["from_name"], part["to_name"]
        return f"{_MODE_WORDS[part['mode']]} {first} - {last}{name}"
    kind, place = part["kind"], short(part["terminal_name"])
    waits = []
    if part["wait_h"] >= 0.05:
        waits.append(f"{part['wait_h']:.0f} h for a departure")
    if part["closure_h"] >= 0.05:
        waits.append(f"{part['closure_h']:.0f} h for closures")
    wait = f", incl. {' and '.join(waits)}" if waits else ""
    if kind == "border":
        frontier, side, where = part["note"].split()
        return f"frontier {frontier.replace('>', ' > ')}, {side} {where} {place}"
    if kind == "gauge_change":
        before, after = (deck.removeprefix("rail") for deck in part["note"].split(" > "))
        return f"reload {before} > {after} mm at {place}{wait}"
    words = {
        "load": "load at",
        "transship": "transship at",
        "discharge": "discharge at",
        "halt": "halt at",
    }
    return f"{words[kind]} {place}{wait}"
