"""Every kind of verdict on small tables: who is concerned, where, when, and what is not certain."""

from __future__ import annotations

import doctest
from datetime import date
from typing import Any

import pytest

from midcorridor import clearance
from midcorridor.clearance import (
    Goods,
    Leg,
    closed_tags,
    dated_tags,
    make_goods,
    verdicts,
    widened,
    wording,
    worst,
)
from midcorridor.clearance import leg as leg_module
from midcorridor.errors import InputError
from midcorridor.network import Network
from tests.plan.small import network

DAY = date(2026, 6, 1)
LISTS = {
    "dangerous_goods": (
        "un_number,name,class,division\n3480,LITHIUM ION BATTERIES (all),9,\n1263,PAINT,3,\n"
        "0336,FIREWORKS,1,1.4G\n0004,AMMONIUM PICRATE,1,1.1D\n1950,AEROSOLS,2,\n2912,RADIOACTIVE,7,"
    ),
    "hs_chapters": (
        "chapter,name,subheadings\n84,Machines,840110;845811\n85,Electric,850760;854231\n10,Grain,100111"
    ),
    "commodities": (
        "commodity_id,name,hs_chapters,un_numbers,value_usd_per_t,t_per_teu,value_of_time_share_per_day,"
        "temperature_controlled\ncells,Cells,850760,3480,9000,9,0.01,false\nmachines,Machines,84,,9000,9,0.01,false"
    ),
}
HEAD = (
    "embargo_id,kind,scope,scope_ids,modes,flow,from_countries,to_countries,hs_chapters,dg_classes,un_numbers,"
    "effect,valid_from,valid_until\n"
)
RAIL_KZ = Leg("rail", "s", "block_train", ("l",), ("kz-a",), ("CN", "KZ"), ("CN>KZ",))


def rule(**cells: str) -> Network:
    """A network with one embargo, refused everywhere in Kazakhstan unless told otherwise."""
    row = {"embargo_id": "r", "kind": "sanction", "scope": "country", "scope_ids": "KZ", "effect": "refused"}
    row |= cells
    names = HEAD.strip().split(",")
    return network(**LISTS, embargoes=HEAD + ",".join(row.get(name, "") for name in names))


def limit(**cells: str) -> Network:
    row = {
        "limit_id": "b",
        "subject": "mass",
        "scope": "country",
        "scope_ids": "KZ",
        "effect": "refused",
    } | cells
    names = list(row)
    return network(**LISTS, box_limits=",".join(names) + "\n" + ",".join(row[name] for name in names))


def effect(net: Network, leg: Leg = RAIL_KZ, day: date = DAY, **goods: Any) -> tuple[str, bool]:
    """Effect and certainty of the verdict of the one rule; accepted and certain where it says nothing."""
    compiled = net.on(day)
    found = [v for v in verdicts(compiled, make_goods(compiled.tables, **goods), leg) if v.key]
    assert len(found) <= 1
    return (found[0].effect, found[0].certain) if found else ("accepted", True)


REFUSED, PERHAPS, FREE = ("refused", True), ("permit_needed", False), ("accepted", True)


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(leg_module).failed == doctest.testmod(wording).failed == 0


def test_a_rule_without_goods_concerns_all_cargo() -> None:
    assert effect(rule()) == REFUSED
    assert effect(rule(), leg=Leg("rail", countries=("CN",))) == FREE


@pytest.mark.parametrize(
    ("codes", "goods", "expected"),
    [
        ("84;85", {"hs_code": "850760"}, REFUSED),
        ("8507", {"hs_code": "85"}, PERHAPS),  # the code given is coarser than the rule
        ("8542", {"hs_code": "850760"}, FREE),
        ("84", {"commodity": "machines"}, REFUSED),
        ("845811", {"commodity": "machines"}, PERHAPS),
        (
            "845811",
            {"commodity": "machines", "hs_code": "840110"},
            FREE,
        ),  # a code given counts, not the chapters
        ("84", {}, FREE),  # nothing is known of the goods: the answer's notes say so
    ],
)
def test_hs_codes_by_overlap(codes: str, goods: dict[str, str], expected: tuple[str, bool]) -> None:
    assert effect(rule(hs_chapters=codes), **goods) == expected


@pytest.mark.parametrize(
    ("cells", "number", "expected"),
    [
        ({"dg_classes": "any"}, "3480", REFUSED),
        ({"dg_classes": "3;9"}, "3480", REFUSED),
        ({"dg_classes": "3"}, "3480", FREE),
        ({"dg_classes": "1"}, "0336", REFUSED),
        ({"dg_classes": "1.4"}, "0336", REFUSED),
        ({"dg_classes": "1.1"}, "0336", FREE),
        ({"dg_classes": "2.1"}, "1950", REFUSED),  # entries differ in division: any may be meant
        ({"un_numbers": "3480-3481"}, "3480", REFUSED),
        ({"un_numbers": "3481"}, "3480", FREE),
        ({"dg_classes": "any"}, None, FREE),
    ],
)
def test_dangerous_goods_by_class_and_number(
    cells: dict[str, str], number: str | None, expected: tuple[str, bool]
) -> None:
    assert effect(rule(kind="dangerous_goods", **cells), un_number=number) == expected


