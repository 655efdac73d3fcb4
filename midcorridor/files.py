"""Writing files whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from .errors import Fault, OutputError


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write to that takes its name only when the block ends well.

    It is written beside its final name and then moved there, so that none is ever half-written; an
    error or an interrupt in the block leaves what was there before. A device or a pipe takes the
    bytes as they come.
    Raises OutputError when the folder is missing or read-only or the disk is full.
    """
    temporary = ""
    path = path.resolve()  # a link keeps standing; what it leads to is written
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as file:
                yield file
            return
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes files for the owner alone; an answer is made like any other new file.
        Path(temporary).chmod(0o666 & ~_mask())
        Path(temporary).replace(path)
    except OSError as reason:
        raise _cannot_write(path, reason) from None
    finally:
        if temporary:
            Path(temporary).unlink(missing_ok=True)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; see `whole_file`. Raises OutputError."""
    with whole_file(path) as file:
        file.write(content)


def write_text(path: Path, content: str) -> None:
    """As `write_bytes`, for UTF-8 text."""
    write_bytes(path, content.encode("utf-8"))


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """A folder to write files to that takes its name only when the block ends well.

    Like `whole_file`: after an error or an interrupt nothing is left. A folder that holds something is
    never written over.
    Raises OutputError, before the block begins, where that name is taken or none can be made there.
    """
    path = path.resolve()
    temporary = None
    try:
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise OutputError(
                Fault(
                    "not_empty",
                    f"{str(path)!r} is there already",
                    got=str(path),
                    accepted="a folder that does not exist yet, or is empty",
                    hint="Name another, or remove it first",
                )
            )
        temporary = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
        yield temporary
        temporary.chmod(0o777 & ~_mask())
        if path.is_dir():
            path.rmdir()
        temporary.replace(path)
    except OSError as reason:
        raise _cannot_write(path, reason) from None
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)


def _mask() -> int:
    """What new files may not permit, which can be read only by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _cannot_write(path: Path, reason: OSError) -> OutputError:
    return OutputError(
        Fault(
            "cannot_write",
            f"{str(path)!r} cannot be written ({reason.strerror})",
            accepted="a path in a folder that exists, may be written to and has room",
            hint="Nothing was written",
        )
    )
