"""Factors fitted to observations: against an optimiser of SciPy, exact cases, and what plans make of them."""

from __future__ import annotations

import math
import random
from datetime import date
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize

from midcorridor.calibrate import BOUNDS, PRIOR_SD, USED, Calibration, Seen, calibrate, fit, predicted
from midcorridor.errors import InputError
from midcorridor.network import Network
from midcorridor.plan import plan
from midcorridor.validate import compare_rates, compare_transits

from .plan.small import network, terminals

PLACES = terminals(
    [
        ("kz-1", "KZ", "rail_terminal", 45.0, 80.0),
        ("kz-2", "KZ", "rail_terminal", 45.0, 75.0),
        ("ru-1", "RU", "rail_terminal", 50.0, 60.0),
        ("az-1", "AZ", "rail_terminal", 40.0, 50.0),
    ]
)
LINKS = (
    "link_id,from_terminal,to_terminal,mode,km,gauge_mm,running_p50_h,running_p90_h\n"
    "one,kz-1,kz-2,rail,400,1520,10,15\ntwo,kz-2,ru-1,rail,400,1520,30,40\nthree,ru-1,az-1,rail,400,1520,20,20"
)
FRONTIERS = """procedure_id,from_country,to_country,mode,side,p50_h,p90_h
out,RU,AZ,rail,exit,4,9
in,RU,AZ,rail,entry,6,8"""
FACTORS = (
    "parameter_id,quantity,countries,factor,factor_low,factor_high,prior_sd,"
    "bound_low,bound_high,rows,fitted_on"
)


def factor(quantity: str, countries: str, value: float) -> str:
    return f"{FACTORS}\n{quantity}.x,{quantity},{countries},{value},{value},{value},0.2,0.5,2,1,2026-01-01"


def route(origin: str, destination: str, **tables: str) -> dict[str, Any]:
    net = network(**{"terminals": PLACES, "links": LINKS, "border_procedures": FRONTIERS, **tables})
    [found] = plan(net, origin, destination, at="2026-12-01").routes
    return dict(found)


def drawn(seed: int, count: int) -> tuple[list[Seen], list[str]]:
    draw = random.Random(seed)
    names = ["running.a", "running.b", "handling.a"]
    seen = [
        Seen(
            str(number),
            "time",
            draw.uniform(5, 40),
            {"": draw.uniform(0, 10), **{name: draw.uniform(0, 12) for name in names if draw.random() < 0.7}},
            draw.choice((0.1, 0.2)),
            frozenset((f"s{number % 4}",)),
            draw.uniform(1000, 9000),
        )
        for number in range(count)
    ]
    return [row for row in seen if sum(row.parts.values()) > 1], names


@pytest.mark.parametrize("seed", range(12))
def test_the_factors_are_the_most_likely_ones(seed: int) -> None:
    """The same least of the same sum as SciPy finds without derivatives."""
    seen, names = drawn(seed, 9)

    def unlikely(logs: Any) -> float:
        factors = dict(zip(names, np.exp(logs), strict=True))
        misfit = sum(((math.log(predicted(row, factors) / row.published)) / row.spread) ** 2 for row in seen)
        return float(misfit + sum((log / PRIOR_SD) ** 2 for log in logs))

    limits = [tuple(map(math.log, BOUNDS))] * len(names)
    theirs = minimize(unlikely, np.zeros(len(names)), bounds=limits, method="Powell", tol=1e-12)
    ours, _ = fit(seen, names)
    assert unlikely(np.log([ours[name] for name in names])) <= theirs.fun * (1 + 1e-6) + 1e-9
    assert all(BOUNDS[0] <= value <= BOUNDS[1] for value in ours.values())


def test_one_exact_case_by_hand() -> None:
    """One observation, all of it stretched: weights 1/0.1^2 and 1/0.2^2 share the logarithm 4 to 1."""
    seen = [Seen("a", "time", 12.0, {"running.x": 10.0}, 0.1, frozenset("s"), 0.0)]
    factors, spreads = fit(seen, ["running.x"])
    assert factors["running.x"] == pytest.approx(1.2**0.8)
    assert spreads["running.x"] == pytest.approx(1 / math.sqrt(1 / 0.1**2 + 1 / 0.2**2))


def test_many_observations_bring_out_a_true_factor_and_none_leaves_it_at_one() -> None:
    true = {"running.a": 1.3, "running.b": 0.8, "handling.a": 1.1}
    seen, names = drawn(3, 400)
    seen = [Seen(r.name, r.kind, predicted(r, true), r.parts, 0.02, r.sources, r.km) for r in seen]
    factors, spreads = fit(seen, [*names, "frontier.c"])
    assert {name: factors[name] for name in names} == pytest.approx(true, rel=0.01)
    assert (factors["frontier.c"], spreads["frontier.c"]) == (1.0, pytest.approx(PRIOR_SD))


