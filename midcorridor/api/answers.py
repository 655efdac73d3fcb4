"""The shapes of answers for the contract, made from the declarations of result tables."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from ..clearance import EFFECTS
from ..schemas import Column, form_names, schema

Shape = dict[str, Any]
_TYPES: dict[str, Shape] = {
    "str": {"type": "string"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "list": {"type": "array"},
}
_SEE = re.compile(r"see (\w+)")
_NULL: Shape = {"type": "null"}
_TEXTS: Shape = {"type": "array", "items": {"type": "string"}}
_ANY: Shape = {"type": "object"}
_TEXT: Shape = {"type": "string"}
_SHARE: Shape = {"type": "number", "minimum": 0, "maximum": 1}
_NUMBERS = {name: {"type": "number"} for name in ("lat", "lon")}


def ref(table: str) -> Shape:
    """A reference to the rows of a result table."""
    return {"$ref": f"#/components/schemas/{_title(table)}"}


def rows(table: str) -> Shape:
    """A list of rows of a result table."""
    return {"type": "array", "items": ref(table)}


def _list(shape: Shape) -> Shape:
    return {"type": "array", "items": shape}


def closed(properties: dict[str, Shape], *optional: str) -> Shape:
    """An object with these fields, of which all but some are always there."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def of_rows(table: str, **more: Shape) -> Shape:
    """A row of a result table as JSON; more : what an answer nests in it."""
    return closed({column.name: _cell(column) for column in schema(table).columns} | more)


def but(table: str, left_out: Iterable[str], **more: Shape) -> Shape:
    """A row of a result table without some columns that only its CSV has; more : what JSON tells instead."""
    names = set(left_out)
    held = {column.name: _cell(column) for column in schema(table).columns if column.name not in names}
    return closed(held | more)


def _cell(column: Column) -> Shape:
    made = dict(_TYPES[column.dtype])
    seen = _SEE.search(column.meaning)
    if column.dtype == "list" and seen and seen[1] in form_names():
        made["items"] = ref(seen[1])
    if column.dtype in ("int", "float"):
        if column.allowed.startswith(">= "):
            made["minimum"] = float(column.allowed[3:])
        elif ".." in column.allowed:
            made["minimum"], made["maximum"] = map(float, column.allowed.split(".."))
    elif column.dtype == "str" and column.allowed.startswith("{"):
        # An empty cell of text is told as an empty text.
        made["enum"] = column.allowed.strip("{}").split() + [""] * (not column.required)
    if not column.required:
        made = {"anyOf": [made, _NULL]}
    unit = f", {column.unit}" if column.unit not in ("", "1") else ""
    return made | {"description": f"{column.meaning}{unit}"}


def _title(table: str) -> str:
    return "".join(word.capitalize() for word in table.split("_"))


def _or_null(shape: Shape) -> Shape:
    return {"anyOf": [shape, _NULL]}