def test_goods_that_usually_are_dangerous_are_flagged_and_not_refused() -> None:
    net = rule(kind="dangerous_goods", dg_classes="9")
    assert effect(net, commodity="cells") == PERHAPS
    assert closed_tags(net.on(DAY), make_goods(net.tables, commodity="cells")) == {}
    assert effect(net, commodity="cells", un_number="1263") == FREE


def test_dangerous_goods_of_which_no_rule_speaks_are_not_accepted() -> None:
    compiled = network(**LISTS).on(DAY)
    (verdict,) = verdicts(compiled, make_goods(compiled.tables, un_number="1263"), RAIL_KZ)
    assert (verdict.effect, verdict.key, verdict.certain) == ("permit_needed", "", False)
    assert "UN 1263 (paint, class 3)" in verdict.words
    assert verdicts(compiled, make_goods(compiled.tables, commodity="machines"), RAIL_KZ) == []


@pytest.mark.parametrize(
    ("flow", "ends", "expected"),
    [
        ("transit", ("CN", "AZ"), REFUSED),
        ("transit", ("CN", "KZ"), FREE),
        ("import", ("CN", "KZ"), REFUSED),
        ("export", ("KZ", "CN"), REFUSED),
        ("export", ("CN", "KZ"), FREE),
        ("import;export", ("CN", "AZ"), FREE),
        ("transit", ("CN", None), PERHAPS),
        ("import", ("KZ", None), FREE),  # what leaves the country never enters it
        ("transit", ("KZ", None), FREE),
    ],
)
def test_flows_through_a_country(
    flow: str, ends: tuple[str | None, str | None], expected: tuple[str, bool]
) -> None:
    assert effect(rule(flow=flow), from_country=ends[0], to_country=ends[1]) == expected


def test_goods_for_a_neighbour_in_the_same_union_still_cross_the_country() -> None:
    # Russia and Kazakhstan are one customs territory, and yet the transit ban concerns Russia alone.
    net = rule(scope_ids="RU", flow="transit")
    leg = Leg("rail", countries=("RU",))
    assert effect(net, leg=leg, from_country="CN", to_country="KZ") == REFUSED
    assert effect(rule(scope_ids="EAEU", flow="transit"), leg=leg, from_country="CN", to_country="KZ") == FREE
    assert (
        effect(rule(scope_ids="EAEU", flow="import"), leg=leg, from_country="CN", to_country="KZ") == REFUSED
    )


@pytest.mark.parametrize(
    ("cells", "ends", "expected"),
    [
        ({"from_countries": "CN"}, ("CN", "AZ"), REFUSED),
        ({"from_countries": "CN"}, ("AZ", "CN"), FREE),
        ({"to_countries": "EAEU"}, ("CN", "KZ"), REFUSED),
        ({"to_countries": "EAEU"}, ("CN", "AZ"), FREE),
        ({"from_countries": "CN"}, (None, "AZ"), PERHAPS),
        ({"from_countries": "CN", "to_countries": "AZ"}, ("CN", "GE"), FREE),
    ],
)
def test_origin_and_destination(
    cells: dict[str, str], ends: tuple[str | None, str | None], expected: tuple[str, bool]
) -> None:
    assert effect(rule(**cells), from_country=ends[0], to_country=ends[1]) == expected


def test_every_scope_is_found_by_its_leg_and_by_no_other() -> None:
    legs = {
        "passage": ("marmaray", Leg("rail", passages=("marmaray",))),
        "frontier": ("CN>KZ", Leg("rail", frontiers=("CN>KZ",))),
        "mode": ("sea", Leg("sea")),
        "service_kind": ("ro_pax", Leg("road", "f", "ro_pax")),
        "service": ("rail-ordinary", Leg("rail", "rail-ordinary")),
        "country": ("KZ", Leg("rail", countries=("KZ",))),
    }
    for scope, (name, _) in legs.items():
        net = rule(scope=scope, scope_ids=name)
        for other, (_, leg) in legs.items():
            assert (effect(net, leg=leg) == REFUSED) == (other == scope), (scope, other)
    back = Leg("rail", frontiers=("KZ>CN",))
    assert effect(rule(scope="frontier", scope_ids="CN>KZ"), leg=back) == FREE


def test_a_rule_for_one_mode_leaves_the_others() -> None:
    net = rule(modes="rail")
    assert effect(net) == REFUSED
    assert effect(net, leg=Leg("road", countries=("KZ",))) == FREE
    assert list(closed_tags(net.on(DAY), Goods())) == ["rail@country:KZ"]
    assert "rail@country:KZ" in widened({"country:KZ"}, "rail")


