"""Compile a kernel once and keep it, in a cache that any change to any kernel empties.

Numba's own cache looks only at the file that holds the function, so an edited helper in another
file would go unseen. Here the cache folder's name is a digest of every source file of this package.

Kernels carry no annotations: Numba infers the types of each call, and one kernel serves arrays of
several types. That is why each of them tells the type checker to pass over its signature.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from midcorridor import dirs

_lock = threading.Lock()


def sources_digest(folder: Path = Path(__file__).parent) -> str:
    """One digest over the names and contents of all kernel sources."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.py")):
        content = path.read_bytes()
        digest.update(f"{path.name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:20]


def kernel(function: Callable[..., Any], **options: Any) -> Any:
    """The function compiled by Numba; cached on disk where a cache can be written."""
    import numba

    with _lock:
        config: Any = numba.config
        before = config.CACHE_DIR
        config.CACHE_DIR = str(dirs.cache_dir() / "kernels" / sources_digest())
        try:
            compiled = numba.njit(cache=True, nogil=True, **options)(function)
        except (RuntimeError, OSError):  # nowhere to write: compile for this run only
            compiled = numba.njit(nogil=True, **options)(function)
        finally:
            config.CACHE_DIR = before
    return compiled


def inner_kernel(function: Callable[..., Any]) -> Any:
    """As `kernel`, for what only kernels call and what makes no array.

    Numba counts the users of an array wherever a function takes or drops it, by atomic additions that can
    cost more than the function. Here it does not: whoever called the kernel keeps its arrays alive.
    """
    return kernel(function, _nrt=False)


def inlined_kernel(function: Callable[..., Any]) -> Any:
    """As `inner_kernel`, written into its caller: for one that is called in one place with many arrays.

    Each array is seven words that a call has to hand over.
    """
    return kernel(function, _nrt=False, inline="always")
