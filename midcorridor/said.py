"""Sentences of an answer: worded in English here alone, with a code and its parts for other languages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from string import Formatter
from typing import Any

from .words import CORRIDOR_WORDS, figures

# English by code. Names of numbers end in their unit: d, usd, kg, t, share, year; `thing` is of the kind
# `scope`. Beside the formats of Python, ~2 writes two figures of a mean, corridor its word; a list is joined
# by its format, `and` as one speaks.
ENGLISH = {
    # why a route is shown
    "first": "First of all routes: {aim}.",
    "aim_balanced": (
        "the best balance of price and time, where 1 % of the days is worth {worth:g} % of the price"
    ),
    "aim_time": "the least mean hours",
    "aim_cost": "the least price",
    "aim_carbon": "the least CO2e",
    "aim_sure": "the earliest date that can be promised {sure:g} times in 100",
    "against_best": "Against {route}, this route, the best of its corridor, {compared:and}.",
    "against_other": "Against {route}, this route, another way of its corridor, {compared:and}.",
    "days_more": "takes {longer_d:~2} days longer",
    "days_less": "takes {less_d:~2} days less",
    "usd_more": "costs {more_usd:~2} USD a box more",
    "usd_less": "costs {less_usd:~2} USD a box less",
    "co2e_more": "emits {more_t:~2} t CO2e more",
    "co2e_less": "emits {less_t:~2} t CO2e less",
    "surer": "is surer: 9 times in 10 within {tail_d:.1f} days of its median, not {first_d:.1f}",
    "less_sure": "is less sure: 9 times in 10 within {tail_d:.1f} days of its median, not {first_d:.1f}",
    "alike": "is alike in all",
    # what a reader must know
    "deadline_missed": "no route keeps the deadline: the best chance is {best_share:.1%}",
    "not_foreseen": (
        "services and prices are as known in {known_year}: what will hold in {year} is not foreseen, "
        "only what has a date is"
    ),
    "known_later": "services and prices are mostly those of {known_year}, not of {year}",
    "later_figures": (
        "of the {figures} figures of hours at frontiers and terminals and of departures of these routes "
        "{later} are of {years} and hold for {year} because none of that year was published"
    ),
    "year": "{year}",
    "years": "{first_year} to {last_year}",
    "no_price": "service {service}: no price (a sea_freight row of unit_costs.csv names it)",
    "loops_left_out": (
        "{ways} ways that come back to where they had been were left out; a way that only they beat may be "
        "missing"
    ),
    "corridor_closed": "no route, {corridor:corridor}: {reason}",
    "no_ocean": "no route by the ocean was found for this shipment",
    # what closes a way or a corridor
    "closure": "closure {closure} ({cause}): {thing} is closed",
    "box_refused": "limit {limit}: {thing} takes no {container}",
    "mass_refused": "limit {limit}: {thing} takes no {container} of {gross_t:.4g} t",
    "cargo_refused": "embargo {embargo}: {thing} refuses the cargo",
    "dangerous_refused": "embargo {embargo}: {thing} refuses the cargo (UN {un_number})",
    "reasons": "{reasons:; }",
    # what would have to give
    "avoided": "--avoid {word}",
    "not_passed": "--via {thing}: no route passes there",
    "trucks": "boxes go by truck over frontiers or far only with --trucks",
    "booking": "--booking {booking}: {service}: {reason}",
    "booking_unknown": "no row of bookings.csv says that it takes a {booking} booking",
    "booking_refused": "it takes no {booking} booking",
    "booking_refused_why": "it takes no {booking} booking: {why}",
    "too_few": "{boxes:g} boxes of 40 ft are too few for a {booking} booking: {least_boxes:g} are the least",
    "too_few_of_one": (
        "{boxes:g} boxes of 40 ft are too few for a {booking} booking: {least_boxes:g} are the least, "
        "{least_share:.0%} of the {slots:g} slots of its departure"
    ),
    "too_few_of_many": (
        "{boxes:g} boxes of 40 ft are too few for a {booking} booking: {least_boxes:g} are the least, "
        "{least_share:.0%} of the {slots:g} slots of the {departures} departures needed"
    ),
    "limit_days": "the limit of {limit_d:,.1f} days: the least is {least_d:,.1f} days",
    "limit_usd": "the limit of {limit_usd:,.0f} USD: the least is {least_usd:,.0f} USD",
    "limit_kg": "the limit of {limit_kg:,.0f} kg CO2e: the least is {least_kg:,.0f} kg CO2e",
    "limits_together": "the limits together: each can be kept, but not all by one route",
    "too_long": (
        "the {most_d:g} days that plans go: the fastest way takes {least_d:,.0f} in the mean. "
        "Fewer boxes need fewer departures"
    ),
}


class Said(str):
    """An English sentence that keeps its code and what fills it: numbers, ids, and sentences inside it."""

    __slots__ = ("args", "code")
    args: dict[str, Any]
    code: str

    def __new__(cls, code: str, **args: Any) -> Said:
        """The sentence of a code. Raises KeyError for a code or a part that there is not."""
        said = super().__new__(cls, _WRITER.vformat(ENGLISH[code], (), args))
        said.code, said.args = code, args
        return said

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Any]]:  # to be copied and pickled
        return (self.code,), self.args

    def parts(self) -> dict[str, Any]:
        """Code and args for JSON."""
        return {"code": self.code, "args": {name: _part(value) for name, value in self.args.items()}}


def parts_of(sentences: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Code and args of sentences by their English text; those without a code are left out."""
    return {str(text): text.parts() for text in sentences if isinstance(text, Said)}


def _part(value: Any) -> Any:
    if isinstance(value, Said):
        return value.parts()
    return [_part(item) for item in value] if isinstance(value, (list, tuple)) else value


class _Writer(Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, (list, tuple)):
            return spoken(value) if format_spec == "and" else format_spec.join(value)
        if format_spec.startswith("~"):
            return figures(value, int(format_spec[1:]))
        return CORRIDOR_WORDS[value] if format_spec == "corridor" else format(value, format_spec)


_WRITER = _Writer()


def spoken(words: Sequence[str]) -> str:
    """Words one after the other as one speaks.

    >>> spoken(["a"]), spoken(["a", "b"]), spoken(["a", "b", "c"])
    ('a', 'a and b', 'a, b and c')
    """
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
