"""The trans-Caspian route as a model: boxes, trains, ships, yards and weather from the tables."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, timedelta

from ..errors import Fault, InputError
from ..network import Network
from .breakdowns import add_breakdowns
from .bulk import add_bulk
from .construction import change_places
from .deciding import DETOUR
from .durations import Z90, constant, lognormal
from .events import stop_departures
from .ferries import Ferries, crossings
from .ground import BOX_TEU, DAY_S, HOUR_S, WEEK_S, Corridor, Row, spread
from .handling import Handling
from .inspections import inspect
from .kinds import HANDLING, box_kinds, by_kind
from .model import Model
from .pilots import pilot
from .program import Program
from .routes import Leg, legs, pairs, route
from .weather import add_closures


def corridor_model(
    network: Network, year: int, *, warm_up_d: int = 60, demand_factor: float = 1.0, asking: bool = False
) -> Corridor:
    """The model of a year, begun warm_up_d days before it.

    Services, fleets, dwell and procedures are those of 1 July; closures, train paths and yards by their days.
    demand_factor : what the demand of `volumes` is multiplied by
    asking : with steps that ask a policy; one that answers what the tables say changes nothing
    Raises InputError for a year without demand.
    """
    first, last = date(year, 1, 1) - timedelta(warm_up_d), date(year, 12, 31)
    made = Corridor(Model(), year, first, last, asking=asking)
    _Builder(network.on(date(year, 7, 1)), made, demand_factor).build()
    return made


class _Builder(Handling):
    """Puts what moves into the model."""

    def build(self) -> None:
        made = self.made
        demand = [
            row
            for row in self.tables["volumes"]
            if row["role"] == "demand" and row["period_from"].year == made.year
        ]
        if not demand:
            years = sorted({r["period_from"].year for r in self.tables["volumes"] if r["role"] == "demand"})
            what, accepted = f"no demand in volumes for {made.year}", ", ".join(map(str, years))
            raise InputError(Fault("no_demand", what, "year", str(made.year), accepted))
        boxes = [row for row in demand if row["unit"] == "TEU" and row["direction"] != "both"]
        choices = legs(self.on, {row[side] for row in boxes for side in ("from_terminal", "to_terminal")})
        # A line that is shut on the day for which services stand is no way of the year.
        shut = {
            each
            for row in self.on.closures
            if row["scope"] == "link" and row["closed_share"] >= 1
            for each in row["scope_ids"]
        }
        choices = [leg for leg in choices if not shut & {link["link_id"] for link, _ in leg.links}]
        for row in sorted(boxes, key=lambda row: str(row["volume_id"])):
            found = route(self.on, choices, row["from_terminal"], row["to_terminal"])
            if found:
                made.routes[row["volume_id"]], made.flows[row["volume_id"]] = found, row
                around = self._detour(choices, found)
                if around:
                    made.detours[row["volume_id"]] = around
            else:
                made.absent.append(f"{row['volume_id']}: no service carries it")
        used = {leg for ways in (made.routes, made.detours) for found in ways.values() for leg in found}
        self.connect([*made.routes.values(), *made.detours.values()])
        made.trains = pairs(self.on, used, self.fleets)
        over = crossings(self, demand)
        bulk = [row for row in demand if row["unit"] == "t" and row["counted"] == "terminal"]
        own = [row for row in demand if row["direction"] == "both" and row["unit"] == "TEU"]
        ends = {leg.to_terminal for leg in used} | {leg.from_terminal for leg in used}
        lines = [(row, self._own_line(row)) for row in own if row["from_terminal"] in ends]
        links = [link for leg in used for link, _ in leg.links]
        links += [link for _, line in lines if line for link, _ in line.links]
        links += [link for each in over for link, _ in each.links]
        things = ends | {port for each in over for port in (each.port, each.hub)}
        bulk = [row for row in bulk if set(row["place_ids"]) <= things]
        services = {str(leg.service["service_id"]) for leg in used}
        services |= {service["service_id"] for each in over for service in each.services.values()}
        self._gates(things, links, services)
        self.quays = {row["place_ids"][0] for row in bulk if row["ship_load_t"]}
        for leg in sorted(used, key=lambda leg: leg.name):
            self.model.hold(leg.name)
        for leg in used:
            fleets = [
                row for row in self.fleets if leg.service["service_id"] in row["service_ids"] and row["teu"]
            ]
            if leg.service["mode"] == "sea":
                most = int(max((row["teu"] for row in fleets), default=0))
                self.reserve[leg.to_terminal] = max(most, self.reserve.get(leg.to_terminal, 0))
        for lead, back in made.trains:
            self._train(lead, back)
        for service_id in sorted({leg.service["service_id"] for leg in used if leg.service["mode"] == "sea"}):
            self._ships(service_id, used)
        onward: dict[str, str] = {}
        for row, line in lines:
            if line is None:
                made.absent.append(f"{row['volume_id']}: no service carries it")
            else:
                self._own_ships(row, line)
                onward[row["from_terminal"]] = line.name
        for volume_id, found in made.routes.items():
            self._boxes(made.flows[volume_id], found, made.detours.get(volume_id), onward)
        Ferries(self, over).build()
        worked = {row["volume_id"] for row in bulk if add_bulk(self, row)}
        carried = {row["volume_id"] for row, line in lines if line} | set(made.routes) | worked
        carried |= {flow["volume_id"] for each in over for flow in each.flows}
        left = [row["volume_id"] for row in demand if row["volume_id"] not in carried]
        if left:
            made.absent.append("demand not carried by this model: " + ", ".join(sorted(left)))
        change_places(self, things)
        add_breakdowns(self)

    def _gates(self, things: set[str], links: list[Row], services: set[str]) -> None:
        """What closures and stopped departures may shut, before any program asks for it."""
        shut = things | {link["link_id"] for link in links}
        shut |= {each for link in links for each in link["passages"] or ()}
        closures, factors = self.tables["closures"], self.storm_factors(shut)
        self.gated = add_closures(self.model, closures, shut, self.made.first, self.made.last, factors)
        stop_departures(self, things | services)

    def _train(self, lead: Leg, back: Leg | None) -> None:
        """Trains that form where boxes wait, run, and go back with what there is."""
        service, rule = lead.service, self.rule(lead.service)
        room = int(service["capacity"])
        name, program = f"train {lead.name}", self.model.program(f"train {lead.name}")
        # A train that only a detour uses does not run while nobody is sent that way.
        if rule["rule"] == "when_full" or not any(lead in found for found in self.made.routes.values()):
            program.set("room", BOX_TEU).fill(lead.name, 1).take(lead.name)
        pool = self._platforms(service)
        wagons = 0
        if pool is not None and lead.whole:
            number = int(pool["number"] * pool["fit_share"] * pool["share_here"])
            wagons = math.ceil(room / pool["teu"])
            self.made.wagons[pool["fleet_id"]] = (wagons, pool["turn_d"])
            if pool["fleet_id"] not in self.model.places:
                self.model.resource(pool["fleet_id"], number)
        elif pool is not None:
            self.made.absent.append(f"platforms of {name}: none counted for it, no limit")
        self.wait_for_room(program, rule, lead.to_terminal, back.name if back else None, room)
        if rule["rule"] == "when_full":
            minimum = max(1, math.ceil(rule["least_share"] * room) - BOX_TEU)
            program.set("room", room).fill(lead.name, minimum, longest=rule["longest_wait_h"] * HOUR_S)
        else:
            if rule["rule"] == "returning":
                told = "leaves at the intervals of its service, since it is no way back of other trains"
                self.made.absent.append(f"{name}: {told}")
            program.set("room", room).until(self.headway(service), exclusive=True)
        self.bunch(program, lead)
        self.may_leave(program, lead.from_terminal, service)
        self.gates(program, self.sails(service, lead.from_terminal))
        if wagons and pool is not None:
            program.seize(pool["fleet_id"], wagons)
        program.take(lead.name).spawn(name)
        if not self.bay(lead, False):
            self.lift(program, lead.from_terminal, "rail_crane")
        self._prepare(program, rule)
        self.run(program, lead)
        loaded = self.unload(program, lead, back)
        self.unmark(program, lead)
        if back is not None:
            rule = self.rule(back.service)
            forward = back.service["runs"] == "forward" and not back.back
            paced = rule["rule"] == "headway" and forward and lead.whole
            if paced:
                program.until(self.headway(back.service), exclusive=True)
            nth = len(program.steps)
            self.crowded(program, rule, back.to_terminal, f"empty {nth}", lead.name, room)
            program.set("room", int(back.service["capacity"])).take(back.name)
            if not self.bay(back, False):
                self.lift(program, back.from_terminal, "rail_crane")
            if loaded is not None:
                program.jump(f"empty {nth}").label(loaded)
                self.unmark(program, lead)
                if paced:
                    program.until(self.headway(back.service), exclusive=True)
            program.label(f"empty {nth}")
            self._prepare(program, rule)
            self.run(program, back)
            self.unload(program, back)
            self.unmark(program, back)
        if wagons and pool is not None:
            program.release(pool["fleet_id"])
        program.end()
        self.model.start(name, name)

    def _platforms(self, service: Row) -> Row | None:
        """The pool of wagons that runs a service."""
        for row in self.fleets:
            if row["kind"] == "platform_wagons" and service["service_id"] in row["service_ids"]:
                return row
        return None

    def _prepare(self, program: Program, rule: Row) -> None:
        if rule["prepare_p50_h"]:
            program.delay(spread(rule, "prepare_p50_h", "prepare_p90_h"))

    def _ships(self, service_id: str, used: set[Leg]) -> None:
        """A pool of ships between two ports, both ways, each full or by its longest wait."""
        both = sorted(
            (leg for leg in used if leg.service["service_id"] == service_id), key=lambda leg: leg.name
        )
        rule = self.rule(both[0].service)
        fleets = [row for row in self.fleets if service_id in row["service_ids"] and row["teu"]]
        if not fleets:
            self.made.absent.append(f"ships of {service_id}: no row of fleets, nothing sails")
        for row in fleets:
            name, room = f"ship {row['fleet_id']}", int(row["teu"])
            program = self.model.program(name).set("room", room)
            calling = self.calling(service_id, both[0].from_terminal)
            self.loads_next |= {
                leg.name: then.from_terminal for leg, then in zip(both, [*both[1:], both[0]], strict=True)
            }
            if calling:
                program.seize(calling)
            program.label("again").seize(self.afloat(row))
            for leg in both:
                other = next((each for each in both if each.from_terminal == leg.to_terminal), leg)
                self._call(program, leg, other, rule, room)
            program.release(self.afloat(row)).jump("again")
            self.sail(row, name)

    def _wait(self, program: Program, leg: Leg, other: Leg, rule: Row, least: int) -> None:
        """In the roads: look every hour whether a load waits here or at the other port."""
        nth = len(program.steps)
        program.set("looks", math.ceil(rule["longest_wait_h"])).label(f"wait {nth}")
        program.test("use", leg.name, ">=", least, f"wanted {nth}")
        program.test("use", other.name, ">=", least, f"wanted {nth}")
        program.delay(HOUR_S).loop("looks", f"wait {nth}")
        program.label(f"wanted {nth}").fill(leg.name, 0)

    def _call(self, program: Program, leg: Leg, other: Leg, rule: Row, room: int) -> None:
        """Discharge in port, wait in the roads for a load, take it, and cross."""
        port, across = leg.from_terminal, f"across {leg.name}"

        def alongside() -> list[str]:
            self.gates(program, [port])
            return self.berth(program, port, leg.service["service_id"])

        loaded = self.exchange(program, port, None, room, leg, alongside)
        self.crowded(program, rule, leg.to_terminal, across, other.name, room)
        least = math.ceil((rule["least_share"] or 0) * room)
        if rule["rule"] == "when_wanted":
            self._wait(program, leg, other, rule, least)
        elif rule["rule"] == "when_full":
            program.fill(leg.name, least, longest=rule["longest_wait_h"] * HOUR_S)
        else:
            program.until(self.headway(leg.service), exclusive=True)
        self.hold_for(program, leg, room)
        self.may_leave(program, port, leg.service)
        self.gates(program, self.sails(leg.service, port))
        berths = alongside()
        program.take(leg.name)
        self.off(program, port, "quay_crane", port, berths, sails=True)
        program.label(across)
        if loaded is not None:
            program.label(loaded)
        calling = self.calling(leg.service["service_id"], port)
        if calling:
            program.release(calling)
        self.gates(program, [port, *self.sails(leg.service, port)])
        self.run(program, leg)

    def _own_line(self, row: Row) -> Leg | None:
        """The container feeder between the ends of a flow of a port's own boxes."""
        for line in self.on.lines:
            hop = line.hops[0]
            if line.service["kind"] == "container_feeder" and (
                hop.from_terminal,
                line.hops[-1].to_terminal,
            ) == (
                row["from_terminal"],
                row["to_terminal"],
            ):
                run = tuple(step for each in line.hops for step in each.links)
                return Leg(line.service, row["from_terminal"], row["to_terminal"], run, True, False)
        return None

    def _own_ships(self, row: Row, leg: Leg) -> None:
        """Ships that call at the intervals of their service with a port's own boxes, half each way, and take
        boxes of the route with them in what room is left. They come from elsewhere and leave the model."""
        service, port = leg.service, leg.from_terminal
        days = (row["period_until"] - row["period_from"]).days + 1
        every = WEEK_S / service["departures_per_week"]
        teu = max(1, round(row["value"] * self.factor * every / (days * DAY_S) / 2))
        self.model.hold(leg.name)
        yard = self.place(port, "yard")
        stay = self.model.program(f"own boxes {port}")
        if yard:
            stay.seize(yard, by_size=True)
        self.rest(stay, port, self.on.dwell(port, "discharge"))
        if yard:
            stay.release(yard)
        stay.end()
        ship = self.model.program(f"ship {leg.name}")
        self.gates(ship, [port])
        berths = self.berth(ship, port, service["service_id"])
        pilot(self, ship, port)
        ship.set("room", max(BOX_TEU, int(service["capacity"]) - teu)).take(leg.name)
        self.lift(ship, port, "quay_crane", port)
        crane, row_ = self.place(port, "quay_crane"), self.facility(port, "quay_crane")
        if crane and row_:
            many = int(row_["most_at_once"] or 1)
            self.seize_crane(ship, port, "quay_crane", crane, many)
            lift = constant(2 * teu / BOX_TEU / (row_["rate"] * many) * HOUR_S)
            ship.work(lift, port) if port in self.gated else ship.delay(lift)
            ship.release(crane)
        pilot(self, ship, port)
        for berth in berths:
            ship.release(berth)
        ship.spawn(stay.name, 2, kind=stay.name, size=teu).alight().end()
        cv = service["headway_cv"] or 0.0
        sigma = math.sqrt(math.log1p(cv * cv))
        median = every / math.sqrt(1 + cv * cv)
        interval = lognormal(median, median * math.exp(Z90 * sigma)) if sigma else constant(every)
        self.model.generator(f"calls {leg.name}", ship.name, every=interval)

    def _detour(self, choices: list[Leg], found: tuple[Leg, ...]) -> tuple[Leg, ...]:
        """The next best way without the ships of this one, where boxes may be sent round a full port."""
        sea = [leg for leg in found if leg.service["mode"] == "sea"]
        told = any(self.policy("detour_loads", leg.from_terminal) is not None for leg in sea)
        if len(found) < 2 or not sea or not (told or self.made.asking):
            return ()
        others = [
            leg
            for leg in choices
            if leg.service["service_id"] not in {each.service["service_id"] for each in sea}
        ]
        return route(self.on, others, found[0].from_terminal, found[-1].to_terminal)

    def _boxes(
        self, row: Row, found: tuple[Leg, ...], around: tuple[Leg, ...] | None, onward: Mapping[str, str]
    ) -> None:
        """Boxes of a flow, at even intervals over its days: from hold to hold, through the yards between.

        around : the way that a box takes if, when it sets out, too many wait for the ship of the first way
        """
        name, program = row["volume_id"], self.model.program(row["volume_id"])
        loaded = row["cargo"] != "empty_container"

        def way(kind: str) -> None:
            for leg in found if around else ():
                if leg.service["mode"] == "sea":
                    loads, service = self.policy("detour_loads", leg.from_terminal), leg.service["service_id"]
                    ships = [each for each in self.fleets if service in each["service_ids"]]
                    load = sum(each["teu"] for each in ships) / max(1, len(ships))
                    least = None if loads is None else math.ceil(loads * load)
                    measured = None if least is None else {"measure": "use", "at": leg.name, "least": least}
                    self.choice(program, DETOUR, leg.from_terminal, service, measured, f"around {kind}")
            self._way(program, found, onward, loaded)
            if around:
                program.label(f"around {kind}")
                self._way(program, around, onward, loaded)

        by_kind(program, box_kinds(self.on, row), way)
        touches = {each for leg in found for each in (leg.from_terminal, leg.to_terminal)}
        self.source(name, row, row["value"], size=BOX_TEU, each=BOX_TEU, touches=touches)

    def _way(self, program: Program, found: tuple[Leg, ...], onward: Mapping[str, str], loaded: bool) -> None:
        """A box from leg to leg to where it is fetched; loaded: customs may open it."""
        yard: str | None = None
        for leg, then in zip(found, (*found[1:], None), strict=True):
            program.join(leg.name, releasing=yard)
            here, connection = leg.to_terminal, self.connection(leg, then)
            if connection:
                program.seize(connection, priority=HANDLING)
            yard = self.place(here, "yard")
            side = self.side(here, "rail" if leg.service["mode"] == "rail" else "ship")
            if side and yard:
                program.seize(side, by_size=True, priority=HANDLING).leave()
                program.seize(yard, by_size=True, priority=HANDLING).release(side)
            else:
                if yard:
                    program.seize(yard, by_size=True, priority=HANDLING)
                program.leave()
            if then is not None:
                self._change(program, leg, then)
                if loaded:
                    inspect(self, program, here)
            if connection:
                program.release(connection)
        here = found[-1].to_terminal
        if yard:
            program.release(yard)
        program.spawn(self._stay(here, onward.get(here), loaded), kind=f"delivery {here}").end()

    def _change(self, program: Program, leg: Leg, then: Leg) -> None:
        """From arrival on one leg to readiness for the next."""
        here = leg.to_terminal
        gauges = leg.links[-1][0]["gauge_mm"], then.links[0][0]["gauge_mm"]
        bay = self.facility(here, "gauge_bay") if self.bay(leg, True) else None
        if None in gauges or gauges[0] == gauges[1]:
            self.rest(program, here, self.on.dwell(here, "transship"))
        elif bay is not None and self._platforms(then.service) is not None:
            # `dwell` holds the wait for platforms, which is simulated here: what is left is the work.
            program.delay(constant(bay["rate"] * HOUR_S))
        else:
            self.rest(program, here, self.on.dwell(here, "gauge_change", *gauges))

    def _stay(self, terminal: str, onward: str | None, loaded: bool) -> str:
        """A box that has arrived: in the yard until it is fetched, or until the next ship of the port."""
        name = f"delivery {terminal}" if loaded else f"delivery {terminal} (empty)"
        if name not in self.model.programs:
            program, yard = self.model.program(name), self.place(terminal, "yard")
            if yard:
                program.seize(yard, by_size=True, priority=HANDLING)
            self.rest(program, terminal, self.on.dwell(terminal, "transship" if onward else "discharge"))
            if loaded:
                inspect(self, program, terminal)
            if onward:
                program.join(onward, releasing=yard)
            elif yard:
                program.release(yard)
            program.end()
        return name
