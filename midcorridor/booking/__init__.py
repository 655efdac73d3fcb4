"""Booking and boxes as the trade knows them: terms looked up in the tables, no search and no network.

`booking_for` tells on what terms a service takes boxes, `free_time_for` how long they may lie at a terminal,
`equipment_lines` what they cost themselves. docs/model.md says how these fit together and what counts once.
"""

from .equipment import EQUIPMENT, EquipmentLine, check_equipment, equipment_lines
from .free_time import CHARGES, DIRECTIONS, FreeTime, free_time_for, free_times_at
from .taking import (
    BOOKINGS,
    Booking,
    Refusal,
    booking_for,
    booking_row,
    capacity_feu,
    check_booking,
)

__all__ = [
    "BOOKINGS",
    "CHARGES",
    "DIRECTIONS",
    "EQUIPMENT",
    "Booking",
    "EquipmentLine",
    "FreeTime",
    "Refusal",
    "booking_for",
    "booking_row",
    "capacity_feu",
    "check_booking",
    "check_equipment",
    "equipment_lines",
    "free_time_for",
    "free_times_at",
]
