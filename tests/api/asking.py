"""An application asked in this process, without a socket."""

from __future__ import annotations

import asyncio
import threading
from types import TracebackType
from typing import Any

import httpx


class Caller:
    """Runs an application with its lifespan on a loop of its own, and asks it."""

    def __init__(self, app: Any, base_url: str = "http://localhost") -> None:
        self.app = app
        self._base = base_url
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._stop: asyncio.Event
        self._life: Any

    def __enter__(self) -> Caller:
        self._thread.start()
        self.run(self._start())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.run(self._client.aclose())
        self.run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _start(self) -> None:
        # Entered and left in one task, as the scopes inside it must be.
        started: asyncio.Future[None] = self._loop.create_future()
        self._stop = asyncio.Event()

        async def live() -> None:
            async with self.app.router.lifespan_context(self.app):
                started.set_result(None)
                await self._stop.wait()

        self._life = self._loop.create_task(live())
        await asyncio.wait([self._life, started], return_when=asyncio.FIRST_COMPLETED)
        if self._life.done():
            self._life.result()
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        self._client = httpx.AsyncClient(transport=transport, base_url=self._base, timeout=120)

    async def _end(self) -> None:
        self._stop.set()
        await self._life

    def run(self, coroutine: Any) -> Any:
        """What a coroutine gives, run on the loop of the application."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(300)

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.run(self._client.get(path, **more))

    def post(self, path: str, json: Any = None, **more: Any) -> httpx.Response:
        return self.run(self._client.post(path, json=json, **more))

    def put(self, path: str, json: Any = None, **more: Any) -> httpx.Response:
        return self.run(self._client.put(path, json=json, **more))

    def delete(self, path: str, **more: Any) -> httpx.Response:
        return self.run(self._client.delete(path, **more))

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        return self.run(self._client.request(method, path, **more))


def faults(response: httpx.Response) -> list[dict[str, Any]]:
    """The faults of a problem, which has the parts that it must have."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    problem = response.json()
    assert problem["status"] == response.status_code
    assert problem["type"].startswith("urn:midcorridor:problem:")
    assert problem["title"]
    assert problem["detail"]
    found: list[dict[str, Any]] = problem["faults"]
    assert all(fault["code"] and fault["what"] for fault in found)
    return found
