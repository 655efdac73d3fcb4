"""Places: any spelling to the one point it names, and errors that say how to go on.

Expected coordinates are those of the terminals and cities as published by port and railway operators
and by national mapping, to a tenth of a degree; they were not read from the file under test.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from midcorridor.errors import DataFileError, PlaceError
from midcorridor.places import Place, distance_km, fold, nearest, resolve, search, spelling
from midcorridor.places.folding import keys

ROWS = [
    # terminal_id, name, country, lat, lon, locode, aliases
    ("az-alat", "Port of Baku at Alat", "AZ", 39.977, 49.440, "AZBAK", ["Ələt", "Alyat", "Алят"]),
    ("az-ganja", "Ganja", "AZ", 40.682, 46.361, None, None),
    ("by-brest", "Brest", "BY", 52.109, 23.717, None, None),
    ("cn-khorgos", "Khorgos (Horgos) rail port", "CN", 44.165, 80.385, "CNHRS", ["Khorgas"]),
    ("cn-suzhou", "Suzhou West", "CN", 31.360, 120.520, "CNSZH", None),
    ("cn-tianjin", "Tianjin Xingang", "CN", 38.995, 117.730, "CNTXG", None),
    ("cn-xian", "Xi'an International Port Station (Xinzhu)", "CN", 34.400, 109.060, "CNXIA", None),
    ("de-frankfurt-oder", "Frankfurt (Oder)", "DE", 52.347, 14.551, None, None),
    ("ge-boni", "Boni loop", "GE", 41.9, 44.0, "GEXXA", None),
    ("ge-boni-east", "Boni loop east", "GE", 41.9, 44.1, "GEXXA", None),
    ("ge-poti", "Poti Sea Port (APM Terminals)", "GE", 42.155, 41.654, "GEPTI", None),
    ("kz-aktau", "Aktau seaport", "KZ", 43.606, 51.215, "KZAAU", None),
    ("kz-altynkol", "Altynkol", "KZ", 44.176, 80.252, None, ["Алтынколь", "Altyn-Kol"]),
    ("kz-khorgos-gateway", "KTZE Khorgos Gateway dry port", "KZ", 44.166, 80.281, None, None),
    ("kz-petropavl", "Petropavl", "KZ", 54.840, 69.150, "KZPPK", None),
    ("pl-malaszewicze", "Małaszewicze", "PL", 52.024, 23.528, "PLMAA", None),
    ("tr-istanbul", "Istanbul (Halkali)", "TR", 41.018, 28.766, "TRIST", None),
    ("tr-kars", "Kars Logistics Centre", "TR", 40.598, 43.085, None, None),
]
TERMINALS = pl.DataFrame(
    ROWS,
    schema={
        "terminal_id": pl.String, "name": pl.String, "country": pl.String, "lat": pl.Float64,
        "lon": pl.Float64, "locode": pl.String, "aliases": pl.List(pl.String),
    },
    orient="row",
)  # fmt: skip
NONE = TERMINALS.clear()


def fault(text: str, terminals: pl.DataFrame = TERMINALS):
    with pytest.raises(PlaceError) as caught:
        resolve(text, terminals=terminals)
    (found,) = caught.value.faults
    return found


NAMES = [
    ("Xi'an", 34.3, 108.9), ("Xi’an", 34.3, 108.9), ("Xian", 34.3, 108.9), ("XIAN", 34.3, 108.9),
    ("西安", 34.3, 108.9), ("西安市", 34.3, 108.9), ("Сиань", 34.3, 108.9), ("xi an", 34.3, 108.9),
    ("Baku", 40.4, 49.9), ("Bakı", 40.4, 49.9), ("Баку", 40.4, 49.9), ("ბაქო", 40.4, 49.9),
    ("Bakou", 40.4, 49.9), ("باکو", 40.4, 49.9), ("巴库", 40.4, 49.9), ("Baku, AZ", 40.4, 49.9),
    ("Baku, Azerbaijan", 40.4, 49.9), ("Bakı, Azərbaycan", 40.4, 49.9), ("Баку, Азербайджан", 40.4, 49.9),
    ("Bakü, Azerbaycan", 40.4, 49.9), ("巴库, 阿塞拜疆", 40.4, 49.9), ("Baku AZ", 40.4, 49.9),
    ("Baku (AZ)", 40.4, 49.9), ("baku,aze", 40.4, 49.9), ("Baku, AZE", 40.4, 49.9),
    ("Istanbul, Turkey", 41.0, 29.0), ("İstanbul, Türkiye", 41.0, 29.0), ("Стамбул, Турция", 41.0, 29.0),
    ("Constantinople", 41.0, 29.0), ("ISTANBUL", 41.0, 29.0), ("Kars", 40.6, 43.1),
    ("Gəncə", 40.7, 46.4), ("Ganja", 40.7, 46.4), ("Гянджа", 40.7, 46.4), ("Kirovabad, AZ", 40.7, 46.4),
    ("Tbilisi", 41.7, 44.8), ("თბილისი", 41.7, 44.8), ("Тбилиси", 41.7, 44.8), ("Tiflis", 41.7, 44.8),
    ("Poti", 42.15, 41.65), ("ფოთი", 42.15, 41.65), ("Batumi", 41.6, 41.6), ("ბათუმი", 41.6, 41.6),
    ("Almaty", 43.25, 76.9), ("Alma-Ata", 43.25, 76.9), ("Алма-Ата", 43.25, 76.9), ("阿拉木图", 43.25, 76.9),
    ("Astana", 51.15, 71.45), ("Nur-Sultan", 51.15, 71.45), ("Нур-Султан", 51.15, 71.45),
    ("Aktau", 43.65, 51.2), ("Aqtau", 43.65, 51.2), ("Ақтау", 43.65, 51.2), ("Shevchenko, KZ", 43.65, 51.2),
    ("Kuryk", 43.2, 51.65), ("Құрық", 43.2, 51.65), ("Dostyk", 45.25, 82.5), ("Достык", 45.25, 82.5),
    ("Khorgos", 44.2, 80.4), ("霍尔果斯", 44.2, 80.4), ("Horgos", 44.2, 80.4), ("Хоргос, Китай", 44.2, 80.4),
    ("Urumqi", 43.8, 87.6), ("Ürümqi", 43.8, 87.6), ("Wulumuqi", 43.8, 87.6), ("乌鲁木齐", 43.8, 87.6),
    ("Urumchi", 43.8, 87.6), ("Bishkek", 42.9, 74.6), ("Frunze, KG", 42.9, 74.6), ("Бишкек", 42.9, 74.6),
    ("Toshkent", 41.3, 69.2), ("Ташкент", 41.3, 69.2), ("Samarqand", 39.65, 66.95),
    ("Türkmenbaşy", 40.0, 52.97), ("Turkmenbashi", 40.0, 52.97), ("Krasnovodsk", 40.0, 52.97),
    ("تهران", 35.7, 51.4), ("بندرعباس", 27.2, 56.3), ("Ereván", 40.2, 44.5), ("Երևան", 40.2, 44.5),
    ("Constanța", 44.2, 28.6), ("Constanta", 44.2, 28.6), ("Köstence", 44.2, 28.6), ("Kiev", 50.45, 30.5),
    ("Kyiv", 50.45, 30.5), ("Київ", 50.45, 30.5), ("Köln", 50.95, 6.95), ("Koeln", 50.95, 6.95),
    ("Cologne, Germany", 50.95, 6.95), ("Łódź", 51.75, 19.45), ("Lodz", 51.75, 19.45),
    ("Πειραιάς", 37.95, 23.65), ("Duesseldorf", 51.2, 6.8), ("Budapest", 47.5, 19.05),
    ("Ulan-Ude", 51.85, 107.6), ("Улан-Удэ", 51.85, 107.6), ("Улаанбаатар", 47.9, 106.9),
    ("Alat", 39.98, 49.44), ("Ələt", 39.98, 49.44), ("Алят", 39.98, 49.44), ("Altynkol", 44.18, 80.25),
    ("Алтынколь", 44.18, 80.25), ("Malaszewicze", 52.0, 23.5), ("Małaszewicze, Polska", 52.0, 23.5),
    ("Huế", 16.5, 107.6), ("波季", 42.15, 41.65), ("Duysburq", 51.4, 6.75), ("Praqa", 50.1, 14.4),
    ("Port of Poti", 42.15, 41.65), ("Petropavlovsk", 54.87, 69.15), ("Brest", 52.1, 23.7),
    ("Suzhou", 31.3, 120.6), ("Singapore", 1.3, 103.85), ("Muş", 38.73, 41.49), ("Tianjin", 39.1, 117.2),
]  # fmt: skip


@pytest.mark.parametrize(("text", "lat", "lon"), NAMES)
def test_spellings_name_the_same_point(text, lat, lon):
    place = resolve(text, terminals=TERMINALS)
    assert distance_km(place.lat, place.lon, lat, lon) < 30, place


@pytest.mark.parametrize(
    ("text", "terminal_id"),
    [
        ("az-alat", "az-alat"), ("AZ-ALAT", "az-alat"), ("CNXIA", "cn-xian"), ("cn xia", "cn-xian"),
        ("CN-XIA", "cn-xian"), ("cnxia", "cn-xian"), ("GEPTI", "ge-poti"), ("Alat, AZ", "az-alat"),
        ("Khorgos Gateway", "kz-khorgos-gateway"), ("Port of Baku at Alat", "az-alat"),
    ],
)  # fmt: skip
def test_a_terminal_is_found_by_id_code_and_name(text, terminal_id):
    place = resolve(text, terminals=TERMINALS)
    assert (place.kind, place.terminal_id) == ("terminal", terminal_id)


def test_a_bare_city_name_is_the_city_though_a_terminal_is_near():
    place = resolve("Xian", terminals=TERMINALS)
    assert (place.kind, place.terminal_id, place.country, place.geoname_id) == ("city", None, "CN", 1790630)
    assert place.population > 5_000_000
    assert str(place) == "Xi’an, CN"


def test_codes_beyond_the_terminals_come_from_the_table():
    rotterdam = resolve("NL RTM", terminals=TERMINALS)
    assert (rotterdam.kind, rotterdam.locode, rotterdam.country) == ("locode", "NLRTM", "NL")
    assert distance_km(rotterdam.lat, rotterdam.lon, 51.9, 4.4) < 30


def test_a_code_that_is_also_a_name_asks():
    found = fault("SEVAN")
    assert found.code == "ambiguous_place"
    assert "SE VAN" in found.hint
    assert "Sevan, AM" in found.hint
    assert resolve("SE VAN", terminals=TERMINALS).country == "SE"
    assert resolve("Sevan, AM", terminals=TERMINALS).country == "AM"
    assert resolve("Minsk", terminals=TERMINALS).country == "BY"


def test_a_code_of_two_terminals_asks_for_the_id():
    found = fault("GEXXA")
    assert found.code == "ambiguous_place"
    assert "'ge-boni'" in found.hint
    assert "'ge-boni-east'" in found.hint


def test_an_unknown_code_says_so_and_guesses_by_its_airport():
    found = fault("KZALA")
    assert (found.code, found.got) == ("unknown_locode", "KZALA")
    assert "Almaty, KZ" in found.hint


@pytest.mark.parametrize(
    ("text", "lat", "lon"),
    [
        ("34.4,109.06", 34.4, 109.06), (" 34.4 , 109.06 ", 34.4, 109.06), ("34.4 109.06", 34.4, 109.06),
        ("34.4N 109.06E", 34.4, 109.06), ("N34.4, E109.06", 34.4, 109.06), ("109.06E, 34.4N", 34.4, 109.06),
        ("34.4° N, 109.06° E", 34.4, 109.06), ("-33.9,18.4", -33.9, 18.4), ("33.9S 18.4E", -33.9, 18.4),
        ("34°24'N 109°03'36\"E", 34.4, 109.06), ("(34.4, 109.06)", 34.4, 109.06),
        ("−33.9，18.4", -33.9, 18.4),
        ("90,180", 90, 180), ("34;109", 34, 109), ("51.5,-0.1", 51.5, -0.1), ("40.7N 74W", 40.7, -74),
    ],
)  # fmt: skip
def test_coordinates_in_many_forms(text, lat, lon):
    place = resolve(text, terminals=TERMINALS)
    assert (place.kind, place.country, place.terminal_id) == ("coordinate", "", None)
    assert (place.lat, place.lon) == pytest.approx((lat, lon))


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("109.06,34.4", "34.4,109.06"), ("91,200", ""), ("34.4,181", ""), ("nan,nan", ""), ("inf,0", ""),
        ("1e9,2", ""), ("0,0", "empty cell"), ("40,38 49,89", "40.38,49.89"), ("34N 35N", ""),
        ("-34N 35E", ""), ("34°70'N 35E", ""), ("NaN 5", ""), ("-91,0", ""), ("1.2.3,4", ""),
    ],
)  # fmt: skip
def test_absurd_coordinates_are_refused(text, hint):
    found = fault(text)
    assert found.code == "bad_coordinates"
    assert hint in found.hint


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("Tripoli", ["Tripoli, LY", "Tripoli, LB"]), ("Birmingham", ["Birmingham, GB"]),
        ("Victoria", ["Victoria, CA"]), ("San Pedro", ["San Pedro"]),
        ("Aleksandrovka", ["Oleksandrivka, UA"]), ("ყარსი", ["Kars, TR", "Qarshi, UZ"]),
        ("Frankfurt", ["Frankfurt am Main, DE", "Frankfurt (Oder), DE"]),
        ("Kashi", ["Varanasi, IN", "Kashgar, CN"]),
    ],
)  # fmt: skip
def test_an_ambiguous_name_lists_what_can_be_typed(text, options):
    found = fault(text)
    assert found.code == "ambiguous_place"
    for option in options:
        assert option in found.hint
    typed = [part.split("'")[0] for part in found.hint.split(" '")[1:]]
    assert len(typed) > 1
    seen = {(place.lat, place.lon) for place in (resolve(one, terminals=TERMINALS) for one in typed)}
    assert len(seen) == len(typed)


def test_without_its_terminal_a_shared_name_is_ambiguous():
    for name in ("Poti", "Petropavlovsk", "Suzhou"):
        assert fault(name, NONE).code == "ambiguous_place"


def test_places_of_one_name_and_country_are_told_apart_by_their_point():
    found = fault("Suzhou, CN", NONE)
    assert "'Suzhou, CN (31.3041,120.5954)'" in found.hint
    anhui = resolve("Suzhou, CN (33.6361,116.9789)", terminals=NONE)
    assert (anhui.name, anhui.country) == ("Suzhou", "CN")
    assert distance_km(anhui.lat, anhui.lon, 33.64, 116.98) < 1
    assert fault("Suzhou, CN (10,10)").code == "unknown_place"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Khorgoss", "Khorgos, CN"), ("Baaku", "Baku, AZ"), ("Tbbilisi", "Tbilisi, GE"),
        ("Istambull", "Istanbul, TR"),
        ("Almatty", "Almaty, KZ"), ("Altinkol", "kz-altynkol"), ("Тбиллиси", "Tbilisi, GE"),
        ("az-alatt", "az-alat"),
        ("Xinzhu terminal yard", ""), ("Halkal", "tr-istanbul"), ("Konstantinop", "Istanbul, TR"),
        ("Rotterdan", "Rotterdam, NL"), ("Shanghhai, CN", "Shanghai, CN"), ("Kashgarr", "Kashgar, CN"),
        ("Xi'an, Shaanxi, China", "Xi’an, CN"), ("China, Xi'an", "Xi'an, CN"), ("Baku, Azer", "Baku, AZ"),
        ("Tbilisi, GA", "Tbilisi, GE"), ("Tbilisi, Gabon", "Tbilisi, GE"),
        ("Birmingham, Alabama", "Birmingham, US"),
    ],
)  # fmt: skip
def test_a_misspelt_name_gets_suggestions(text, wanted):
    found = fault(text)
    assert found.code in {"unknown_place", "unknown_country"}
    assert wanted in found.hint


@pytest.mark.parametrize(
    ("text", "city"),
    [("Azerbaijan", "Baku, AZ"), ("AZ", "Baku, AZ"), ("Türkiye", "Istanbul, TR"), ("Китай", "Shanghai, CN"),
     ("Georgia", "Tbilisi, GE"), ("格鲁吉亚", "Tbilisi, GE"), ("Armenia", "Yerevan, AM"),
     ("UK", "London, GB")],
)  # fmt: skip
def test_a_country_is_not_a_place(text, city):
    found = fault(text)
    assert found.code == "country_not_place"
    assert city in found.hint


GARBAGE = [
    ("", "empty_place"), (" \t\n", "empty_place"), ("x" * 10_000, "bad_text"), ("Baku\x00", "bad_text"),
    ("\x1b[31mBaku", "bad_text"), ("🚂🚢", "bad_text"), ("!!!", "bad_text"), (",", "bad_text"),
    ("'; DROP TABLE terminals; --", "unknown_country"), ("../../etc/passwd", "unknown_place"),
    ("{{7*7}}", "unknown_place"), ("Zzyzx Qwertz", "unknown_place"), ("qqqqqqqqqq", "unknown_place"),
    (",AZ", "unknown_country"), ("Baku, Baku", "unknown_country"), ("\ud800", "bad_text"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code"), GARBAGE)
def test_garbage_is_one_clear_error(text, code):
    found = fault(text)
    assert found.code == code
    assert len(str(found)) < 600
    assert str(found).isprintable()
    assert search(text, terminals=TERMINALS) is not None


def test_what_is_no_text_is_refused():
    assert fault(None).code == "bad_text"
    assert fault(42).code == "bad_text"


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=60))
def test_any_text_resolves_or_raises_one_place_error(text):
    try:
        place = resolve(text, terminals=TERMINALS)
    except PlaceError as error:
        faults = error.faults
    else:
        assert isinstance(place, Place)
        return
    assert len(faults) == 1


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=80))
def test_folding_is_idempotent(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="abcçdeəfgğhxıijkqlmnoöprsştuüvyzß'’- АБВГДЕЁЖЗИЙабвгдеёжзийქართ", max_size=30))
def test_folding_ignores_case_spaces_and_apostrophes(text):
    assert fold(text.upper()) == fold(text.upper().lower())
    assert fold(f" {text}'") == fold(text)
    assert all(keys(key)[0] == key for key in keys(text))


@pytest.mark.parametrize(
    ("text", "key"),
    [("Xi’an", "xian"), ("Gəncə", "gence"), ("Bakı", "baki"), ("Şəki", "seki"), ("Çorlu", "corlu"),
     ("Ağdam", "agdam"), ("Łódź", "lodz"), ("Đakovo", "dakovo"), ("Gießen", "giessen"), ("Ё-ж", "еж"),
     ("İzmir", "izmir"), ("Ｂａｋｕ", "baku"), ("كنگاور", "کنگاور"), ("서울", "서울")],
)  # fmt: skip
def test_folds(text, key):
    assert fold(text) == key


STARTS = [
    "b", "ba", "bak", "tbil", "khor", "Хор", "西", "az-", "aktau", "suz", "victoria", "san", "po", "Kok",
    "Bak, AZ", "Aleks, KZ", "Tripoli, L", "constan", "istnbul", "Azerbaijan", "CNXIA", "NL RTM",
]  # fmt: skip


@pytest.mark.parametrize("text", STARTS)
def test_what_search_returns_can_be_typed_back(text):
    found = search(text, limit=12, terminals=TERMINALS)
    assert 1 <= len(found) <= 12
    assert len({(one.terminal_id, one.locode, one.geoname_id) for one in found}) == len(found)
    for place in found:
        typed = spelling(place, terminals=TERMINALS)
        back = resolve(typed, terminals=TERMINALS)
        same = (place.name, place.country, place.lat, place.lon, place.terminal_id, place.geoname_id)
        assert (back.name, back.country, back.lat, back.lon, back.terminal_id, back.geoname_id) == same
        if typed == str(place):
            assert (
                resolve(f"{place.name}, {place.country}", terminals=TERMINALS).geoname_id == place.geoname_id
            )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(st.text(alphabet="abdeghiklmnorstuzқғәşçáö西安бркт", min_size=2, max_size=4))
def test_any_search_can_be_typed_back(text):
    for place in search(text, limit=5, terminals=TERMINALS):
        back = resolve(spelling(place, terminals=TERMINALS), terminals=TERMINALS)
        assert (back.geoname_id, back.terminal_id, back.locode) == (
            place.geoname_id, place.terminal_id, place.locode,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "first"),
    [("bak, az", "Baku, AZ"), ("tbil", "Tbilisi, GE"), ("Baku", "Baku, AZ"), ("istnbul", "Istanbul, TR"),
     ("Xi", "Xi, CN"), ("khorgos", "Khorgos, CN"), ("az-al", "Port of Baku at Alat, AZ"),
     ("halkali", "Istanbul (Halkali), TR"), ("CSCT", "")],
)  # fmt: skip
def test_search_puts_the_likely_place_first(text, first):
    found = [str(place) for place in search(text, terminals=TERMINALS)]
    if not first:
        assert found == []
    elif text == "Xi":
        assert "Xi’an, CN" in found
    else:
        assert found[0] == first


def test_search_limits_and_restricts():
    assert search("b", limit=0, terminals=TERMINALS) == []
    assert len(search("b", limit=3, terminals=TERMINALS)) == 3
    assert {one.country for one in search("Bak, AZ", terminals=TERMINALS)} == {"AZ"}
    assert search("999,1", terminals=TERMINALS) == []


def test_nearest_names_a_coordinate():
    (place, km), *_ = nearest(40.60, 46.50, 3, least_population=100_000)
    assert (place.name, place.country) == ("Ganja", "AZ")
    assert km == pytest.approx(14.9, abs=1)  # plane: 0.0816 deg north, 0.1384 deg x cos(40.6 deg) west
    found = [km for _, km in nearest(40.60, 46.50, 5)]
    assert found == sorted(found)
    with pytest.raises(PlaceError):
        nearest(float("nan"), 1.0)


def test_nearest_works_across_the_date_line():
    assert all(km < 1_500 for _, km in nearest(65.0, -179.9, 2))


def test_distance_equals_published_great_circle():
    # London-Paris: 344 km by the city coordinates of both national mapping agencies.
    assert distance_km(51.5074, -0.1278, 48.8566, 2.3522) == pytest.approx(343.6, abs=0.5)
    assert distance_km(0, 0, 0, 180) == pytest.approx(20015.1, abs=0.1)


def test_terminals_csv_is_read_where_no_frame_is_given(tmp_path: Path):
    lines = ["terminal_id,name,country,lat,lon,locode,aliases"]
    for terminal_id, name, country, lat, lon, locode, aliases in ROWS[:2]:
        lines.append(f"{terminal_id},{name},{country},{lat},{lon},{locode or ''},{'; '.join(aliases or [])}")
    (tmp_path / "terminals.csv").write_text("\n".join(lines), "utf-8")
    assert resolve("az-alat", data_dir=tmp_path).terminal_id == "az-alat"
    assert resolve("Ələt", data_dir=tmp_path) == resolve("Ələt", terminals=TERMINALS.head(2))
    assert resolve("AZBAK", data_dir=tmp_path).terminal_id == "az-alat"
    (tmp_path / "terminals.csv").write_text("terminal_id,name\nx,y\n", "utf-8")
    with pytest.raises(DataFileError, match="lat"):
        resolve("az-alat", data_dir=tmp_path)


def test_row_order_of_terminals_means_nothing():
    shuffled = TERMINALS.sample(fraction=1.0, shuffle=True, seed=3)
    for text in ("Khorgos", "Poti", "CNXIA", "Brest", "Alat"):
        assert resolve(text, terminals=shuffled) == resolve(text, terminals=TERMINALS)


def test_a_look_up_loads_nothing_heavy():
    code = (
        "import sys; from midcorridor.places import resolve; resolve('Baku, AZ'); "
        "bad = {'polars', 'pyarrow', 'numpy', 'numba', 'rapidfuzz'} & set(sys.modules); "
        "sys.exit(str(bad) if bad else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