_SAID: Shape = {
    "type": "object",
    "additionalProperties": {"$ref": "#/components/schemas/Said"},
    "description": "By the English text of a sentence what it says, for who words it in another language",
}
_CODED = closed({
    "code": {"type": "string", "description": "Which sentence it is"},
    "args": _ANY | {"description": "What fills it: numbers, ids, and sentences inside it told alike"},
})  # fmt: skip
_STATUS = closed({
    "outcome": {"type": "string", "enum": ["ok", "partial", "none"]},
    "reason": {"type": "string", "description": "Why it is so, such as optimal or no_service"},
    "blocked_by": _TEXTS | {"description": "What would have to give where there is no route"},
    "notes": _TEXTS | {"description": "What a reader must know of the answer"},
    "closed": {"type": "object", "additionalProperties": {"type": "string"},
               "description": "Why corridors that have no route have none"},
    "said": _SAID,
})  # fmt: skip
_RUN = closed({
    "version": {"type": "string"},
    "scenario": {"type": "string"},
    "network_digest": {"type": "string", "description": "Of all tables: the same digest, the same figures"},
    "options": _ANY,
    "seconds": {"type": "number", "minimum": 0},
})  # fmt: skip
_SOURCE = closed(
    {
        "source_id": {"type": "string"},
        "title": {"type": "string"},
        "publisher": {"type": "string"},
        "date": _or_null({"type": "string"}),
        "url": _or_null({"type": "string"}),
        "uses": {"type": "integer", "minimum": 1, "description": "Figures of the answer that rest on it"},
    },
    "uses",
)
_PLACE = {
    "type": "object",
    "properties": _NUMBERS | {name: {"type": "string"} for name in ("given", "name", "country")},
    "required": ["given", "name", "lat", "lon", "country"],
}
_UNDERSTOOD = "The question as it was understood"
_QUESTION = {
    "type": "object",
    "description": _UNDERSTOOD,
    "properties": {"origin": _PLACE, "destination": _PLACE, "boxes": {"type": "integer"}},
    "required": ["origin", "destination", "boxes"],
}
# What an answer nests, and cells that JSON tells better than a table: those of any type, counts by name.
_MORE: dict[str, dict[str, Shape]] = {
    "routes": {
        "legs": rows("legs"),
        "transfers": rows("transfers"),
        "rests_on": closed({name: {"type": "integer", "minimum": 0} for name in ("high", "medium", "low")}),
        "said": _SAID,
    },
    "changed_cells": {"before": {}, "after": {}},
    "footprints": {
        "via": _TEXTS | {"description": "Terminals where the boxes change vehicle or gauge"},
        "quality": closed(dict.fromkeys(("primary", "modelled", "default"), _SHARE))
        | {"description": "Share of the emissions by how well its factors are known"},
        "fallbacks": _list(closed({"what": _TEXT, "share": _SHARE}))
        | {"description": "What stands in for what is not there, and its share of the emissions"},
        "charges": rows("footprint_charges"),
        "measures": rows("footprint_measures"),
    },
}
# The fields of an element that its CSV tells in words.
_ELEMENT = but(
    "footprint_elements",
    ("energy_carriers", "factor_rows", "sources", "fallbacks"),
    power_g={"type": "number", "minimum": 0, "description": "Of the intensity what its electricity makes"},
    carriers=_list(closed({"carrier": _TEXT, "share": _SHARE}))
    | {"description": "Energy carriers with their share of the distance"},
    rows=_TEXTS | {"description": "Table and key of each row that it rests on"},
    fallbacks=_list(closed({"what": _TEXT, "kg_co2e": {"type": "number"}}))
    | {"description": "What stands in for what is not there, and the kilograms that rest on it"},
)  # fmt: skip
_PARTS = {"Status": _STATUS, "Said": _CODED, "Run": _RUN, "Source": _SOURCE, "Question": _QUESTION,
          "FootprintElements": _ELEMENT}  # fmt: skip
_TABLES = (
    "routes", "legs", "transfers", "lines", "frontier", "checks", "spread", "verdicts", "published_rates",
    "free_times", "line_figures", "differences", "changed_parts", "changed_cells", "failures", "profile",
    "footprints", "footprint_charges", "footprint_measures", "break_even",
)  # fmt: skip


def _part(name: str) -> Shape:
    return {"$ref": f"#/components/schemas/{name}"}


