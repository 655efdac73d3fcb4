"""Plan, simulate and improve a whole freight corridor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .network import Network
    from .scenario import Scenario
    from .shipment import Shipment

__version__ = "0.1.0"
__all__ = ["Network", "Scenario", "Shipment", "__version__"]
_NOUNS = {"Network": "network", "Scenario": "scenario", "Shipment": "shipment"}


def __getattr__(name: str) -> Any:
    """The nouns, imported when first asked for; a verb is the function of its own module."""
    from importlib import import_module

    if name not in _NOUNS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_NOUNS[name]}", __name__), name)
