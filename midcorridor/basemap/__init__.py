"""Distances along rail, road and sea lanes of Eurasia, from open data that ships with the package.

>>> from midcorridor.basemap import router
>>> rail = router("rail")
>>> km = rail.km((44.176, 80.252), (43.606, 51.215))        # Altynkol to Aktau
"""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import TYPE_CHECKING

from midcorridor.errors import Fault, InputError, did_you_mean

if TYPE_CHECKING:
    from midcorridor.basemap.routing import Path, Router
    from midcorridor.basemap.snapping import Snap

__all__ = ["MODES", "Path", "Router", "Snap", "router"]

MODES = ("rail", "road", "sea")

_loading = threading.Lock()


def router(mode: str, *, avoid: tuple[str, ...] = ()) -> Router:
    """The router of one mode, loaded on first use and kept for the process.

    mode : rail, road or sea      avoid : passages to close, sea only, such as ("suez",)
    Raises  InputError for an unknown mode or passage; DataFileError for a damaged base map.
    """
    if mode not in MODES:
        raise InputError(
            Fault(
                "unknown_mode",
                f"there is no base map for {mode!r}",
                where="mode",
                got=str(mode),
                accepted=", ".join(MODES),
                hint=did_you_mean(str(mode), MODES),
            )
        )
    with _loading:
        return _load(mode, tuple(sorted({avoid} if isinstance(avoid, str) else set(avoid))))


@lru_cache(maxsize=16)
def _load(mode: str, avoid: tuple[str, ...]) -> Router:
    from midcorridor.basemap.passages import check_words
    from midcorridor.basemap.routing import Router
    from midcorridor.basemap.store import read_part

    check_words(avoid, mode)
    return Router(read_part(mode), avoid=avoid)


def __getattr__(name: str) -> object:
    """Path, Router and Snap, imported when first asked for."""
    if name in ("Path", "Router"):
        from midcorridor.basemap import routing

        return getattr(routing, name)
    if name == "Snap":
        from midcorridor.basemap import snapping

        return snapping.Snap
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
