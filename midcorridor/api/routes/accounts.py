"""Who asks, and what was changed by whom. Accounts themselves are made on the machine of the server."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from ...errors import Fault
from ..openapi import problems
from ..problems import Problem
from ..server import server_of


class Me(BaseModel):
    """Who a token belongs to."""

    name: str
    role: str
    auth: bool  # whether this server asks for tokens


class AuditLine(BaseModel):
    """One thing that was done, or was not allowed."""

    number: int
    at: str
    account: str
    address: str
    action: str
    object: str
    status: int


class AuditPage(BaseModel):
    """A page of the audit log."""

    items: list[AuditLine]
    next_cursor: str | None


def router() -> APIRouter:
    """The routes of accounts."""
    made = APIRouter(tags=["accounts"])
    made.add_api_route(
        "/v1/me", tell_me, methods=["GET"], summary="Who you are to this server", response_model=Me,
        responses=problems(401, 422, 429), operation_id="tell_me",
    )  # fmt: skip
    made.add_api_route(
        "/v1/audit", list_audit, methods=["GET"], summary="What was changed, the newest first; for an admin",
        response_model=AuditPage, responses=problems(401, 403, 422, 429), operation_id="list_audit",
    )  # fmt: skip
    return made


async def tell_me(request: Request) -> dict[str, Any]:
    """Name and role."""
    server = server_of(request)
    who = server.who(request)
    return {"name": who.name, "role": who.role, "auth": server.settings.auth}


async def list_audit(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Annotated[str | None, Query(max_length=40)] = None,
) -> dict[str, Any]:
    """Every change of scenarios and jobs, and every request that was not allowed."""
    server = server_of(request)
    server.who(request, "admin")
    if cursor is not None and not (cursor.isascii() and cursor.isdigit() and len(cursor) <= 15):
        raise Problem(422, Fault("bad_cursor", f"{cursor!r} is no cursor", "cursor", cursor))
    found = await asyncio.to_thread(server.accounts.audited, int(cursor) if cursor else None, limit + 1)
    more = len(found) > limit
    return {"items": found[:limit], "next_cursor": str(found[limit - 1]["number"]) if more else None}
