"""What the search minimises is what the answer reports, and the choice follows from it alone."""

from __future__ import annotations

import math

import numpy as np
import pytest

from midcorridor.plan.calendar import HORIZON_H
from midcorridor.plan.question import Question
from midcorridor.plan.search import Found, Moves, pareto
from midcorridor.plan.shortcuts import singles

from .drawn import best, dated, decoder_of, doubled, priced, question_of
from .exhaustive import best_fronts, fronts_of, same_fronts
from .judge import comes_back, crosses_twice, strays

MEASURES = {"time": "mean_h", "cost": "cost_usd", "carbon": "kg_co2e"}


def test_nobody_would_refuse_a_way_that_is_found() -> None:
    judged = 0
    for seed, net, origin, destination in (*priced(), *dated()):
        question = question_of(net, origin, destination)
        links = [link for link in net.tables["links"] if link["mode"] != "sea"]
        roads = [(link["from_terminal"], link["to_terminal"]) for link in links]
        for way in question.ways([])[0]:
            route = decoder_of(question).route(way)
            assert not comes_back(route, roads), seed
            assert not crosses_twice(route), seed
            assert not strays(route, (question.origin, question.destination)), seed
            judged += 1
    assert judged >= 150


@pytest.mark.parametrize("containers", ["1x40HC", "170x40HC", "130x20"])
def test_the_costs_of_a_way_are_the_totals_of_its_route(containers: str) -> None:
    compared = 0
    for seed, net, origin, destination in priced():
        question = question_of(net, origin, destination, containers)
        for way in question.ways([])[0]:
            route = decoder_of(question).route(way)
            told = (route["mean_h"], route["cost_usd"], route["kg_co2e"], route["sd_h"])
            assert told[:3] == pytest.approx((way.hours, way.usd, way.kg_co2e), rel=1e-6), seed
            # The grid of an hour adds at most a quarter of an hour squared to each spell's variance.
            assert way.sd_h - 1e-3 <= told[3] <= way.sd_h + 1e-3, seed
            assert way.corridor == route["corridor"]
            compared += 1
    assert compared >= 60


def singly(question: Question) -> Moves:
    """The open moves of a question, each by itself, as the search would get them."""
    asked: list[Moves] = []

    def watched(moves: Moves, most: np.ndarray) -> Found:
        asked.append(moves)
        return pareto(moves, most)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("midcorridor.plan.question.pareto", watched)
        patch.setattr(Question, "_shortcuts", lambda self, dated: singles(self.columns))
        question.ways([])
    return asked[0]


def test_the_ways_are_all_that_nothing_beats() -> None:
    compared = several = 0
    for seed, net, origin, destination in (*priced(), *dated()):
        question = question_of(net, origin, destination)
        found, dropped = question.ways([])
        if dropped:
            continue
        expected = best_fronts(singly(question), [HORIZON_H, *[math.inf] * 3])
        # The hire is the hours' own price: it is taken off again, and what every way costs alike.
        got = []
        for way in found:
            usd = way.usd - question.hire_of(way.hours) - question.same_usd[way.corridor]
            got.append((way.corridor, (way.hours, usd, way.kg_co2e, way.var_h2)))
        assert same_fronts(fronts_of(got), expected), seed
        assert len(got) == sum(map(len, expected.values())), seed
        compared += bool(found)
        several += len(found) > 2
    assert compared >= 60
    assert several >= 25


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
        for by, field in MEASURES.items():
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
