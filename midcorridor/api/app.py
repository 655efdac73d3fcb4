"""The application: its routes, what stands before them, and how it starts and ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy import Engine
from starlette.exceptions import HTTPException
from starlette.routing import Route

from .. import __version__
from ..errors import Fault, MidcorridorError
from ..jobs.workers import cores
from .guards import HostCheck, SecurityHeaders, SizeLimits
from .identify import Identify
from .observe import Metrics, Observe
from .openapi import document
from .pool import Pool
from .problems import MEDIA_TYPE, Problem, of_error
from .routes import accounts as accounts_routes
from .routes import asking, looking, pages, scenarios
from .routes import jobs as job_routes
from .runner import Runner
from .server import Server
from .settings import Settings
from .store import Accounts, Jobs, Scenarios, open_engine
from .tools import Endpoint

_ABOUT = (
    "Plan, simulate and improve a whole freight corridor. Every verb of the command line, with the same "
    "names and fields: see docs/api.md."
)
_TAGS = [
    {"name": "verbs", "description": "Questions about a shipment, with the options of the commands"},
    {"name": "look-ups", "description": "Places, the network, the tables and their sources"},
    {"name": "scenarios", "description": "Stored what-ifs, of their owner or shared by a link"},
    {"name": "jobs", "description": "Long work: submit, follow, cancel, fetch"},
    {"name": "accounts", "description": "Who asks, and what was changed"},
]


def create_app(settings: Settings | None = None, *, engine: Engine | None = None) -> FastAPI:
    """The application with its own workers, which start and end with it.

    engine : the database; None opens that of the settings
    """
    settings = settings or Settings()
    engine = engine or open_engine(settings.database_url())
    pool = Pool(settings.workers or cores(), settings.data, settings.limits.waiting)
    jobs, accounts = Jobs(engine), Accounts(engine)
    runner = Runner(jobs, settings, alone=engine.dialect.name == "sqlite")
    server = Server(settings, pool, Scenarios(engine), jobs, accounts, runner)
    metrics, tools = Metrics(pool, runner), Endpoint(server)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        pool.start()
        await runner.start()
        try:
            async with tools.running():
                yield
        finally:
            await runner.stop()
            await asyncio.to_thread(pool.stop)
            engine.dispose()

    app = FastAPI(
        title="midcorridor",
        version=__version__,
        summary="Plan, simulate and improve a whole freight corridor",
        description=_ABOUT,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        openapi_tags=_TAGS,
        redirect_slashes=False,
    )
    app.state.server, app.state.metrics = server, metrics
    app.openapi = lambda: document(app)  # type: ignore[method-assign]
    app.router.routes.append(Route("/mcp", tools, methods=["GET", "POST", "DELETE"], include_in_schema=False))
    for part in (asking, looking, scenarios, job_routes, accounts_routes, pages):
        app.include_router(part.router())
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(MidcorridorError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    # The last added stands first.
    app.add_middleware(SizeLimits, limits=settings.limits)
    app.add_middleware(Identify, settings=settings, accounts=accounts)
    app.add_middleware(HostCheck, settings=settings)
    app.add_middleware(Observe, metrics=metrics, quiet=settings.quiet)
    app.add_middleware(SecurityHeaders)
    return app


def problem_response(problem: Problem) -> Response:
    """A problem as a response."""
    headers = {"Cache-Control": "no-store", **problem.headers}
    return Response(problem.body(), problem.status, headers, MEDIA_TYPE)


async def _problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return problem_response(error)


async def _ours(_: Request, error: Exception) -> Response:
    assert isinstance(error, MidcorridorError)
    return problem_response(of_error(error))


async def _invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = [_fault(each) for each in error.errors()[:20]]
    unread = any(each["type"] == "json_invalid" for each in error.errors())
    return problem_response(Problem(400 if unread else 422, faults, error="InputError"))


def _fault(found: Mapping[str, Any]) -> Fault:
    """What the reader of requests found, in our words."""
    source, *path = [str(part) for part in found["loc"]]
    where = ".".join(path) or source
    kind, context = found["type"], found.get("ctx", {})
    got = found.get("input")
    shown = got if isinstance(got, str) else repr(got)
    if kind == "missing":
        return Fault("missing_field", "it is missing", where, accepted="a value; see /docs")
    if kind == "extra_forbidden":
        return Fault(
            "unknown_field", "there is no such field", where, path[-1][:80], hint="see /docs for the fields"
        )
    if kind == "json_invalid":
        return Fault("malformed_json", f"the body is not JSON ({context.get('error', '')})", "body")
    return Fault("bad_field", found["msg"][0].lower() + found["msg"][1:], where, shown[:80])


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    path = request.url.path
    if error.status_code == HTTPStatus.NOT_FOUND:
        fault = Fault(
            "unknown_path", f"there is nothing at {path[:80]!r}", "path", hint="/docs lists what there is"
        )
    elif error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = (error.headers or {}).get("Allow", "")
        fault = Fault(
            "bad_method", f"{request.method} cannot be done at {path[:80]!r}", "method", accepted=allowed
        )
    else:
        fault = Fault("bad_request", str(error.detail)[:200])
    return problem_response(Problem(error.status_code, fault, headers=error.headers))
