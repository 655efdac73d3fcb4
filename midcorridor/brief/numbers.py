"""Figures as a reader wants them: three significant digits, a unit, and no line break between.

Days by halves below ten and whole beyond, hours below 48; dollars as code and number; kilograms
below a tenth of a tonne, tonnes from there on.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

NBSP = "\u00a0"
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def significant(value: float, digits: int = 3) -> str:
    """A number to so many significant digits, thousands set apart: 4,300, 31.4, 0.52.

    >>> significant(294_123), significant(31.44), significant(0)
    ('294,000', '31.4', '0')
    """
    if value == 0:
        return "0"
    exponent = math.floor(math.log10(abs(value)))
    rounded = round(value, digits - 1 - exponent)
    if rounded != 0:
        exponent = math.floor(math.log10(abs(rounded)))
    return f"{rounded:,.{max(0, digits - 1 - exponent)}f}"


def duration(hours: float) -> str:
    """Hours below 48, days to half a day below 10 d, whole days beyond.

    >>> duration(31.2), duration(100), duration(530), duration(0.4)
    ('31\\xa0h', '4\\xa0d', '22\\xa0d', '<\\xa01\\xa0h')
    """
    if hours == 0:
        return f"0{NBSP}h"
    if hours < 1:
        return f"<{NBSP}1{NBSP}h"
    if round(hours) < 48:
        return f"{round(hours)}{NBSP}h"
    days = hours / 24
    if round(days * 2) / 2 < 10:
        return f"{round(days * 2) / 2:g}{NBSP}d"
    return f"{math.floor(days + 0.5):,}{NBSP}d"


def usd(value: float) -> str:
    """Money as code and number; cents only where they are all there is."""
    if 0 < abs(value) < 100:
        return f"USD{NBSP}{value:,.2f}" if abs(value) < 1 else f"USD{NBSP}{significant(value, 2)}"
    return f"USD{NBSP}{significant(value)}"


def mass(kg: float, unit: str = "") -> str:
    """Kilograms below 0.1 t, tonnes from there on; unit is what of, such as CO2e."""
    amount = f"{significant(kg)}{NBSP}kg" if abs(kg) < 99.95 else f"{significant(kg / 1000)}{NBSP}t"
    return f"{amount}{NBSP}{unit}" if unit else amount


def km(value: float) -> str:
    """Kilometres, whole from ten on."""
    return f"{significant(value, 2 if value < 100 else 3)}{NBSP}km"


def percent(share: float) -> str:
    """A share as a whole percentage that never claims all or nothing falsely."""
    if 0 < share < 0.01:
        return f"<{NBSP}1{NBSP}%"
    if 0.99 < share < 1:
        return f">{NBSP}99{NBSP}%"
    return f"{round(share * 100)}{NBSP}%"


def count(number: int, one: str, many: str | None = None) -> str:
    """An exact count with its noun: 1 route, 3 routes."""
    return f"{number:,}{NBSP}{one if number == 1 else many or one + 's'}"


def instant(iso: str) -> datetime:
    """An instant from ISO text, in UTC."""
    at = datetime.fromisoformat(iso)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def day(at: datetime) -> str:
    """A date as 2 Feb 2027."""
    return f"{at.day}{NBSP}{_MONTHS[at.month - 1]}{NBSP}{at.year}"


def date_of(iso: str) -> str:
    """The date of an instant as 2 Feb 2027."""
    return day(instant(iso))


def last_day(iso: str) -> str:
    """A deadline as its last whole day, or with the hour: midnight belongs to the day that it ends.

    >>> last_day("2027-02-21T00:00:00+00:00"), last_day("2027-02-21T12:00:00+00:00")
    ('20\\xa0Feb\\xa02027', '21\\xa0Feb\\xa02027, 12:00\\xa0UTC')
    """
    at = instant(iso)
    whole = not (at.hour or at.minute or at.second)
    return day(at - timedelta(days=1)) if whole else when(iso)


def short_date(iso: str) -> str:
    """The date of an instant without its year, where the year is clear."""
    at = instant(iso)
    return f"{at.day}{NBSP}{_MONTHS[at.month - 1]}"


def day_after(iso: str, hours: float) -> str:
    """The date so many hours after an instant."""
    return day(instant(iso) + timedelta(hours=hours))


def when(iso: str) -> str:
    """An instant as a date, with the hour where it is not midnight."""
    at = instant(iso)
    clock = f"{at.hour:02d}:{at.minute:02d}" if at.hour or at.minute else ""
    return f"{day(at)}, {clock}{NBSP}UTC" if clock else f"{day(at)} (UTC)"
