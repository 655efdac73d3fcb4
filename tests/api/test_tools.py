"""The tools for language models, over HTTP and over standard input and output."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import pytest

from .asking import Caller

pytest.importorskip("mcp")
ENDS = {"origin": "kz-aktau", "destination": "az-alat", "depart": "2026-12-01"}
HEADERS = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-06-18"}


def call(api: Caller, method: str, headers: dict[str, str] | None = None, **params: Any) -> Any:
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    response = api.post("/mcp", body, headers=HEADERS | (headers or {}))
    assert response.status_code == 200, response.text
    return response.json()["result"]


def tool(api: Caller, name: str, **arguments: Any) -> tuple[Any, bool]:
    found = call(api, "tools/call", name=name, arguments=arguments)
    return json.loads(found["content"][0]["text"]), found["isError"]


def test_the_tools_take_what_the_verbs_take(api: Caller) -> None:
    listed = {each["name"]: each for each in call(api, "tools/list")["tools"]}
    assert list(listed) == ["plan", "compare", "footprint", "facts", "places"]
    contract = api.get("/v1/openapi.json").json()["components"]["schemas"]["PlanAsk"]
    assert set(listed["plan"]["inputSchema"]["properties"]) == set(contract["properties"])


def test_an_answer_is_that_of_the_api_but_shorter(api: Caller) -> None:
    whole = api.post("/v1/plan", ENDS)
    short, failed = tool(api, "plan", **ENDS)
    assert not failed
    assert [route["route_id"] for route in short["routes"]] == [r["route_id"] for r in whole.json()["routes"]]
    for told, route in zip(short["routes"], whole.json()["routes"], strict=True):
        assert told["cost_usd"] == pytest.approx(route["cost_usd"], rel=1e-3)
    compared, _ = tool(api, "compare", origin="Xi'an", destination="Budapest", depart="2026-12-01")
    assert len(json.dumps(compared)) < 60_000
    assert len({route["corridor"] for route in compared["routes"]}) > 2


def test_footprint_facts_and_places(api: Caller) -> None:
    assert tool(api, "footprint", **ENDS)[0]["routes"]
    assert tool(api, "facts")[0]["items"]
    rows = tool(api, "facts", table="links", where={"mode": "sea"}, limit=2)[0]
    assert len(rows["items"]) == 2
    assert tool(api, "facts", table="terminals", key="az-alat")[0]["parts"]
    assert tool(api, "places", text="Baku")[0]["items"][0]["name"] == "Baku"


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("plan", {"origin": "Atlantis", "destination": "az-alat"}),
        ("plan", {"origin": "az-alat"}),
        (
            "plan",
            {**ENDS, "scenario": {"name": "x", "change": [{"operation": "no", "table": "a", "key": "b"}]}},
        ),
        ("plan", {**ENDS, "scenario_id": "nothing"}),
        ("facts", {"table": "nothing"}),
        ("footprint", {**ENDS, "grid": "/etc/passwd"}),
        ("nothing", {}),
    ],
)
def test_what_is_wrong_is_told_so_that_it_can_be_mended(
    name: str, arguments: dict[str, Any], api: Caller
) -> None:
    problem, failed = tool(api, name, **arguments)
    assert failed
    assert problem["faults"][0]["what"]


def test_over_standard_input_and_output() -> None:
    from mcp.client.session import ClientSession
    from mcp.client.stdio import StdioServerParameters, stdio_client

    async def ask() -> tuple[list[str], Any]:
        code = "from midcorridor.cli import main; main(['mcp'])"
        server = StdioServerParameters(command=sys.executable, args=["-c", code])
        async with stdio_client(server) as streams, ClientSession(*streams) as session:
            await session.initialize()
            names = [each.name for each in (await session.list_tools()).tools]
            return names, await session.call_tool("places", {"text": "Aktau"})

    names, found = asyncio.run(asyncio.wait_for(ask(), 120))
    assert "plan" in names
    assert "kz-aktau" in found.content[0].text
