"""Routes as a whole are those of the plan, found by a search that weighs less and told without legs."""

from __future__ import annotations

import math
import random
from datetime import date, timedelta
from typing import Any

import pytest

from midcorridor.errors import InputError
from midcorridor.network import Network
from midcorridor.plan import outline, plan_shipment
from midcorridor.schemas import schema
from midcorridor.shipment import make_shipment, parse_day

NET = Network.load()
GRID = 1e-4  # the search rounds the costs of every move to a grid of 1e-6
EAST = ("cn-xian", "cn-chengdu", "cn-shanghai", "kz-almaty", "uz-tashkent", "kg-osh", "cn-urumqi")
WEST = ("hu-budapest", "de-duisburg", "az-baku", "tr-mersin", "ge-poti", "ro-constanta", "ru-kaliningrad")
OPTIONS: tuple[dict[str, Any], ...] = (
    {},
    {"by": "time"},
    {"by": "cost"},
    {"by": "carbon"},
    {"deadline": "40d"},
    {"max_kg_co2e": 30_000.0},
    {"max_days": 40.0},
    {"booking": "group", "equipment": "soc"},
    {"avoid": ("RU",)},
    {"compare": True},
    {"sure": 90.0},
)


def shipment_of(draw: random.Random) -> Any:
    origin, destination = draw.choice(EAST), draw.choice(WEST)
    if draw.random() < 0.4:
        origin, destination = destination, origin
    ready_at = parse_day(date(2026, 12, 1) + timedelta(days=draw.randrange(300)))
    return make_shipment(
        NET.tables_on(ready_at.date()),
        origin,
        destination,
        containers=f"{draw.choice((1, 8, 40))}x{draw.choice(('40HC', '20'))}",
        commodity=draw.choice(("electronics", "consumer_goods", "machinery")),
        ready_at=ready_at,
        un_number="3480" if draw.random() < 0.2 else None,
    )


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_an_outline_is_the_plan_without_its_legs(options: dict[str, Any]) -> None:
    draw = random.Random(str(options))
    compared = 0
    for _ in range(6):
        shipment = shipment_of(draw)
        planned = plan_shipment(NET, shipment, **options)
        first: dict[str, dict[str, Any]] = {}
        for route in planned.routes:
            first.setdefault(route["corridor"], route)
        for which, expected in (("corridors", list(first.values())), ("best", planned.routes[:1])):
            found = outline(NET, shipment, routes=which, **options)
            assert (found.status.outcome, found.question) == (planned.status.outcome, planned.question)
            assert [route["corridor"] for route in found.routes] == [route["corridor"] for route in expected]
            for mine, theirs in zip(found.routes, expected, strict=True):
                for name, value in mine.items():
                    other = theirs[name]
                    if isinstance(value, float) and other is not None:
                        assert math.isclose(value, other, rel_tol=1e-9, abs_tol=GRID), (name, value, other)
                    elif name != "route_id":
                        assert value == other, name
                    compared += 1
    assert compared > 100


def test_an_outline_has_the_columns_of_a_table_of_many() -> None:
    draw = random.Random(1)
    [route] = outline(NET, shipment_of(draw)).routes
    names = schema("many").names()
    assert set(route) == set(names[names.index("route_id") :])


def test_a_wrong_wish_is_refused_as_by_a_plan() -> None:
    with pytest.raises(InputError, match="no objective"):
        outline(NET, shipment_of(random.Random(2)), by="fastest")
