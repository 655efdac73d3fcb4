"""The verbs as tools of the Model Context Protocol: the same questions, shorter answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.types import Receive, Scope, Send

from .. import __version__
from ..errors import Fault, InputError
from . import reading
from .guards import refuse
from .pool import Pool
from .problems import Problem
from .server import Server, allowed
from .settings import Limits
from .store.accounts import NOBODY
from .worker import Answer, Task

Content = Mapping[str, Any]
_INSTRUCTIONS = (
    "Plans freight between China, Central Asia, the Caucasus, Türkiye and Europe by rail, sea and road. "
    "Places are names, UN/LOCODEs, terminal ids or lat,lon; find them with places. Hours ending in p50_h and "
    "p90_h are a median and what holds 9 times in 10; never add them. Prices are USD for the whole shipment, "
    "kg_co2e is well-to-wheel. No route is an answer: status.blocked_by says what would have to give. "
    "Figures come from tables with sources; facts shows any of them. Estimates are marked as such."
)


class FactsAsk(BaseModel):
    """A look into the tables that the answers rest on."""

    model_config = ConfigDict(extra="forbid")

    table: Annotated[str | None, Field(description="Without one the tables are listed", max_length=80)] = None
    key: Annotated[
        str | None, Field(description="A row, with every figure and its source", max_length=200)
    ] = None
    where: Annotated[
        dict[str, str], Field(description="Columns and the values that their cells must have", max_length=10)
    ] = {}
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    start: Annotated[int, Field(ge=0, le=10**6, description="Rows to leave out first")] = 0


class PlacesAsk(BaseModel):
    """A text that names a place."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(description="What somebody typed, in any script", max_length=200)]
    limit: Annotated[int, Field(ge=1, le=20)] = 8


# Name, model and what it answers.
_TOOLS: dict[str, tuple[type[BaseModel], str]] = {
    "plan": (reading.PlanAsk, "The best routes of a shipment, leg by leg, with days, price, CO2e and chance"),
    "compare": (reading.CompareAsk, "A plan that shows the best route of every corridor"),
    "footprint": (reading.FootprintAsk, "Greenhouse gases of a shipment by ISO 14083, part by part"),
    "facts": (FactsAsk, "Any figure of the tables with its source, year and confidence"),
    "places": (PlacesAsk, "Places for a name, with what to write to get exactly each"),
}
Asking = Callable[[Task], Awaitable[Answer]]
Stored = Callable[[Any, str], Awaitable[Content]]


class Tools:
    """Answers calls of tools.

    ask : hands a question to a worker
    stored : a stored scenario for who made the request, where scenarios are kept
    """

    def __init__(self, ask: Asking, limits: Limits, stored: Stored | None = None) -> None:
        self._ask, self._limits, self._stored = ask, limits, stored

    def listed(self) -> list[dict[str, Any]]:
        """Each tool with the schema of what it takes."""
        return [
            {"name": name, "description": about, "inputSchema": model.model_json_schema()}
            for name, (model, about) in _TOOLS.items()
        ]

    async def call(self, name: str, arguments: Mapping[str, Any], request: Any = None) -> str:
        """The answer as JSON. Raises Problem with what is wrong with the question."""
        if name not in _TOOLS:
            what = f"there is no tool {name[:80]!r}"
            raise Problem(404, Fault("unknown_tool", what, "name", name[:80], ", ".join(_TOOLS)))
        try:
            asked = _TOOLS[name][0].model_validate(arguments)
        except ValidationError as error:
            raise Problem(422, [_fault(each) for each in error.errors()[:20]], error="InputError") from None
        if isinstance(asked, reading.Ask):
            scenario = await self._scenario(asked, request)
            task = Task(name, asked.given(), scenario, "brief")
        else:
            task = _lookup(asked)
        return (await self._ask(task)).body.decode()

    async def _scenario(self, asked: reading.Ask, request: Any) -> Content | None:
        form: reading.ScenarioForm | None = getattr(asked, "scenario", None)
        scenario_id: str | None = getattr(asked, "scenario_id", None)
        if form is not None and scenario_id is None:
            return form.checked(self._limits.changes)
        if scenario_id is None:
            return None
        if form is not None or self._stored is None:
            what = "a question has one scenario" if form is not None else "no scenarios are stored here"
            raise Problem(422, Fault("bad_scenario", what, "scenario_id", scenario_id, "scenario"))
        return await self._stored(request, scenario_id)


