"""A plan as `plan` would answer it, built by hand, and land to draw it on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from statistics import NormalDist
from typing import Any

import pytest

from midcorridor.errors import Fault, PlaceError
from midcorridor.plan.answer import PlanResult
from midcorridor.results import RunInfo, Status

PLACES = {
    "origin": ("Xi'an", "CN", 34.26, 108.94),
    "cn-xian-port": ("Xi'an International Port (Xinzhu)", "CN", 34.39, 109.06),
    "cn-lanzhou": ("Lanzhou", "CN", 36.06, 103.83),
    "cn-urumqi": ("Urumqi", "CN", 43.83, 87.6),
    "cn-khorgos": ("Khorgos", "CN", 44.21, 80.41),
    "kz-altynkol": ("Altynkol", "KZ", 44.18, 80.25),
    "cn-alashankou": ("Alashankou", "CN", 45.17, 82.57),
    "kz-dostyk": ("Dostyk", "KZ", 45.25, 82.48),
    "kz-almaty": ("Almaty", "KZ", 43.35, 76.95),
    "kz-saksaulskaya": ("Saksaulskaya", "KZ", 47.08, 61.16),
    "kz-astana": ("Astana", "KZ", 51.17, 71.4),
    "kz-aktau": ("Aktau (seaport)", "KZ", 43.61, 51.22),
    "az-alat": ("Alat (Port of Baku)", "AZ", 39.98, 49.41),
    "az-boyuk-kesik": ("Boyuk Kesik", "AZ", 41.2, 45.4),
    "ge-gardabani": ("Gardabani", "GE", 41.45, 45.1),
    "ge-poti": ("Poti", "GE", 42.15, 41.65),
    "ro-constanta": ("Constanta", "RO", 44.1, 28.65),
    "ro-curtici": ("Curtici", "RO", 46.35, 21.3),
    "hu-lokoshaza": ("Lokoshaza", "HU", 46.43, 21.23),
    "hu-budapest": ("Budapest (BILK)", "HU", 47.4, 19.1),
    "ru-petropavl": ("Ilek", "RU", 51.5, 53.4),
    "ru-moscow": ("Moscow", "RU", 55.75, 37.6),
    "by-brest": ("Brest", "BY", 52.1, 23.7),
    "pl-malaszewicze": ("Malaszewicze", "PL", 52.03, 23.53),
    "pl-warsaw": ("Warsaw", "PL", 52.2, 21.0),
    "cn-shanghai-port": ("Shanghai (Yangshan)", "CN", 30.63, 122.06),
    "si-koper": ("Koper", "SI", 45.55, 13.73),
    "destination": ("Budapest", "HU", 47.5, 19.04),
}
BOXES = 40
READY = datetime.fromisoformat("2026-12-01T00:00:00+00:00")
CHANCES = (0.01, 0.025, *(at / 20 for at in range(1, 20)), 0.975, 0.99)


def after(hours: float) -> str:
    """An instant so many hours after cargo ready."""
    return (READY + timedelta(hours=hours)).isoformat()


class Maker:
    """Writes events in the form of plan/answer.py."""

    def __init__(self) -> None:
        self.legs: list[dict[str, Any]] = []
        self.transfers: list[dict[str, Any]] = []
        self.seq = 0
        self.clock_h = 0.0

    def leg(self, mode: str, path: str, km: float, hours: float, usd: float, kg: float, **more: Any) -> Maker:
        self.seq += 1
        ids = path.split()
        first, last = PLACES[ids[0]], PLACES[ids[-1]]
        item = {"rail": "rail_tariff", "sea": "sea_freight"}.get(mode, "trucking")
        total = usd * BOXES
        self.legs.append(
            {
                "seq": self.seq,
                "from_id": ids[0],
                "from_name": first[0],
                "from_country": first[1],
                "to_id": ids[-1],
                "to_name": last[0],
                "to_country": last[1],
                "mode": mode,
                "service_id": more.get("service", mode),
                "service_name": more.get("name", ""),
                "operator": more.get("operator", ""),
                "gauge_mm": more.get("gauge"),
                "start_h": self.clock_h,
                "mean_h": hours,
                "p50_h": 0.98 * hours,
                "p90_h": 1.2 * hours,
                "etd_at": after(self.clock_h),
                "eta_at": after(self.clock_h + hours),
                "cutoff_at": after(self.clock_h - 24) if mode != "road" else None,
                "departs": more.get("departs", "" if mode == "road" else "headway"),
                "gross_t_per_box": 19.9,
                "booking": "" if mode == "road" else "group",
                "fill_share": None if mode == "road" else 0.8,
                "loads": more.get("loads", [BOXES]),
                "clearance": more.get("clearance", "accepted"),
                "verdicts": more.get("verdicts", []),
                "runs": [[self.clock_h, hours]],
                "cost_usd": total,
                "kg_co2e": kg * BOXES,
                "km": km,
                "path": ids,
                "link_ids": [],
                "lines": [
                    {"item": item, "usd": total * 0.9, "table": "unit_costs", "key": "x"},
                    {"item": "forwarder_margin", "usd": total * 0.06, "table": "unit_costs", "key": "y"},
                    {"item": "container_hire", "usd": total * 0.04, "table": "unit_costs", "key": "z"},
                ],
                "points": [list(PLACES[place][2:]) for place in ids],
            }
        )
        self.clock_h += hours
        return self

    def stop(
        self, kind: str, place: str, note: str, handling: float, wait: float = 0.0, **more: Any
    ) -> Maker:
        self.seq += 1
        usd = more.get("usd", 0.0) * BOXES
        name, country, _, _ = PLACES[place]
        item = "border_fees" if kind == "border" else "handling"
        closure = more.get("closure", 0.0)
        self.transfers.append(
            {
                "seq": self.seq,
                "terminal_id": place,
                "terminal_name": name,
                "country": country,
                "kind": kind,
                "start_h": self.clock_h,
                "mean_h": handling + wait + closure,
                "p50_h": 0.9 * (handling + wait + closure),
                "p90_h": 1.7 * (handling + wait + closure),
                "cutoff_at": None,
                "handling_h": handling,
                "wait_h": wait,
                "closure_h": closure,
                "cost_usd": usd,
                "kg_co2e": more.get("kg", 0.0) * BOXES,
                "note": f"{note} at" if kind == "border" else note,
                "lines": [{"item": item, "usd": usd, "table": "handling", "key": place}] if usd else [],
            }
        )
        self.clock_h += handling + wait + closure
        return self

    def route(self, letter: str, corridor: str, countries: str, confidence: str) -> dict[str, Any]:
        events = [*self.legs, *self.transfers]
        cost = sum(event["cost_usd"] for event in events)
        hours = sum(event["mean_h"] for event in events)
        spread = NormalDist(hours, 0.12 * hours)
        seaside = [leg for leg in self.legs if leg["mode"] == "sea"]
        return {
            "route_id": letter,
            "corridor": corridor,
            "mean_h": hours,
            "mean_d": hours / 24,
            "sd_h": spread.stdev,
            "p10_h": spread.inv_cdf(0.1),
            "p50_h": hours,
            "p90_h": spread.inv_cdf(0.9),
            "on_time_probability": None,
            "never_probability": 0.0,
            "first_box_mean_h": hours,
            "first_box_p90_h": spread.inv_cdf(0.9),
            "available_at": after(hours),
            "available_p90_at": after(spread.inv_cdf(0.9)),
            "arrival_h": [[chance, spread.inv_cdf(chance)] for chance in CHANCES],
            "spread": [
                {"seq": 3, "where": "Aktau (seaport)", "cause": "wait", "share": 0.4},
                {"seq": 5, "where": "Feeder Aktau–Alat", "cause": "running", "share": 0.25},
            ],
            "ports": [[leg["from_id"], leg["to_id"]] for leg in seaside],
            "permits": list(dict.fromkeys(v["key"] for leg in self.legs for v in leg["verdicts"])),
            "cost_usd": cost,
            "cost_usd_per_box": cost / BOXES,
            "kg_co2e": sum(event["kg_co2e"] for event in events),
            "km": sum(leg["km"] for leg in self.legs),
            "moving_h": sum(leg["mean_h"] for leg in self.legs),
            "waiting_h": sum(transfer["mean_h"] for transfer in self.transfers),
            "time_value_usd": 61_000.0,
            **dict.fromkeys(("exposure_p50_usd", "exposure_p90_usd")),
            **dict.fromkeys(("detention_free_days", "detention_usd_per_day")),
            "countries": countries.split(),
            "via": list(
                dict.fromkeys(
                    t["terminal_id"] for t in self.transfers if t["kind"] in ("transship", "gauge_change")
                )
            ),
            "gauge_changes": sum(1 for t in self.transfers if t["kind"] == "gauge_change"),
            "legs": self.legs,
            "transfers": self.transfers,
            "confidence": confidence,
            "rests_on": {"high": 20, "medium": 7, "low": 3},
            "explained": [],
            "not_included": ["return of the empty boxes", "guard on the rails of GE"],
        }


def middle() -> dict[str, Any]:
    make = Maker()
    make.stop("load", "origin", "origin > road", 0, 0.9, usd=8)
    make.leg("road", "origin cn-xian-port", 21, 1.4, 190, 31, service="truck", name="Truck")
    make.stop("load", "cn-xian-port", "road > rail1435", 30, 22, usd=95, kg=9)
    make.leg(
        "rail", "cn-xian-port cn-lanzhou cn-urumqi cn-khorgos kz-altynkol", 3390, 92, 1560, 420,
        service="block-xian-altynkol", name="Block train Xi'an–Altynkol", gauge=1435,
    )  # fmt: skip
    make.stop("border", "cn-khorgos", "CN>KZ exit", 9, usd=30)
    make.stop("border", "kz-altynkol", "CN>KZ entry", 14, usd=45)
    make.stop("gauge_change", "kz-altynkol", "rail1435 > rail1520", 46, 18, usd=260, kg=12)
    make.leg(
        "rail", "kz-altynkol kz-almaty kz-saksaulskaya kz-aktau", 3128, 118, 1410, 510,
        service="block-altynkol-aktau", name="Block train Altynkol–Aktau", gauge=1520,
    )  # fmt: skip
    make.stop("transship", "kz-aktau", "rail1520 > ship", 84, 41, closure=13, usd=630, kg=14)
    make.leg(
        "sea", "kz-aktau az-alat", 492, 31, 450, 180, service="feeder-aktau-alat", name="Feeder Aktau–Alat"
    )
    make.stop("transship", "az-alat", "ship > rail1520", 47, 20, usd=140, kg=11)
    make.leg(
        "rail", "az-alat az-boyuk-kesik ge-gardabani ge-poti", 885, 44, 720, 160,
        service="block-alat-poti", name="Block train Alat–Poti", gauge=1520,
    )  # fmt: skip
    make.stop("border", "az-boyuk-kesik", "AZ>GE exit", 12, usd=18)
    make.stop("border", "ge-gardabani", "AZ>GE entry", 10, usd=18)
    make.stop("transship", "ge-poti", "rail1520 > ship", 92, 84, closure=9, usd=220, kg=12)
    make.leg(
        "sea", "ge-poti ro-constanta", 1120, 62, 800, 340, service="feeder-poti-constanta", name="Feeder"
    )
    make.stop("transship", "ro-constanta", "ship > rail1435", 74, 52, usd=130, kg=10)
    make.leg(
        "rail", "ro-constanta ro-curtici hu-lokoshaza hu-budapest", 1060, 38, 900, 130,
        service="rail-ordinary", name="Ordinary train", gauge=1435,
    )  # fmt: skip
    make.stop("border", "ro-curtici", "RO>HU exit", 5)
    make.stop("discharge", "hu-budapest", "rail1435 > end", 14, usd=70, kg=8)
    make.leg("road", "hu-budapest destination", 17, 1.2, 260, 25, service="truck", name="Truck")
    return make.route("A", "middle", "CN KZ AZ GE RO HU", "low")


def northern() -> dict[str, Any]:
    make = Maker()
    make.leg("road", "origin cn-xian-port", 21, 1.4, 190, 31, service="truck", name="Truck")
    make.stop("load", "cn-xian-port", "road > rail1435", 30, 14, usd=95, kg=9)
    make.leg("rail", "cn-xian-port cn-lanzhou cn-urumqi cn-alashankou kz-dostyk", 3290, 88, 1540, 410,
             service="block-xian-dostyk", name="China-Europe block train", gauge=1435)  # fmt: skip
    make.stop("border", "kz-dostyk", "CN>KZ entry", 18, usd=45)
    make.stop("gauge_change", "kz-dostyk", "rail1435 > rail1520", 30, 12, usd=240, kg=12)
    make.leg("rail", "kz-dostyk kz-astana ru-petropavl ru-moscow by-brest", 5430, 142, 2900, 820,
             service="utlc", name="Dostyk–Brest block train", gauge=1520)  # fmt: skip
    make.stop("border", "by-brest", "BY>PL exit", 16, usd=40)
    make.stop("gauge_change", "pl-malaszewicze", "rail1520 > rail1435", 52, 16, usd=210, kg=12)
    make.leg("rail", "pl-malaszewicze pl-warsaw hu-budapest", 1010, 44, 1100, 170,
             service="rail-ordinary", name="Ordinary train", gauge=1435)  # fmt: skip
    make.stop("discharge", "hu-budapest", "rail1435 > end", 14, usd=70, kg=8)
    make.leg("road", "hu-budapest destination", 17, 1.2, 260, 25, service="truck", name="Truck")
    return make.route("B", "northern", "CN KZ RU BY PL SK HU", "medium")


def cape() -> dict[str, Any]:
    make = Maker()
    make.leg("road", "origin cn-xian-port", 21, 1.4, 190, 31, service="truck", name="Truck")
    make.stop("load", "cn-xian-port", "road > rail1435", 30, 10, usd=95, kg=9)
    make.leg("rail", "cn-xian-port cn-shanghai-port", 1520, 52, 640, 190,
             service="rail-ordinary", name="Ordinary train", gauge=1435)  # fmt: skip
    make.stop("transship", "cn-shanghai-port", "rail1435 > ship", 70, 42, usd=190, kg=14)
    make.leg("sea", "cn-shanghai-port si-koper", 26_300, 860, 2450, 2950,
             service="loop-med", name="Liner loop to the Adriatic by the Cape")  # fmt: skip
    make.stop("transship", "si-koper", "ship > rail1435", 66, 30, usd=180, kg=12)
    make.leg("rail", "si-koper hu-budapest", 640, 30, 620, 80,
             service="rail-ordinary", name="Ordinary train", gauge=1435)  # fmt: skip
    make.stop("discharge", "hu-budapest", "rail1435 > end", 14, usd=70, kg=8)
    make.leg("road", "hu-budapest destination", 17, 1.2, 260, 25, service="truck", name="Truck")
    return make.route("C", "ocean_cape", "CN SI HU", "high")


def question() -> dict[str, Any]:
    def end(role: str) -> dict[str, Any]:
        name, country, lat, lon = PLACES[role]
        return {"given": name, "name": name, "lat": lat, "lon": lon, "country": country, "terminal_id": None}

    return {
        "origin": end("origin"),
        "destination": end("destination"),
        "boxes": BOXES,
        "container_type": "40HC",
        "teu": 80.0,
        "commodity_id": "consumer_goods",
        "cargo_t": 640.0,
        "value_usd": 5_120_000.0,
        "ready_at": READY.isoformat(),
        "deadline_at": None,
    }


def frontier(routes: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Every route, and three ways about it that are dearer or slower."""
    return [
        {
            "corridor": route["corridor"],
            "mean_h": route["mean_h"] * slow,
            "cost_usd": route["cost_usd"] * dear,
            "kg_co2e": route["kg_co2e"],
            "sd_h": route["sd_h"],
            "route_id": route["route_id"] if slow == dear else "",
        }
        for route in routes
        for slow, dear in ((1, 1), (1.2, 0.97), (1.1, 0.99), (1, 1.3))
    ]


