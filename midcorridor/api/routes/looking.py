"""Look-ups: places, the network for maps, the base map, tables and sources."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from ... import __version__
from ...errors import Fault
from ..openapi import answers, problems
from ..problems import Problem
from ..server import server_of
from .asking import VERBS

ScenarioId = Annotated[
    str | None, Query(max_length=80, description="Id of a stored scenario, or the token of a shared one")
]
Day = Annotated[
    str | None, Query(alias="on", max_length=40, description="Day, such as 2026-12-01; default tomorrow")
]
Zoom = Annotated[
    float, Query(ge=0, le=24, description="Zoom of the map; coordinates get as many digits as it shows")
]
Name = Annotated[str, Path(max_length=200)]
_WORDS = ("limit", "cursor", "sort", "scenario_id", "format")  # of a page of rows, not columns


def router() -> APIRouter:
    """The routes of the look-ups."""
    made = APIRouter(tags=["look-ups"])
    good = answers(("json",), "") | problems(401, 404, 406, 422, 429, 503, 504)
    shapes = answers(("geojson",), "") | problems(401, 404, 406, 422, 429, 503, 504)
    for path, endpoint, about, told in (
        ("/v1/places", search_places, "Places for a text as it is typed, the best first", good),
        ("/v1/place", resolve_place, "The one place that a text names, as a plan would take it", good),
        ("/v1/network", summarize_network, "What is open on a day, counted", good),
        ("/v1/network/check", check_network, "What would make plans silently wrong", good),
        ("/v1/network/terminals", map_terminals, "Terminals for a map", shapes),
        ("/v1/network/links", map_links, "Links for a map", shapes),
        ("/v1/network/services", map_services, "Services for a map", shapes),
        ("/v1/basemap", map_land, "Outlines of countries for a map", shapes),
        ("/v1/events", list_events, "Named events that a year can be simulated with", good),
        ("/v1/facts", list_tables, "Every table with what it holds", good),
        ("/v1/facts/{table}", list_rows, "Rows of a table", good),
        ("/v1/facts/{table}/schema", tell_schema, "What the columns of a table mean", good),
        ("/v1/facts/{table}/{key}", tell_row, "A row: every figure with its source", good),
        ("/v1/sources/{source_id}", tell_source, "A source, and which tables rest on it", good),
    ):
        made.add_api_route(
            path, endpoint, methods=["GET"], summary=about, response_class=Response, responses=told,
            operation_id=endpoint.__name__,
        )  # fmt: skip
    made.add_api_route(
        "/v1/verbs", list_verbs, methods=["GET"], summary="What this server offers", operation_id="list_verbs"
    )
    return made


async def list_verbs() -> dict[str, Any]:
    """The verbs with the forms of their answers, in the order in which an application may show them."""
    return {
        "version": __version__,
        "verbs": [
            {"verb": verb.name, "about": verb.about, "href": f"/v1/{verb.name}", "formats": list(verb.forms)}
            for verb in VERBS
        ],
    }


async def search_places(
    request: Request,
    text: Annotated[str, Query(max_length=200, description="What was typed so far, in any script")],
    limit: Annotated[int, Query(ge=1, le=50, description="At most so many")] = 10,
) -> Response:
    """Exact names come first, then names that start so; nothing found is an empty list."""
    return await server_of(request).answer(request, "places", {"text": text, "limit": limit}, lasting=True)


async def resolve_place(
    request: Request,
    text: Annotated[str, Query(max_length=400, description="Name, code, terminal id or lat,lon")],
) -> Response:
    """Raises a problem that lists the choices where a name is ambiguous."""
    return await server_of(request).answer(request, "place", {"text": text}, lasting=True)


async def summarize_network(request: Request, day: Day = None, scenario_id: ScenarioId = None) -> Response:
    """As `midcorridor network --format json`."""
    return await _under(request, "network", {"day": _day(day)}, scenario_id)


async def check_network(request: Request, day: Day = None, scenario_id: ScenarioId = None) -> Response:
    """As `midcorridor network check --format json`."""
    return await _under(request, "network-check", {"day": _day(day)}, scenario_id)


Box = Annotated[
    str | None, Query(max_length=100, description="west,south,east,north in degrees; without it everything")
]


async def map_terminals(
    request: Request, bbox: Box = None, zoom: Zoom = 8, day: Day = None, scenario_id: ScenarioId = None
) -> Response:
    """Terminals that are open on a day, as points."""
    return await _map(request, "terminals", bbox, zoom, day, scenario_id)


async def map_links(
    request: Request, bbox: Box = None, zoom: Zoom = 8, day: Day = None, scenario_id: ScenarioId = None
) -> Response:
    """Links as lines. Each starts at the terminal that comes first in the alphabet; `reversed` says where
    that is not from_terminal, and `slot` counts the links between the same two terminals."""
    return await _map(request, "links", bbox, zoom, day, scenario_id)


async def map_services(
    request: Request, bbox: Box = None, zoom: Zoom = 8, day: Day = None, scenario_id: ScenarioId = None
) -> Response:
    """Services along their links, with the terminals where they call."""
    return await _map(request, "services", bbox, zoom, day, scenario_id)


async def map_land(request: Request, zoom: Zoom = 3) -> Response:
    """Below zoom 4 about as coarse as Natural Earth 1:110m, from there on 1:50m."""
    return await server_of(request).answer(
        request, "basemap", {"zoom": int(zoom)}, forms=("geojson", "json"), lasting=True
    )


async def list_events(
    request: Request, year: Annotated[int, Query(ge=1990, le=2100, description="Whose days")] = 2025
) -> Response:
    """Name, what it is about, its days in that year, and the places that it names."""
    return await server_of(request).answer(request, "events", {"year": year}, lasting=True)


async def list_tables(request: Request, scenario_id: ScenarioId = None) -> Response:
    """As `midcorridor facts --format json`, in items."""
    return await _under(request, "facts", {}, scenario_id)


async def list_rows(
    request: Request,
    table: Name,
    limit: Annotated[int, Query(ge=1, le=1000, description="Rows of a page")] = 100,
    cursor: Annotated[
        str | None, Query(max_length=40, description="Where the page begins: next of the last")
    ] = None,
    sort: Annotated[
        str | None, Query(max_length=80, description="Column; with - before it from the top")
    ] = None,
    scenario_id: ScenarioId = None,
) -> Response:
    """Any other parameter is a column with the value that its cell must have; given twice, either will do."""
    where: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        if name not in _WORDS:
            where.setdefault(name[:80], []).append(value[:400])
    given = {"table": table, "where": where, "sort": sort, "start": _start(cursor), "limit": limit}
    return await _under(request, "rows", given, scenario_id)


async def tell_schema(request: Request, table: Name) -> Response:
    """As `midcorridor facts TABLE --schema --format json`."""
    return await server_of(request).answer(request, "schema", {"table": table}, lasting=True)


async def tell_row(request: Request, table: Name, key: Name, scenario_id: ScenarioId = None) -> Response:
    """As `midcorridor facts TABLE KEY --format json`."""
    return await _under(request, "row", {"table": table, "key": key}, scenario_id)


async def tell_source(request: Request, source_id: Name) -> Response:
    """Publisher, title, date and link."""
    return await server_of(request).answer(request, "source", {"source_id": source_id}, lasting=True)


async def _map(
    request: Request, what: str, bbox: str | None, zoom: float, day: str | None, scenario_id: str | None
) -> Response:
    given = {"what": what, "bbox": _box(bbox), "zoom": int(zoom), "day": _day(day)}
    return await _under(request, "network-map", given, scenario_id, forms=("geojson", "json"))


async def _under(
    request: Request,
    verb: str,
    given: dict[str, Any],
    scenario_id: str | None,
    forms: tuple[str, ...] = ("json",),
) -> Response:
    """A look-up under a stored scenario or none."""
    server = server_of(request)
    scenario = None if scenario_id is None else await server.stored(request, scenario_id)
    return await server.answer(request, verb, given, scenario=scenario, forms=forms, lasting=True)


def _day(text: str | None) -> str:
    """The day as it is asked; what is tomorrow today is not so tomorrow, so it is named."""
    if text is not None:
        return text
    tomorrow: date = datetime.now(UTC).date() + timedelta(days=1)
    return tomorrow.isoformat()


def _box(text: str | None) -> tuple[float, ...] | None:
    if text is None:
        return None
    accepted = "west,south,east,north in degrees, such as 40,35,60,48"
    try:
        west, south, east, north = (float(part) for part in text.split(","))
        # NaN compares with nothing, so it fails here too.
        if not (-540 <= west < east <= 540 and -90 <= south < north <= 90):
            raise ValueError
    except ValueError:
        raise Problem(422, Fault("bad_box", f"{text!r} is no box", "bbox", text, accepted)) from None
    return west, south, east, north


def _start(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= 9):
        what = f"{cursor!r} is no cursor"
        raise Problem(422, Fault("bad_cursor", what, "cursor", cursor, "what next_cursor of a page said"))
    return int(cursor)
