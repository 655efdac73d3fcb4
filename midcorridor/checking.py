"""What may go where: every rule on each leg of the best routes, or at places that are named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from .clearance import EFFECTS, Goods, Leg, Verdict, goods_of, leg_of, make_goods, verdicts, worst
from .errors import Fault, InputError, did_you_mean
from .network import Compiled, Network
from .network.compiled import countries_of
from .plan import plan_shipment
from .results import Status
from .rules import scope_names
from .shipment import make_shipment, parse_day
from .words import step_words

# What may be named by --through, in the order in which a word is looked up.
_KINDS = ("country", "frontier", "passage", "service_kind", "terminal", "service", "link")


@dataclass(frozen=True, eq=False)
class CheckResult:
    """Verdicts leg by leg.

    routes : each with its effect (that of its hardest verdict) and its legs; a leg has words, a day, an
        effect and its verdicts. Without origin and destination there is one route, whose legs are the places
        named.
    notes : what could not be judged, because it was not told
    """

    question: Mapping[str, Any]
    status: Status
    routes: Sequence[Mapping[str, Any]]
    notes: Sequence[str]
    sources: Sequence[Mapping[str, Any]]

    def to_dict(self) -> dict[str, Any]:
        """The whole answer, for JSON."""
        return {
            "question": dict(self.question),
            "status": self.status.to_dict(),
            "routes": [dict(route) for route in self.routes],
            "notes": list(self.notes),
            "sources": [dict(source) for source in self.sources],
        }


def check(
    network: Network,
    origin: str | None = None,
    destination: str | None = None,
    *,
    containers: str | None = None,
    commodity: str | None = None,
    hs_code: str | None = None,
    un_number: str | None = None,
    tonnes_per_box: float | None = None,
    at: str | date | datetime | None = None,
    through: Iterable[str] = (),
    from_country: str | None = None,
    to_country: str | None = None,
    trucks: bool = False,
) -> CheckResult:
    """Accepted, permit needed or refused, leg by leg, with date and source.

    origin, destination : both, for the legs of the best route of each corridor, each judged on its day,
        found as if no rule closed anything; or neither, for the places in through
    commodity, hs_code, un_number : the goods; where none is given no kind of goods is judged
    through : countries, frontiers such as CN>KZ, passages, kinds of service, terminals, services, links
    from_country, to_country : where goods come from and go to, for through
    Raises InputError, PlaceError naming the option at fault. That nothing is refused is no promise: rules
    that no table holds are not judged.
    """
    through = tuple(through)
    told = _Told(
        containers is not None, commodity is not None, hs_code is not None, tonnes_per_box is not None
    )
    if (origin is None) != (destination is None) or (origin is None) != bool(through):
        raise InputError(
            Fault(
                "bad_question",
                "a check is of a shipment between two places, or of places by name",
                "origin, destination, --through",
                accepted="origin and destination, or --through with countries, frontiers and the like",
            )
        )
    if origin is not None and destination is not None:
        if from_country or to_country:
            what = "the countries follow from origin and destination"
            raise InputError(
                Fault("bad_question", what, "--from, --to", accepted="--from and --to with --through")
            )
        shipment = make_shipment(
            network.on(parse_day(at).date()).tables,
            origin,
            destination,
            containers=containers or "1x40HC",
            commodity=commodity,
            ready_at=at,
            tonnes_per_box=tonnes_per_box,
            hs_code=hs_code,
            un_number=un_number,
        )
        return _routes(network, shipment, told, trucks=trucks)
    day = parse_day(at).date()
    compiled = network.on(day)
    box: dict[str, Any] = {}
    if containers is not None:
        given = make_shipment(
            compiled.tables, "", "", containers=containers, commodity=commodity, tonnes_per_box=tonnes_per_box
        )
        shipped = told.of(goods_of(compiled.tables, given, None, None))
        box = {"container_type": shipped.container_type, "gross_t": shipped.gross_t, "boxes": shipped.boxes}
    goods = make_goods(
        compiled.tables,
        commodity=commodity,
        hs_code=hs_code,
        un_number=un_number,
        from_country=from_country,
        to_country=to_country,
        **box,
    )
    legs: list[dict[str, Any]] = []
    for word in through:
        kind, name = _named(compiled, word)
        for leg in _legs_at(compiled, kind, name):
            found = verdicts(compiled, goods, leg, day)
            legs.append(_judged(compiled, len(legs) + 1, f"{name} ({leg.mode})", day, found))
    return _answer(compiled, goods, [_route("", "", legs)], told, day=day)


@dataclass(frozen=True, slots=True)
class _Told:
    """What the user named: what only stands in for it, so that a plan can be made, is judged by no rule."""

    boxes: bool
    commodity: bool
    hs_code: bool
    mass: bool

    def of(self, goods: Goods) -> Goods:
        """The goods without what nobody named."""
        if not self.commodity:
            codes = goods.hs_codes if self.hs_code else ()
            goods = replace(goods, commodity_id=None, hs_codes=codes, perhaps=())
        return goods if self.commodity or self.mass else replace(goods, gross_t=None)


def _routes(network: Network, shipment: Any, told: _Told, *, trucks: bool) -> CheckResult:
    # The rules are lifted, so that a corridor that they close is shown with the reason, and not left out.
    lifted = network.tables.replace(embargoes=(), box_limits=())
    free = Network(lifted, network.scenario, network.dated)
    result = plan_shipment(free, shipment, compare=True, trucks=trucks)
    day = shipment.ready_at.date()
    compiled = network.on(day)
    ends = [result.question[end]["country"] for end in ("origin", "destination")]
    goods = told.of(goods_of(compiled.tables, shipment, *ends))
    routes = []
    for route in result.routes:
        legs = []
        for row in route["legs"]:
            on = (shipment.ready_at + timedelta(hours=row["start_h"])).date()
            found = verdicts(compiled, goods, leg_of(compiled, row), on)
            legs.append(_judged(compiled, row["seq"], step_words(row), on, found))
        routes.append(_route(route["route_id"], route["corridor"], legs))
    return _answer(compiled, goods, routes, told, day=day, status=result.status)


def _judged(compiled: Compiled, seq: int, words: str, day: date, found: Sequence[Verdict]) -> dict[str, Any]:
    titles = compiled.tables.by_key("sources")
    return {
        "seq": seq,
        "words": words,
        "day": day.isoformat(),
        "effect": worst(found),
        "verdicts": [
            {
                **asdict(verdict),
                "tags": list(verdict.tags),
                "valid_from": verdict.valid_from and verdict.valid_from.isoformat(),
                "valid_until": verdict.valid_until and verdict.valid_until.isoformat(),
                "source": list(verdict.source),
                "source_titles": [titles[key]["title"] for key in verdict.source if key in titles],
            }
            for verdict in found
        ],
    }


def _route(route_id: str, corridor: str, legs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    effect = max((leg["effect"] for leg in legs), key=EFFECTS.index, default="accepted")
    return {"route_id": route_id, "corridor": corridor, "effect": effect, "legs": list(legs)}


def _answer(
    compiled: Compiled,
    goods: Goods,
    routes: Sequence[Mapping[str, Any]],
    told: _Told,
    *,
    day: date,
    status: Status | None = None,
) -> CheckResult:
    used: dict[str, int] = {}
    for route in routes:
        for leg in route["legs"]:
            for verdict in leg["verdicts"]:
                for key in verdict["source"]:
                    used[key] = used.get(key, 0) + 1
    known = compiled.tables.by_key("sources")
    sources = [
        {name: known[key][name] for name in ("source_id", "title", "publisher", "date", "url")}
        for key in sorted(used, key=lambda key: (-used[key], key))
        if key in known
    ]
    given = {f"{name}_given": getattr(told, name) for name in ("boxes", "commodity", "hs_code", "mass")}
    question = {**asdict(goods), **given, "day": day.isoformat()}
    return CheckResult(question, status or Status("ok", "judged"), routes, _notes(goods, told), sources)


def _notes(goods: Goods, told: _Told) -> list[str]:
    notes = []
    if not (told.commodity or told.hs_code):
        notes.append(
            "The goods are not named (--commodity or --hs): rules for kinds of goods are not judged."
        )
    if goods.perhaps:
        numbers = ", ".join(entry.un_number for entry in goods.perhaps)
        notes.append(f"{goods.commodity_id} usually travel as dangerous goods (UN {numbers}): give --un.")
    if goods.container_type is None:
        notes.append("The boxes are not named (--containers): mass and length are not judged.")
    elif goods.gross_t is None:
        notes.append(
            "The mass is not known (--tonnes-per-box or --commodity): limits of mass are not judged."
        )
    for end, option in ((goods.from_country, "--from"), (goods.to_country, "--to")):
        if end is None:
            notes.append(
                f"The country at one end is not known ({option}): rules that depend on it are uncertain."
            )
    notes.append("Rules that the tables do not hold are not judged: ask each carrier before booking.")
    return notes


def _named(compiled: Compiled, word: str) -> tuple[str, str]:
    """What a word of --through names. Raises InputError."""
    text = word.strip()
    countries = set(scope_names(compiled.tables, "frontier"))
    if ">" in text:
        sides = [side.strip().upper() for side in text.split(">")]
        if len(sides) == 2 and set(sides) <= countries:
            return "frontier", ">".join(sides)
    every: list[str] = []
    for kind in _KINDS:
        if kind == "frontier":
            continue
        names = [*countries] if kind == "country" else scope_names(compiled.tables, kind)
        name = text.upper() if kind == "country" else text.lower()
        if name in names:
            return kind, name
        every += names
    accepted = (
        "a country code, a frontier such as CN>KZ, a passage, a kind of service, a terminal, service or link"
    )
    raise InputError(
        Fault(
            "unknown_place", f"{word!r} names nothing", "--through", word, accepted, did_you_mean(text, every)
        )
    )


def _legs_at(compiled: Compiled, kind: str, name: str) -> list[Leg]:
    """One leg for each mode that passes there on the day."""
    if kind == "service_kind":
        modes = {row["mode"] for row in compiled.services.values() if row["kind"] == name}
        return [Leg(mode, service_kind=name) for mode in sorted(modes)]
    if kind == "service":
        service = compiled.tables.by_key("services")[name]
        hops = [hop for line in compiled.lines if line.service["service_id"] == name for hop in line.hops]
        links = [link for hop in hops for link, _ in hop.links]
        return [_leg(compiled, service["mode"], links, name, service["kind"])]
    if kind == "link":
        link = compiled.tables.by_key("links")[name]
        return [_leg(compiled, link["mode"], [link])]
    modes = {"road"} if kind in ("country", "terminal") else set()
    for link in compiled.links.values():
        passed = countries_of(link, compiled.tables.by_key("terminals"))
        touched = {
            "country": set(passed),
            "frontier": set(_frontiers(passed)),
            "terminal": {link["from_terminal"], link["to_terminal"]},
            "passage": set(link["passages"] or ()),
        }[kind]
        if name in touched:
            modes.add(link["mode"])
    field = {"country": "countries", "frontier": "frontiers", "terminal": "terminals", "passage": "passages"}
    at: dict[str, Any] = {field[kind]: (name,)}
    return [Leg(mode, **at) for mode in sorted(modes)]


def _frontiers(passed: Sequence[str]) -> list[str]:
    """Frontiers between countries that follow on one another, in both directions."""
    return [f"{a}>{b}" for one, other in pairwise(passed) for a, b in ((one, other), (other, one))]


def _leg(
    compiled: Compiled, mode: str, links: Sequence[Mapping[str, Any]], service_id: str = "", kind: str = ""
) -> Leg:
    """A leg over links in both directions."""
    ends = [(link["from_terminal"], link["to_terminal"]) for link in links]
    places = dict.fromkeys(place for pair in ends for place in pair)
    crossed = [countries_of(link, compiled.tables.by_key("terminals")) for link in links]
    return Leg(
        mode,
        service_id,
        kind,
        tuple(dict.fromkeys(link["link_id"] for link in links)),
        tuple(places),
        tuple(dict.fromkeys(code for passed in crossed for code in passed)),
        tuple(dict.fromkeys(name for passed in crossed for name in _frontiers(passed))),
        tuple(dict.fromkeys(word for link in links for word in link["passages"] or ())),
    )
