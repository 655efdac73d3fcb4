"""A line of log and a count for each request; the numbers of the server for Prometheus."""

from __future__ import annotations

import json
import secrets
import sys
import time
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, TextIO

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..errors import Fault
from .guards import refuse
from .pool import Pool
from .problems import Problem
from .runner import Runner

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """What Prometheus reads at /metrics."""

    def __init__(self, pool: Pool, runner: Runner) -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "midcorridor_requests", "Requests", ("method", "route", "status"), registry=self._registry
        )
        self.seconds = Histogram(
            "midcorridor_request_seconds", "Until the last byte was sent", ("route",), buckets=_BUCKETS,
            registry=self._registry,
        )  # fmt: skip
        self._registry.register(_State(pool, runner))

    def text(self) -> bytes:
        """The numbers."""
        return generate_latest(self._registry)


class _State:
    """What is read at the moment when it is asked for."""

    def __init__(self, pool: Pool, runner: Runner) -> None:
        self._pool, self._runner = pool, runner

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The gauges."""
        pool, runner = self._pool, self._runner
        for name, told, value in (
            ("workers_ready", "Workers that can take a question", pool.ready),
            ("workers_busy", "Workers that have one", pool.busy),
            ("workers_replaced", "Workers that died or were too slow", pool.replaced),
            ("questions_waiting", "Questions that no worker has taken yet", pool.waiting),
            ("jobs_running", "Jobs under way", runner.running),
            ("streams_open", "Event streams that follow a job", runner.followers),
        ):
            yield GaugeMetricFamily(f"midcorridor_{name}", told, value=value)


class Observe:
    """Counts and logs requests; what no route caught becomes a problem and stands in the log."""

    def __init__(self, app: ASGIApp, metrics: Metrics, *, quiet: bool) -> None:
        self.app, self._metrics, self._quiet = app, metrics, quiet

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and tell how it went."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = secrets.token_hex(8)
        status, size = 0, 0

        async def sending(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
            elif message["type"] == "http.response.body":
                size += len(message.get("body", b""))
            await send(message)

        try:
            await self.app(scope, receive, sending)
        except Exception as error:  # noqa: BLE001 - the last who can tell the caller
            log("error", request_id=request_id, error=type(error).__name__, traceback=traceback.format_exc())
            if not status:
                hint = f"This is a fault of the program; please report it with {request_id}"
                await refuse(
                    sending, Problem(500, Fault("internal_error", f"a {type(error).__name__}", hint=hint))
                )
        finally:
            # The path itself may hold a secret, such as the token of a link; the pattern holds none.
            route = getattr(scope.get("route"), "path", "") or "none"
            seconds = time.perf_counter() - started
            self._metrics.requests.labels(_method(scope["method"]), route, str(status or 499)).inc()
            self._metrics.seconds.labels(route).observe(seconds)
            if not self._quiet:
                log(
                    "request",
                    request_id=request_id,
                    method=_method(scope["method"]),
                    route=route,
                    status=status or 499,  # 499: the caller went away before there was an answer
                    ms=round(seconds * 1000, 1),
                    bytes=size,
                    account=getattr(scope.get("state", {}).get("who"), "name", None),
                    address=str((scope.get("client") or ("unknown",))[0]),
                )


def _method(name: str) -> str:
    """A method as a label; a caller may invent any number of others."""
    return name if name in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH") else "other"


def log(event: str, *, to: TextIO | None = None, **fields: Any) -> None:
    """Write a line of JSON to the error stream."""
    told = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event, **fields}
    stream = to or sys.stderr
    stream.write(json.dumps(told, ensure_ascii=False, default=str) + "\n")
    stream.flush()
