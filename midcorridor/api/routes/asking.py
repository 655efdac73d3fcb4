"""The verbs: one POST each, with the fields that its command takes, and the same as words of a URL."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Request, Response

from .. import reading
from ..openapi import answers, problems
from ..pool import LONG
from ..replies import form_of
from ..server import server_of
from ..trying import check_trials
from .jobs import JobTold, accepted, submit


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb as the API offers it."""

    name: str
    ask: type[reading.Ask]
    about: str  # what it answers, in a line
    forms: Sequence[str] = ("json",)
    always_job: bool = False  # nobody waits for it: the answer is the result of a job
    check: Callable[[Mapping[str, Any]], None] | None = None  # what fields together must keep, before a job


# In the order in which an application may show them.
VERBS = (
    Verb(
        "plan",
        reading.PlanAsk,
        "The best routes of a shipment, leg by leg",
        ("json", "geojson", "csv", "html"),
    ),
    Verb(
        "compare",
        reading.CompareAsk,
        "A plan that shows every corridor that has a route",
        ("json", "geojson", "csv", "html"),
    ),
    Verb("explain", reading.ExplainAsk, "The price of a route line by line, each with its source"),
    Verb(
        "footprint",
        reading.FootprintAsk,
        "Greenhouse gases of a shipment by ISO 14083",
        ("json", "csv", "ileap", "html"),
    ),
    Verb("check", reading.CheckAsk, "What may go where, leg by leg"),
    Verb(
        "diff", reading.DiffAsk, "What a scenario changes, for a shipment or in the tables", ("json", "csv")
    ),
    Verb(
        "failures",
        reading.FailuresAsk,
        "What a shipment loses when a terminal or link is closed",
        ("json", "csv"),
    ),
    Verb("profile", reading.ProfileAsk, "A shipment planned for every day: when to leave", ("json", "csv")),
    Verb(
        "simulate",
        reading.SimulateAsk,
        "A year of the trans-Caspian route, event by event: volumes, times, queues, and where vehicles were",
        always_job=True,
        check=check_trials,
    ),
    Verb("distance", reading.DistanceAsk, "How far it is by rail, road or sea lane"),
)


def router() -> APIRouter:
    """The routes of the verbs."""
    made = APIRouter(tags=["verbs"])
    for verb in VERBS:
        as_command = f"As `midcorridor {_command(verb.name)} --format json` gives it."
        if verb.always_job:
            add_job(made, verb, as_command)
            continue
        made.add_api_route(
            f"/v1/{verb.name}",
            _endpoint(verb),
            methods=["POST"],
            summary=verb.about,
            description=as_command,
            operation_id=verb.name,
            response_class=Response,
            responses=answers(verb.forms, verb.name)
            | {202: {"description": "Taken as a job: Prefer: respond-async was sent", "model": JobTold}}
            | problems(401, 403, 404, 406, 413, 422, 429, 503, 504),
        )
        if verb.name not in LONG:  # a link that somebody follows is no order for long work
            made.add_api_route(
                f"/v1/{verb.name}",
                _link(verb),
                methods=["GET"],
                summary=f"{verb.about}: as a link",
                description=f"{as_command} The fields stand in the URL; a list repeats its name.",
                operation_id=f"{verb.name}_link",
                response_class=Response,
                responses=answers(verb.forms, verb.name) | problems(401, 404, 406, 422, 429, 431, 503, 504),
            )
    return made


def add_job(made: APIRouter, verb: Verb, as_command: str) -> None:
    """The route of a verb that is always a job; the shape of its result stands with that of the job."""
    result = f"{as_command} The result of the job is a `#/components/schemas/{verb.name.capitalize()}Answer`."
    made.add_api_route(
        f"/v1/{verb.name}",
        _submission(verb),
        methods=["POST"],
        summary=f"{verb.about}: as a job",
        description=result,
        operation_id=verb.name,
        status_code=202,
        response_model=JobTold,
        responses=problems(401, 403, 404, 413, 422, 429, 503),
    )


def _submission(verb: Verb) -> Any:
    async def endpoint(request: Request, ask: Any) -> Response:
        server = server_of(request)
        who = server.who(request, "planner")
        given = ask.given()
        if verb.check is not None:
            await asyncio.to_thread(verb.check, given)
        job = {"given": given, "scenario": await server.scenario(request, ask), "form": verb.forms[0]}
        return accepted(await submit(server, who, verb.name, job))

    endpoint.__annotations__ |= {
        "request": Request,
        "ask": Annotated[verb.ask, Body()],
        "return": Response,
    }
    return endpoint


def _command(name: str) -> str:
    return {"compare": "plan --compare", "explain": "plan --explain"}.get(name, name)


def _link(verb: Verb) -> Any:
    async def endpoint(request: Request, ask: Any) -> Response:
        server = server_of(request)
        scenario = await server.scenario(request, ask)
        return await server.answer(
            request, verb.name, ask.given(), scenario=scenario, forms=verb.forms, form=ask.form_
        )

    endpoint.__annotations__ |= {
        "request": Request,
        "ask": Annotated[verb.ask.in_url, Query()],
        "return": Response,
    }
    return endpoint


def _endpoint(verb: Verb) -> Any:
    async def endpoint(request: Request, ask: Any, form: Any = None) -> Response:
        server = server_of(request)
        scenario = await server.scenario(request, ask)
        if "respond-async" in request.headers.get("prefer", ""):
            who = server.who(request, "planner")
            wanted = form_of(request, verb.forms, form)
            job = {"given": ask.given(), "scenario": scenario, "form": wanted}
            return accepted(await submit(server, who, verb.name, job))
        return await server.answer(
            request, verb.name, ask.given(), scenario=scenario, forms=verb.forms, form=form
        )

    # The model of the body differs from verb to verb, so it is set here and not in the signature above.
    endpoint.__annotations__ |= {
        "request": Request,
        "ask": Annotated[verb.ask, Body()],
        "form": Annotated[
            str | None, Query(alias="format", description=f"One of {', '.join(verb.forms)}; else by Accept")
        ],
        "return": Response,
    }
    return endpoint
