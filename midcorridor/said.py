"""Sentences of an answer: worded in English here alone, with a code and its parts for other languages."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from string import Formatter
from typing import Any

CORRIDOR_WORDS = {
    "middle": "middle",
    "northern": "northern",
    "southern": "southern",
    "ocean_suez": "ocean by Suez",
    "ocean_cape": "ocean by the Cape",
    "other": "other",
}
# English by code. Names of numbers end in their unit: d, h, usd, kg, t, share, year, mean; `thing` is of
# the kind `scope`. Beside the formats of Python, ~2 writes two figures of a mean, corridor its word, many the
# plural of a thing; a list is joined by its format, `and` as one speaks, `quoted` each in quotes, `either` so
# with or, `likely` as Python would.
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
    # what the price of a route does not hold
    "insurance_out": "insurance",
    "empties_out": "return of the empty boxes",
    "guard_out": "guard on the rails of {countries:, }, for which no tariff is published",
    "ships_out": "fuel, low-sulphur, season and war-risk surcharges of ships beyond the freight",
    "charge_out": "{charge} ({value:~3} {unit} in {price_year}, {cost})",
    "charge_out_in": "{charge} in {country} ({value:~3} {unit} in {price_year}, {cost})",
    "bunker": "emergency bunker surcharge",
    "congestion": "congestion surcharge",
    "seal": "navigation seal where the customs ask for one",
    "duties_out": "import duties and taxes",
    "stays_out": "storage, demurrage and detention after the free days",
    # what an answer tried on itself
    "adds_up": "legs, transfers and quotation lines add up to each route",
    "quantiles_rise": "quantiles rise with the chance",
    "unbeaten": (
        "no route is beaten in hours, price, CO2e and spread at once by another way of its corridor"
    ),
    "none_refused": "no leg refuses the goods",
    "limits_kept": "limits are kept",
    # what is wrong with a place
    "no_place": "no place is given",
    "place_too_long": "a place has at most {most} characters, this has {characters}",
    "place_control": "the place holds control characters",
    "place_no_letters": "'{got}' holds no letters or digits",
    "place_unknown": "'{got}' is not a place we know",
    "place_wanted": (
        "a terminal id such as az-alat, a UN/LOCODE such as GEPTI, coordinates such as 34.4,109.06, "
        "or a name such as 'Baku, AZ'"
    ),
    "coordinates_work": "Coordinates always work, such as 40.38,49.89",
    "locode_unknown": "UN/LOCODE '{locode}' is not among the {ports} ports and the terminals we know",
    "locode_shared": "UN/LOCODE {locode} belongs to {terminals} terminals",
    "code_or_name": "'{locode}' is the UN/LOCODE of {bearer} ({country}) and also a name",
    "write_code_or_name": "Write '{spelt}' for the code, or {words:quoted} for the name",
    "write_name": "Write the name and the country, or the coordinates",
    "write_either": "Write {words:either}",
    "write_one": "Write one of {words:quoted}; coordinates will do too",
    "write_one_more": "Write one of {words:quoted}, and {more} more; coordinates will do too",
    "names_many": "'{got}' names {places} places",
    "not_near": "there is no '{got}' within {within_km:.0f} km of {point}",
    "write_point": "Write {point} for the point itself",
    "country_not_place": "'{got}' is a country ({country}), not a place to load or unload",
    "name_place": "Name a place there",
    "name_place_such": "Name a place there, such as {words:quoted}",
    "no_country": "'{got}' is not a country",
    "no_country_after": "no country stands after the comma",
    "no_name_before": "no name stands before the comma",
    "country_last": "The country comes last: write '{spelt}'",
    "country_code": "{name} is {got}",
    "country_codes": "{listed:, }",
    "country_wanted": "a country code or name after the comma, such as 'Baku, AZ' or 'Baku, Azerbaijan'",
    "not_in_country": "there is no '{got}' in {name} ({country})",
    "too_much_place": "'{got}' gives more than a name and a country",
    "mean_place": "Did you mean {words:either}?",
    "did_you_mean": "Did you mean {words:likely}?",
    "decimal_commas": "{got!r} has decimal commas",
    "write_spelt": "Write {spelt}",
    "not_two_numbers": "{got!r} are not two numbers",
    "signs_and_letters": "{got!r} mixes signs and letters, or has 60 minutes or more",
    "same_axis": "{got!r} gives the same axis twice",
    "latitude_off": "latitude {degrees} is not between -90 and 90",
    "longitude_off": "longitude {degrees} is not between -180 and 180",
    "latitude_first": "Latitude comes first: did you mean {spelt}?",
    "open_sea": "0,0 lies in the open sea off Ghana",
    "empty_cell": "It usually comes from an empty cell; a point nearby such as 0.1,0.1 is taken",
    "point_wanted": "latitude first, then longitude, in degrees, such as 34.4,109.06 or 34.4N 109.06E",
    # what is wrong with a shipment
    "no_road": (
        "no road leads from {got} to a terminal of ours within {within_km:.0f} km in the same customs "
        "territory"
    ),
    "mainland_wanted": "a city, a terminal id or lat,lon on the mainland",
    "give_joined": "Give a place that a road joins to a terminal",
    "give_beyond": "The nearest terminal, {terminal}, lies over a frontier; give it as the end",
    "not_open": "{terminal!r} is {status} and not open on {day}",
    "open_wanted": "a terminal that is open on the day of departure",
    "not_lifted": "no boxes are lifted at {terminal!r} ({kinds:, })",
    "lifting_wanted": "a seaport, a rail terminal or a dry port",
    "give_town": "For the town, give its name, such as {spelt!r}",
    "same_ends": "origin and destination are the same place, {got}",
    "apart_wanted": "two places more than 1 km apart",
    "boxes_unread": "{got!r} cannot be read",
    "boxes_wanted": "NUMBERxTYPE such as 40x40HC, with TYPE one of {types:, }",
    "boxes_count": "{got!r} is not a number of boxes",
    "whole_wanted": "a whole number from 1 to {most:,}",
    "box_unknown": "there is no container type {got!r}",
    "needs_reefer": "{commodity} must be kept cool, and a {container} does not",
    "commodity_unknown": "there is no commodity {got!r}",
    "date_unread": "{got!r} is not a date ({reason})",
    "date_wanted": "a date such as 2026-12-01 or an instant such as 2026-12-01T08:00",
    "year_outside": "the tables say nothing about {year}",
    "years_wanted": "a date from {first_year} to {last_year}",
    "deadline_before": "the deadline is {before_d:.1f} days before the cargo is ready",
    "deadline_at_once": "the deadline is when the cargo is ready",
    "deadline_wanted": "a date after {day}, or a time after cargo ready such as 35d",
    "deadline_form": "a date or instant, or a time after cargo is ready such as 35d or 840h",
    "no_limit": "{got} is no limit",
    "above_zero": "a number above 0",
    "days_too_many": "{got:g} days are too many",
    "horizon": "at most {most_d:g} days, which is as far as plans go",
    "passes_too_many": "{passes} things are to be passed",
    "at_most": "at most {most:,}",
    "names_nothing": "{got!r} names nothing that a route could pass",
    "passable": (
        "a country code, a terminal, link or service id, an operator, a passage ({passages:, }) or a mode "
        "({modes:, })"
    ),
    "all_avoided": "every mode is avoided",
    "leave_one": "to leave at least one of {modes:, }",
    # what is wrong with a scenario
    "table_unknown": "there is no table {got!r}",
    "not_in_table": "{got!r} is not in {table}",
    "values_of": "the values of {column} in {table}.csv",
    "keys_of": "the keys of {table}.csv",
    "not_among": "{got!r} is not among the {table}",
    "column_unknown": "{table} has no column {got!r}",
    "not_closable": "{got!r} cannot be closed",
    "there_already": "{got!r} is there already",
    "use_set": "use set to change it",
    "not_scalable": "{column} of {got} is {value}, which cannot be scaled",
    "set_value": "use set to give it a value",
    "scenario_unknown": "there is no scenario {got!r}",
    "scenarios_listed": "GET /v1/scenarios lists them",
    "scenarios_too_many": "you keep {scenarios:,} scenarios already",
    "delete_one": "Delete one first",
    "changes_too_many": "{changes:,} changes are too many",
    "changed_meanwhile": "somebody else has changed it",
    "read_again": "Read it again, make the change there, and send it with its new ETag",
    # why a lever helps, from the base: it, where it is; who waits is a box, wagon, truck, train or ship
    "lever_paths": "{trains_mean:.1f} trains a day each way on {paths:g} paths ({used_share:.0%}).",
    "lever_away": "{away_mean:,.2f} of {units:,.0f} away on average.",
    "lever_use": "{used_mean:,.1f} of {units_mean:,.0f} in use on average ({used_share:.0%}).",
    "lever_shut": "{place} {shut_share:.1%} of the time by all causes.",
    "lever_wait": (
        "{many:,.0f} {who:many} a year wait {mean_h:,.1f} h each, at most {most_h:,.0f} h: {days:,.0f} days."
    ),
    "lever_wait_at": (
        "{many:,.0f} {who:many} a year wait {mean_h:,.1f} h each at {place}, at most {most_h:,.0f} h: "
        "{days:,.0f} days."
    ),
    "lever_wait_gate": (
        "{many:,.0f} {who:many} a year wait {mean_h:,.1f} h each for it ({place}), at most {most_h:,.0f} h: "
        "{days:,.0f} days."
    ),
    "lever_rest": "Other waits there: {days:,.0f} days.",
    "lever_opened": "{many:,.0f} boxes a year are opened there: {days:,.0f} days.",
    "lever_nobody": "Nobody waits there.",
    # what is too much of a simulated year
    "event_unknown": "there is no event {got!r}",
    "event_twice": "{got!r} is asked twice",
    "once": "each event once",
    "tries_too_many": "{levers} places of each kind in {replications} replications are too many",
    "tries_at_most": "at most {most} for levers times replications",
    # why a server gives no answer
    "queue_full": "{waiting} questions are waiting already",
    "ask_soon": "Ask again in a moment",
    "no_workers": "the workers cannot be started",
    "see_log": "Ask who runs the server to look at its log",
    "no_answer": "no answer within {limit_s:g} s",
    "ask_less": "Ask for less, or send it as a job (Prefer: respond-async)",
    "worker_gone": "the worker process ended before it answered",
    "ask_again": "Ask again",
    "stopping": "the server is being stopped",
    "ask_later": "Ask again later",
    "too_often": "more requests than one caller may make",
    "wait_told": "Wait as long as Retry-After says",
    "who_asks": "this server must know who asks",
    "send_token": "Send a token: Authorization: Bearer TOKEN",
    "bad_token": "the token is unknown, expired or revoked",
    "not_allowed": "a {role} may not do this",
    "role_wanted": "the role {role} or one above it",
    "failed_inside": "a {error} in {verb}",
    "report": "This is a fault of the program; please report it with the question",
}


def figures(value: float, significant: int = 3) -> str:
    """A number with as many digits as a mean deserves, thousands apart.

    >>> figures(7343.2), figures(0.6123), figures(104962.0), figures(80), figures(0)
    ('7,340', '0.612', '105,000', '80', '0')
    """
    if value == 0:
        return "0"
    digits = significant - 1 - math.floor(math.log10(abs(value)))
    shown = round(value, digits)
    if digits > 0 and shown != int(shown):
        return f"{shown:,.{digits}f}"
    return f"{shown:,.0f}"


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


_MANY = {"box": "boxes"}


class _Writer(Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, (list, tuple)):
            return _JOINED[format_spec](value) if format_spec in _JOINED else format_spec.join(value)
        if format_spec.startswith("~"):
            return figures(value, int(format_spec[1:]))
        if format_spec == "many":
            return _MANY.get(value, f"{value}s")
        return CORRIDOR_WORDS[value] if format_spec == "corridor" else format(value, format_spec)


_WRITER = _Writer()


def spoken(words: Sequence[str]) -> str:
    """Words one after the other as one speaks.

    >>> spoken(["a"]), spoken(["a", "b"]), spoken(["a", "b", "c"])
    ('a', 'a and b', 'a, b and c')
    """
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


_JOINED: dict[str, Callable[[Sequence[str]], str]] = {
    "and": spoken,
    "quoted": lambda words: ", ".join(f"'{word}'" for word in words),
    "either": lambda words: " or ".join(f"'{word}'" for word in words),
    "likely": lambda words: " or ".join(map(repr, words)),
}
