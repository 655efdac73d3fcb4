"""What the routes share: the settings, the workers, and how a question becomes a response."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response

from ..errors import Fault
from .pool import Pool
from .problems import Problem
from .reading import Ask, ScenarioForm
from .replies import Kept, form_of, response, takes_gzip
from .settings import Settings
from .worker import Task

Content = Mapping[str, Any]


@dataclass(eq=False)
class Server:
    """One running server."""

    settings: Settings
    pool: Pool
    kept: Kept = field(default_factory=Kept)
    started_at: float = field(default_factory=time.time)

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
        """Ask a worker and give what it says.

        lasting : the answer depends on nothing but the question, so it may be kept and gets a tag
        """
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
            return self.checked(inline)
        return None if scenario_id is None else await self.stored(request, scenario_id)

    def checked(self, form: ScenarioForm) -> Content:
        """A scenario that is not too long. Raises Problem; what else is wrong with it a worker tells."""
        most = self.settings.limits.changes
        if len(form.change) > most:
            what = f"{len(form.change):,} changes are too many"
            raise Problem(
                413, Fault("too_many_changes", what, "scenario.change", accepted=f"at most {most:,}")
            )
        return form.content()

    async def stored(self, request: Request, scenario_id: str) -> Content:
        """A stored scenario. Raises Problem."""
        raise unknown("scenario", scenario_id, "scenario_id")


def unknown(what: str, name: str, where: str) -> Problem:
    """There is no such thing, or it is not for who asks: the two are not told apart."""
    hint = f"GET /v1/{what}s lists them"
    return Problem(
        404, Fault(f"unknown_{what}", f"there is no {what} {name[:80]!r}", where, name[:80], hint=hint)
    )


def server_of(request: Request) -> Server:
    """The server that a request came to."""
    return cast(Server, request.app.state.server)
