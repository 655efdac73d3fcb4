"""Random small networks and what is asked of them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from itertools import islice
from typing import Any

from midcorridor.clearance import goods_of, hits
from midcorridor.network import Network
from midcorridor.plan import find_end, plan
from midcorridor.plan.access import Access
from midcorridor.plan.calendar import HORIZON_H, TAIL_H
from midcorridor.plan.decoding import Decoder
from midcorridor.plan.question import Question
from midcorridor.shipment import make_shipment

from .small import network, rows_of

DAY = "2026-12-01"
# Shares and ratios are no prices.
NO_PRICE = ("size_ratio", "forwarder_margin", "time_cost_tradeoff")


@cache
def random_network(seed: int, prefix: str = "") -> tuple[Network, list[str]]:
    """Terminals in four countries on two gauges, some ports, trains and ships among them."""
    draw = random.Random(seed)
    countries = {"CN": 1435, "KZ": 1520, "RU": 1520, "AZ": 1520}
    places = []
    rows = ["terminal_id,name,country,kinds,lat,lon"]
    for number in range(draw.randint(5, 8)):
        country = draw.choice(list(countries))
        kinds = draw.choice(["rail_terminal", "seaport;rail_terminal"])
        name = f"{prefix}{country.lower()}-{number}"
        places.append((name, country, kinds))
        rows.append(f"{name},{name},{country},{kinds},{40 + number},{60 + draw.randint(0, 30)}")
    links = ["link_id,from_terminal,to_terminal,mode,km,gauge_mm,running_p50_h,running_p90_h,passages"]
    services = ["service_id,departures_per_week,capacity,headway_cv,runs"]
    calls = ["service_id,seq,terminal_id,link_ids"]
    for number in range(draw.randint(6, 16)):
        (a, _, kinds_a), (b, country_b, kinds_b) = draw.sample(places, 2)
        hours = draw.randint(5, 60)
        km = draw.randint(100, 3000)
        if "seaport" in kinds_a and "seaport" in kinds_b and draw.random() < 0.7:
            passage = draw.choice(["caspian", "suez", ""])
            links.append(f"l{number},{a},{b},sea,{km},,{hours},{hours * 1.5},{passage}")
            services.append(f"s{number},{draw.randint(1, 14)},100,{draw.choice([0, 1])},both")
            calls += [f"s{number},1,{a},", f"s{number},2,{b},l{number}"]
        else:
            gauge = draw.choice([1435, 1520, countries[country_b]])
            links.append(f"l{number},{a},{b},rail,{km},{gauge},{hours},{hours * 2},")
    dwell = ["dwell_id,terminal_id,activity,from_gauge_mm,to_gauge_mm,p50_h,p90_h"]
    for number, (name, _, _) in enumerate(places):
        if draw.random() < 0.6:
            gauges = draw.choice(["1435,1520", "1520,1435"])
            hours = draw.randint(5, 40)
            dwell.append(f"g{number},{name},gauge_change,{gauges},{hours},{hours * 2}")
    borders = ["procedure_id,from_country,to_country,mode,side,p50_h,p90_h,usd_per_feu"]
    for number, (a, b) in enumerate((x, y) for x in countries for y in countries if x != y):
        borders.append(f"b{number},{a},{b},rail,exit,{1 + number},{3 + 2 * number},{10 * number}")
    tables = {
        "terminals": "\n".join(rows),
        "links": "\n".join(links),
        "dwell": "\n".join(dwell),
        "border_procedures": "\n".join(borders),
        "services": "\n".join(services),
        "service_calls": "\n".join(calls),
    }
    if len(services) == 1:
        del tables["services"], tables["service_calls"]
    if len(dwell) == 1:
        del tables["dwell"]
    return network(**tables), [name for name, _, _ in places]


def best(net: Network, origin: str, destination: str, **options: Any) -> dict[str, dict[str, float]]:
    answer = plan(net, origin, destination, at=DAY, compare=True, **options)
    found: dict[str, dict[str, float]] = {}
    for route in answer.routes:
        found.setdefault(route["corridor"], route)  # the best of each corridor comes first
    return found


def pairs() -> Iterator[tuple[int, Network, str, str]]:
    for seed in range(90):
        net, names = random_network(seed)
        yield seed, net, names[0], names[-1]


def priced() -> Iterator[tuple[int, Network, str, str]]:
    """Random networks with a margin, a hire, a price of every train, customs declarations, insurance that
    differs by corridor, and emissions of every lift."""
    for seed, net, origin, destination in islice(pairs(), 60):
        own = {"margin": 0.07, "hire": 6.0, "hire20": 3.5}
        costs = [{**row, "value": own.get(row["cost_id"], row["value"])} for row in net.tables["unit_costs"]]
        fixed = next(row for row in costs if row["cost_id"] == "sea")
        costs.append({**fixed, "cost_id": "fixed", "item": "rail_fixed", "mode": "rail", "value": 130.0})
        lines = (("export_declaration", None, 31.0), ("import_declaration", None, 17.0))
        insured = (("insurance", None, 0.002), ("insurance", "northern", 0.005))
        for item, corridor, value in (*lines, *insured):
            name = f"{item} {corridor}"
            costs.append({**fixed, "cost_id": name, "item": item, "corridor": corridor, "value": value})
        handling = [{**row, "kg_co2e_per_teu": 4.0} for row in net.tables["handling"]]
        yield seed, Network(net.tables.replace(unit_costs=costs, handling=handling)), origin, destination


def doubled(net: Network) -> Network:
    def twice(table: str, field: str) -> list[dict[str, object]]:
        return [{**row, field: row[field] * 2} for row in net.tables[table]]

    costs = [
        {**row, "value": row["value"] * (1 if row["item"] in NO_PRICE else 2)}
        for row in net.tables["unit_costs"]
    ]
    return Network(
        net.tables.replace(
            unit_costs=costs,
            handling=twice("handling", "usd_per_feu"),
            border_procedures=twice("border_procedures", "usd_per_feu"),
        )
    )


def dated() -> Iterator[tuple[int, Network, str, str]]:
    """The same with timetables, storms that begin or end on the way, days of closure, trains that fill."""
    for seed, net, origin, destination in priced():
        draw = random.Random(seed)
        terminals = [row["terminal_id"] for row in net.tables["terminals"]]
        links = [row["link_id"] for row in net.tables["links"]]
        departs = ["departure_id,service_id,terminal_id,direction,weekdays,time_utc"]
        for row in net.tables["service_calls"]:
            for way in ("forward", "backward"):
                if draw.random() < 0.4:
                    name = f"{row['service_id']}-{row['terminal_id']}-{way}"
                    weekdays = draw.choice(["mon", "tue;fri", "sun;wed"])
                    ids = f"{row['service_id']},{row['terminal_id']},{way}"
                    departs.append(f"{name},{ids},{weekdays},{draw.choice(['06:00', '17:30'])}")
        shut = ["closure_id,cause,scope,scope_ids,closed_share,mean_closed_h,valid_from,valid_until"]
        for number in range(4):
            first = draw.randint(1, 20)
            days = f"2026-12-{first:02d},2026-12-{first + draw.randint(0, 9):02d}"
            how = draw.choice(["1,", "0.5,40", "0.3,20"])
            what = draw.choice([("terminal", terminals), ("link", links)])
            shut.append(f"c{number},works,{what[0]},{draw.choice(what[1])},{how},{days}")
        waits = "booking_id,booking,mode,fill_p50_h,fill_p90_h,price_factor\n"
        waits += "rail-group,group,rail,10,20,1.1\nrail-single,single,rail,5,30,1.3"
        more = {
            "closures": rows_of("closures", "\n".join(shut)),
            "timetables": rows_of("timetables", "\n".join(departs)) if len(departs) > 1 else [],
            "bookings": [row for row in net.tables["bookings"] if row["booking"] != "block"]
            + rows_of("bookings", waits),
        }
        yield seed, Network(net.tables.replace(**more)), origin, destination


def decoder_of(question: Question) -> Decoder:
    """What makes routes of the ways of a question."""
    tables = question.compiled.tables
    ends = question.origin.country or None, question.destination.country or None
    goods = goods_of(tables, question.shipment, *ends)
    return Decoder(question, goods, tuple(hits(tables, goods)))


def question_of(
    net: Network, origin: str, destination: str, containers: str = "1x40HC", at: str = DAY
) -> Question:
    shipment = make_shipment(net.tables, origin, destination, containers=containers, ready_at=at)
    day = shipment.ready_at.date()
    compiled = net.between(day, day + timedelta(hours=HORIZON_H + TAIL_H))
    return Question(
        compiled,
        shipment,
        find_end(compiled, origin, ""),
        find_end(compiled, destination, ""),
        [Access(origin, 0.0, True)],
        [Access(destination, 0.0, True)],
    )
