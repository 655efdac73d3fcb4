"""What is sent: boxes of a type with a commodity in them, between two places, from a day on."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from .codes import known_hs, known_un
from .errors import Fault, InputError, did_you_mean
from .said import Said
from .tables import Tables

MOST_BOXES = 20_000
FIRST_YEAR, LAST_YEAR = 2019, 2040
_CONTAINERS = re.compile(r"\s*(\d+(?:\.\d+)?|[-+]?\w*)\s*[x×*]\s*([A-Za-z0-9]+)\s*")


@dataclass(frozen=True, slots=True)
class Shipment:
    """Boxes of one type that travel together."""

    origin: str  # any text that names a place
    destination: str
    boxes: int  # > 0
    container_type: str  # key of the containers table
    commodity_id: str  # key of the commodities table
    ready_at: datetime  # UTC, when the cargo is ready at the origin
    teu: float  # all boxes together
    cargo_t: float  # mass of the cargo, without the boxes
    value_usd: float  # all boxes together
    value_of_time_usd_per_h: float  # what the owner loses an hour in transit
    price_feu: float  # boxes in 40 ft equivalents of price, a 20 ft box counting less than one
    hs_code: str | None = None  # 2, 4 or 6 digits; None: the chapters of the commodity
    un_number: str | None = None  # four digits, for dangerous goods


def parse_containers(text: str, tables: Tables) -> tuple[int, str]:
    """Number and type of boxes from text such as ``40x40HC``.

    Raises InputError for anything else, a number that is not whole or not above 0, an unknown type.
    """
    kinds = tables.by_key("containers")
    form = Said("boxes_wanted", types=list(kinds))
    match = _CONTAINERS.fullmatch(text)
    if not match:
        raise InputError(Fault("bad_containers", Said("boxes_unread", got=text), "--containers", text, form))
    number, kind = match.groups()
    try:
        boxes = float(number)
    except ValueError:
        boxes = math.nan
    if not (math.isfinite(boxes) and boxes == int(boxes) and 0 < boxes <= MOST_BOXES):
        raise InputError(
            Fault(
                "bad_quantity",
                Said("boxes_count", got=number),
                "--containers",
                text,
                Said("whole_wanted", most=MOST_BOXES),
            )
        )
    found = next((name for name in kinds if name.lower() == kind.lower()), None)
    if found is None:
        # A length that one type alone has names it: every 45 ft box is a 45HC.
        of_length = [name for name in kinds if name.removesuffix(name.lstrip("0123456789")) == kind]
        found = of_length[0] if len(of_length) == 1 else None
    if found is None:
        raise InputError(
            Fault(
                "unknown_container",
                Said("box_unknown", got=kind),
                "--containers",
                kind,
                ", ".join(kinds),
                did_you_mean(kind, kinds),
            )
        )
    return int(boxes), found


def parse_day(text: str | date | datetime | None, option: str = "--depart") -> datetime:
    """An instant in UTC from ``2026-12-01`` or ``2026-12-01T08:00``; None is tomorrow.

    Raises InputError for an impossible date or a year outside the data.
    """
    if text is None:
        return datetime.combine(datetime.now(UTC).date() + timedelta(days=1), datetime.min.time(), UTC)
    if isinstance(text, datetime):
        at = text
    elif isinstance(text, date):
        at = datetime.combine(text, datetime.min.time())
    else:
        try:
            at = datetime.fromisoformat(text.strip())
        except ValueError as reason:
            raise InputError(
                Fault(
                    "bad_date",
                    Said("date_unread", got=text, reason=str(reason)),
                    option,
                    text,
                    Said("date_wanted"),
                )
            ) from None
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise InputError(
            Fault(
                "date_outside_data",
                Said("year_outside", year=at.year),
                option,
                str(text),
                Said("years_wanted", first_year=FIRST_YEAR, last_year=LAST_YEAR),
            )
        )
    return at


def make_shipment(
    tables: Tables,
    origin: str,
    destination: str,
    *,
    containers: str = "1x40HC",
    commodity: str | None = None,
    ready_at: str | date | datetime | None = None,
    tonnes_per_box: float | None = None,
    hs_code: str | None = None,
    un_number: str | None = None,
) -> Shipment:
    """A checked shipment. Raises InputError that names the option at fault.

    commodity : key of the commodities table; None takes consumer_goods, what fills most boxes westbound
    tonnes_per_box : cargo in each box; None takes the commodity's usual load, never more than
        the box may carry
    hs_code, un_number : what the goods are, more closely than the commodity says; must stand in the tables
    """
    boxes, kind = parse_containers(containers, tables)
    box = tables.by_key("containers")[kind]
    goods = _commodity(tables, commodity)
    if goods["temperature_controlled"] and not box["reefer"]:
        cooled = ", ".join(name for name, row in tables.by_key("containers").items() if row["reefer"])
        raise InputError(
            Fault(
                "needs_reefer",
                Said("needs_reefer", commodity=goods["commodity_id"], container=kind),
                "--containers",
                containers,
                cooled or "a cooled container type in containers.csv",
            )
        )
    payload_t = box["max_gross_t"] - box["tare_t"]
    if tonnes_per_box is None:
        cargo_per_box_t = min(goods["t_per_teu"] * box["teu"], payload_t)
    elif not (math.isfinite(tonnes_per_box) and 0 < tonnes_per_box <= payload_t):
        raise InputError(
            Fault(
                "bad_mass",
                f"{tonnes_per_box} t does not fit into a {kind}",
                "--tonnes-per-box",
                str(tonnes_per_box),
                f"above 0 and at most {payload_t:.2f} t, gross less tare",
            )
        )
    else:
        cargo_per_box_t = tonnes_per_box
    value_usd = goods["value_usd_per_t"] * cargo_per_box_t * boxes
    return Shipment(
        origin=origin,
        destination=destination,
        boxes=boxes,
        container_type=kind,
        commodity_id=goods["commodity_id"],
        ready_at=parse_day(ready_at),
        teu=box["teu"] * boxes,
        cargo_t=cargo_per_box_t * boxes,
        value_usd=value_usd,
        value_of_time_usd_per_h=value_usd * goods["value_of_time_share_per_day"] / 24,
        price_feu=boxes * (size_ratio(tables) if box["teu"] <= 1 else 1.0),
        hs_code=None if hs_code is None else known_hs(tables, hs_code),
        un_number=None if un_number is None else known_un(tables, un_number)["un_number"],
    )


def size_ratio(tables: Tables) -> float:
    """Price of a 20 ft box as a share of a 40 ft one, from the unit costs."""
    row = next((row for row in tables["unit_costs"] if row["item"] == "size_ratio" and row["in_model"]), None)
    if row is None:
        raise InputError(
            Fault(
                "missing_figure",
                "no price ratio of a 20 ft to a 40 ft box",
                "unit_costs.csv",
                accepted="a row with item size_ratio and in_model true",
            )
        )
    return float(row["value"])


def _commodity(tables: Tables, commodity: str | None) -> Mapping[str, Any]:
    known = tables.by_key("commodities")
    name = commodity or "consumer_goods"
    if name not in known:
        raise InputError(
            Fault(
                "unknown_commodity",
                Said("commodity_unknown", got=name),
                "--commodity",
                name,
                ", ".join(known),
                did_you_mean(name, known),
            )
        )
    return known[name]