def with_rule(route: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The route with a rule that stands on two of its legs and asks for a permit."""
    told = {
        "effect": "permit_needed",
        "subject": "length",
        "table": "box_limits",
        "key": "length-45",
        "where": "by rail in Kazakhstan",
        "words": "Permit needed by rail in Kazakhstan. Ask the railway.",
        **more,
    }
    for leg in route["legs"][1:3]:
        leg["clearance"], leg["verdicts"] = told["effect"], [told]
    return {**route, "permits": [told["key"]]}


def answer(*letters: str, deadline_d: float | None = None) -> PlanResult:
    """The sample with the routes asked for; without any it is the answer that there is none."""
    made = {"A": middle, "B": northern, "C": cape}
    status = (
        Status("ok", "optimal", notes=("service barge-constanta-budapest: no price (a row names it)",))
        if letters
        else Status("none", "blocked", ("--avoid KZ", "closure ru-transit (sanctions): RU is closed"))
    )
    run = RunInfo("0.1.0", "base", "4f1c9e0ab27d55aa", {"by": "balanced", "avoid": [], "compare": True}, 0.42)
    sources = [
        {
            "source_id": "trend-2025",
            "title": "Tariffs of the corridor <2025>",
            "publisher": "Trend",
            "date": date(2025, 11, 3),
            "url": "https://example.org/tariffs?a=1&b=2",
            "uses": 41,
        },
        {"source_id": "estimate", "title": "Own estimates", "publisher": "midcorridor", "date": None,
         "url": None, "uses": 1},
        {"source_id": "bad", "title": "A link that must not be followed", "publisher": "nobody",
         "date": "2024", "url": "javascript:alert(1)", "uses": 2},
    ]  # fmt: skip
    asked, routes = question(), [made[letter]() for letter in letters]
    if deadline_d is not None:
        asked["deadline_at"] = after(24 * deadline_d)
        for route in routes:
            arrives = NormalDist(route["mean_h"], route["sd_h"])
            route["on_time_probability"] = arrives.cdf(24 * deadline_d)
    figures = {"unit_costs x": {"value": 0.4, "unit": "USD/FEU-km", "year": 2025,
                                "source": ["trend-2025", "estimate"], "confidence": "medium"}}  # fmt: skip
    checks = [{"check": "sums agree", "ok": True}] if letters else []
    return PlanResult(
        asked, status, routes, frontier(routes), checks, figures, sources if letters else [], run
    )


class StubAtlas:
    """Two square countries; rail and sea have ways with a bend, road has none."""

    def outlines(self) -> Iterable[tuple[str, str, Sequence[Sequence[tuple[float, float]]]]]:
        yield "KZ", "Kazakhstan", [_box(50, 41, 85, 55)]
        yield "CN", "China", [_box(85, 22, 120, 50)]
        yield "RU", "Russia", [_box(28, 55, 180, 75), _box(-180, 62, -170, 70)]
        yield "AQ", "Antarctica", [_box(-180, -85, 180, -70)]

    def way(
        self, graph: str, start: tuple[float, float], end: tuple[float, float], avoid: tuple[str, ...]
    ) -> tuple[float, list[tuple[float, float]]]:
        if graph == "road":
            raise PlaceError(Fault("no_way", "no road"))
        lat, lon = (start[0] + end[0]) / 2 + 0.4, (start[1] + end[1]) / 2
        if graph == "sea" and avoid == ("suez",):
            via = [(-2.0, 105.5), (-35.5, 20.0), (14.0, -18.0), (35.9, -5.6)]
            return 26_000.0, [start, (20.0, 119.0), *via, (38.0, 11.0), (36.0, 16.0), end]
        return 0.0, [start, (lat, lon), end]


def _box(west: float, south: float, east: float, north: float) -> list[tuple[float, float]]:
    return [(west, south), (east, south), (east, north), (west, north), (west, south)]


@pytest.fixture
def sample() -> Callable[..., PlanResult]:
    """A function of route letters that gives an answer."""
    return answer


@pytest.fixture
def atlas() -> StubAtlas:
    """Land and ways without the base map."""
    return StubAtlas()


@pytest.fixture
def renamed() -> Callable[[PlanResult, str], PlanResult]:
    """A function that gives every place and service of an answer another name."""

    def rename(result: PlanResult, name: str) -> PlanResult:
        asked = {
            **result.question,
            **{
                end: {**result.question[end], "name": name, "given": name}
                for end in ("origin", "destination")
            },
        }
        routes = [
            {
                **route,
                "legs": [
                    {**leg, "from_name": name, "to_name": name, "service_name": name} for leg in route["legs"]
                ],
                "transfers": [{**t, "terminal_name": name, "note": name} for t in route["transfers"]],
            }
            for route in result.routes
        ]
        return replace(result, question=asked, routes=routes)

    return rename
