"""Codes of goods as users write them: the Harmonized System, and UN numbers of dangerous goods."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import Any

from .errors import Fault, InputError, did_you_mean
from .tables import Tables

HS_FORM = re.compile(r"[0-9]{2}(?:[0-9]{2}){0,2}")
UN_FORM = re.compile(r"(?:UN)?\s*([0-9]{4})", re.IGNORECASE)
_HS_LENGTHS = "2 digits of a chapter, 4 of a heading or 6 of a subheading"


def hs_interval(code: str) -> tuple[int, int]:
    """The six-digit subheadings that a chapter, heading or range of them holds.

    >>> hs_interval("84"), hs_interval("8517-8543")
    ((840000, 849999), (851700, 854399))
    """
    low, _, high = code.partition("-")
    return int(low.ljust(6, "0")), int((high or low).ljust(6, "9"))


def covered(codes: Iterable[str], by: Iterable[str]) -> float:
    """Whether codes lie in others: 1 if all of each does, 0.5 if some does, 0 if none does.

    >>> covered(["8507"], ["84", "85"]), covered(["85"], ["850760"]), covered(["10"], ["84"])
    (1.0, 0.5, 0.0)
    """
    return _covered(tuple(codes), tuple(by))


@lru_cache(maxsize=8192)
def _covered(codes: tuple[str, ...], by: tuple[str, ...]) -> float:
    wanted = [hs_interval(code) for code in codes]
    merged = _merged(by)
    if wanted and all(any(a <= low and high <= b for a, b in merged) for low, high in wanted):
        return 1.0
    return 0.5 if any(low <= b and a <= high for low, high in wanted for a, b in merged) else 0.0


@lru_cache(maxsize=4096)
def _merged(codes: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """The intervals of codes put together where they touch."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted(hs_interval(code) for code in codes):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = merged[-1][0], max(high, merged[-1][1])
        else:
            merged.append((low, high))
    return tuple(merged)


def known_hs(tables: Tables, text: str, option: str = "--hs") -> str:
    """The digits of a code of the Harmonized System, such as 850760 from ``8507.60``.

    Raises InputError for a chapter, heading or subheading that the table hs_chapters does not hold.
    """
    digits = re.sub(r"[\s.]", "", text)
    if not HS_FORM.fullmatch(digits):
        hint = f"Give its first six digits, {digits[:6]}" if re.fullmatch(r"[0-9]{7,10}", digits) else ""
        raise InputError(
            Fault(
                "bad_hs_code",
                f"{text!r} is no code of the Harmonized System",
                option,
                text,
                _HS_LENGTHS,
                hint,
            )
        )
    chapters = tables.by_key("hs_chapters")
    chapter = digits[:2]
    if chapter not in chapters:
        raise InputError(
            Fault(
                "unknown_hs_code",
                f"the Harmonized System has no chapter {chapter}",
                option,
                text,
                "chapters 01 to 97 without 77; see: facts hs_chapters",
                did_you_mean(chapter, chapters),
            )
        )
    subheadings = chapters[chapter]["subheadings"]
    known = {code[: len(digits)] for code in subheadings}
    if digits not in known:
        level = "heading" if len(digits) == 4 else "subheading"
        near = _near(digits, known)
        raise InputError(
            Fault(
                "unknown_hs_code",
                f"chapter {chapter} ({chapters[chapter]['name']}) has no {level} {digits}",
                option,
                text,
                f"a {level} of the edition of 2022; see: facts hs_chapters {chapter}",
                near,
            )
        )
    return digits


def known_un(tables: Tables, text: str, option: str = "--un") -> Mapping[str, Any]:
    """The row of a UN number written 3480, UN3480 or ``un 3480``.

    Raises InputError for any other text and for a number that the table dangerous_goods does not hold.
    """
    listed = tables.by_key("dangerous_goods")
    form = "four digits of a UN number such as 3480; see: facts dangerous_goods"
    match = UN_FORM.fullmatch(text.strip())
    if match is None:
        raise InputError(Fault("bad_un_number", f"{text!r} is no UN number", option, text, form))
    number = match.group(1)
    if number not in listed:
        near = _near(number, listed)
        raise InputError(
            Fault("unknown_un_number", f"there is no UN number {number}", option, text, form, near)
        )
    return listed[number]


def _near(digits: str, known: Collection[str]) -> str:
    """A hint: codes in which two neighbouring digits stand the other way round, else the most alike."""
    swapped = [digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :] for i in range(len(digits) - 1)]
    turned = [code for code in swapped if code in known]
    return did_you_mean(digits, turned or sorted(known))


def un_interval(text: str) -> tuple[int, int]:
    """First and last of a UN number or a range of them.

    >>> un_interval("0004"), un_interval("3480-3481")
    ((4, 4), (3480, 3481))
    """
    low, _, high = text.partition("-")
    return int(low), int(high or low)
