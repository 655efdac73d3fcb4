"""A shipment asked about on the command line: the same options for every command that plans."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

import typer

TOUCH = "Country, terminal, service, link, operator, passage or mode"
# Name, type with its help, default: in the order of the help page.
_OPTIONS: tuple[tuple[str, Any, Any], ...] = (
    ("containers", Annotated[str, typer.Option(help="Number and type of boxes.")], "1x40HC"),
    (
        "depart",
        Annotated[
            str | None, typer.Option(help="When the cargo is ready, such as 2026-12-01; default tomorrow.")
        ],
        None,
    ),
    (
        "commodity",
        Annotated[str | None, typer.Option(help="What is in them; see: facts commodities.")],
        None,
    ),
    ("tonnes_per_box", Annotated[float | None, typer.Option(help="Cargo in each box.")], None),
    ("hs", Annotated[str | None, typer.Option(help="Code of the goods: 2, 4 or 6 digits.")], None),
    ("un", Annotated[str | None, typer.Option(help="UN number of dangerous goods.")], None),
    ("by", Annotated[str, typer.Option(help="balanced, time, cost or carbon.")], "balanced"),
    (
        "sure",
        Annotated[
            float | None, typer.Option(help="Best is what can be promised earliest with so many per cent.")
        ],
        None,
    ),
    (
        "deadline",
        Annotated[
            str | None,
            typer.Option(help="When the last box must be available: a date, or 35d after cargo is ready."),
        ],
        None,
    ),
    (
        "booking",
        Annotated[
            str | None, typer.Option(help="block, group or single; default the cheapest that is taken.")
        ],
        None,
    ),
    ("equipment", Annotated[str, typer.Option(help="Whose boxes: coc, soc or lease.")], "coc"),
    ("avoid", Annotated[list[str] | None, typer.Option(help=f"{TOUCH} not to touch; repeatable.")], None),
    (
        "via",
        Annotated[list[str] | None, typer.Option(help="The same, to be touched; repeatable, at most three.")],
        None,
    ),
    ("max_days", Annotated[float | None, typer.Option(help="Most mean days.")], None),
    ("max_usd", Annotated[float | None, typer.Option(help="Most USD for the whole shipment.")], None),
    ("max_kg", Annotated[float | None, typer.Option(help="Most kg CO2e for the whole shipment.")], None),
    (
        "price_year",
        Annotated[
            int | None,
            typer.Option(help="Year in whose money all prices are; default each in that of its own year."),
        ],
        None,
    ),
    (
        "trucks",
        Annotated[
            bool,
            typer.Option("--trucks", help="Also by road over frontiers and far, not only at the ends."),
        ],
        False,
    ),
)
# Names of the options that every command takes which plans.
SHARED = tuple(name for name, _, _ in _OPTIONS)
_OF_SHIPMENT = {"containers", "depart", "commodity", "tonnes_per_box", "hs", "un"}
_NAMES = {"depart": "at", "hs": "hs_code", "un": "un_number", "max_kg": "max_kg_co2e"}


class Asked:
    """What was asked for, in the words of `plan`."""

    def __init__(self, given: dict[str, Any]) -> None:
        self.everything = {_NAMES.get(name, name): value for name, value in given.items()}
        for name in ("avoid", "via"):
            self.everything[name] = tuple(self.everything[name] or ())
        self.options = {
            _NAMES.get(name, name): self.everything[_NAMES.get(name, name)]
            for name in given
            if name not in _OF_SHIPMENT
        }

    def shipment(self, network: Any, origin: str, destination: str) -> Any:
        """The shipment between two ends."""
        from ..shipment import make_shipment, parse_day

        ready_at = parse_day(self.everything["at"])
        names = ("containers", "commodity", "tonnes_per_box", "hs_code", "un_number")
        return make_shipment(
            network.tables_on(ready_at.date()),
            origin,
            destination,
            ready_at=ready_at,
            **{name: self.everything[name] for name in names},
        )


def asks(command: Callable[..., None]) -> Callable[..., None]:
    """A command with a parameter ``asked: Asked``, in place of which it takes the options of a shipment."""
    return _taking(command, _OPTIONS)


def asks_of_many(command: Callable[..., None]) -> Callable[..., None]:
    """As `asks`, without what a file of shipments says of each."""
    left_out = {*_OF_SHIPMENT, "deadline"}
    return _taking(command, tuple(option for option in _OPTIONS if option[0] not in left_out))


def _taking(command: Callable[..., None], options: tuple[tuple[str, Any, Any], ...]) -> Callable[..., None]:
    own = inspect.signature(command, eval_str=True)
    shared = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
        for name, kind, default in options
    ]
    mine = [parameter for name, parameter in own.parameters.items() if name != "asked"]
    first = [p for p in mine if isinstance(_info(p), typer.models.ArgumentInfo)]
    rest = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in mine if p not in first]

    @wraps(command)
    def run(*arguments: Any, **given: Any) -> None:
        asked = Asked({name: given.pop(name) for name, _, _ in options})
        command(*arguments, **given, asked=asked)

    run.__signature__ = own.replace(parameters=[*first, *shared, *rest])  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in (*first, *shared, *rest)}
    return run


def _info(parameter: inspect.Parameter) -> Any:
    return next(iter(getattr(parameter.annotation, "__metadata__", ())), None)