_ASKED = {"question": _part("Question"), "status": _part("Status")}
_SOURCES: Shape = {"type": "array", "items": _part("Source")}
_PLAN = closed(_ASKED | {
    "routes": rows("routes"),
    "frontier": rows("frontier"),
    "checks": rows("checks"),
    "figures": {"type": "object", "additionalProperties": ref("line_figures"),
                "description": "Figure of each table and key that a line of the quotation names"},
    "sources": _SOURCES,
    "run": _part("Run"),
})  # fmt: skip
_SIDE = closed({"status": _part("Status"), "run": _part("Run")})
_AIR = closed({
    "mode": {"const": "air"},
    **{name: {"type": "number", "minimum": 0}
       for name in ("km", "activity_tkm", "g_wtw", "g_ttw", "kg_co2e_wtw", "kg_co2e_ttw")},
    "distance_basis": _TEXT,
    "cost_usd": _or_null({"type": "number"}) | {"description": "Of an offer; no price is published"},
    "mean_h": _or_null({"type": "number"}) | {"description": "Of an offer"},
    "rows": _TEXTS | {"description": "Table and key of each row that it rests on"},
    "note": _TEXT,
})  # fmt: skip
_DANGEROUS = closed(dict.fromkeys(("un_number", "name", "dg_class", "division"), _TEXT))
_EFFECT: Shape = {"type": "string", "enum": list(EFFECTS)}
_DAY: Shape = {"type": "string", "format": "date"}
_VERDICT = of_rows(
    "verdicts",
    tags=_TEXTS | {"description": "By what the leg touches that the rule names"},
    valid_from=_or_null(_DAY),
    valid_until=_or_null(_DAY),
    confidence=_TEXT,
    certain={"type": "boolean", "description": "Whether the rule surely concerns the goods"},
    source_titles=_TEXTS,
)
_CHECK = closed({
    "question": closed({
        **dict.fromkeys(("commodity_id", "container_type", "from_country", "to_country"), _or_null(_TEXT)),
        "hs_codes": _TEXTS,
        "dangerous": _or_null(_DANGEROUS),
        "perhaps": _list(_DANGEROUS) | {"description": "As what the goods usually travel"},
        "gross_t": _or_null({"type": "number"}) | {"description": "Of each box, t"},
        "boxes": _or_null({"type": "integer"}),
        **{f"{name}_given": {"type": "boolean"} for name in ("boxes", "commodity", "hs_code", "mass")},
        "day": _DAY,
    }) | {"description": _UNDERSTOOD},
    "status": _part("Status"),
    "routes": _list(closed({
        "route_id": _TEXT | {"description": "Empty where places are judged and no shipment"},
        "corridor": _TEXT,
        "effect": _EFFECT | {"description": "That of the hardest verdict"},
        "legs": _list(closed({
            "seq": {"type": "integer", "minimum": 1}, "words": _TEXT, "day": _DAY, "effect": _EFFECT,
            "verdicts": _list(_VERDICT),
        })),
    })),
    "notes": _TEXTS | {"description": "What could not be judged, because it was not told"},
    "sources": _SOURCES,
})  # fmt: skip
_SPOT = closed({"asked": _TEXT, "name": _TEXT} | _NUMBERS)
_KM: Shape = {"type": "number", "minimum": 0}
_ACCESS = closed({"km": _KM, "by": {"type": "string", "enum": ["road", "straight"]}})
_DISTANCE = closed({
    "question": closed({"from": _SPOT, "to": _SPOT, "mode": _TEXT, "via": _list(_SPOT), "avoid": _TEXTS})
    | {"description": _UNDERSTOOD},
    "km": _KM | {"description": "From place to place, with the first and last mile"},
    "via": _TEXTS,
    "geometry": closed({
        "type": {"const": "LineString"},
        "coordinates": _list({"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}),
    }) | {"description": "GeoJSON, longitude first"},
    "mode": _TEXT,
    "passages": _TEXTS,
    "line_km": _KM | {"description": "The part on the network of the mode"},
    "snap_from_km": _KM, "snap_to_km": _KM, "access_from": _ACCESS, "access_to": _ACCESS,
    "great_circle_km": _KM,
    "joins": {"type": "integer", "minimum": 0}, "gauge_changes": {"type": "integer", "minimum": 0},
})  # fmt: skip
_EXPLAINED = closed(
    of_rows("lines")["properties"]
    | of_rows("line_figures")["properties"]
    | {
        "seq": {"type": "integer", "minimum": 0, "description": "Leg or transfer that it is of"},
        "kind": _TEXT | {"description": "Mode of a leg or kind of a transfer"},
        "quantity": _or_null({"type": "number"})
        | {"description": "How much of the figure; null where the line is no multiple of one"},
    }
)
# What each verb answers.
VERBS: dict[str, Shape] = {
    "plan": _PLAN,
    "compare": _PLAN,
    "failures": closed(_ASKED | {"failures": rows("failures"), "run": _part("Run")}),
    "profile": closed({
        "question": _part("Question"),
        "best": {"type": "object", "additionalProperties": ref("profile"),
                 "description": "Of all days the soonest there, the fastest, the cheapest and the greenest"},
        "days": rows("profile"),
        "run": _part("Run"),
    }),
    "diff": {"oneOf": [
        closed({"question": _part("Question"), "before": _SIDE, "after": _SIDE,
                "corridors": rows("differences")}),
        closed({"scenario": {"type": "string"}, "cells": rows("changed_cells")}),
    ]},
    "explain": closed({
        "route_id": _TEXT, "explained": _TEXTS, "not_included": _TEXTS, "lines": _list(_EXPLAINED),
    }),
    "footprint": closed(_ASKED | {
        "routes": rows("footprints"),
        "elements": rows("footprint_elements"),
        "air": _or_null(_AIR) | {"description": "The same goods by air, of a comparison"},
        "break_even": rows("break_even"),
        "factors": {"type": "object", "additionalProperties": _ANY,
                    "description": "Each row that it rests on, by table and key"},
        "sources": _SOURCES,
        "run": _part("Run"),
    }),
    "check": _CHECK,
    "distance": _DISTANCE,
}  # fmt: skip


def components() -> dict[str, Shape]:
    """Every shape that an answer refers to, by name."""
    return {_title(table): of_rows(table, **_MORE.get(table, {})) for table in _TABLES} | _PARTS
