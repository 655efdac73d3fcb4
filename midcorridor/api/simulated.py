"""The shape of the answer of `simulate`, for the contract; docs/simulation_corridor.md tells of its rows."""

from __future__ import annotations

from typing import Any

from .answers import Shape, closed, of_rows

_TEXT: Shape = {"type": "string"}
_NUMBER: Shape = {"type": "number"}
_COUNT: Shape = {"type": "integer", "minimum": 0}
_WHOLE: Shape = {"type": "integer"}
_UNIT: Shape = {"enum": ["TEU", "wagon lengths"]}
_YES_OR_NO: Shape = {"type": "boolean"}
_NULL: Shape = {"type": "null"}
_MONTH: Shape = {"type": "string", "pattern": r"^\d{4}-\d{2}$"}
_DAY: Shape = {"type": "string", "format": "date"}
_RUN: Shape = {"$ref": "#/components/schemas/Run"}


def _or_null(shape: Shape) -> Shape:
    return {"anyOf": [shape, _NULL]}


def _list(shape: Shape, about: str = "") -> Shape:
    return {"type": "array", "items": shape} | ({"description": about} if about else {})


def _tuple(*shapes: Shape, about: str) -> Shape:
    many = {"minItems": len(shapes), "maxItems": len(shapes)}
    return {"type": "array", "prefixItems": list(shapes), "items": False, **many, "description": about}


def _row(texts: str, numbers: str = "", spread: str = "", **more: Shape) -> Shape:
    """A row; spread : numbers with half of the 95 % interval beside them, null for one replication."""
    fields: dict[str, Shape] = dict.fromkeys(texts.split(), _TEXT) | dict.fromkeys(numbers.split(), _NUMBER)
    for name in spread.split():
        fields |= {name: _NUMBER, f"{name}_pm": _or_null(_NUMBER)}
    return closed(fields | more)


