"""Stored scenarios: list, create, read, change, delete, fork, share."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse

from ...errors import Fault
from ...said import Said
from ..desk import scenario_of
from ..openapi import problems
from ..problems import Problem
from ..reading import ScenarioForm
from ..replies import names_tag
from ..server import Server, page, server_of, unknown
from ..store import Kept, Who

Id = Annotated[str, Path(max_length=80)]
IfMatch = Annotated[str | None, Header(description="The ETag of the version that is changed", max_length=200)]


class ForkForm(BaseModel):
    """What a fork is called."""

    model_config = ConfigDict(extra="forbid")

    name: str | None = Field(None, description="Default: that of the one it comes from", max_length=200)


class ScenarioHead(BaseModel):
    """What a list tells of a scenario."""

    scenario_id: str
    name: str
    description: str
    changes: int = Field(description="How many changes it makes")
    version: int = Field(description="Grows with every change; the ETag holds it")
    parent_id: str | None = Field(description="The one that it was forked from")
    shared: bool
    created_at: str
    updated_at: str


class ScenarioWhole(ScenarioHead):
    """A stored scenario."""

    scenario: dict[str, Any] = Field(description="In the shape of its file")


class ScenarioPage(BaseModel):
    """A page of a list."""

    items: list[ScenarioHead]
    next_cursor: str | None


class ShareLink(BaseModel):
    """How a scenario is reached without an account."""

    token: str = Field(description="Shown only now; takes the place of scenario_id in any question")
    href: str


def router() -> APIRouter:
    """The routes of scenarios."""
    made = APIRouter(tags=["scenarios"])
    made.add_api_route(
        "/v1/scenarios", list_scenarios, methods=["GET"], summary="Scenarios that you see, the newest first",
        response_model=ScenarioPage, responses=problems(401, 403, 422), operation_id="list_scenarios",
    )  # fmt: skip
    made.add_api_route(
        "/v1/scenarios", create_scenario, methods=["POST"], summary="Keep a scenario", status_code=201,
        response_model=ScenarioWhole, responses=problems(401, 403, 413, 422, 429, 503),
        operation_id="create_scenario",
    )  # fmt: skip
    one = "/v1/scenarios/{scenario_id}"
    made.add_api_route(
        one, read_scenario, methods=["GET"], summary="A scenario; with format=toml as a file",
        response_model=ScenarioWhole, responses=problems(401, 403, 404, 422), operation_id="read_scenario",
    )  # fmt: skip
    made.add_api_route(
        one, change_scenario, methods=["PUT"], summary="Replace a scenario that nobody else has changed",
        response_model=ScenarioWhole, responses=problems(401, 403, 404, 412, 413, 422, 428, 503),
        operation_id="change_scenario",
    )  # fmt: skip
    made.add_api_route(
        one, delete_scenario, methods=["DELETE"], summary="Remove a scenario", status_code=204,
        response_class=Response, responses=problems(401, 403, 404, 412, 422), operation_id="delete_scenario",
    )  # fmt: skip
    made.add_api_route(
        f"{one}/fork", fork_scenario, methods=["POST"], summary="A copy of your own", status_code=201,
        response_model=ScenarioWhole, responses=problems(401, 403, 404, 422, 429),
        operation_id="fork_scenario",
    )  # fmt: skip
    made.add_api_route(
        f"{one}/share", share_scenario, methods=["POST"], summary="Make a link to it; the one before it ends",
        response_model=ShareLink, responses=problems(401, 403, 404, 422), operation_id="share_scenario",
    )  # fmt: skip
    made.add_api_route(
        f"{one}/share", unshare_scenario, methods=["DELETE"], summary="End the link", status_code=204,
        response_class=Response, responses=problems(401, 403, 404, 422), operation_id="unshare_scenario",
    )  # fmt: skip
    made.add_api_route(
        "/v1/shared/{token}", read_shared, methods=["GET"], summary="A scenario by its link",
        response_model=ScenarioWhole, responses=problems(404, 422), operation_id="read_shared",
    )  # fmt: skip
    return made


async def list_scenarios(
    request: Request,
    name: Annotated[str, Query(max_length=200, description="Part of the name")] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=40)] = None,
) -> Response:
    """Paged: next_cursor of a page begins the next."""
    server, who = server_of(request), await _who(request, "viewer")
    found, after = await page(
        cursor, limit, lambda most, before: server.scenarios.listed(who, most, before, name)
    )
    return JSONResponse({"items": [each.head() for each in found], "next_cursor": after})


async def create_scenario(request: Request, form: Annotated[ScenarioForm, Body()]) -> Response:
    """It is checked against the network first; every fault is told at once."""
    server, who = server_of(request), await _who(request, "planner")
    content = await _checked(server, form)
    return await _add(server, who, content, None)


async def read_scenario(
    request: Request,
    scenario_id: Id,
    form: Annotated[str | None, Query(alias="format", description="json or toml", max_length=10)] = None,
) -> Response:
    """The ETag names the version."""
    server, who = server_of(request), await _who(request, "viewer")
    return _told(request, await _of(server, who, scenario_id), form)


async def read_shared(
    request: Request,
    token: Id,
    form: Annotated[str | None, Query(alias="format", description="json or toml", max_length=10)] = None,
) -> Response:
    """Anybody who has the link may read it and plan with it."""
    server = server_of(request)
    found = await asyncio.to_thread(server.scenarios.shared, token)
    if found is None:
        raise unknown("scenario", token, "token")
    return _told(request, found, form)


async def change_scenario(
    request: Request, scenario_id: Id, form: Annotated[ScenarioForm, Body()], if_match: IfMatch = None
) -> Response:
    """Needs If-Match: 428 without it, 412 where somebody else was quicker."""
    server, who = server_of(request), await _who(request, "planner")
    found = await _owned(server, who, scenario_id)
    if if_match is None:
        hint = "Read it, and send the ETag that came with it in If-Match"
        raise Problem(
            428, Fault("no_version", "it is not said which version is changed", "If-Match", hint=hint)
        )
    _match(found, if_match)
    content = await _checked(server, form)
    if not await asyncio.to_thread(server.scenarios.change, scenario_id, found.version, content):
        raise _changed()
    return _told(request, await _of(server, who, scenario_id), None)


async def delete_scenario(request: Request, scenario_id: Id, if_match: IfMatch = None) -> Response:
    """With If-Match only the version that it names."""
    server, who = server_of(request), await _who(request, "planner")
    found = await _owned(server, who, scenario_id)
    if if_match is not None:
        _match(found, if_match)
    if not await asyncio.to_thread(server.scenarios.remove, scenario_id, found.version):
        raise _changed()
    return Response(status_code=204)


async def fork_scenario(
    request: Request, scenario_id: Id, form: Annotated[ForkForm | None, Body()] = None
) -> Response:
    """It remembers where it comes from. A shared scenario is forked by the token of its link."""
    server, who = server_of(request), await _who(request, "planner")
    found = await _of(server, who, scenario_id)
    content = dict(found.content)
    if form is not None and form.name is not None:
        content["name"] = form.name
        scenario_of(content)  # a name of spaces is none
    return await _add(server, who, content, found.scenario_id)


async def share_scenario(request: Request, scenario_id: Id) -> Response:
    """The token is shown only once; only its digest is kept."""
    server, who = server_of(request), await _who(request, "planner")
    found = await _owned(server, who, scenario_id)
    token = await asyncio.to_thread(server.scenarios.share, found.scenario_id)
    return JSONResponse(
        {"token": token, "href": f"/v1/shared/{token}"}, headers={"Cache-Control": "no-store"}
    )


async def unshare_scenario(request: Request, scenario_id: Id) -> Response:
    """Who has the link reads it no more."""
    server, who = server_of(request), await _who(request, "planner")
    found = await _owned(server, who, scenario_id)
    await asyncio.to_thread(server.scenarios.unshare, found.scenario_id)
    return Response(status_code=204)


async def _who(request: Request, role: str) -> Who:
    return server_of(request).who(request, role)


async def _checked(server: Server, form: ScenarioForm) -> dict[str, Any]:
    """The content of a scenario that can be applied. Raises Problem with every fault that it has."""
    content = form.checked(server.settings.limits.changes)
    await server.ask("scenario-check", {}, scenario=content)
    return content


async def _add(server: Server, who: Who, content: dict[str, Any], parent_id: str | None) -> Response:
    most = server.settings.limits.scenarios
    if await asyncio.to_thread(server.scenarios.count, who) >= most:
        what = Said("scenarios_too_many", scenarios=most)
        raise Problem(
            429,
            Fault("too_many_scenarios", what, accepted=Said("at_most", most=most), hint=Said("delete_one")),
        )
    kept = await asyncio.to_thread(server.scenarios.add, who, content, parent_id)
    headers = {"ETag": _tag(kept), "Location": f"/v1/scenarios/{kept.scenario_id}"}
    return JSONResponse(kept.to_dict(), 201, headers)


async def _of(server: Server, who: Who, scenario_id: str) -> Kept:
    found = await asyncio.to_thread(server.scenarios.get, who, scenario_id)
    if found is None:
        raise unknown("scenario", scenario_id, "scenario_id")
    return found


async def _owned(server: Server, who: Who, scenario_id: str) -> Kept:
    found = await asyncio.to_thread(server.scenarios.owned, who, scenario_id)
    if found is None:
        raise unknown("scenario", scenario_id, "scenario_id")
    return found


def _told(request: Request, kept: Kept, form: str | None) -> Response:
    headers = {"ETag": _tag(kept), "Cache-Control": "no-cache"}
    if form not in (None, "json", "toml"):
        raise Problem(
            406, Fault("unknown_format", f"it has no form {form!r}", "format", form or "", "json, toml")
        )
    if form == "toml":
        headers["Content-Disposition"] = f'attachment; filename="{kept.scenario_id}.toml"'
        del headers["ETag"]
        return Response(scenario_of(kept.content).to_toml(), media_type="application/toml", headers=headers)
    if names_tag(request.headers.get("if-none-match", ""), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return JSONResponse(kept.to_dict(), headers=headers)


def _tag(kept: Kept) -> str:
    return f'"v{kept.version}"'


def _match(kept: Kept, if_match: str) -> None:
    if not names_tag(if_match, _tag(kept)):
        raise _changed()


def _changed() -> Problem:
    hint = Said("read_again")
    return Problem(412, Fault("changed_meanwhile", Said("changed_meanwhile"), "If-Match", hint=hint))
