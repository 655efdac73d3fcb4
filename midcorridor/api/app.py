"""The application: its routes, what stands before them, and how it starts and ends."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from .. import __version__
from ..errors import Fault
from ..jobs.workers import cores
from .guards import BodyLimits, HostCheck, SecurityHeaders
from .openapi import document
from .pool import Pool
from .problems import MEDIA_TYPE, Problem
from .routes import asking, looking, pages
from .server import Server
from .settings import Settings

_ABOUT = (
    "Plan, simulate and improve a whole freight corridor. Every verb of the command line, with the same "
    "names and fields: see docs/api.md."
)


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application with its own workers, which start and end with it."""
    settings = settings or Settings()
    pool = Pool(settings.workers or cores(), settings.data, settings.limits.waiting)
    server = Server(settings, pool)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        pool.start()
        try:
            yield
        finally:
            pool.stop()

    app = FastAPI(
        title="midcorridor",
        version=__version__,
        summary="Plan, simulate and improve a whole freight corridor",
        description=_ABOUT,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        openapi_tags=[
            {"name": "verbs", "description": "Questions about a shipment, with the options of the commands"},
            {"name": "look-ups", "description": "Places, the network, the tables and their sources"},
        ],
        redirect_slashes=False,
    )
    app.state.server = server
    app.openapi = lambda: document(app)  # type: ignore[method-assign]
    app.include_router(asking.router())
    app.include_router(looking.router())
    app.include_router(pages.router())
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _internal)
    # The last added stands first.
    app.add_middleware(BodyLimits, limits=settings.limits)
    app.add_middleware(HostCheck, settings=settings)
    app.add_middleware(SecurityHeaders)
    return app


def problem_response(problem: Problem) -> Response:
    """A problem as a response."""
    headers = {"Cache-Control": "no-store", **problem.headers}
    return Response(problem.body(), problem.status, headers, MEDIA_TYPE)


async def _problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return problem_response(error)


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


async def _internal(_: Request, error: Exception) -> Response:
    hint = "This is a fault of the program; please report it"
    return problem_response(Problem(500, Fault("internal_error", f"a {type(error).__name__}", hint=hint)))
