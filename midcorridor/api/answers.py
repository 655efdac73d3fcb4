"""The shapes of answers for the contract, made from the declarations of result tables."""

from __future__ import annotations

import re
from typing import Any

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
_NUMBERS = {name: {"type": "number"} for name in ("lat", "lon")}


def ref(table: str) -> Shape:
    """A reference to the rows of a result table."""
    return {"$ref": f"#/components/schemas/{_title(table)}"}


def rows(table: str) -> Shape:
    """A list of rows of a result table."""
    return {"type": "array", "items": ref(table)}


def closed(properties: dict[str, Shape], *optional: str) -> Shape:
    """An object with these fields, of which all but some are always there."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def of_rows(table: str, **more: Shape) -> Shape:
    """A row of a result table as JSON; more : what an answer nests in it."""
    return closed({column.name: _cell(column) for column in schema(table).columns} | more)


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
_QUESTION = {
    "type": "object",
    "description": "The question as it was understood",
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
}
_PARTS = {"Status": _STATUS, "Said": _CODED, "Run": _RUN, "Source": _SOURCE, "Question": _QUESTION}
_TABLES = (
    "routes", "legs", "transfers", "lines", "frontier", "checks", "spread", "verdicts", "published_rates",
    "free_times", "line_figures", "differences", "changed_parts", "changed_cells", "failures", "profile",
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
# What each verb answers; of the others the contract says no more than that it is an object.
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
}  # fmt: skip


def components() -> dict[str, Shape]:
    """Every shape that an answer refers to, by name."""
    return {_title(table): of_rows(table, **_MORE.get(table, {})) for table in _TABLES} | _PARTS