def test_running_is_stretched_where_the_factor_holds_and_half_of_a_link_over_a_frontier() -> None:
    plain, slow = route("kz-1", "ru-1"), route("kz-1", "ru-1", calibration=factor("running", "KZ", 2.0))
    one_h, two_h = ((run[1] for run in (leg["runs"][0],)) for leg in (plain["legs"][0], slow["legs"][0]))
    first = route("kz-1", "kz-2")["legs"][0]["mean_h"]
    whole = next(one_h)
    # The first link lies in KZ, the second is half KZ: factors 2 and 1.5.
    assert next(two_h) == pytest.approx(2 * first + 1.5 * (whole - first))


@pytest.mark.parametrize(("country", "kind"), [("RU", "exit"), ("AZ", "entry")])
def test_frontiers_are_stretched_on_the_side_of_the_country(country: str, kind: str) -> None:
    plain, slow = route("ru-1", "az-1"), route("ru-1", "az-1", calibration=factor("frontier", country, 1.7))
    for before, after in zip(plain["transfers"], slow["transfers"], strict=True):
        stretched = before["kind"] == "border" and kind in before["note"]
        assert after["mean_h"] == pytest.approx(before["mean_h"] * (1.7 if stretched else 1.0))
        # The spread grows with the mean.
        if stretched:
            assert after["p90_h"] / before["p90_h"] == pytest.approx(1.7, rel=1e-6)


def test_handling_is_stretched_and_the_wait_for_a_departure_is_not() -> None:
    plain, slow = route("kz-1", "kz-2"), route("kz-1", "kz-2", calibration=factor("handling", "KZ", 0.5))
    for before, after in zip(plain["transfers"], slow["transfers"], strict=True):
        assert after["handling_h"] == pytest.approx(before["handling_h"] / 2)
        assert after["wait_h"] == before["wait_h"]
    assert plain["legs"][0]["mean_h"] == slow["legs"][0]["mean_h"]


def test_as_claimed_leaves_the_factors_aside() -> None:
    tables = {"terminals": PLACES, "links": LINKS, "calibration": factor("running", "KZ", 2.0)}
    slow, plain = network(**tables), network(terminals=PLACES, links=LINKS)
    hours = [
        plan(net, "kz-1", "kz-2", at="2026-12-01").routes[0]["mean_h"] for net in (slow.as_claimed(), plain)
    ]
    assert hours[0] == hours[1] < plan(slow, "kz-1", "kz-2", at="2026-12-01").routes[0]["mean_h"]


def test_nothing_observed_is_an_error_that_says_what_is_needed() -> None:
    with pytest.raises(InputError, match="no published time or price counts"):
        calibrate(network(terminals=PLACES, links=LINKS))


# The shipped table is what the command finds, scored on other sources.


@pytest.fixture(scope="module")
def net() -> Network:
    return Network.load()


@pytest.fixture(scope="module")
def found(net: Network) -> Calibration:
    return calibrate(net)


def test_the_table_is_current(net: Network, found: Calibration) -> None:
    shipped = {row["parameter_id"]: row for row in net.tables["calibration"]}
    made = {row["parameter_id"]: row for row in found.table(date(2026, 1, 1))}
    assert shipped.keys() == made.keys(), "run midcorridor calibrate -o and put its table in place"
    for name, row in made.items():
        for column in ("factor", "factor_low", "factor_high"):
            assert shipped[name][column] == pytest.approx(row[column], abs=2e-3), name
        assert (shipped[name]["countries"], shipped[name]["rows"]) == (row["countries"], row["rows"])
        assert row["quantity"] in USED


def test_parts_of_an_observation_add_up_to_ours(net: Network, found: Calibration) -> None:
    """What the factors stretch and what they leave are the whole of the plan with factors of 1."""
    claimed = net.as_claimed()

    for transit in compare_transits(claimed):
        if transit.days is not None:
            assert sum(transit.parts.values()) == pytest.approx(transit.days * 24, abs=1e-6)
    ours = {rate.row["rate_id"]: rate.usd for rate in compare_rates(claimed)}
    for row in found.scored:
        if row.seen.kind == "price":
            assert row.plain == pytest.approx(ours[row.seen.name])


def test_the_fit_foretells_what_plans_then_take(net: Network, found: Calibration) -> None:

    plans = {t.row["observation_id"]: t.days for t in compare_transits(net) if t.scored}
    off = [abs(plans[row.seen.name] / row.fitted - 1) for row in found.scored if row.seen.kind == "time"]
    # Waits and the route itself may change a little with the hours.
    assert np.median(off) < 0.01
    assert max(off) < 0.12


def test_scores_leave_the_sources_of_a_row_out(net: Network, found: Calibration) -> None:
    row = next(row for row in found.scored if row.seen.name == "xian-baku-middle-2026-01")
    others = [other.seen for other in found.scored if not other.seen.sources & row.seen.sources]
    assert len(others) < len(found.scored) - 1  # the figure of December stands in the same source
    names = sorted({name for seen in others for name in seen.parts if name})
    assert predicted(row.seen, fit(others, names)[0]) == pytest.approx(row.left_out)


def test_no_row_is_dropped_without_its_reason(net: Network, found: Calibration) -> None:
    assert all(why for _, why in found.dropped)
    told = {name for name, _ in found.dropped} | {row.seen.name for row in found.scored}
    ends = [row for row in net.tables["observed_transits"] if row["from_id"] and row["to_id"]]
    assert {row["observation_id"] for row in ends} <= told