def test_rules_hold_on_their_days_both_ends_included() -> None:
    net = rule(valid_from="2026-05-01", valid_until="2026-05-31")
    days = [date(2026, 4, 30), date(2026, 5, 1), date(2026, 5, 31), date(2026, 6, 1)]
    assert [effect(net, day=day)[0] for day in days] == ["accepted", "refused", "refused", "accepted"]
    compiled = net.on(days[0])
    assert [bool(closed_tags(compiled, Goods(), day)) for day in days] == [False, True, True, False]


def test_dated_tags_are_cut_to_the_span_asked_for() -> None:
    net = rule(valid_from="2026-05-01")
    compiled = net.on(DAY)
    reason = "embargo r: KZ refuses the cargo"
    span = dated_tags(compiled, Goods(), date(2026, 4, 1), date(2026, 6, 30))
    assert span == [("country:KZ", date(2026, 5, 1), date(2026, 6, 30), reason)]
    assert dated_tags(compiled, Goods(), date(2026, 4, 1), date(2026, 4, 30)) == []
    # Day by day they are what closed_tags says.
    for day in (date(2026, 4, 30), date(2026, 5, 1), date(2026, 6, 30)):
        spans = {tag for tag, start, end, _ in span if start <= day <= end}
        assert spans == set(closed_tags(compiled, Goods(), day))


@pytest.mark.parametrize(
    ("cells", "goods", "expected"),
    [
        ({"gross_over_t": "24"}, {"container_type": "20", "gross_t": 24.0}, FREE),
        ({"gross_over_t": "24"}, {"container_type": "20", "gross_t": 24.1}, REFUSED),
        ({"gross_over_t": "24", "container_types": "20"}, {"container_type": "40HC", "gross_t": 27.0}, FREE),
        ({"gross_over_t": "24"}, {"container_type": "20"}, FREE),  # mass not known: the notes say so
        ({"gross_over_t": "24"}, {"gross_t": 27.0}, FREE),
        ({"subject": "length", "container_types": "40HC"}, {"container_type": "40HC"}, REFUSED),
        ({"subject": "length", "container_types": "40HC"}, {"container_type": "20"}, FREE),
        ({"subject": "pairing", "odd_number": "true"}, {"container_type": "20", "boxes": 3}, REFUSED),
        ({"subject": "pairing", "odd_number": "true"}, {"container_type": "20", "boxes": 4}, FREE),
    ],
)
def test_boxes(cells: dict[str, str], goods: dict[str, Any], expected: tuple[str, bool]) -> None:
    assert effect(limit(**cells), **goods) == expected


def test_the_hardest_of_several_rules_counts_and_comes_first() -> None:
    rows = "a,sanction,country,KZ,,,,,,,,accepted,,\nb,licence,country,KZ,,,,,,,,permit_needed,,\n"
    net = network(**LISTS, embargoes=HEAD + rows + "c,telegram,frontier,CN>KZ,,,,,,,,refused,,")
    found = verdicts(net.on(DAY), Goods(), RAIL_KZ)
    assert [verdict.key for verdict in found] == ["c", "b", "a"]
    assert worst(found) == "refused"
    assert worst(found[1:]) == "permit_needed"
    assert worst([]) == "accepted"


def test_a_verdict_carries_its_rule_its_days_and_its_words() -> None:
    net = rule(kind="telegram", modes="rail", valid_from="2026-05-01")
    (verdict,) = verdicts(net.on(DAY), Goods(), RAIL_KZ)
    assert (verdict.table, verdict.key, verdict.subject) == ("embargoes", "r", "telegram")
    assert (verdict.valid_from, verdict.source, verdict.confidence) == (date(2026, 5, 1), ("test",), "high")
    assert verdict.words == "Refused by rail in Kazakhstan since 1 May 2026."


def test_places_are_told_together() -> None:
    net = rule(scope_ids="CN;KZ;RU", modes="rail")
    (verdict,) = verdicts(net.on(DAY), Goods(), Leg("rail", countries=("CN", "KZ", "RU")))
    assert verdict.where == "by rail in China, Kazakhstan and Russia"
    assert set(verdict.tags) == {f"rail@country:{code}" for code in ("CN", "KZ", "RU")}
    both = rule(scope="frontier", scope_ids="CN>KZ;KZ>CN")
    (verdict,) = verdicts(both.on(DAY), Goods(), Leg("rail", frontiers=("CN>KZ", "KZ>CN")))
    assert verdict.where == "from China to Kazakhstan, from Kazakhstan to China"


def test_goods_are_checked_all_at_once() -> None:
    tables = network(**LISTS).tables
    with pytest.raises(InputError) as error:
        make_goods(
            tables, commodity="cels", hs_code="77", un_number="9999", container_type="30", from_country="XX"
        )
    found = {fault.where: fault for fault in error.value.faults}
    assert set(found) == {"--commodity", "--hs", "--un", "--containers", "--from"}
    assert "'cells'" in found["--commodity"].hint
    with pytest.raises(InputError, match="gross mass"):
        make_goods(tables, container_type="20", gross_t=31.0)


def test_all_names_are_exported() -> None:
    assert all(hasattr(clearance, name) for name in clearance.__all__)
