"""Which booking a service takes for some boxes, on what terms."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

from ..errors import Fault, InputError, did_you_mean
from ..network.compiled import holds_on
from ..said import Said
from ..tables import Tables
from ..times import fill_wait_h, vehicles_needed
from .choosing import Row, fits, fits_list, most_particular

BOOKINGS = ("block", "group", "single")
# A service whose departures are as irregular as chance leaves when it is full: its headway holds the wait.
WHEN_FULL_CV = 1.0
# A conventional 14 m wagon and a trailer each take one 40 ft box.
_FEU_PER_UNIT = {"TEU": 0.5, "wagon_14m": 1.0, "trailer": 1.0}


@dataclass(frozen=True, slots=True)
class Booking:
    """A booking that a service takes."""

    booking: str  # block, group or single
    row: Row  # of bookings.csv
    fill_mean_h: float  # until there is room, beside the wait for a departure
    fill_var_h2: float
    price_factor: float  # of a slot against the tariff
    cutoff_h: float  # last gate-in before the departure; inside the dwell of loading
    book_by_h: float | None  # booking closes so long before; None: not known
    vehicles: int  # departures that the boxes need
    paid_slots_feu: float  # slots that are paid, the boxes' own or the whole trains

    def factor_per_box(self, boxes_feu: float) -> float:
        """What one box pays against the tariff, empty slots included."""
        return self.price_factor * self.paid_slots_feu / boxes_feu


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a service does not take a booking, and which it would take."""

    service_id: str
    booking: str
    reason: str
    instead: tuple[str, ...] = ()  # bookings that the service takes for the same boxes
    booking_id: str = ""  # the row that refuses; empty where no row tells


def capacity_feu(service: Row) -> float:
    """Boxes of 40 ft that one departure takes; trucks go side by side without end."""
    if service["mode"] == "road":
        return math.inf
    return float(service["capacity"]) * _FEU_PER_UNIT[service["capacity_unit"]]


def booking_for(
    tables: Tables, service: Row, boxes_feu: float, booking: str | None, day: date, *, country: str = ""
) -> Booking | Refusal:
    """The terms on which a service takes these boxes on a day, or why it does not.

    service : row of services.csv     boxes_feu : boxes in 40 ft equivalents, > 0
    booking : block, group or single; None: a block where the boxes fill the least share of trains that are
        paid whole, else a group of more than one box, else single boxes, as far as the service accepts it
    country : where the boxes are loaded; empty: rows for certain countries are passed over
    The most particular row counts: of the service, then of the country, the kind and the mode.
    Raises InputError for a word that is no booking or boxes not above 0.
    """
    check_booking(booking)
    if not (math.isfinite(boxes_feu) and boxes_feu > 0):
        raise InputError(Fault("bad_quantity", f"{boxes_feu} boxes cannot be booked", accepted="above 0"))
    tried = [_one_booking(tables, service, boxes_feu, word, day, country) for word in BOOKINGS]
    if booking is None:
        block, group, single = tried
        if isinstance(block, Booking) and block.row["pays_for"] == "departures":
            return block
        return group if isinstance(group, Booking) and boxes_feu > 1 else single
    found = tried[BOOKINGS.index(booking)]
    if isinstance(found, Booking):
        return found
    instead = tuple(other.booking for other in tried if isinstance(other, Booking))
    return Refusal(found.service_id, booking, found.reason, instead, found.booking_id)


def check_booking(booking: str | None) -> None:
    """Raise InputError for a word that is no booking."""
    if booking is not None and booking not in BOOKINGS:
        raise InputError(
            Fault(
                "unknown_booking",
                f"{booking!r} is no way to book",
                "--booking",
                booking,
                ", ".join(BOOKINGS),
                did_you_mean(booking, BOOKINGS),
            )
        )


def _one_booking(
    tables: Tables, service: Row, boxes_feu: float, booking: str, day: date, country: str
) -> Booking | Refusal:
    service_id = service["service_id"]
    row = booking_row(tables, service, booking, day, country)
    if row is None:
        return Refusal(service_id, booking, Said("booking_unknown", booking=booking))
    key = row["booking_id"]
    if not row["accepted"]:
        refused = Said("booking_refused", booking=booking)
        if row["note"]:
            why = row["note"][0].lower() + row["note"][1:].rstrip(".")
            refused = Said("booking_refused_why", booking=booking, why=why)
        return Refusal(service_id, booking, refused, booking_id=key)
    slots = capacity_feu(service)
    vehicles = 1 if math.isinf(slots) else vehicles_needed(boxes_feu, slots)
    least = row["least_boxes_feu"] or 0.0
    few, of = "too_few", dict[str, float]()
    if row["least_share"] is not None and math.isfinite(slots):
        share_least = row["least_share"] * slots * vehicles
        if share_least > least:
            least = share_least
            few = "too_few_of_one" if vehicles == 1 else "too_few_of_many"
            of = {"least_share": row["least_share"], "slots": slots * vehicles, "departures": vehicles}
    if boxes_feu < least - 1e-9:
        reason = Said(few, boxes=boxes_feu, booking=booking, least_boxes=least, **of)
        return Refusal(service_id, booking, reason, booking_id=key)
    mean_h, var_h2 = fill_wait_h(row["fill_p50_h"], row["fill_p90_h"])
    whole = row["pays_for"] == "departures" and math.isfinite(slots)
    return Booking(
        booking=booking,
        row=row,
        fill_mean_h=mean_h,
        fill_var_h2=var_h2,
        price_factor=row["price_factor"],
        cutoff_h=row["cutoff_h"],
        book_by_h=row["book_by_h"],
        vehicles=vehicles,
        paid_slots_feu=slots * vehicles if whole else boxes_feu,
    )


def booking_row(tables: Tables, service: Row, booking: str, day: date, country: str) -> Row | None:
    """The row of bookings.csv that tells how a service takes a booking; None where none does."""
    departs = "when_full" if service["headway_cv"] >= WHEN_FULL_CV else "regular"
    return most_particular(
        (row for row in tables["bookings"] if row["booking"] == booking and holds_on(row, day)),
        lambda row: (
            fits(row["service_id"], (service["service_id"],)),
            fits_list(row["countries"], country),
            fits(row["kind"], (service["kind"],)),
            fits(row["mode"], (service["mode"],)),
            fits(None if row["departs"] == "any" else row["departs"], (departs,)),
        ),
        "bookings",
    )
