"""Writing files whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from .errors import Fault, OutputError


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file beside its final name and then move it there, so that none is ever half-written.

    Raises OutputError when the folder is missing or read-only or the disk is full; the file that
    was there before then stays as it was.
    """
    temporary = ""
    path = path.resolve()  # a link keeps standing; what it leads to is written
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as file:  # a device or a pipe takes the bytes as they come
                file.write(content)
            return
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes files for the owner alone; an answer is made like any other new file.
        mask = os.umask(0)
        os.umask(mask)
        Path(temporary).chmod(0o666 & ~mask)
        Path(temporary).replace(path)
    except OSError as reason:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise OutputError(
            Fault(
                "cannot_write",
                f"{str(path)!r} cannot be written ({reason.strerror})",
                accepted="a path in a folder that exists, may be written to and has room",
                hint="Nothing was written",
            )
        ) from None


def write_text(path: Path, content: str) -> None:
    """As `write_bytes`, for UTF-8 text."""
    write_bytes(path, content.encode("utf-8"))
