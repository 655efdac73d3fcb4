"""What must not change a plan, and what may only better it, on random networks."""

from __future__ import annotations

import random
from datetime import date, timedelta
from itertools import islice
from typing import Any

import pytest

from midcorridor.network import Network
from midcorridor.plan import plan
from midcorridor.plan.calendar import HORIZON_H, TAIL_H
from midcorridor.tables import Tables

from .drawn import DAY, best, dated, pairs, random_network


def test_shuffling_rows_changes_nothing() -> None:
    for seed, net, origin, destination in (*pairs(), *dated()):
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
    for _, net, origin, destination in islice(dated(), 20):
        before = net.digest()
        plan(net, origin, destination, at=DAY)
        assert net.digest() == before


def test_the_order_of_questions_changes_no_answer() -> None:
    asked: list[dict[str, Any]] = [
        {},
        {"containers": "170x40HC", "avoid": ["RU"]},
        {"at": "2027-01-20", "sure": 90, "max_days": 30},
        {"equipment": "soc", "by": "cost", "trucks": True, "compare": True},
    ]
    compared = 0
    for seed, net, origin, destination in islice(dated(), 30):
        fresh = [answer(Network(net.tables), origin, destination, **options) for options in asked]
        # Forth and back on one network, which keeps what it has compiled.
        for number in (0, 1, 2, 3, 2, 1, 0):
            assert answer(net, origin, destination, **asked[number]) == fresh[number], (seed, number)
            compared += bool(fresh[number]["routes"])
    assert compared >= 60


def answer(net: Network, origin: str, destination: str, **options: Any) -> dict[str, Any]:
    """An answer without how long it took."""
    told = plan(net, origin, destination, **{"at": DAY, **options}).to_dict()
    told["run"].pop("seconds")
    return dict(told)


def test_days_on_which_all_that_moves_is_the_same_share_their_moves() -> None:
    """Answers of a network that has planned on other days are those of one that has not."""
    used = Network.load()
    shared = 0
    for day in ("2026-06-01", "2026-11-20", "2027-02-10", "2027-06-20", "2028-02-01"):
        first, second = (
            answer(net, "cn-xian", "az-baku", at=day, compare=True) for net in (used, Network(used.tables))
        )
        assert first == second, day
        start = date.fromisoformat(day)
        shared += used.between(start, start + timedelta(hours=HORIZON_H + TAIL_H)).twin is not None
    assert 1 <= shared < 5
