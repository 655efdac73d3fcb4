"""Long work: submit, list, follow, cancel, fetch the result."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Header, Path, Query, Request, Response
from pydantic import BaseModel, Field, JsonValue
from starlette.responses import FileResponse, JSONResponse, StreamingResponse

from ...cli.asking import Asked
from ...cli.many_command import plan_many_command
from ...errors import Fault
from ...files import write_text
from ..carrying import ENDINGS, MANY
from ..openapi import Responses, problems
from ..problems import Problem
from ..reading import Ask, asks_of
from ..server import Server, page, server_of, unknown
from ..store import Job, Who
from ..store.engine import new_id
from ..store.jobs import DONE, STATES

Id = Annotated[str, Path(max_length=80)]


_ROWS = Field(None, description="Rows with the columns of GET /v1/facts/shipments/schema")
_CSV = Field(None, description="Instead: the text of a file with these columns")
_RESULT = Field("csv", description="Form of the result")
ManyAsk = asks_of(
    "ManyAsk",
    plan_many_command,
    shipments=(list[dict[str, JsonValue]] | None, _ROWS),
    csv=(str | None, _CSV),
    result=(Literal["csv", "jsonl", "parquet"], _RESULT),
)


class JobTold(BaseModel):
    """A job."""

    job_id: str
    verb: str
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    done: int
    total: int | None = Field(description="Steps in all, where that is known")
    text: str = Field(description="How far it has come, in words")
    error: dict[str, Any] | None = Field(description="Of a job that failed: error, detail and faults")
    media_type: str | None
    size: int | None = Field(description="Bytes of the result")
    attempts: int = Field(description="How often it was begun; more than once where a server ended meanwhile")
    created_at: str
    started_at: str | None
    finished_at: str | None
    links: dict[str, str]


class JobPage(BaseModel):
    """A page of a list."""

    items: list[JobTold]
    next_cursor: str | None


def router() -> APIRouter:
    """The routes of jobs."""
    made = APIRouter(tags=["jobs"])
    made.add_api_route(
        "/v1/plan-many", submit_many, methods=["POST"], summary="Plan many shipments, as a job",
        status_code=202,
        response_model=JobTold, responses=problems(401, 403, 404, 413, 422, 429, 503),
        operation_id="plan_many",
    )  # fmt: skip
    made.add_api_route(
        "/v1/jobs", list_jobs, methods=["GET"], summary="Jobs that you see, the newest first",
        response_model=JobPage, responses=problems(401, 403, 422), operation_id="list_jobs",
    )  # fmt: skip
    one = "/v1/jobs/{job_id}"
    made.add_api_route(
        one, read_job, methods=["GET"], summary="How a job does", response_model=JobTold,
        responses=problems(401, 403, 404, 422), operation_id="read_job",
    )  # fmt: skip
    made.add_api_route(
        one, remove_job, methods=["DELETE"], summary="Forget a job that has ended, with its result",
        status_code=204, response_class=Response, responses=problems(401, 403, 404, 409, 422),
        operation_id="remove_job",
    )  # fmt: skip
    made.add_api_route(
        f"{one}/cancel", cancel_job, methods=["POST"], summary="End a job that waits or runs",
        response_model=JobTold, responses=problems(401, 403, 404, 409, 422), operation_id="cancel_job",
    )  # fmt: skip
    made.add_api_route(
        f"{one}/events", follow_job, methods=["GET"], summary="Follow a job by server-sent events",
        response_class=StreamingResponse, operation_id="follow_job",
        responses=_as("text/event-stream", "Events") | problems(401, 403, 404, 422, 503),
    )  # fmt: skip
    made.add_api_route(
        f"{one}/result", fetch_result, methods=["GET"], summary="The result of a job that is done",
        response_class=Response, operation_id="fetch_result",
        responses=_as("*/*", "The file") | problems(401, 403, 404, 409, 410, 422),
    )  # fmt: skip
    return made


def _as(media: str, about: str) -> Responses:
    return {200: {"description": about, "content": {media: {"schema": {"type": "string"}}}}}


async def submit_many(request: Request, ask: Ask) -> Response:
    """As `midcorridor plan-many`: what cannot be planned becomes a row with its error."""
    server, who = server_of(request), server_of(request).who(request, "planner")
    most = server.settings.limits.shipments
    given = ask.given()
    rows, text, form = given.pop("shipments"), given.pop("csv"), given.pop("result")
    if (rows is None) == (text is None):
        what = "neither shipments nor csv is given" if rows is None else "both shipments and csv are given"
        raise Problem(422, Fault("no_shipments", what, "shipments", accepted="one of the two"))
    count = len(rows) if rows is not None else text.count("\n")
    if not count:
        raise Problem(
            422, Fault("empty_list", "there is no shipment", "shipments", accepted="a row for each")
        )
    if count > most:
        what = f"{count:,} shipments are too many"
        raise Problem(413, Fault("too_many_shipments", what, "shipments", accepted=f"at most {most:,}"))
    basis, routes, compare = (given.pop(name) for name in ("basis", "routes", "compare"))
    job_request = {
        "scenario": await server.scenario(request, ask),
        "basis": basis,
        "routes": routes,
        "options": {**Asked(given).options, "compare": compare},
        "form": form,
    }
    await _room(server, who)
    job_id = new_id()
    folder = server.runner.folder
    # The file first, then the row that names it: a job that was taken has all that it needs.
    if rows is None:
        await asyncio.to_thread(write_text, folder / f"{job_id}.in.csv", text)
    else:
        listed = json.dumps(rows, ensure_ascii=False)
        await asyncio.to_thread(write_text, folder / f"{job_id}.in.json", listed)
    return accepted(await submit(server, who, MANY, job_request, job_id))


# Its model is made from the command, which an annotation in the source cannot name.
submit_many.__annotations__["ask"] = Annotated[ManyAsk, Body()]


async def _room(server: Server, who: Who) -> None:
    most = server.settings.limits.jobs_waiting
    if await asyncio.to_thread(server.jobs.unfinished, who) >= most:
        what = f"{most} of your jobs wait already"
        raise Problem(
            429, Fault("too_many_jobs", what, hint="Wait for one or cancel it"), headers={"Retry-After": "30"}
        )


async def submit(
    server: Server, who: Who, verb: str, request: dict[str, Any], job_id: str | None = None
) -> Job:
    """Take a job. Raises Problem where somebody has too many."""
    await _room(server, who)
    job = await asyncio.to_thread(server.jobs.add, who, verb, request, job_id)
    server.runner.wake()
    return job


def accepted(job: Job) -> Response:
    """The response to a job that was taken."""
    return JSONResponse(
        job.to_dict(), 202, {"Location": f"/v1/jobs/{job.job_id}", "Cache-Control": "no-store"}
    )


async def list_jobs(
    request: Request,
    state: Annotated[list[str] | None, Query(description=f"One of {', '.join(STATES)}; repeatable")] = None,
    verb: Annotated[str | None, Query(max_length=40)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=40)] = None,
) -> Response:
    """Paged: next_cursor of a page begins the next."""
    server, who = server_of(request), server_of(request).who(request, "viewer")
    for word in state or ():
        if word not in STATES:
            raise Problem(
                422, Fault("bad_state", f"{word[:40]!r} is no state", "state", word[:40], ", ".join(STATES))
            )
    found, after = await page(
        cursor, limit, lambda most, before: server.jobs.listed(who, most, before, state or (), verb)
    )
    told = {"items": [each.to_dict() for each in found], "next_cursor": after}
    return JSONResponse(told, headers={"Cache-Control": "no-store"})


async def read_job(request: Request, job_id: Id) -> Response:
    """Its state, progress and links."""
    job = await _job(request, job_id, "viewer")
    return JSONResponse(job.to_dict(), headers={"Cache-Control": "no-store"})


async def cancel_job(request: Request, job_id: Id) -> Response:
    """A job that has ended already stays as it is: 409."""
    job = await _job(request, job_id, "planner")
    if job.ended:
        raise Problem(409, Fault("ended", f"it is {job.state} already", "job_id", job_id))
    found = await server_of(request).runner.cancel(job_id)
    if found is None:
        raise unknown("job", job_id, "job_id")
    return JSONResponse(found.to_dict(), headers={"Cache-Control": "no-store"})


async def remove_job(request: Request, job_id: Id) -> Response:
    """A job that has not ended must be cancelled first: 409."""
    job = await _job(request, job_id, "planner")
    if not job.ended:
        raise Problem(409, Fault("not_ended", f"it is {job.state}", "job_id", job_id, hint="Cancel it first"))
    await asyncio.to_thread(server_of(request).runner.remove, job)
    return Response(status_code=204)


async def fetch_result(request: Request, job_id: Id) -> Response:
    """The whole file, or a range of it."""
    job = await _job(request, job_id, "viewer")
    if job.state != DONE or job.result is None:
        hint = f"Follow it at /v1/jobs/{job.job_id}/events"
        raise Problem(
            409, Fault("not_done", f"it is {job.state}", "job_id", job_id, hint="" if job.ended else hint)
        )
    path = server_of(request).runner.folder / job.result
    if not path.is_file():
        raise Problem(
            410, Fault("result_gone", "its result was removed", "job_id", job_id, hint="Submit it again")
        )
    ending = path.suffix.removeprefix(".")
    media = ENDINGS.get(ending, job.media_type or "application/octet-stream")
    as_file = {"Content-Disposition": f'attachment; filename="{job.verb}-{job.job_id[:8]}.{ending}"'}
    return FileResponse(path, media_type=media, headers={"Cache-Control": "private, no-cache", **as_file})


async def follow_job(
    request: Request,
    job_id: Id,
    last_event_id: Annotated[str | None, Header(description="What was seen last", max_length=20)] = None,
) -> Response:
    """Each event is the whole job as `GET /v1/jobs/{job_id}` tells it, so nothing is missed by coming late.
    Its id grows; with Last-Event-ID only what is newer is told. The stream ends when the job has."""
    job = await _job(request, job_id, "viewer")
    after = (
        int(last_event_id) if last_event_id and last_event_id.isascii() and last_event_id.isdigit() else -1
    )
    runner = server_of(request).runner

    async def events() -> AsyncIterator[str]:
        yield "retry: 2000\n\n"
        async for found in runner.follow(job, after):
            if found is None:
                yield ": still here\n\n"
                continue
            data = json.dumps(found.to_dict(), ensure_ascii=False)
            yield f"id: {found.seq}\nevent: {'end' if found.ended else 'progress'}\ndata: {data}\n\n"

    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(events(), media_type="text/event-stream", headers=headers)


async def _job(request: Request, job_id: str, role: str) -> Job:
    server = server_of(request)
    who = server.who(request, role)
    job = await asyncio.to_thread(server.jobs.get, job_id)
    if job is None or not who.sees(job.owner_id):
        raise unknown("job", job_id, "job_id")
    return job