def _lookup(asked: BaseModel) -> Task:
    if isinstance(asked, PlacesAsk):
        return Task("places", asked.model_dump())
    assert isinstance(asked, FactsAsk)
    if asked.table is None:
        return Task("facts", {})
    if asked.key is not None:
        return Task("row", {"table": asked.table, "key": asked.key})
    where = {name: [value] for name, value in asked.where.items()}
    given = {"table": asked.table, "where": where, "sort": None, "start": asked.start, "limit": asked.limit}
    return Task("rows", given)


def _fault(found: Mapping[str, Any]) -> Fault:
    where = ".".join(str(part) for part in found["loc"])
    return Fault("bad_field", found["msg"][0].lower() + found["msg"][1:], where)


def protocol(tools: Tools) -> Any:
    """A server of the protocol with the tools. Raises InputError where its library is not installed."""
    try:
        import mcp_types as types
        from mcp.server.lowlevel import Server as Protocol
    except ImportError:
        what = "the Model Context Protocol needs the package mcp, which is not installed"
        hint = "Install it with: pip install 'midcorridor[mcp]'"
        raise InputError(Fault("missing_extra", what, hint=hint)) from None

    async def list_tools(_: Any, __: Any) -> Any:
        return types.ListToolsResult(tools=[types.Tool(**each) for each in tools.listed()])

    async def call_tool(context: Any, called: Any) -> Any:
        try:
            text, failed = await tools.call(called.name, called.arguments or {}, context.request), False
        except Problem as problem:
            # A model mends its question when it is told what would do.
            text, failed = problem.body().decode(), True
        return types.CallToolResult(content=[types.TextContent(text=text)], is_error=failed)

    return Protocol(
        "midcorridor",
        version=__version__,
        instructions=_INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


class Endpoint:
    """`/mcp`: each request stands alone, so nothing of a caller is kept."""

    def __init__(self, server: Server) -> None:
        limits = server.settings.limits
        self._tools = Tools(lambda task: server.pool.ask(task, limits.answer_s), limits, server.stored)
        self._manager: Any = None
        self._limits = limits

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Serve for the time of the block, where the library is installed."""
        try:
            made = protocol(self._tools)
        except InputError:
            yield
            return
        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
        from mcp.server.transport_security import TransportSecuritySettings

        # Names of hosts and who asks are checked before anything comes here.
        security = TransportSecuritySettings(enable_dns_rebinding_protection=False)
        self._manager = StreamableHTTPSessionManager(
            made,
            json_response=True,
            stateless=True,
            security_settings=security,
            max_request_body_size=self._limits.body_bytes,
        )
        async with self._manager.run():
            yield

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            allowed(scope.get("state", {}).get("who", NOBODY), "viewer")
            if self._manager is None:
                what = "this server does not have the Model Context Protocol"
                hint = "Who runs it can install it with: pip install 'midcorridor[mcp]'"
                raise Problem(404, Fault("no_mcp", what, hint=hint))
        except Problem as problem:
            await refuse(send, problem)
            return
        await self._manager.handle_request(scope, receive, send)


async def over_stdio(pool: Pool, limits: Limits) -> None:
    """Serve one client over standard input and output until it goes."""
    made = protocol(Tools(lambda task: pool.ask(task, limits.answer_s), limits))
    from mcp.server.stdio import stdio_server

    async with stdio_server() as (reading_from, writing_to):
        await made.run(reading_from, writing_to, made.create_initialization_options())