_TRANSITS = _row(
    "name volume_id published_d", "wait_before_d", "journeys mean_d p10_d p50_d p90_d",
    within_share=_NUMBER, within_share_pm=_or_null(_NUMBER),
)  # fmt: skip
_TRANSITS["required"] = [name for name in _TRANSITS["required"] if not name.startswith("within_share")]
_CYCLES = _row("what name id", "", "n mean_h p10_h p50_h p90_h")
# Of trains there are means only.
_CYCLES["required"] = ["what", "name", "id", "n", "n_pm", "mean_h", "mean_h_pm"]
_PERHAPS = "kg_co2e all_t_co2e ship_load planned_p50_d planned_p90_d on_time_share on_time_share_pm"
_COSTS = _row(
    "name volume_id",
    "",
    "boxes cost_usd cost_p50_usd cost_p90_usd freight_usd hire_usd storage_usd stored_share time_value_usd "
    "cost_all_usd storage_all_usd time_value_all_usd detour_share",
    **dict.fromkeys(_PERHAPS.split(), _or_null(_NUMBER)),
)
_STAYS = _row(
    "name flow volume_id terminal_id kind",
    "nth",
    "mean_d p90_d charged_share storage_usd storage_all_usd",
    free_d=_or_null(_NUMBER),
)
_SERIES = {
    "yard": "TEU in the yard",
    "room": "TEU for which the yard has room",
    "boxes": "Boxes, wagons and trucks that wait for a vehicle or the yard",
    "ships": "Ships that wait for a berth",
    "trains": "Trains that wait for their turn at tracks, cranes, bays or posts",
}
_TERMINAL = closed({
    "terminal_id": _TEXT, "name": _TEXT, "lat": _NUMBER, "lon": _NUMBER,
    **{name: _list(_COUNT, f"{about}, mean of each step") for name, about in _SERIES.items()},
    "shut": _list(_tuple(_COUNT, _COUNT, about="Begin and end, seconds of the year"),
                  "When weather or a closure shut it"),
})  # fmt: skip
_TRACK = _list(
    _WHOLE,
    "Three numbers a link: position in `links` from 1 on, negative where it is run against; seconds of the "
    "year at which the vehicle comes on it and leaves it",
)
REPLAY = closed({
    "replication": _COUNT,
    "from": _DAY,
    "days": _COUNT,
    "step_h": _COUNT | {"description": "Hours of a step of the terminals"},
    "pools": _list(closed({"kind": {"enum": ["train", "ship"]}, "name": _TEXT}), "What vehicles belong to"),
    "legs": _list(closed(dict.fromkeys(("by", "from", "to"), _TEXT) | {"unit": _UNIT})),
    "links": _list(_TEXT),
    "vehicles": _list(_tuple(_COUNT, _WHOLE, about="Position in `pools`; second at which it was last there")),
    "trips": _list(_tuple(_COUNT, _COUNT, _COUNT, _TRACK,
                          about="Position in `vehicles` and in `legs`, units aboard, track")),
    "terminals": _list(_TERMINAL),
})  # fmt: skip
_SPAN = _tuple(
    _NUMBER,
    _NUMBER,
    _COUNT,
    _COUNT,
    about="Begin and end, hours of the year; position in `spans`; in `where`",
)
_QUEUE = closed({"kind": _TEXT, "place": _TEXT, **dict.fromkeys(("mean", "p10", "p90"), _list(_NUMBER))})
_STOP = closed({
    "replication": _COUNT, "word": _TEXT, "at_s": _COUNT, "what": _TEXT, "where": _TEXT,
    "deadlock": _or_null({"type": "object"}), "well": _YES_OR_NO,
})  # fmt: skip
_LEVER: dict[str, Shape] = {
    "kind": _TEXT | {"description": "Kind of lever, a row of the table levers"},
    "changes_table": _TEXT | {"description": "Table whose rows it changes"},
    "called": _TEXT | {"description": "What it is moved at"},
    "bound": _YES_OR_NO | {"description": "It takes away what nobody can: a bound of what others gain"},
    "reasons": _list(_TEXT, "The sentences of why"),
    "said": {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Said"},
             "description": "By the English text of a reason what it says"},
}  # fmt: skip
_EVENT_DAYS = closed({
    "event": _TEXT, "cargo": _TEXT, "from": _DAY,
    "base": _list(_NUMBER, "Inside by day without the event, mean of the replications"),
    "inside": _list(_NUMBER, "With it"),
    "usual": _list(_NUMBER, "How far above the base is usual; empty below five replications"),
})  # fmt: skip
_TRIED: dict[str, Shape] = {
    "bottlenecks": _list(of_rows("gains", **_LEVER), "What one more of each thing would save, most first"),
    "levers_left_out": _list(of_rows("levers_left_out", **_LEVER), "Those that were not tried"),
    "events": _list(of_rows("recoveries"), "What each event does, a row a cargo"),
    "event_days": _list(_EVENT_DAYS, "Day by day"),
    "event_notes": _list(_TEXT, "What cannot be told of an event"),
}
ANSWER: Shape = closed({
    "question": closed({"year": _WHOLE, "from": _DAY, "until": _DAY}),
    "well": {"type": "boolean", "description": "Whether every replication came to its end, nothing stuck"},
    "warnings": _list(_TEXT, "What makes it an answer not to build on"),
    "volumes": _list(_row("name volume_id role unit", "published simulated share",
                          definition=_or_null(_TEXT), note=_or_null(_TEXT))),
    "transits": _list(_TRANSITS),
    "kinds": _list(_row("name volume_id kind", "", "journeys wait_d mean_d p10_d p50_d p90_d")),
    "sections": _list(_row("name volume_id leg part terminal_id mode", "nth", "mean_h p10_h p50_h p90_h")),
    "costs": _list(_COSTS, "What a box of each flow costs and emits: see flow_costs in docs/tables.md"),
    "stays": _list(_STAYS, "What boxes lie at each terminal, and their storage: see flow_stays"),
    "legs": _list(_row("place name mode from_terminal to_terminal", "", "pieces wait_h longest_h",
                       teu=_or_null(_NUMBER))),
    "ships": _list(_row("name ends pool leg",
                        "ships departures_per_week round_h wait_for_load_h units_a_departure")),
    "cycles": _list(_CYCLES),
    "waits": _list(_row("who place_kind place name", "n mean_h longest_h total_d")),
    "utilisation": _list(_row("place name role terminal_id", "",
                              "use mean_capacity mean_queue most_queue arrived blocked_share")),
    "warm_up": _or_null(closed({"days_cut": _COUNT, "days_by_mser5": _COUNT, "settled": _YES_OR_NO})),
    "notes": _list(_TEXT),
    "stops": _list(_STOP),
    "run": _RUN,
    "flows": _list(closed({"volume_id": _TEXT, "from": _TEXT, "to": _TEXT}), "Ends of the journeys, by name"),
    "places": _list(_row("kind place role by words terminal to"), "What each place is about"),
    "queues": closed({"from": _or_null(_DAY), "places": _list(_QUEUE)})
    | {"description": "The longest queues by day"},
    "months": closed({
        "months": _list(_MONTH),
        "places": _list(closed({"place": _TEXT, "use": _list(_or_null(_NUMBER))})),
    }) | {"description": "Share in use of the busiest places by month"},
    "voyages": closed({
        "from": _DAY, "spans": _list(_TEXT), "where": _list(_TEXT),
        "lanes": _list(closed({"pool": _TEXT, "spans": _list(_SPAN)})),
    }) | {"description": "What each ship of the first replication did"},
    "replay": _or_null(REPLAY) | {"description": "Where vehicles of the first replication were"},
    **{name: _or_null(shape) for name, shape in _TRIED.items()},
})  # fmt: skip
COMPONENTS: dict[str, Any] = {"SimulateAnswer": ANSWER}
