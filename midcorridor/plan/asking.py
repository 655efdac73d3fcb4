"""What a shipment and the wishes of its owner become: one question with its bans, limits and aim."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from .. import places
from ..booking import check_booking, check_equipment
from ..clearance import Goods, Hit, embargo_hits, goods_of, limit_hits
from ..errors import Fault, InputError, PlaceError
from ..network import Compiled, Network
from ..network.compiled import in_turn
from ..said import Said
from ..shipment import Shipment
from .access import (
    Access,
    End,
    Roads,
    accesses,
    countries_passed,
    country_at,
    great_circle_km,
    inside_one_union,
)
from .bans import avoided, named_tags, refusals, total_closures
from .calendar import HORIZON_H, TAIL_H
from .choice import Aim, check_aim
from .moves import DRAYAGE_KM
from .question import Question
from .request import MOST_PASSES, deadline_hours, make_limits
from .searching import Search


@dataclass(frozen=True, eq=False)
class Asked:
    """A shipment and wishes, understood and ready to be searched."""

    compiled: Compiled
    shipment: Shipment
    ends: tuple[End, End]
    search: Search
    goods: Goods
    rules: Sequence[Hit]
    aim: Aim
    deadline_h: float | None
    wishes: dict[str, Any]  # as they were given, for who asks again

    @property
    def question(self) -> Question:
        """The question to the network."""
        return self.search.question

    def understood(self) -> dict[str, Any]:
        """What was understood of the shipment and its ends."""
        shipment, (origin, destination) = self.shipment, self.ends

        def end(text: str, found: End) -> dict[str, Any]:
            return {"given": text, **asdict(found)}

        deadline_at = None
        if self.deadline_h is not None:
            deadline_at = (shipment.ready_at + timedelta(hours=self.deadline_h)).isoformat()
        return {
            "origin": end(shipment.origin, origin),
            "destination": end(shipment.destination, destination),
            "boxes": shipment.boxes,
            "container_type": shipment.container_type,
            "teu": shipment.teu,
            "commodity_id": shipment.commodity_id,
            "hs_code": shipment.hs_code,
            "un_number": shipment.un_number,
            "cargo_t": round(shipment.cargo_t, 3),
            "value_usd": round(shipment.value_usd, 2),
            "ready_at": shipment.ready_at.isoformat(),
            "deadline_at": deadline_at,
            "price_year": self.wishes["price_year"],
        }


def ask(
    network: Network,
    shipment: Shipment,
    *,
    by: str = "balanced",
    sure: float | None = None,
    deadline: str | date | datetime | timedelta | None = None,
    booking: str | None = None,
    equipment: str = "coc",
    avoid: Iterable[str] = (),
    via: Iterable[str] = (),
    max_days: float | None = None,
    max_usd: float | None = None,
    max_kg_co2e: float | None = None,
    price_year: int | None = None,
    compare: bool = False,
    trucks: bool = False,
    roads: Roads | None = None,
) -> Asked:
    """A shipment put to the network. The options are those of `plan_shipment`, which tells their meaning.

    Raises InputError, PlaceError naming what is wrong with them.
    """
    aim = Aim(by, sure)
    check_aim(aim)
    check_booking(booking)
    check_equipment(equipment)
    avoid, via = tuple(avoid), tuple(via)
    deadline_h = deadline_hours(deadline, shipment.ready_at)
    limits = make_limits(max_days, max_usd, max_kg_co2e)
    day = shipment.ready_at.date()
    if price_year is not None:
        network = network.in_money_of(price_year)
    compiled = network.between(day, day + timedelta(hours=HORIZON_H + TAIL_H))
    origin = find_end(compiled, shipment.origin, "origin", day)
    destination = find_end(compiled, shipment.destination, "destination", day)
    ends = (origin, destination)
    _refuse_same(origin, destination)
    if roads is None and any(end.terminal_id is None for end in ends):
        from ..basemap import router

        roads = router("road")
    reach_km = math.inf if trucks else DRAYAGE_KM
    question = Question(
        compiled,
        shipment,
        origin,
        destination,
        accesses(compiled, origin, roads, drayage_km=reach_km),
        accesses(compiled, destination, roads, drayage_km=reach_km),
        direct=compiled.shared(
            ("direct", *ends, roads), lambda: _direct(compiled, *ends, roads), "countries"
        ),
        booking=booking,
        whose=equipment,
    )
    goods = goods_of(compiled.tables, shipment, origin.country or None, destination.country or None)
    # What concerns the goods is looked up once for all boxes of them.
    kind = replace(goods, container_type=None, gross_t=None, boxes=None)
    rules = (
        *compiled.shared(
            ("embargoes", id(compiled.tables["embargoes"]), kind),
            lambda: tuple(embargo_hits(compiled.tables, kind)),
            *("embargoes", "countries", "dangerous_goods"),
        ),
        *limit_hits(compiled.tables, goods),
    )
    bans = [
        *total_closures(compiled, question.calendar),
        *refusals(compiled, question.calendar, goods, rules),
        *avoided(compiled, avoid),
    ]
    passes = tuple(named_tags(compiled, via, "--via"))
    if len(passes) > MOST_PASSES:
        raise InputError(
            Fault(
                "too_many",
                Said("passes_too_many", passes=len(passes)),
                "--via",
                ", ".join(via),
                Said("at_most", most=MOST_PASSES),
            )
        )
    wishes = {
        "by": by,
        "sure": sure,
        "booking": booking,
        "equipment": equipment,
        "max_days": max_days,
        "max_usd": max_usd,
        "max_kg_co2e": max_kg_co2e,
        "price_year": price_year,
        "avoid": list(avoid),
        "via": list(via),
        "compare": compare,
        "trucks": trucks,
    }
    search = Search(question, bans, limits, passes, trucks)
    return Asked(compiled, shipment, ends, search, goods, rules, aim, deadline_h, wishes)


def find_end(compiled: Compiled, text: str, option: str, day: date | None = None) -> End:
    """An end of a shipment from any text. A terminal id is that terminal and no other.

    day : for the message about a terminal that is not open

    Raises PlaceError, also for a terminal that is not open on the day or lifts no boxes.
    """
    return compiled.shared(("end", text), lambda: _find_end(compiled, text, option, day), "terminals")


def _find_end(compiled: Compiled, text: str, option: str, day: date | None) -> End:
    row = compiled.tables.by_key("terminals").get(text.strip().lower())
    if row is None:
        place = places.resolve(text, terminals=compiled.tables["terminals"])
        if place.kind != "terminal" or place.terminal_id is None:
            return End(place.name, place.lat, place.lon, place.country or country_at(place.lat, place.lon))
        row = compiled.tables.by_key("terminals")[place.terminal_id]
    terminal_id = row["terminal_id"]
    if terminal_id not in compiled.terminals:
        raise PlaceError(
            Fault(
                "terminal_not_open",
                Said("not_open", terminal=terminal_id, status=row["status"], day=str(day or compiled.day)),
                option,
                text,
                Said("open_wanted"),
            )
        )
    if not compiled.handles_boxes(terminal_id):
        raise PlaceError(
            Fault(
                "no_boxes_handled",
                Said("not_lifted", terminal=terminal_id, kinds=row["kinds"]),
                option,
                text,
                Said("lifting_wanted"),
                Said("give_town", spelt=row["name"].split(" (")[0]),
            )
        )
    return End(row["name"], row["lat"], row["lon"], row["country"], terminal_id)


def _refuse_same(origin: End, destination: End) -> None:
    if great_circle_km((origin.lat, origin.lon), (destination.lat, destination.lon)) < 1.0:
        raise InputError(
            Fault(
                "same_place",
                Said("same_ends", got=origin.name),
                "origin, destination",
                destination.name,
                Said("apart_wanted"),
            )
        )


def _direct(compiled: Compiled, origin: End, destination: End, roads: Roads | None) -> Access | None:
    """The truck all the way, where no customs frontier lies between; else None."""
    if roads is None or not compiled.same_customs_union(origin.country, destination.country):
        return None
    start, end = (origin.lat, origin.lon), (destination.lat, destination.lon)
    km = float(roads.table([start], [end])[0][0])
    if not math.isfinite(km):
        return None
    passed = (origin.country, *countries_passed(roads, start, end), destination.country)
    if not inside_one_union(compiled, passed):
        return None
    return Access("", km, False, in_turn(passed))
