"""What the routes share: the settings, the workers, and how a question becomes a response."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar, cast

from starlette.requests import Request
from starlette.responses import Response

from ..errors import Fault
from ..said import Said
from .pool import Pool
from .problems import Problem
from .reading import Ask, ScenarioForm
from .replies import Kept, form_of, response, takes_gzip
from .runner import Runner
from .settings import Settings
from .store import Accounts, Jobs, Scenarios, Who
from .store.accounts import NOBODY
from .worker import Answer, Task

Content = Mapping[str, Any]


class _Numbered(Protocol):
    @property
    def number(self) -> int: ...


T = TypeVar("T", bound=_Numbered)


@dataclass(eq=False)
class Server:
    """One running server."""

    settings: Settings
    pool: Pool
    scenarios: Scenarios
    jobs: Jobs
    accounts: Accounts
    runner: Runner
    kept: Kept = field(default_factory=Kept)

    def who(self, request: Request, role: str = "viewer") -> Who:
        """Who asks, if they may do what a role may. Raises Problem 401 or 403."""
        return allowed(getattr(request.state, "who", NOBODY), role)

    async def ask(
        self, verb: str, given: Mapping[str, Any], *, scenario: Content | None = None, form: str = "json"
    ) -> Answer:
        """The answer of a worker, as it is. Raises Problem."""
        return await self.pool.ask(Task(verb, given, scenario, form), self.settings.limits.answer_s)

    async def answer(
        self,
        request: Request,
        verb: str,
        given: Mapping[str, Any],
        *,
        scenario: Content | None = None,
        forms: Sequence[str] = ("json",),
        form: str | None = None,
        lasting: bool = False,
    ) -> Response:
        """Ask a worker and give what it says, to somebody who may look.

        lasting : the answer depends on nothing but the question, so it may be kept and gets a tag
        """
        self.who(request)
        task = Task(verb, given, scenario, form_of(request, forms, form), takes_gzip(request))
        found = self.kept.get(task) if lasting else None
        if found is None:
            found = await self.pool.ask(task, self.settings.limits.answer_s)
            if lasting:
                self.kept.put(task, found)
        return response(request, found, lasting=lasting)

    async def scenario(self, request: Request, ask: Ask) -> Content | None:
        """The scenario under which a question is asked. Raises Problem."""
        inline = cast("ScenarioForm | None", getattr(ask, "scenario", None))
        scenario_id = cast("str | None", getattr(ask, "scenario_id", None))
        if inline is not None and scenario_id is not None:
            what = "a question has one scenario"
            raise Problem(
                422, Fault("two_scenarios", what, "scenario_id", scenario_id, "scenario or scenario_id")
            )
        if inline is not None:
            return inline.checked(self.settings.limits.changes)
        return None if scenario_id is None else await self.stored(request, scenario_id)

    async def stored(self, request: Request, scenario_id: str) -> Content:
        """A stored scenario that is seen by who asks, or whose link they have. Raises Problem."""
        who = getattr(request.state, "who", NOBODY)
        found = await asyncio.to_thread(self.scenarios.get, who, scenario_id)
        if found is None:
            raise unknown("scenario", scenario_id, "scenario_id")
        return found.content


def allowed(who: Who, role: str) -> Who:
    """Who asks, if they may do what a role may. Raises Problem 401 or 403."""
    if who.may(role):
        return who
    if who is NOBODY:
        hint = Said("send_token")
        fault = Fault("no_token", Said("who_asks"), "Authorization", hint=hint)
        raise Problem(401, fault, headers={"WWW-Authenticate": "Bearer"})
    what = Said("not_allowed", role=who.role)
    raise Problem(403, Fault("not_allowed", what, accepted=Said("role_wanted", role=role)))


async def page(
    cursor: str | None, most: int, read: Callable[[int, int | None], list[T]]
) -> tuple[list[T], str | None]:
    """A page of a list, the newest first, and the cursor of the next. Raises Problem."""
    if cursor is not None and not (cursor.isascii() and cursor.isdigit() and len(cursor) <= 15):
        what = f"{cursor!r} is no cursor"
        raise Problem(422, Fault("bad_cursor", what, "cursor", cursor, "what next_cursor of a page said"))
    found = await asyncio.to_thread(read, most + 1, None if cursor is None else int(cursor))
    more = len(found) > most
    return found[:most], str(found[most - 1].number) if more else None


def unknown(what: str, name: str, where: str) -> Problem:
    """There is no such thing, or it is not for who asks: the two are not told apart."""
    told, hint = f"there is no {what} {name[:80]!r}", f"GET /v1/{what}s lists them"
    if what == "scenario":  # which the app can ask for
        told, hint = Said("scenario_unknown", got=name[:80]), Said("scenarios_listed")
    return Problem(404, Fault(f"unknown_{what}", told, where, name[:80], hint=hint))


def server_of(request: Request) -> Server:
    """The server that a request came to."""
    return cast(Server, request.app.state.server)
