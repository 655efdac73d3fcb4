"""A footprint as one page to hand to an auditor: standard, boundary, elements, factors and sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, Any

from ..emissions import rail_wh_per_gtkm
from .markup import Html, el, esc, join, safe_url
from .numbers import NBSP, mass, percent, significant, usd, when
from .tokens import token_css

if TYPE_CHECKING:
    from ..footprint import FootprintResult

Row = Mapping[str, Any]
_CORRIDORS = {
    "middle": "Middle corridor",
    "northern": "Northern corridor",
    "southern": "Southern corridor",
    "ocean_suez": "Ocean by Suez",
    "ocean_cape": "Ocean by the Cape",
    "other": "Other way",
}
_SCHEMES = {"eu_ets_maritime": "EU ETS, ships", "fueleu_maritime": "FuelEU Maritime", "cbam": "CBAM"}
_QUALITY = {"primary": "measured", "modelled": "modelled", "default": "default"}


def footprint_page(result: FootprintResult) -> str:
    """A whole HTML page, complete in itself and without scripts: a statement of the first route.

    Further routes of a comparison stand beside it in a table.
    """
    question = result.question
    ends = [str(question[end]["name"]) for end in ("origin", "destination")]
    first = result.routes[0] if result.routes else None
    body = join(
        el("a", "Skip to the statement", href="#statement", class_="skip"),
        _header(question),
        el(
            "main",
            _summary(result, first) if first else el("p", f"No route: {result.status.reason}", class_="warn"),
            _comparison(result) if first and (len(result.routes) > 1 or result.air) else None,
            _chain(result, first) if first else None,
            _method(result, first) if first else None,
            _lines(result, first) if first else None,
            _factors(result),
            _sources(result),
        ),
        el(
            "footer",
            el(
                "p",
                f"Made by midcorridor{NBSP}{result.run.version}, network {result.run.network_digest[:12]}, "
                f"scenario {result.run.scenario}, seed {result.run.options['seed']}",
            ),
        ),
    )
    return Template(_file("page.html")).substitute(
        title=esc(f"Footprint {ends[0]} to {ends[1]} · midcorridor"),
        style=token_css() + _file("page.css") + _file("footprint.css"),
        body=body,
        script="",
    )


def _file(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _header(question: Row) -> Html:
    facts = [
        ("Boxes", f"{question['boxes']:,}{NBSP}×{NBSP}{question['container_type']}"),
        ("Cargo", f"{str(question['commodity_id']).replace('_', ' ')}, {mass(question['cargo_t'] * 1000)}"),
        ("Ready", when(str(question["ready_at"]))),
        ("Standard", "ISO 14083:2023, defaults of GLEC, DESNZ and EcoTransIT as each row says"),
        ("Electricity", str(question["electricity"])),
    ]
    return el(
        "header",
        el("p", "midcorridor greenhouse gas statement", class_="brand"),
        el("h1", question["origin"]["name"], " → ", question["destination"]["name"]),
        el("dl", [el("div", el("dt", name), el("dd", value)) for name, value in facts], class_="question"),
    )


def _summary(result: FootprintResult, route: Row) -> Html:
    quality = ", ".join(
        f"{percent(share)} {_QUALITY[name]}" for name, share in route["quality"].items() if share > 0
    )
    cells = [
        (mass(route["kg_co2e_wtw"], "CO2e"), "well-to-wheel", "big"),
        (
            f"{_t(route['p05_kg_co2e'])} to {_t(route['p95_kg_co2e'])}{NBSP}t",
            "9 times in 10, by sampling the factors",
            "",
        ),
        (mass(route["kg_co2e_ttw"], "CO2e"), "of it tank-to-wheel", ""),
        (f"{significant(route['g_per_tkm_wtw'])}{NBSP}g", f"a tonne-km, of {route['tkm']:,.0f} tkm", ""),
        (
            mass(route["kg_co2e_wtw"] / result.question["teu"], "CO2e"),
            f"a TEU, {mass(route['kg_co2e_wtw'] / result.question['boxes'])} a box",
            "",
        ),
    ]
    return el(
        "section",
        el("h2", _CORRIDORS.get(str(route["corridor"]), str(route["corridor"])), id="statement"),
        el(
            "ul",
            [el("li", el("b", value, class_=kind or None), el("small", told)) for value, told, kind in cells],
            class_="key",
        ),
        el(
            "p",
            f"Data: {quality}. With published class factors in place of the energy of trains it would be "
            f"{mass(route['class_kg_co2e'])}; the figure in the plan, which ranks routes, is "
            f"{mass(route['plan_kg_co2e'])}.",
            class_="note",
        ),
        aria_labelledby="statement",
        tabindex="-1",
    )


def _comparison(result: FootprintResult) -> Html:
    most = max(route["kg_co2e_wtw"] for route in result.routes)
    head = ("Way", "CO2e", "9 times in 10", "Mean time", "Price")
    names = _ways(result)
    rows = []
    for route in result.routes:
        cells: tuple[Html | str | list[Html | str], ...] = (
            [mass(route["kg_co2e_wtw"]), _meter(route["kg_co2e_wtw"] / most)],
            f"{_t(route['p05_kg_co2e'])} to {_t(route['p95_kg_co2e'])}{NBSP}t",
            f"{route['mean_h'] / 24:.0f}{NBSP}d",
            usd(route["cost_usd"]),
        )
        rows.append(_way(names[f"{route['route_id']} {route['corridor']}"], head, cells))
    air = result.air
    if air:
        days = "not known" if air["mean_h"] is None else f"{air['mean_h'] / 24:.0f}{NBSP}d"
        price = "not known" if air["cost_usd"] is None else usd(air["cost_usd"])
        rows.append(_way("Air", head, (mass(air["kg_co2e_wtw"]), "", days, price)))
    told = [
        el(
            "li",
            f"{names[row['faster']]} instead of {names[row['slower']]}: "
            + (
                f"saves {row['hours_saved'] / 24:.0f} days and is no dearer."
                if row["usd_per_h"] is None
                else f"saves {row['hours_saved'] / 24:.0f} days, pays from {usd(row['usd_per_h'])} an hour "
                "of the whole shipment."
            ),
        )
        for row in result.break_even
    ]
    return el(
        "section",
        el("h2", "Against the other ways", id="compare"),
        _scrolled("compare", head, head[1:], rows, class_="ways"),
        el("ul", told, class_="note"),
        el(
            "p",
            f"Air: {air['km']:,.0f}{NBSP}km, {air['distance_basis']}, from airport to airport. No price and "
            "time by air are published in the tables: they are known where an offer was given.",
            class_="note",
        )
        if air
        else None,
        aria_labelledby="compare",
    )


def _ways(result: FootprintResult) -> dict[str, str]:
    """The name of each way by what a comparison calls it; with its letter where a corridor has several."""
    corridors = [str(route["corridor"]) for route in result.routes]
    names = {"air": "Air"}
    for route, corridor in zip(result.routes, corridors, strict=True):
        letter = f" ({route['route_id']})" if corridors.count(corridor) > 1 else ""
        names[f"{route['route_id']} {corridor}"] = _CORRIDORS.get(corridor, corridor) + letter
    return names


def _way(name: str, head: Sequence[str], cells: Sequence[Html | str | list[Html | str]]) -> Html:
    told = zip(head[1:], cells, strict=True)
    return el(
        "tr", el("th", name, scope="row"), [el("td", cell, class_="num", data_name=n) for n, cell in told]
    )


def _meter(share: float) -> Html:
    return el("span", el("i", style=f"width:{100 * share:.1f}%"), class_="meter", aria_hidden="true")


def _chain(result: FootprintResult, route: Row) -> Html:
    elements = result.of(str(route["route_id"]))
    most = max(element["kg_co2e_wtw"] for element in elements)
    numbered = _numbered(result)
    rows = []
    for element in elements:
        leg = element["element"] == "leg"
        name = (
            f"{element['from_name']} to {element['to_name']}"
            if leg
            else f"Handling in {element['from_name']}"
        )
        carriers = ", ".join(f"{carrier} {percent(share)}" for carrier, share in element["carriers"])
        adjusted = "" if element["daf"] == 1 else f", ×{NBSP}{element['daf']:g}"
        distance = [
            f"{element['distance_km']:,.0f}{NBSP}km",
            el("span", f", {element['distance_basis']}", class_="basis"),
            adjusted,
        ]
        unit = "boxes" if element["activity_unit"] == "container" else element["activity_unit"]
        rows.append(
            el(
                "tr",
                el("th", name, el("small", element["vehicle"]), scope="row"),
                el("td", distance if leg else "", class_="whole"),
                el("td", f"{element['activity']:,.0f}{NBSP}{unit}", class_="num", data_name="Activity"),
                el("td", carriers, data_name="Energy"),
                el("td", significant(element["g_wtw"], 4), class_="num", data_name="g per unit"),
                el(
                    "td",
                    el("b", f"{element['kg_co2e_wtw']:,.0f}"),
                    _meter(element["kg_co2e_wtw"] / most),
                    class_="num",
                    data_name="kg WTW",
                ),
                el("td", f"{element['kg_co2e_ttw']:,.0f}", class_="num", data_name="kg TTW"),
                el("td", f"{element['class_kg_co2e']:,.0f}", class_="num", data_name="by class"),
                el(
                    "td",
                    _QUALITY[element["quality"]],
                    el("small", [join(_factor_link(each, numbered), " ") for each in element["rows"]]),
                    class_="whole",
                    data_name="Data",
                ),
                class_=None if leg else "hub",
            )
        )
    head = (
        "Leg or terminal",
        "Distance",
        "Activity",
        "Energy",
        "g per unit",
        "kg WTW",
        "kg TTW",
        "kg by class",
        "Data",
    )
    numbers = (2, 4, 5, 6, 7)
    foot = el(
        "tr",
        el("th", "Sum", scope="row"),
        el("td", "", class_="whole"),
        el("td", ""),
        el("td", ""),
        el("td", ""),
        el("td", f"{route['kg_co2e_wtw']:,.0f}", class_="num", data_name="kg WTW"),
        el("td", f"{route['kg_co2e_ttw']:,.0f}", class_="num", data_name="kg TTW"),
        el("td", f"{route['class_kg_co2e']:,.0f}", class_="num", data_name="by class"),
        el("td", ""),
    )
    return el(
        "section",
        el("h2", "The transport chain", id="chain"),
        el(
            "table",
            el(
                "thead",
                el(
                    "tr",
                    [
                        el("th", n, scope="col", class_="num" if i in numbers else None)
                        for i, n in enumerate(head)
                    ],
                ),
            ),
            el("tbody", rows),
            el("tfoot", foot),
            class_="chain",
        ),
        aria_labelledby="chain",
    )


def _method(result: FootprintResult, route: Row) -> Html:
    fallbacks = [el("li", f"{percent(each['share'])}: {each['what']}") for each in route["fallbacks"]]
    return el(
        "section",
        el("h2", "Boundary and method", id="method"),
        el("p", str(result.question["boundary"])),
        el(
            "ul",
            el(
                "li",
                "Activity is mass of goods without boxes times shortest feasible distance, or TEU times that "
                "distance where a ship's factor is published so; never both. A factor per km "
                "really travelled is raised by the distance adjustment factor of its mode, once.",
            ),
            el(
                "li",
                "Trains by energy: Wh per gross tonne-km of the train's class (EcoTransIT; in the factors) "
                "times (cargo + moved) / cargo, where moved is box and wagon x (1 + e / (1 - e)) for an "
                "empty share e; electricity of each country over the share under wire, with losses, diesel "
                "elsewhere. Lines are flat unless a factor or --gradient says otherwise: hills take 10, "
                "mountains 30 % more.",
            ),
            el(
                "li",
                "The range samples one lognormal error for each factor, wider for defaults than for models "
                "and measurements; the widths are estimates and stand among the factors.",
            ),
            class_="why",
        ),
        el("h3", "In place of what is not there, with the share of the total that rests on it")
        if fallbacks
        else None,
        el("ul", fallbacks, class_="columns") if fallbacks else None,
        aria_labelledby="method",
    )


def _lines(result: FootprintResult, route: Row) -> Html | None:
    numbered = _numbered(result)
    charges = [
        el(
            "li",
            el("b", _SCHEMES[line["scheme"]]),
            f", {line['where']}, {line['day']}: "
            + ("" if line["eur"] is None else f"EUR{NBSP}{line['eur']:,.0f}. ")
            + f"{line['how'][:1].upper()}{line['how'][1:]}.",
        )
        for line in route["charges"]
    ]
    measures = [
        el(
            "li",
            el("b", f"{-line['saved_kg_co2e'] / 1000:+,.1f}{NBSP}t"),
            f" {line['measure']}; "
            + (
                line["how"]
                if line["usd_per_t"] is None
                else f"USD{NBSP}{line['usd_per_t']:,.0f} a tonne saved, {line['how']}"
            ),
            [join(" ", _factor_link(tuple(row.split(" ", 1)), numbered)) for row in line["rows"]],
        )
        for line in route["measures"]
    ]
    if not (charges or measures):
        return None
    left = (
        el("div", el("h2", "Rules of the European Union"), el("ul", charges, class_="lines"))
        if charges
        else None
    )
    right = (
        el(
            "div",
            el("h2", "What each measure by itself would change"),
            el("ul", measures, class_="lines"),
        )
        if measures
        else None
    )
    return el("section", left, right, class_="two-up" if left and right else None)


def _numbered(result: FootprintResult) -> dict[str, int]:
    """The number of each row of the tables in the list of factors."""
    return {name: at for at, name in enumerate(sorted(result.constants), 1)}


def _factor_link(row: tuple[str, ...], numbered: Mapping[str, int]) -> Html:
    number = numbered[" ".join(row)]
    return el("a", f"F{number}", href=f"#factor-{number}", title=" ".join(row))


def _factors(result: FootprintResult) -> Html:
    numbers = {source["source_id"]: at for at, source in enumerate(result.sources, 1)}
    rows = []
    for name, number in _numbered(result).items():
        row = result.constants[name]
        cited = [
            el("a", f"[{numbers[source]}]", href=f"#source-{numbers[source]}")
            for source in row.get("source") or ()
            if source in numbers
        ]
        rows.append(
            el(
                "tr",
                el("th", el("b", f"F{number} "), name, scope="row"),
                el("td", _value(row)),
                el("td", str(row.get("year") or ""), class_="num"),
                el("td", str(row.get("confidence") or "")),
                el("td", join(*(part for link in cited for part in (link, " ")))),
                id=f"factor-{number}",
            )
        )
    head = ("Row of the tables", "Figure", "Year", "Confidence", "Source")
    return el(
        "section",
        el("h2", "Factors", id="factors"),
        _scrolled("factors", head, ("Year",), rows, class_="factors"),
        aria_labelledby="factors",
    )


def _scrolled(
    label: str, head: Sequence[str], figures: Sequence[str], rows: Sequence[Html], class_: str | None = None
) -> Html:
    """A table that scrolls sideways on a narrow screen.

    label : id of its heading     figures : columns that stand to the right
    """
    heads = [el("th", name, scope="col", class_="num" if name in figures else None) for name in head]
    table = el("table", el("thead", el("tr", heads)), el("tbody", rows), class_=class_)
    return el("div", table, class_="scroll", tabindex="0", role="group", aria_labelledby=label)


def _value(row: Row) -> str:
    """The figures of a row with their units."""
    if "unit" in row:
        value = f"{row['value']:,.10g}"
        return value if row["unit"] == "1" else f"{value}{NBSP}{row['unit']}"
    units = {
        "g_co2e_per_tkm_wtw": "g/tkm WTW",
        "g_co2e_per_tkm_ttw": "g/tkm TTW",
        "g_co2e_per_teu_km_wtw": "g/TEU-km WTW",
        "g_co2e_per_teu_km_ttw": "g/TEU-km TTW",
        "wh_per_tkm": "Wh/tkm",
        "train_gross_t": "t train",
        "g_co2e_per_kwh": "g/kWh",
        "tare_t": "t tare",
        "wtt_g_per_mj": "g/MJ WTT",
        "ttw_g_per_mj": "g/MJ TTW",
    }
    told = [f"{row[name]:g}{NBSP}{unit}" for name, unit in units.items() if row.get(name) is not None]
    if row.get("train_gross_t") is not None:
        told.append(f"{rail_wh_per_gtkm(row['train_gross_t']):.3g}{NBSP}Wh per gross tkm")
    return ", ".join(told)


def _sources(result: FootprintResult) -> Html:
    listed = []
    for number, source in enumerate(result.sources, 1):
        url = safe_url(source["url"])
        title = el("a", str(source["title"]), href=url) if url else str(source["title"])
        dated = f", {source['date']}" if source["date"] else ""
        listed.append(el("li", title, el("small", f"{source['publisher']}{dated}"), id=f"source-{number}"))
    return el(
        "section",
        el("h2", "Sources", id="sources"),
        el("ol", listed, class_="sources columns"),
        aria_labelledby="sources",
    )


def _t(kg: float) -> str:
    return significant(kg / 1000)
