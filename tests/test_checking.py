"""`midcorridor check` on the shipped tables: cases whose answer follows from a law or an operator's rule."""

from __future__ import annotations

import json
from typing import Any

import pytest

from midcorridor.checking import CheckResult, check
from midcorridor.cli.check_command import check_text
from midcorridor.errors import InputError
from midcorridor.network import Network

NETWORK = Network.load()
DAY = "2026-12-01"


def keys(result: CheckResult, corridor: str = "", effect: str = "") -> set[str]:
    """Rules that spoke on the routes of a corridor, or with an effect."""
    return {
        verdict["key"]
        for route in result.routes
        for leg in route["legs"]
        for verdict in leg["verdicts"]
        if corridor in ("", route["corridor"]) and effect in ("", verdict["effect"])
    }


def effects(result: CheckResult) -> dict[str, str]:
    return {route["corridor"]: route["effect"] for route in result.routes}


@pytest.fixture(scope="module")
def batteries() -> CheckResult:
    return check(
        NETWORK, "Xi'an", "Budapest", containers="10x40HC", commodity="batteries", un_number="3480", at=DAY
    )


def test_lithium_batteries_need_permits_on_the_corridor(batteries: CheckResult) -> None:
    assert effects(batteries)["middle"] == "permit_needed"
    found = keys(batteries, "middle")
    assert {"dg-cn-rail-traction-batteries", "dg-smgs", "dg-caspian-batteries", "dg-az-rail"} <= found
    assert "ru-transit-dual-use-2024" in keys(batteries, "northern") - found
    # The answer is plain JSON, and each rule that spoke has its sources listed.
    told = json.loads(json.dumps(batteries.to_dict()))
    listed = {source["source_id"] for source in told["sources"]}
    rules = [v for route in told["routes"] for leg in route["legs"] for v in leg["verdicts"]]
    assert rules
    assert {key for verdict in rules for key in verdict["source"]} == listed


def test_batteries_could_not_leave_china_by_train_before_november_2023() -> None:
    def at_khorgos(day: str) -> set[str]:
        result = check(NETWORK, un_number="3480", through=["CN>KZ"], at=day)
        return {leg["effect"] for route in result.routes for leg in route["legs"] if "rail" in leg["words"]}

    assert at_khorgos("2023-11-01") == {"refused"}
    assert at_khorgos("2023-11-02") == {"permit_needed"}


def test_machine_tools_from_the_union_may_not_cross_russia_but_the_caspian() -> None:
    # Lathes, 8458.11, stand on the list of common high priority items.
    result = check(NETWORK, "Duisburg", "Almaty", commodity="machinery", hs_code="845811", at=DAY)
    assert effects(result)["northern"] == "refused"
    assert "eu-transit-russia-listed" in keys(result, "northern", "refused")
    assert effects(result)["middle"] == "accepted"
    # With the chapter only it cannot be told, and nothing is refused.
    coarse = check(NETWORK, "Duisburg", "Almaty", commodity="machinery", hs_code="84", at=DAY)
    assert effects(coarse)["northern"] == "permit_needed"
    # From China the same goods fall under the Russian list, not under the European.
    eastern = check(NETWORK, "Xi'an", "Almaty", hs_code="845811", at=DAY)
    assert not any(key.startswith("eu-") for key in keys(eastern))


def test_food_from_the_union_crosses_russia_sealed_and_may_not_enter_it() -> None:
    def russia(to: str) -> set[str]:
        result = check(NETWORK, hs_code="0406", through=["RU"], from_country="PL", to_country=to, at=DAY)
        return keys(result)

    assert "ru-food-transit" in russia("KZ")
    assert "ru-food-import" not in russia("KZ")
    assert "ru-food-import" in russia("RU")
    assert "ru-food-transit" not in russia("RU")


def test_marmaray_takes_no_dangerous_goods() -> None:
    for number in ("3480", "1263", "0336"):
        result = check(NETWORK, un_number=number, through=["marmaray"], at=DAY)
        assert keys(result, effect="refused") == {"dg-marmaray"}
    assert keys(check(NETWORK, commodity="machinery", through=["marmaray"], at=DAY)) == set()


def test_a_20_ft_box_of_27_t_and_an_odd_one() -> None:
    def boxes(containers: str, tonnes: float) -> dict[str, Any]:
        result = check(NETWORK, containers=containers, tonnes_per_box=tonnes, through=["CN>KZ"], at=DAY)
        return {v["key"]: v["effect"] for r in result.routes for leg in r["legs"] for v in leg["verdicts"]}

    tare_t = NETWORK.tables.by_key("containers")["20"]["tare_t"]
    assert boxes("2x20", 27 - tare_t) == {"mass-20-china": "refused"}
    assert boxes("2x20", 24 - tare_t) == {}
    assert boxes("3x20", 20) == {"pair-20-china": "permit_needed"}
    assert boxes("1x40HC", 26) == {}


