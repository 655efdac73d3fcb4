"""A server as a process: it checks what it was given, listens, says where, and ends when it is told to."""

from __future__ import annotations

import asyncio
import socket
import sys
from pathlib import Path
from typing import IO

import uvicorn

from ..errors import Fault, InputError
from ..network import Network
from .app import create_app
from .patience import Impatient
from .pool import Pool
from .settings import Limits, Settings
from .tools import over_stdio

# An idle connection is closed after this.
_IDLE_S = 30
_HEAD_BYTES = 32_768
_BACKLOG = 512
# Answers under way may end before the process does.
_GRACE_S = 10


def run(settings: Settings, *, to_all: bool = False) -> None:
    """Serve until told to stop.

    to_all : on an address that others can reach everybody may do everything
    Raises TableError for wrong tables; InputError for a port that is taken, a database that cannot be opened
    or has its server already, and for an open server that others can reach unless that is meant.
    """
    if not (settings.is_local or settings.auth or to_all):
        what = f"{settings.host} can be reached by others, who could then do everything"
        hint = "Add --auth to ask for tokens, or --open if everybody may"
        raise InputError(
            Fault("open_to_all", what, "--host", settings.host, "127.0.0.1 without --auth", hint)
        )
    Network.load(overlays=settings.data)  # what is wrong with the tables is told now, not by every worker
    listening = _listening(settings)
    lock = _only_one(settings)
    config = uvicorn.Config(
        create_app(settings),
        http=Impatient,
        ws="none",
        lifespan="on",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=_IDLE_S,
        timeout_graceful_shutdown=_GRACE_S,
        h11_max_incomplete_event_size=_HEAD_BYTES,
    )
    host, port = listening.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    where = f"http://{shown}:{port}/"
    sys.stderr.write(f"midcorridor serves {where} (documentation: {where}docs); Ctrl-C ends it\n")
    sys.stderr.flush()
    try:
        uvicorn.Server(config).run(sockets=[listening])
    finally:
        lock.close()


def run_tools(workers: int, data: tuple[Path, ...]) -> None:
    """Serve the tools over standard input and output. Raises TableError, InputError."""
    Network.load(overlays=data)
    pool = Pool(workers, data)

    async def serve() -> None:
        pool.start()
        try:
            await over_stdio(pool, Limits())
        finally:
            await asyncio.to_thread(pool.stop)

    asyncio.run(serve())


def _only_one(settings: Settings) -> IO[str]:
    """A lock on the folder of the state. A server takes every unfinished job there for its own."""
    path = settings.state_dir() / "server.lock"
    held = path.open("a")
    try:
        import fcntl

        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except ImportError:
        pass  # no such locks on this system
    except OSError:
        held.close()
        what = f"another server uses {str(path.parent)!r}"
        raise InputError(
            Fault("state_in_use", what, "--state", hint="Stop it, or give this one a --state of its own")
        ) from None
    return held


def _listening(settings: Settings) -> socket.socket:
    """The socket, opened before anything is started, so that a port that is taken is told at once."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((settings.host.strip("[]"), settings.port))
        made.listen(_BACKLOG)
    except OSError as reason:
        made.close()
        raise InputError(
            Fault(
                "cannot_listen",
                f"{settings.host} port {settings.port} cannot be listened on ({reason.strerror})",
                "--port",
                str(settings.port),
                "a free port, or 0 for any",
            )
        ) from None
    made.set_inheritable(False)
    return made
