"""What is sent, as far as rules ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..codes import known_hs, known_un
from ..errors import Fault, InputError, did_you_mean
from ..rules import country_groups
from ..shipment import Shipment
from ..tables import Tables


@dataclass(frozen=True, slots=True)
class Dangerous:
    """An entry of the list of dangerous goods."""

    un_number: str
    name: str
    dg_class: str
    division: str  # empty where there is none, or where entries of the number differ

    def words(self) -> str:
        """Number, name and class, as one would say them."""
        name = self.name.split(" (")[0].lower()
        return f"UN {self.un_number} ({name}, class {self.division or self.dg_class})"


@dataclass(frozen=True, slots=True)
class Goods:
    """What rules ask about a shipment. What is None or empty is not known, and rules that need it say so."""

    commodity_id: str | None = None
    hs_codes: tuple[str, ...] = ()  # the code given, else the chapters of the commodity
    dangerous: Dangerous | None = None  # by the UN number given
    perhaps: tuple[Dangerous, ...] = ()  # as what the commodity usually travels, where no number is given
    container_type: str | None = None
    gross_t: float | None = None  # of each box
    boxes: int | None = None
    from_country: str | None = None
    to_country: str | None = None


def make_goods(
    tables: Tables,
    *,
    commodity: str | None = None,
    hs_code: str | None = None,
    un_number: str | None = None,
    container_type: str | None = None,
    gross_t: float | None = None,
    boxes: int | None = None,
    from_country: str | None = None,
    to_country: str | None = None,
) -> Goods:
    """Checked goods.

    Raises InputError that gathers every code that stands in no table, and a mass over the box's own limit.
    """
    faults: list[Fault] = []

    def key(table: str, option: str, name: str | None) -> str | None:
        known = tables.by_key(table)
        if name is not None and name not in known:
            accepted = ", ".join(known)
            hint = did_you_mean(name, known)
            faults.append(
                Fault(f"unknown_{option.strip('-')}", f"there is no {name!r}", option, name, accepted, hint)
            )
            return None
        return name

    commodity_id = key("commodities", "--commodity", commodity)
    box_type = key("containers", "--containers", container_type)
    groups = country_groups(tables)
    for option, code in (("--from", from_country), ("--to", to_country)):
        if code is not None and groups.get(code) != (code,):
            accepted, hint = "a country code such as CN", did_you_mean(code, groups)
            faults.append(
                Fault("unknown_country", f"there is no country {code!r}", option, code, accepted, hint)
            )
    row: Mapping[str, Any] = tables.by_key("commodities")[commodity_id] if commodity_id else {}
    hs_codes: tuple[str, ...] = tuple(row.get("hs_chapters") or ())
    listed = None
    try:
        hs_codes = hs_codes if hs_code is None else (known_hs(tables, hs_code),)
    except InputError as error:
        faults.extend(error.faults)
    try:
        listed = None if un_number is None else known_un(tables, un_number)
    except InputError as error:
        faults.extend(error.faults)
    if box_type is not None and gross_t is not None:
        most = tables.by_key("containers")[box_type]["max_gross_t"]
        if not 0 < gross_t <= most:
            what = f"{gross_t:g} t is no gross mass of a {box_type}"
            faults.append(
                Fault("bad_mass", what, "--gross", f"{gross_t:g}", f"above 0 and at most {most:g} t")
            )
    if faults:
        raise InputError(faults)
    numbers = tables.by_key("dangerous_goods")
    return Goods(
        commodity_id,
        hs_codes,
        _entry(listed) if listed else None,
        () if listed else tuple(_entry(numbers[number]) for number in row.get("un_numbers") or ()),
        box_type,
        gross_t,
        boxes,
        from_country,
        to_country,
    )


def _entry(row: Mapping[str, Any]) -> Dangerous:
    return Dangerous(row["un_number"], row["name"], row["class"], row["division"] or "")


def goods_of(tables: Tables, shipment: Shipment, from_country: str | None, to_country: str | None) -> Goods:
    """The goods of a shipment between two countries; a country outside the tables counts as not known."""
    countries = tables.by_key("countries")
    box = tables.by_key("containers")[shipment.container_type]
    gross_t = min(shipment.cargo_t / shipment.boxes + box["tare_t"], box["max_gross_t"])
    return make_goods(
        tables,
        commodity=shipment.commodity_id,
        hs_code=shipment.hs_code,
        un_number=shipment.un_number,
        container_type=shipment.container_type,
        gross_t=gross_t,  # rounding may carry a full box a hair over its limit
        boxes=shipment.boxes,
        from_country=from_country if from_country in countries else None,
        to_country=to_country if to_country in countries else None,
    )
