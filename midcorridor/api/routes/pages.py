"""Pages for people, and how the server does: the web app at /, the documentation, health."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from fastapi import APIRouter, Request, Response
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, HTMLResponse, JSONResponse

from ...dirs import PACKAGE
from ...errors import Fault
from ..docs_page import docs_page
from ..openapi import as_text
from ..pool import pool_state
from ..problems import Problem
from ..server import server_of, unknown

DIST = PACKAGE / "web" / "dist"
# Files with a digest in their name never change; the page that names them does.
_LASTING = "public, max-age=31536000, immutable"
_NOT_BUILT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>midcorridor</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><main><h1>midcorridor</h1>
<p>The server runs. The web app was not built into this installation.</p>
<p>What can be asked is told in <a href="/docs">/docs</a>.</p></main></body></html>
"""
# The paths of views: nothing, or one word such as plan.
_VIEW = re.compile("|[a-z][a-z0-9-]{0,39}")


def router() -> APIRouter:
    """The routes of pages; they stand last, for the web app takes every path that is left."""
    made = APIRouter(include_in_schema=False)
    made.add_api_route("/v1/openapi.json", openapi, methods=["GET"])
    made.add_api_route("/docs", docs, methods=["GET"])
    made.add_api_route("/metrics", numbers, methods=["GET"])
    made.add_api_route("/healthz", health, methods=["GET"])
    made.add_api_route("/readyz", ready, methods=["GET"])
    made.add_api_route("/{path:path}", web, methods=["GET", "HEAD"])
    return made


async def openapi(request: Request) -> Response:
    """The contract."""
    return Response(as_text(request.app), media_type="application/json")


async def docs(request: Request) -> Response:
    """The contract as a page."""
    return HTMLResponse(docs_page(request.app.openapi()))


async def health() -> Response:
    """The process runs and its loop turns."""
    return JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})


async def numbers(request: Request) -> Response:
    """For Prometheus; where accounts are kept, for an admin."""
    server_of(request).who(request, "admin")
    text = request.app.state.metrics.text()
    return Response(
        text, media_type="text/plain; version=0.0.4; charset=utf-8", headers={"Cache-Control": "no-store"}
    )


async def ready(request: Request) -> Response:
    """Whether questions would be answered."""
    server = server_of(request)
    state = pool_state(server.pool)
    try:
        jobs: dict[str, int] | None = await asyncio.to_thread(server.jobs.counts)
    except SQLAlchemyError:
        jobs = None  # the database cannot be reached
    good = state["ready"] > 0 and jobs is not None
    told = {"status": "ready" if good else "not ready", "workers": state, "database": jobs is not None}
    return JSONResponse(told, 200 if good else 503, headers={"Cache-Control": "no-store"})


async def web(request: Request, path: str) -> Response:
    """A file of the web app, or its page, which tells views that it has from those that it has not."""
    first = path.partition("/")[0]
    if first in ("v1", "docs", "metrics", "mcp", "healthz", "readyz"):
        # What no other route takes comes here, also paths that are there for another method.
        methods = request.app.openapi()["paths"].get(f"/{path}")
        if methods:
            raise HTTPException(405, headers={"Allow": ", ".join(methods).upper()})
        raise Problem(
            404, Fault("unknown_path", f"there is nothing at '/{path[:80]}'", "path", hint="see /docs")
        )
    if not (DIST / "index.html").is_file():
        if path:
            raise unknown("page", path, "path")
        return HTMLResponse(_NOT_BUILT)
    found = _file(path)
    if found is not None:
        lasting = "assets" in Path(path).parts
        return FileResponse(found, headers={"Cache-Control": _LASTING if lasting else "no-cache"})
    if not _VIEW.fullmatch(path):
        raise unknown("page", path, "path")
    return FileResponse(DIST / "index.html", headers={"Cache-Control": "no-cache"})


def _file(path: str) -> Path | None:
    """A file inside the web app; nothing outside, whatever the path or a link in it says."""
    if not path or "\0" in path:
        return None
    try:
        found = (DIST / path).resolve()
        return found if found.is_relative_to(DIST.resolve()) and found.is_file() else None
    except OSError:
        return None  # a name too long for the file system
