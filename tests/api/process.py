"""A server as a process of its own, to be killed, kept waiting and asked by many."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx

# Shorter patience than a real server has, so that tests need not wait as long.
CODE = """
import sys
from pathlib import Path
from midcorridor.api import Limits, Settings
from midcorridor.api.patience import Impatient
from midcorridor.api.running import run
Impatient.head_s = 1.0
run(Settings(port={port}, workers={workers}, state=Path({state!r}), quiet=True, database={database!r},
             limits=Limits(body_s=1.0, jobs_waiting=1000)))
"""


class Process:
    """`midcorridor serve` on a free port of this machine."""

    def __init__(self, state: Path, *, workers: int = 1, database: str | None = None, port: int = 0) -> None:
        code = CODE.format(workers=workers, state=str(state), database=database, port=port)
        self._log = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed at the end of the process
        self.process = subprocess.Popen([sys.executable, "-c", code], stderr=self._log)
        self.port = self._found()
        self.url = f"http://127.0.0.1:{self.port}"
        self.http = httpx.Client(base_url=self.url, timeout=60)

    def log(self) -> str:
        """What the server has written to its error stream."""
        self._log.seek(0)
        return self._log.read()

    def _found(self) -> int:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            found = re.search(r"http://127\.0\.0\.1:(\d+)/", self.log())
            if found:
                return int(found[1])
            assert self.process.poll() is None, self.log()
            time.sleep(0.02)
        raise AssertionError(self.log())

    def ready(self) -> Process:
        """When a worker can answer."""
        until = time.monotonic() + 120
        while time.monotonic() < until:
            try:
                if self.http.get("/readyz").status_code == 200:
                    return self
            except httpx.TransportError:
                assert self.process.poll() is None, self.log()
            time.sleep(0.05)
        raise AssertionError(self.log())

    def kill(self) -> None:
        """As kill -9 does; its children must notice by themselves."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(30)

    def stop(self) -> int:
        """Ask it to end."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)

    def children(self) -> list[int]:
        """Processes that it has started."""
        found = []
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = path.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == self.process.pid:
                found.append(int(path.parent.name))
        return found

    def __enter__(self) -> Process:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.http.close()
        if self.process.poll() is None:
            self.stop()
        self._log.close()


def alive(pid: int) -> bool:
    """Whether a process runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


def lines(stream: Any) -> list[str]:
    """The lines of a response as they come."""
    return list(stream.iter_lines())
