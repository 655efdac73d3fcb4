"""Where the built web app lies. It is made from web/ when the package is built; see docs/web.md."""

from __future__ import annotations

from ..dirs import PACKAGE

DIST = PACKAGE / "web" / "dist"


def built() -> bool:
    """Whether this installation holds the web app."""
    return (DIST / "index.html").is_file()
