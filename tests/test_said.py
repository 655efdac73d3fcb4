"""Sentences keep their code and parts, and read as they were written down here."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest

from midcorridor.results import Status
from midcorridor.said import ENGLISH, Said, parts_of

from .said_texts import TEXTS as MORE

SUEZ = Said("closure", closure="redsea-2026", cause="war", scope="passage", thing="suez")
FEW: dict[str, Any] = {"booking": "block", "boxes": 2.5, "least_boxes": 45.0}
SHARE = {"least_share": 0.9, "slots": 50.0, "departures": 3}
TEXTS: list[tuple[str, dict[str, Any], str]] = [
    ("first", {"aim": Said("aim_time")}, "First of all routes: the least mean hours."),
    (
        "aim_balanced",
        {"worth": 0.885},
        "the best balance of price and time, where 1 % of the days is worth 0.885 % of the price",
    ),
    ("aim_time", {}, "the least mean hours"),
    ("aim_cost", {}, "the least price"),
    ("aim_carbon", {}, "the least CO2e"),
    ("aim_sure", {"sure": 95.0}, "the earliest date that can be promised 95 times in 100"),
    (
        "against_best",
        {"route": "A", "compared": [Said("days_more", longer_d=29.94), Said("usd_less", less_usd=542.3)]},
        "Against A, this route, the best of its corridor, takes 30 days longer and costs 540 USD a box less.",
    ),
    (
        "against_other",
        {"route": "A", "compared": [Said("alike")]},
        "Against A, this route, another way of its corridor, is alike in all.",
    ),
    ("days_more", {"longer_d": 1.26}, "takes 1.3 days longer"),
    ("days_less", {"less_d": 12.6}, "takes 13 days less"),
    ("usd_more", {"more_usd": 1307.9}, "costs 1,300 USD a box more"),
    ("usd_less", {"less_usd": 542.3}, "costs 540 USD a box less"),
    ("co2e_more", {"more_t": 1.047}, "emits 1 t CO2e more"),
    ("co2e_less", {"less_t": 0.0461}, "emits 0.046 t CO2e less"),
    (
        "surer",
        {"tail_d": 5.96, "first_d": 8.23},
        "is surer: 9 times in 10 within 6.0 days of its median, not 8.2",
    ),
    (
        "less_sure",
        {"tail_d": 10.31, "first_d": 5.96},
        "is less sure: 9 times in 10 within 10.3 days of its median, not 6.0",
    ),
    ("alike", {}, "is alike in all"),
    ("deadline_missed", {"best_share": 0.0123}, "no route keeps the deadline: the best chance is 1.2%"),
    (
        "not_foreseen",
        {"known_year": 2026, "year": 2029},
        "services and prices are as known in 2026: what will hold in 2029 is not foreseen, "
        "only what has a date is",
    ),
    (
        "known_later",
        {"known_year": 2026, "year": 2022},
        "services and prices are mostly those of 2026, not of 2022",
    ),
    (
        "later_figures",
        {"figures": 12, "later": 9, "years": Said("years", first_year=2024, last_year=2026), "year": 2022},
        "of the 12 figures of hours at frontiers and terminals and of departures of these routes 9 are of "
        "2024 to 2026 and hold for 2022 because none of that year was published",
    ),
    ("year", {"year": 2024}, "2024"),
    ("years", {"first_year": 2024, "last_year": 2026}, "2024 to 2026"),
    (
        "no_price",
        {"service": "feeder"},
        "service feeder: no price (a sea_freight row of unit_costs.csv names it)",
    ),
    (
        "loops_left_out",
        {"ways": 12},
        "12 ways that come back to where they had been were left out; a way that only they beat may be "
        "missing",
    ),
    (
        "corridor_closed",
        {"corridor": "ocean_suez", "reason": SUEZ},
        "no route, ocean by Suez: closure redsea-2026 (war): suez is closed",
    ),
    ("no_ocean", {}, "no route by the ocean was found for this shipment"),
    ("closure", SUEZ.args, "closure redsea-2026 (war): suez is closed"),
    (
        "box_refused",
        {"limit": "l", "scope": "link", "thing": "a-b", "container": "45HC"},
        "limit l: a-b takes no 45HC",
    ),
    (
        "mass_refused",
        {"limit": "l", "scope": "link", "thing": "a-b", "container": "20DC", "gross_t": 30.456},
        "limit l: a-b takes no 20DC of 30.46 t",
    ),
    (
        "cargo_refused",
        {"embargo": "tg", "scope": "terminal", "thing": "kz-c"},
        "embargo tg: kz-c refuses the cargo",
    ),
    (
        "dangerous_refused",
        {"embargo": "dg", "scope": "passage", "thing": "marmaray", "un_number": "1203"},
        "embargo dg: marmaray refuses the cargo (UN 1203)",
    ),
    (
        "reasons",
        {"reasons": [SUEZ, Said("trucks")]},
        f"{SUEZ}; boxes go by truck over frontiers or far only with --trucks",
    ),
    ("avoided", {"word": "ru", "scope": "country", "thing": "RU"}, "--avoid ru"),
    ("not_passed", {"scope": "terminal", "thing": "kz-p"}, "--via kz-p: no route passes there"),
    ("trucks", {}, "boxes go by truck over frontiers or far only with --trucks"),
    (
        "booking",
        {"booking": "group", "service": "ferry", "reason": Said("booking_refused", booking="group")},
        "--booking group: ferry: it takes no group booking",
    ),
    (
        "booking_unknown",
        {"booking": "group"},
        "no row of bookings.csv says that it takes a group booking",
    ),
    ("booking_refused", {"booking": "block"}, "it takes no block booking"),
    (
        "booking_refused_why",
        {"booking": "block", "why": "ships take boxes"},
        "it takes no block booking: ships take boxes",
    ),
    ("too_few", FEW, "2.5 boxes of 40 ft are too few for a block booking: 45 are the least"),
    (
        "too_few_of_one",
        FEW | SHARE,
        "2.5 boxes of 40 ft are too few for a block booking: 45 are the least, 90% of the 50 slots of its "
        "departure",
    ),
    (
        "too_few_of_many",
        FEW | SHARE,
        "2.5 boxes of 40 ft are too few for a block booking: 45 are the least, 90% of the 50 slots of the 3 "
        "departures needed",
    ),
    ("limit_days", {"limit_d": 8, "least_d": 8.8}, "the limit of 8.0 days: the least is 8.8 days"),
    ("limit_usd", {"limit_usd": 2e3, "least_usd": 2430.2}, "the limit of 2,000 USD: the least is 2,430 USD"),
    ("limit_kg", {"limit_kg": 1, "least_kg": 1500}, "the limit of 1 kg CO2e: the least is 1,500 kg CO2e"),
    ("limits_together", {}, "the limits together: each can be kept, but not all by one route"),
    (
        "too_long",
        {"most_d": 90.0, "least_d": 1103.2},
        "the 90 days that plans go: the fastest way takes 1,103 in the mean. "
        "Fewer boxes need fewer departures",
    ),
]


@pytest.mark.parametrize(
    ("code", "args", "text"), [*TEXTS, *MORE], ids=lambda word: word if isinstance(word, str) else ""
)
def test_a_sentence_reads_as_ever(code: str, args: dict[str, Any], text: str) -> None:
    said = Said(code, **args)
    assert said == text
    for again in (copy.deepcopy(said), pickle.loads(pickle.dumps(said))):
        assert (again, again.parts()) == (text, said.parts())


def test_every_sentence_is_tried() -> None:
    assert sorted(code for code, _, _ in [*TEXTS, *MORE]) == sorted(ENGLISH)


def test_a_status_tells_the_parts_of_its_sentences() -> None:
    status = Status(
        "ok", "optimal", notes=("as it is", Said("corridor_closed", corridor="other", reason=SUEZ))
    )
    told = json.loads(json.dumps(status.to_dict()))
    inner = {"code": "closure", "args": SUEZ.args}
    assert told["said"] == {
        "no route, other: closure redsea-2026 (war): suez is closed": {
            "code": "corridor_closed",
            "args": {"corridor": "other", "reason": inner},
        }
    }
    assert parts_of(["as it is"]) == {}
