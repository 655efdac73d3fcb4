"""What the search minimises is what the answer reports, and the choice follows from it alone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import pytest

from midcorridor.network import Network
from midcorridor.plan import find_end
from midcorridor.plan.access import Access
from midcorridor.plan.answer import Decoder
from midcorridor.plan.question import CARBON, COST, TIME, Question
from midcorridor.shipment import make_shipment

from .judge import crosses_twice, repeats_a_place, strays
from .test_search import best, pairs

MEASURES = {"time": (TIME, "mean_h"), "cost": (COST, "cost_usd"), "carbon": (CARBON, "kg_co2e")}
# Shares and ratios are no prices.
NO_PRICE = ("size_ratio", "forwarder_margin", "time_cost_tradeoff")


def priced() -> Iterator[tuple[int, Network, str, str]]:
    """Random networks with a margin, a hire, a price of every train and emissions of every lift."""
    for seed, net, origin, destination in islice(pairs(), 60):
        own = {"margin": 0.07, "hire": 6.0, "hire20": 3.5}
        costs = [{**row, "value": own.get(row["cost_id"], row["value"])} for row in net.tables["unit_costs"]]
        fixed = next(row for row in costs if row["cost_id"] == "sea")
        costs.append({**fixed, "cost_id": "fixed", "item": "rail_fixed", "mode": "rail", "value": 130.0})
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


def question_of(net: Network, origin: str, destination: str, containers: str = "1x40HC") -> Question:
    shipment = make_shipment(net.tables, origin, destination, containers=containers, ready_at="2026-12-01")
    compiled = net.on(shipment.ready_at.date())
    return Question(
        compiled,
        shipment,
        find_end(compiled, origin, ""),
        find_end(compiled, destination, ""),
        [Access(origin, 0.0, True)],
        [Access(destination, 0.0, True)],
    )


def test_nobody_would_refuse_a_way_that_is_found() -> None:
    judged = 0
    for seed, net, origin, destination in priced():
        question = question_of(net, origin, destination)
        ends = (question.origin, question.destination)
        for objective, _ in MEASURES.values():
            for way in question.ways(question.weights(objective, {})):
                route = Decoder(question).route(way)
                assert not repeats_a_place(route), seed
                assert not crosses_twice(route), seed
                assert not strays(route, ends), seed
                judged += 1
    assert judged >= 100


@pytest.mark.parametrize("containers", ["1x40HC", "170x40HC", "130x20"])
@pytest.mark.parametrize("by", list(MEASURES))
def test_the_weight_of_a_way_is_the_total_of_its_route(by: str, containers: str) -> None:
    objective, field = MEASURES[by]
    compared = 0
    for seed, net, origin, destination in priced():
        question = question_of(net, origin, destination, containers)
        for way in question.ways(question.weights(objective, {})):
            route = Decoder(question).route(way)
            assert way.weight == pytest.approx(route[field], rel=1e-6), seed
            assert way.weight > 0
            compared += 1
    assert compared >= 30


@pytest.mark.parametrize("by", ["balanced", *MEASURES])
def test_doubling_all_prices_keeps_the_choice(by: str) -> None:
    compared = 0
    for seed, net, origin, destination in priced():
        first = best(net, origin, destination, by=by)
        second = best(doubled(net), origin, destination, by=by)
        assert set(first) == set(second), seed
        for corridor, route in first.items():
            other = second[corridor]
            assert other["cost_usd"] == pytest.approx(2 * route["cost_usd"]), (seed, corridor)
            assert other["mean_h"] == pytest.approx(route["mean_h"]), (seed, corridor)
            assert other["kg_co2e"] == pytest.approx(route["kg_co2e"]), (seed, corridor)
            compared += 1
    assert compared >= 30


def test_no_objective_finds_a_better_route_in_the_measure_of_another() -> None:
    compared = 0
    for seed, net, origin, destination in priced():
        routes = {by: best(net, origin, destination, by=by) for by in ("balanced", *MEASURES)}
        for by, (_, field) in MEASURES.items():
            for other, found in routes.items():
                # A corridor far dearer than the best by one measure may be none by that measure.
                for corridor in set(found) & set(routes[by]):
                    route = found[corridor]
                    mine = routes[by][corridor][field]
                    assert mine <= route[field] * (1 + 1e-6), (seed, corridor, by, other)
                    compared += other != by
    assert compared >= 90


def test_the_balanced_route_is_no_worse_in_price_and_hours_together() -> None:
    compared = 0
    for seed, net, origin, destination in priced():
        [worth] = [r["value"] for r in net.tables["unit_costs"] if r["item"] == "time_cost_tradeoff"]
        balanced = best(net, origin, destination, by="balanced")
        for by in ("time", "cost"):
            other = best(net, origin, destination, by=by)
            for corridor in set(other) & set(balanced):
                route, mine = other[corridor], balanced[corridor]
                product = mine["cost_usd"] * mine["mean_h"] ** worth
                assert product <= route["cost_usd"] * route["mean_h"] ** worth * (1 + 1e-9), (seed, by)
                compared += 1
    assert compared >= 60
