"""What each verb takes: models of requests made from the commands, so that the names cannot differ."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from enum import Enum
from typing import Annotated, Any, ClassVar, get_args, get_origin

import typer
from pydantic import BaseModel, ConfigDict, Field, JsonValue, create_model

from ..cli import commands
from ..cli.check_command import check_command
from ..cli.diff_command import diff_command
from ..cli.failures_command import failures_command
from ..cli.footprint_command import footprint_command
from ..cli.profile_command import profile_command
from ..cli.simulate_command import simulate_command
from ..errors import Fault
from ..said import Said
from .problems import Problem

# Where a command reads or writes files of its machine, the API has words of its own.
_OF_THE_MACHINE = {"data", "output", "form", "scenario", "workers", "cluster", "shipments"}
_LONGEST_TEXT, _LONGEST_LIST = 400, 50
# A year takes seconds, with several times the freight some more; who wants many runs the command.
MOST_REPLICATIONS, MOST_DEMAND = 20, 5.0
MOST_LEVERS, MOST_EVENTS = 5, 6


class ChangeForm(BaseModel):
    """One change of a scenario, as a `[[change]]` block of its file."""

    model_config = ConfigDict(extra="allow")

    operation: str = Field(description="set, scale, add, remove or close", max_length=40)
    table: str = Field(description="Table of the row; see /v1/facts", max_length=80)
    key: str = Field(description="Key of the row", max_length=200)
    column: str | None = Field(None, description="For set and scale", max_length=80)
    value: JsonValue = Field(None, description="For set and scale a cell, for add the cells of the row")
    from_: str | None = Field(None, alias="from", description="First day, such as 2026-12-01", max_length=40)
    until: str | None = Field(None, description="Last day", max_length=40)
    note: str | None = Field(None, description="Why", max_length=2000)


class ScenarioForm(BaseModel):
    """A scenario in the shape of its file: a name and changes made in order."""

    model_config = ConfigDict(extra="allow")

    name: str = Field(description="What it is called", max_length=200)
    description: str = Field("", description="What it is about", max_length=4000)
    change: list[ChangeForm] = Field(default_factory=list, description="Changes in their order")

    def content(self) -> dict[str, Any]:
        """As it was given, for the reader of scenario files, which checks it."""
        told: dict[str, Any] = self.model_dump(by_alias=True, exclude_unset=True, mode="json")
        for change in told.get("change", ()):
            for name in [name for name, value in change.items() if value is None]:
                del change[name]
        return told

    def checked(self, most: int) -> dict[str, Any]:
        """The content of a scenario that is not too long. Raises Problem; other faults a worker tells."""
        if len(self.change) > most:
            what = Said("changes_too_many", changes=len(self.change))
            raise Problem(
                413, Fault("too_many_changes", what, "scenario.change", accepted=Said("at_most", most=most))
            )
        return self.content()


class Ask(BaseModel):
    """A question to a network, with the scenario under which it is asked."""

    model_config = ConfigDict(extra="forbid", populate_by_name=False)
    in_url: ClassVar[type[Ask]]  # the same question as words of a URL

    def given(self) -> dict[str, Any]:
        """The parameters of the verb by the names of its command, without scenario and form."""
        return self.model_dump(exclude={"scenario", "scenario_id", "form_"}, mode="json")


_SCENARIO: dict[str, Any] = {
    "scenario": (
        ScenarioForm | None,
        Field(None, description="A scenario in the shape of its file, for this question alone"),
    ),
}
_STORED: dict[str, Any] = {
    "scenario_id": (
        str | None,
        Field(None, description="Id of a stored scenario, or the token of a shared one", max_length=80),
    ),
}
_FORM: dict[str, Any] = {
    "form_": (
        str | None,
        Field(None, alias="format", description="A form that the verb has; else by Accept", max_length=40),
    ),
}


def asks_of(
    name: str, command: Callable[..., None], *leave_out: str, scenario: bool = True, **fields: Any
) -> type[Ask]:
    """The model of a request, from the signature of a command.

    leave_out : parameters that the API does not take
    fields : parameters that it takes in its own way
    """
    parameters = [
        parameter
        for parameter in inspect.signature(command, eval_str=True).parameters.values()
        if parameter.name not in _OF_THE_MACHINE | {*leave_out, *fields}
    ]
    stored = _STORED if scenario else {}
    in_body: dict[str, Any] = {each.name: _field(each, strict=True) for each in parameters}
    in_body |= fields | (_SCENARIO if scenario else {}) | stored
    # A URL has no numbers, only words that mean them.
    in_url: dict[str, Any] = {each.name: _field(each, strict=False) for each in parameters}
    made = create_model(name, __base__=Ask, **in_body)
    made.in_url = create_model(f"{name}InUrl", __base__=Ask, **in_url, **fields, **stored, **_FORM)
    return made


def _field(parameter: inspect.Parameter, *, strict: bool) -> tuple[Any, Any]:
    annotation: tuple[Any, Any] = get_args(parameter.annotation)
    kind, info = annotation
    word = _word(parameter.name, info)
    optional = type(None) in get_args(kind)
    inner = next((each for each in get_args(kind) if each is not type(None)), kind) if optional else kind
    limits: dict[str, Any] = {"description": info.help}
    if inner is str:
        inner = Annotated[str, Field(max_length=_LONGEST_TEXT, strict=strict)]
    elif get_origin(inner) is list:
        inner = list[Annotated[str, Field(max_length=_LONGEST_TEXT, strict=strict)]]
        limits["max_length"] = _LONGEST_LIST
    elif inner is float:
        inner = Annotated[float, Field(strict=strict, allow_inf_nan=False)]
    elif inner is int:
        inner = Annotated[int, Field(strict=strict)]
        limits |= {"ge": info.min, "le": info.max}
    elif inner is bool:
        inner = Annotated[bool, Field(strict=strict)]
    elif not (isinstance(inner, type) and issubclass(inner, Enum)):
        raise TypeError(f"{parameter.name}: no field of a request can be {kind}")
    default = ... if parameter.default is inspect.Parameter.empty else parameter.default
    return (inner | None if optional else inner), Field(default, alias=word, **limits)


def _word(name: str, info: Any) -> str:
    """The name of an option without its dashes, else that of the parameter."""
    if isinstance(info, typer.models.OptionInfo):
        # Inside Annotated the first word stands where elsewhere the default does.
        words = (info.default, *(info.param_decls or ()))
        long = next((word for word in words if isinstance(word, str) and word.startswith("--")), "")
        if long:
            return long.removeprefix("--").replace("-", "_")
    return name


# A grid may be a file on the command line, which a server does not read.
_GRID = Field(
    None, description="Electricity: a year such as 2024 or 2030, or zero", pattern=r"^(\d{4}|zero)$"
)

PlanAsk = asks_of("PlanAsk", commands.plan_command, "explain")
CompareAsk = asks_of("CompareAsk", commands.plan_command, "explain", "compare")
ExplainAsk = asks_of(
    "ExplainAsk", commands.plan_command, "explain",
    route=(str, Field("A", description="Letter of the route", max_length=4)),
)  # fmt: skip
FootprintAsk = asks_of("FootprintAsk", footprint_command, grid=(str | None, _GRID))
CheckAsk = asks_of("CheckAsk", check_command)
DiffAsk = asks_of("DiffAsk", diff_command, "every")
FailuresAsk = asks_of("FailuresAsk", failures_command)
ProfileAsk = asks_of("ProfileAsk", profile_command)
_YEAR = Field(2025, ge=1990, le=2100, strict=True, description="One with demand in the table volumes")
_OFTEN = Field(
    3, ge=1, le=MOST_REPLICATIONS, strict=True, description="How often, each with a chance of its own"
)
_SEED = Field(0, ge=0, le=2**32 - 1, strict=True, description="The same seed gives the same answer")
_FACTOR = Field(
    1.0, gt=0, le=MOST_DEMAND, allow_inf_nan=False, description="What all demand is multiplied by"
)
_WARM_UP = Field(60, ge=0, le=366, strict=True, description="Days before the year that are not counted")
_REPLAY = Field(True, strict=True, description="Also where vehicles were in the first replication")
_LEVERS = Field(
    0, ge=0, le=MOST_LEVERS, strict=True,
    description="Places of each kind (crane, berth, ship) at which to try one more; 0 for none",
)  # fmt: skip
_EVENTS = Field(
    None, max_length=MOST_EVENTS, description="What disruptions would do, by their names; see /v1/events"
)
SimulateAsk = asks_of(
    "SimulateAsk", simulate_command, "policy", "visits", "log_days", "html", "every", "event_names_asked",
    year=(int, _YEAR), replications=(int, _OFTEN), seed=(int, _SEED), demand_factor=(float, _FACTOR),
    warm_up_days=(int, _WARM_UP), replay=(bool, _REPLAY), levers=(int, _LEVERS),
    event=(list[Annotated[str, Field(max_length=80, strict=True)]] | None, _EVENTS),
)  # fmt: skip
DistanceAsk = asks_of("DistanceAsk", commands.distance_command, scenario=False)