def test_a_45_ft_box_asks_on_the_caspian_and_drives_in_the_union() -> None:
    result = check(NETWORK, containers="1x45HC", through=["caspian", "DE"], at=DAY)
    told = {leg["words"]: leg["effect"] for route in result.routes for leg in route["legs"]}
    assert (told["caspian (sea)"], told["DE (road)"]) == ("permit_needed", "accepted")


def test_what_is_not_told_is_said() -> None:
    def notes(**given: Any) -> str:
        return " ".join(check(NETWORK, through=["KZ"], at=DAY, **given).notes)

    assert "give --un" in notes(commodity="batteries")
    assert "give --un" not in notes(commodity="batteries", un_number="3480")
    assert "--containers" in notes()
    assert "--containers" not in notes(containers="1x20")
    assert "--tonnes-per-box" in notes(containers="1x20")
    for known in ({"commodity": "machinery"}, {"tonnes_per_box": 12.0}):
        assert "--tonnes-per-box" not in notes(containers="1x20", **known)


def head(**given: Any) -> str:
    ends = {} if "through" in given else {"origin": "kz-almaty", "destination": "az-baku"}
    return check_text(check(NETWORK, at=DAY, **ends, **given).to_dict()).splitlines()[0]


def test_the_header_names_only_what_was_named() -> None:
    ends = "from KZ; to AZ; 2026-12-01"
    assert head() == f"1 x 40HC (boxes not named); goods not named; {ends}"
    assert head(containers="2x20") == f"2 x 20; goods not named; {ends}"
    assert head(containers="2x20", hs_code="8458.11") == f"2 x 20; HS 845811; {ends}"
    battery = "UN 3480 lithium ion batteries, class 9"
    assert head(un_number="3480") == f"1 x 40HC (boxes not named); {battery}; {ends}"
    tare_t = NETWORK.tables.by_key("containers")["20"]["tare_t"]
    assert (
        head(containers="2x20", tonnes_per_box=12 - tare_t)
        == f"2 x 20 of 12 t gross; goods not named; {ends}"
    )
    named = head(commodity="consumer_goods")
    assert "; consumer goods, taken as HS 64, 94, 95; " in named
    assert "t gross" in named
    assert head(through=["KZ"]) == "goods not named; 2026-12-01"


def test_goods_that_nobody_named_are_judged_by_no_rule_for_goods() -> None:
    """A plan of unnamed goods is that of consumer goods; rules must not take them for such goods."""
    rules = NETWORK.tables
    shoes = {**rules["embargoes"][0], "embargo_id": "no-shoes", "kind": "sanction", "scope": "country",
             "scope_ids": ["KZ"], "modes": None, "commodity_ids": ["consumer_goods"], "hs_chapters": ["64"],
             "dg_classes": None, "un_numbers": None, "from_countries": None, "to_countries": None,
             "flow": None, "effect": "refused", "valid_from": None, "valid_until": None}  # fmt: skip
    net = Network(rules.replace(embargoes=[*rules["embargoes"], shoes]))

    def told(**given: Any) -> set[str]:
        return keys(check(net, "kz-almaty", "az-baku", at=DAY, **given))

    assert "no-shoes" in told(commodity="consumer_goods")
    assert "no-shoes" in told(hs_code="6403")
    assert "no-shoes" not in told()
    assert "no-shoes" not in told(hs_code="845811")
    assert "no-shoes" not in told(un_number="3480")


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({}, "--through"),
        ({"origin": "Xi'an"}, "destination"),
        ({"through": ["ZZ"]}, "names nothing"),
        ({"through": ["marmarai"]}, "'marmaray'"),
        ({"through": ["KZ"], "un_number": "9999"}, "no UN number 9999"),
        ({"through": ["KZ"], "hs_code": "77"}, "no chapter 77"),
        ({"origin": "Xi'an", "destination": "Budapest", "un_number": "9999"}, "no UN number 9999"),
        ({"origin": "Xi'an", "destination": "Budapest", "tonnes_per_box": 40.0}, "does not fit"),
        ({"origin": "Xi'an", "destination": "Budapest", "from_country": "CN"}, "--from"),
    ],
)
def test_a_bad_question_is_one_clear_error(given: dict[str, Any], word: str) -> None:
    with pytest.raises(InputError, match=word):
        check(NETWORK, **given)


def test_the_command_prints_each_rule_once(capsys: pytest.CaptureFixture[str]) -> None:
    from midcorridor.cli import main

    with pytest.raises(SystemExit) as done:
        main(["check", "--un", "3480", "--through", "KZ,RU", "--depart", DAY])
    assert done.value.code == 0
    text = capsys.readouterr().out
    assert text.startswith("UN 3480 lithium ion batteries, class 9; 2026-12-01\n")
    assert text.count("Annex 2 to SMGS: carried by its special rules") == 1
    assert "permit needed by rail in Russia: rule" in text
