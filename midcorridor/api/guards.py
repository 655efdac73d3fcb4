"""What stands before every route: who is asked, how much may be sent, and what a browser may do."""

from __future__ import annotations

import asyncio
import re
from itertools import accumulate
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..errors import Fault
from .problems import MEDIA_TYPE, Problem
from .settings import Limits, Settings, is_loopback

# What the map of the web app needs: workers and pictures made by itself. Nothing from anywhere else.
CONTENT_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
# An answer as a page has its script and style inside.
PAGE_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; "
    "font-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "sandbox allow-scripts allow-popups allow-downloads"
)
_HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"geolocation=(), camera=(), microphone=(), payment=()",
}


class SecurityHeaders:
    """Headers that tell a browser what pages from here may do."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and add the headers to its response."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                held = {name.lower() for name, _ in message["headers"]}
                kind = next((v for name, v in message["headers"] if name.lower() == b"content-type"), b"")
                answer = kind.startswith(b"text/html") and scope["path"].startswith("/v1/")
                more = {
                    **_HEADERS,
                    b"content-security-policy": (PAGE_POLICY if answer else CONTENT_POLICY).encode(),
                }
                message["headers"] = [
                    *message["headers"],
                    *((name, value) for name, value in more.items() if name not in held),
                ]
            await send(message)

        await self.app(scope, receive, sending)


class HostCheck:
    """A local server answers only to names of this machine.

    A page of any site may lead a browser to 127.0.0.1 under a name of its own (DNS rebinding); it is told
    by that name.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self._local = settings.is_local

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "http" and self._local:
            host = next((v for name, v in scope["headers"] if name == b"host"), b"").decode("latin-1")
            if not is_loopback(_bare(host)):
                what = f"this server does not answer to {host[:80]!r}"
                accepted = "localhost or 127.0.0.1"
                await refuse(send, Problem(421, Fault("bad_host", what, "Host", host[:80], accepted)))
                return
        await self.app(scope, receive, send)


def _bare(host: str) -> str:
    """A host without its port.

    >>> _bare("localhost:80"), _bare("[::1]:80"), _bare("[::1]")
    ('localhost', '[::1]', '[::1]')
    """
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]


class SizeLimits:
    """A head is short. A body is read whole first: up to a size, within a time, not too deep."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self.app, self._limits = app, limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its body at hand, or refuse it."""
        if scope["type"] == "http" and _head_bytes(scope) > self._limits.head_bytes:
            what = "the address and the headers are too long"
            accepted = f"at most {self._limits.head_bytes:,} bytes"
            await refuse(send, Problem(431, Fault("too_large", what, "head", accepted=accepted)))
            return
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self.app(scope, receive, send)
            return
        try:
            body = await self._body(scope, receive)
        except Problem as problem:
            await refuse(send, problem)
            return
        if body is None:
            return  # the caller has gone
        given = False

        async def again() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self.app(scope, again, send)

    async def _body(self, scope: Scope, receive: Receive) -> bytes | None:
        headers: dict[bytes, bytes] = dict(scope["headers"])
        most = self._most(scope["path"])
        length = headers.get(b"content-length", b"")
        if length.isdigit() and int(length[:18]) > most:
            raise _too_large(most)
        parts: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(self._limits.body_s):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        return None
                    part: bytes = message.get("body", b"")
                    size += len(part)
                    if size > most:
                        raise _too_large(most)
                    parts.append(part)
                    if not message.get("more_body", False):
                        break
        except TimeoutError:
            what = f"the body did not arrive within {self._limits.body_s:g} s"
            raise Problem(408, Fault("slow_body", what, "body"), headers={"Connection": "close"}) from None
        body = b"".join(parts)
        most_levels = self._limits.depth
        # A long body takes long to look through; others are answered meanwhile.
        if (
            b"json" in headers.get(b"content-type", b"")
            and await asyncio.to_thread(depth, body) > most_levels
        ):
            what = "brackets are nested too deeply"
            raise Problem(400, Fault("too_deep", what, "body", accepted=f"at most {most_levels} levels"))
        return body

    def _most(self, path: str) -> int:
        return self._limits.shipments_bytes if path == "/v1/plan-many" else self._limits.body_bytes


def _head_bytes(scope: Scope) -> int:
    address = len(scope.get("raw_path") or b"") + len(scope["query_string"])
    return address + sum(len(name) + len(value) for name, value in scope["headers"])


# Texts, in which brackets mean nothing; one without an end goes to the end.
_TEXT = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\Z)', re.DOTALL)
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_STEPS = dict.fromkeys(b"[{", 1) | dict.fromkeys(b"]}", -1)


def depth(body: bytes) -> int:
    """How deeply brackets of JSON are nested.

    >>> depth(b'{"a": [1, [2]], "b": "[[[["}')
    3
    """
    brackets = _TEXT.sub(b"", body).translate(None, _NO_BRACKETS)
    return max(accumulate(map(_STEPS.__getitem__, brackets)), default=0)


def _too_large(most: int) -> Problem:
    what = "the body is too large"
    # The rest of it is not read, so the connection cannot be used again.
    return Problem(
        413,
        Fault("too_large", what, "body", accepted=f"at most {most:,} bytes"),
        headers={"Connection": "close"},
    )


async def refuse(send: Send, problem: Problem) -> None:
    """Send a problem without asking any route."""
    body = problem.body()
    headers: list[Any] = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        *((name.lower().encode(), value.encode()) for name, value in problem.headers.items()),
    ]
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
