"""HS codes and UN numbers as users write them; the shipped lists against facts from outside."""

from __future__ import annotations

import doctest

import pytest

from midcorridor import codes
from midcorridor.codes import covered, known_hs, known_un
from midcorridor.errors import InputError
from midcorridor.network import Network

TABLES = Network.load().tables


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(codes).failed == 0


@pytest.mark.parametrize(
    ("text", "digits"), [("84", "84"), ("8507", "8507"), ("8507.60", "850760"), (" 8507 60 ", "850760")]
)
def test_a_code_is_read_in_any_usual_spelling(text: str, digits: str) -> None:
    assert known_hs(TABLES, text) == digits


@pytest.mark.parametrize(
    ("text", "code", "word"),
    [
        ("77", "unknown_hs_code", "without 77"),
        ("99", "unknown_hs_code", "no chapter 99"),
        ("8599", "unknown_hs_code", "'8549'"),
        ("850799", "unknown_hs_code", "no subheading 850799"),
        ("85076000", "bad_hs_code", "first six digits, 850760"),
        ("850", "bad_hs_code", "4 of a heading"),
        ("٨٤", "bad_hs_code", "2 digits"),
    ],
)
def test_a_code_that_does_not_exist_is_one_clear_error(text: str, code: str, word: str) -> None:
    with pytest.raises(InputError, match=word) as error:
        known_hs(TABLES, text)
    (fault,) = error.value.faults
    assert (fault.code, fault.where, fault.got) == (code, "--hs", text)


@pytest.mark.parametrize("text", ["3480", "UN3480", "un 3480", " UN 3480 "])
def test_a_un_number_is_read_in_any_usual_spelling(text: str) -> None:
    assert known_un(TABLES, text)["class"] == "9"


@pytest.mark.parametrize(
    ("text", "code", "word"),
    [
        ("3841", "unknown_un_number", "Did you mean '3481'"),
        ("348", "bad_un_number", "four digits"),
        ("NA1993", "bad_un_number", "four digits"),
        ("", "bad_un_number", "four digits"),
    ],
)
def test_a_un_number_that_does_not_exist_is_one_clear_error(text: str, code: str, word: str) -> None:
    with pytest.raises(InputError, match=word) as error:
        known_un(TABLES, text)
    assert [fault.code for fault in error.value.faults] == [code]


def test_intervals_lie_in_each_other_as_by_counting() -> None:
    # By enumeration of all six-digit codes of three chapters.
    def members(names: list[str]) -> set[int]:
        every = range(840000, 870000)
        return {c for c in every for n in names if str(c).startswith(n)}

    cases = [["84"], ["8507"], ["850760"], ["84", "85"], ["8401", "8507"], ["86"]]
    for ours in cases:
        for theirs in cases:
            a, b = members(ours), members(theirs)
            expected = 1.0 if a <= b else 0.5 if a & b else 0.0
            assert covered(ours, theirs) == expected, (ours, theirs)
    assert covered(["8507-8510"], ["8507-8508", "8509-8510"]) == 1.0
    assert covered([], ["84"]) == 0.0


def test_the_lists_hold_what_is_known_of_them() -> None:
    # The Harmonized System of 2022 has 1,228 headings (World Customs Organization) in 96 chapters: 77 is
    # kept for later use, 98 and 99 are national.
    chapters = TABLES["hs_chapters"]
    subheadings = [code for row in chapters for code in row["subheadings"]]
    assert len(chapters) == 96
    assert len({code[:4] for code in subheadings}) == 1228
    assert all(code[:2] == row["chapter"] for row in chapters for code in row["subheadings"])
    # Classes of UN numbers that anybody can look up, one of each class.
    known = {
        "0336": "1", "1075": "2", "1203": "3", "1325": "4.1", "1362": "4.2", "1402": "4.3", "1942": "5.1",
        "3105": "5.2", "1547": "6.1", "2814": "6.2", "2912": "7", "1824": "8", "3082": "9",
    }  # fmt: skip
    listed = TABLES.by_key("dangerous_goods")
    assert {number: listed[number]["class"] for number in known} == known
    assert listed["0336"]["division"] == "1.4G"
    assert (listed["1075"]["division"], listed["1013"]["division"], listed["1017"]["division"]) == (
        "2.1",
        "2.2",
        "2.3",
    )
    assert {row["class"] for row in listed.values() if row["un_number"] < "1000"} == {"1"}
    assert len(listed) > 2300
