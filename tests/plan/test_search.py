"""The search against exhaustive enumeration, networkx, and invariants on random networks."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from typing import Any

import networkx
import pytest

from midcorridor.network import Network
from midcorridor.plan import find_end, plan
from midcorridor.plan.access import Access
from midcorridor.plan.question import CARBON, COST, TIME, Objective, Question
from midcorridor.plan.search import cheapest_by_flags, cheapest_simple_by_flags, remaining
from midcorridor.shipment import make_shipment
from midcorridor.tables import Tables

from .small import network

SEEDS = range(300)
OBJECTIVES = {"time": TIME, "cost": COST, "carbon": CARBON, "mixed": Objective(3.0, 1.0, 0.1)}


def random_graph(seed: int) -> tuple[int, list[tuple[int, int, float, int]]]:
    """Nodes and edges (tail, head, weight, flags), some closed, some weights equal."""
    draw = random.Random(seed)
    nodes = draw.randint(2, 7)
    edges = []
    for _ in range(draw.randint(1, 14)):
        weight = draw.choice([0.0, 1.0, 1.0, 2.5, draw.random() * 5, math.inf])
        flags = draw.choice([0, 0, 0, 1, 2, 4])
        edges.append((draw.randrange(nodes), draw.randrange(nodes), weight, flags))
    return nodes, edges


def all_ways(edges: list[tuple[int, int, float, int]], target: int) -> Iterator[tuple[float, int]]:
    """Weight and flags of every way from node 0 that is never twice at a node with the same flags.

    With weights >= 0 a best way for each set of flags is among them. It may use an edge twice, to
    fetch a flag and come back.
    """

    def extend(
        node: int, weight: float, flags: int, been: frozenset[tuple[int, int]]
    ) -> Iterator[tuple[float, int]]:
        if node == target:
            yield weight, flags
            return
        for tail, head, step, more in edges:
            there = (head, flags | more)
            if tail == node and there not in been and step < math.inf:
                yield from extend(head, weight + step, flags | more, been | {there})

    yield from extend(0, 0.0, 0, frozenset({(0, 0)}))


def run(nodes: int, edges: list[tuple[int, int, float, int]]) -> dict[int, tuple[float, tuple[int, ...]]]:
    outgoing: list[list[int]] = [[] for _ in range(nodes)]
    for number, edge in enumerate(edges):
        outgoing[edge[0]].append(number)
    return cheapest_by_flags(
        outgoing, [e[1] for e in edges], [e[2] for e in edges], [e[3] for e in edges], 0, nodes - 1
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_equals_the_exhaustive_search(seed: int) -> None:
    nodes, edges = random_graph(seed)
    expected: dict[int, float] = {}
    for weight, flags in all_ways(edges, nodes - 1):
        expected[flags] = min(weight, expected.get(flags, math.inf))
    found = run(nodes, edges)
    assert {flags: pytest.approx(weight) for flags, weight in expected.items()} == {
        flags: weight for flags, (weight, _) in found.items()
    }
    for flags, (weight, path) in found.items():
        assert sum(edges[number][2] for number in path) == pytest.approx(weight)
        been, node = 0, 0
        for number in path:
            assert edges[number][0] == node
            node, been = edges[number][1], been | edges[number][3]
        assert (node, been) == (nodes - 1, flags)


@pytest.mark.parametrize("seed", SEEDS)
def test_equals_networkx_where_flags_do_not_matter(seed: int) -> None:
    nodes, edges = random_graph(seed)
    graph = networkx.DiGraph()
    graph.add_nodes_from(range(nodes))
    for tail, head, weight, _ in edges:
        if weight < math.inf and weight < graph.get_edge_data(tail, head, {"weight": math.inf})["weight"]:
            graph.add_edge(tail, head, weight=weight)
    found = run(nodes, [(tail, head, weight, 0) for tail, head, weight, _ in edges])
    if networkx.has_path(graph, 0, nodes - 1):
        expected = networkx.dijkstra_path_length(graph, 0, nodes - 1)
        assert found[0][0] == pytest.approx(expected)
    else:
        assert found == {}


def simple_ways(
    edges: list[tuple[int, int, float, int]], marks: list[int], keeps: list[int], target: int
) -> Iterator[tuple[float, int]]:
    """Weight and flags of every way that bears no mark twice, edge by edge as the rule says it."""

    def extend(
        node: int, weight: float, flags: int, borne: int, used: frozenset[tuple[int, int, int]]
    ) -> Any:
        if node == target:
            yield weight, flags
            return
        for number, (tail, head, step, more) in enumerate(edges):
            if tail != node or step == math.inf:
                continue
            if marks[number] & borne & keeps[number]:
                continue
            after = (borne & keeps[number]) | marks[number]
            there = (head, flags | more, after)
            if there not in used:
                yield from extend(head, weight + step, flags | more, after, used | {there})

    yield from extend(0, 0.0, 0, 0, frozenset({(0, 0, 0)}))


@pytest.mark.parametrize("seed", SEEDS)
def test_ways_that_come_back_to_nothing_equal_the_exhaustive_search(seed: int) -> None:
    nodes, edges = random_graph(seed)
    draw = random.Random(seed + 1000)
    marks = [draw.choice([0, 1, 2, 4, 8, 6]) for _ in edges]
    keeps = [draw.choice([-1, -1, -1, -1, 1, ~6]) for _ in edges]
    expected: dict[int, float] = {}
    for weight, flags in simple_ways(edges, marks, keeps, nodes - 1):
        expected[flags] = min(weight, expected.get(flags, math.inf))
    outgoing: list[list[int]] = [[] for _ in range(nodes)]
    incoming: list[list[int]] = [[] for _ in range(nodes)]
    for number, edge in enumerate(edges):
        outgoing[edge[0]].append(number)
        incoming[edge[1]].append(number)
    weights = [edge[2] for edge in edges]
    least = remaining(incoming, [edge[0] for edge in edges], weights, nodes - 1)
    everything: dict[str, Any] = {
        "outgoing": outgoing,
        "heads": [edge[1] for edge in edges],
        "weights": weights,
        "flags": [edge[3] for edge in edges],
        "marks": marks,
        "keeps": keeps,
        "useful": [True] * 8,
        "least": least,
        "source": 0,
        "target": nodes - 1,
    }
    found = cheapest_simple_by_flags(**everything, labels=10**6, within=math.inf)
    assert {flags: weight for flags, (weight, _) in found.items()} == {
        flags: pytest.approx(weight) for flags, weight in expected.items()
    }
    # Fewer labels may miss a way but never invent one; a bound drops what is over it and nothing else.
    few = cheapest_simple_by_flags(**everything, labels=1, within=math.inf)
    assert all(weight >= expected[flags] - 1e-9 for flags, (weight, _) in few.items())
    near = cheapest_simple_by_flags(**everything, labels=10**6, within=2.0)
    if found and least[0] > 0:
        assert near == {flags: way for flags, way in found.items() if way[0] <= 2 * least[0]}
    some = cheapest_simple_by_flags(
        **{**everything, "useful": [flags.bit_count() < 2 for flags in range(8)]},
        labels=10**6,
        within=math.inf,
    )
    assert set(some) == {flags for flags in found if flags.bit_count() < 2}


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
            dwell.append(f"g{number},{name},gauge_change,{gauges},{draw.randint(5, 40)},60")
    borders = ["procedure_id,from_country,to_country,mode,side,p50_h,p90_h,usd_per_feu"]
    for number, (a, b) in enumerate((x, y) for x in countries for y in countries if x != y):
        borders.append(f"b{number},{a},{b},rail,exit,{1 + number},20,{10 * number}")
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
    answer = plan(net, origin, destination, at="2026-12-01", compare=True, **options)
    return {route["corridor"]: route for route in answer.routes}


def pairs() -> Iterator[tuple[int, Network, str, str]]:
    for seed in range(120):
        net, names = random_network(seed)
        yield seed, net, names[0], names[-1]


def least_by_flags(question: Question, weights: list[float]) -> dict[int, float]:
    """The least weight for each set of flags over every way through the moves of a question."""
    edges = [
        (edge.tail, edge.head, weight, edge.flags)
        for edge, weight in zip(question.edges, weights, strict=True)
    ]
    # all_ways starts at node 0, so the source trades names with it.
    swap = {0: question.source, question.source: 0}
    named = [(swap.get(a, a), swap.get(b, b), weight, flags) for a, b, weight, flags in edges]
    least: dict[int, float] = {}
    for weight, flags in all_ways(named, swap.get(question.target, question.target)):
        least[flags] = min(weight, least.get(flags, math.inf))
    return least


@pytest.mark.parametrize("by", list(OBJECTIVES))
def test_plan_equals_exhaustive_enumeration_of_its_moves(by: str) -> None:
    answered = 0
    for seed, net, origin, destination in pairs():
        shipment = make_shipment(net.tables, origin, destination, ready_at="2026-12-01")
        compiled = net.on(shipment.ready_at.date())
        ends = [find_end(compiled, text, "") for text in (origin, destination)]
        accesses = [[Access(origin, 0.0, True)], [Access(destination, 0.0, True)]]
        question = Question(compiled, shipment, ends[0], ends[1], accesses[0], accesses[1])
        if len(question.edges) > 70:
            continue
        weights = question.weights(OBJECTIVES[by], {})
        least = least_by_flags(question, weights.tolist())
        number = {id(edge): index for index, edge in enumerate(question.edges)}
        found = {
            way.flags: sum(weights[number[id(edge)]] for edge in way.edges)
            for way in question.any_ways(weights)
        }
        assert found == {flags: pytest.approx(weight) for flags, weight in least.items()}, seed
        answered += bool(least)
    assert answered >= 10


def test_shuffling_rows_changes_nothing() -> None:
    for seed, net, origin, destination in pairs():
        draw = random.Random(seed)
        rows = {name: draw.sample(list(listed), len(listed)) for name, listed in net.tables.rows.items()}
        again = best(Network(Tables(rows)), origin, destination)
        assert again == best(net, origin, destination), seed


def test_renaming_terminals_changes_nothing() -> None:
    for seed, net, origin, destination in pairs():
        other, _ = random_network(seed, prefix="zz")
        first = best(net, origin, destination)
        second = best(other, f"zz{origin}", f"zz{destination}")
        for corridor, route in first.items():
            for field in ("mean_h", "cost_usd", "kg_co2e"):
                assert second[corridor][field] == pytest.approx(route[field]), (seed, corridor)
        assert set(first) == set(second)


def test_doubling_all_prices_doubles_costs_and_keeps_the_choice() -> None:
    for seed, net, origin, destination in pairs():
        doubled = net.tables.replace(
            unit_costs=[
                row
                if row["item"] in ("size_ratio", "forwarder_margin")
                else {**row, "value": row["value"] * 2}
                for row in net.tables["unit_costs"]
            ],
            handling=[{**row, "usd_per_feu": row["usd_per_feu"] * 2} for row in net.tables["handling"]],
            border_procedures=[
                {**row, "usd_per_feu": row["usd_per_feu"] * 2} for row in net.tables["border_procedures"]
            ],
        )
        first = best(net, origin, destination, by="cost")
        second = best(Network(doubled), origin, destination, by="cost")
        assert set(first) == set(second)
        for corridor, route in first.items():
            assert second[corridor]["cost_usd"] == pytest.approx(2 * route["cost_usd"]), seed
            assert second[corridor]["mean_h"] == pytest.approx(route["mean_h"]), seed


def test_one_more_option_never_worsens_the_best() -> None:
    compared = 0
    for seed, net, origin, destination in pairs():
        links = net.tables["links"]
        fewer = net.tables.replace(
            links=[row for row in links if row["link_id"] != links[seed % len(links)]["link_id"]],
            service_calls=[
                row
                for row in net.tables["service_calls"]
                if row["service_id"]
                not in {
                    call["service_id"]
                    for call in net.tables["service_calls"]
                    if links[seed % len(links)]["link_id"] in (call["link_ids"] or ())
                }
            ],
        )
        for by, field in (("time", "mean_h"), ("cost", "cost_usd"), ("carbon", "kg_co2e")):
            few = best(Network(fewer), origin, destination, by=by)
            more = best(net, origin, destination, by=by)
            if few:
                compared += 1
                least = min(route[field] for route in few.values())
                assert min(route[field] for route in more.values()) <= least * (1 + 1e-6), (seed, by)
    assert compared > 60


def test_inputs_come_back_unchanged() -> None:
    net, names = random_network(3)
    before = net.digest()
    plan(net, names[0], names[-1], at="2026-12-01")
    assert net.digest() == before
