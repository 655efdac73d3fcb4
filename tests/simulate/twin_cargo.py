"""Steps of the plain twin by which cargo waits for vehicles, is taken, let off and goes ashore."""

from __future__ import annotations

from midcorridor.simulate.durations import Duration
from midcorridor.simulate.program import Step

from .twin_things import NEVER, Holding, Place, Stop, Token, child


class CargoSteps:
    """Part of `twin.Twin`, whose places, tokens and clock they use."""

    def do_join(self, token: Token, step: Step, hold: str, ticket: int | None, releasing: str | None) -> bool:
        self.go_ashore(token)
        place = self.places["hold", hold]
        place.touch(self.now)
        token.queue, token.since, token.waits_for = len(place.waiting), self.now, "vehicle"
        token.ticket = token.ticket if ticket is None else ticket
        place.arrived += 1
        place.occupy(token.size)
        place.line_up(token, token.priority)
        self.call_vehicle(place)
        return True

    def call_vehicle(self, hold: Place) -> None:
        bay = self.places["bay", hold.name]
        if bay.waiting and hold.claimant is None:
            vehicle = bay.waiting[0]
            minimum = self.step_of(vehicle).options["minimum"]
            if hold.in_use >= min(minimum, vehicle.room - vehicle.load):
                self.leave_bay(vehicle, bay)
                hold.claimant = vehicle
                self.wake(vehicle)

    def leave_bay(self, vehicle: Token, bay: Place) -> None:
        bay.touch(self.now)
        bay.waiting.remove(vehicle)
        bay.left += 1
        vehicle.event = -1
        vehicle.at += 1
        self.wait_of(bay, vehicle).note(self.now - vehicle.since)

    def do_fill(self, token: Token, step: Step, hold: str, minimum: int, longest: Duration | None) -> bool:
        place, bay = self.places["hold", hold], self.places["bay", hold]
        bay.touch(self.now)
        bay.arrived += 1
        token.since = self.now
        enough = place.in_use >= min(minimum, token.room - token.load)
        if enough and not bay.waiting and place.claimant is None:
            place.claimant = token
            bay.left += 1
            self.wait_of(bay, token).note(0)
            token.at += 1
            return False
        token.waits_for = "load"
        bay.line_up(token, token.priority)
        if longest is not None:
            length = self.seconds(token, step, longest)
            self.schedule(token, self.now + min(length, NEVER - self.now))
        return True

    def do_take(self, token: Token, step: Step, hold: str, split: bool, overtaking: bool) -> bool:
        place = self.places["hold", hold]
        token.moved = 0
        for cargo in list(place.waiting):
            free = token.room - token.load
            if free <= 0:
                break
            if cargo.size > free:
                if split:
                    self.load(token, self.part(cargo, free, place), place)
                    break
                if overtaking:
                    continue
                break
            place.touch(self.now)
            place.waiting.remove(cargo)
            self.load(token, cargo, place)
        token.at += 1
        if place.claimant is token:
            place.claimant = None
            self.call_vehicle(place)
        return False

    def part(self, cargo: Token, units: int, hold: Place) -> Token:
        if not all(held.by_size for held in cargo.held):
            raise Stop("unsplit")
        hold.touch(self.now)
        hold.arrived += 1
        part = self.new(
            child(cargo.identity, cargo.children),
            cargo.program,
            cargo.kind,
            cargo.priority,
            units,
            cargo.room,
        )
        cargo.children += 1
        for name in ("consignment", "born", "done", "since", "queue", "ticket", "lap", "at"):
            setattr(part, name, getattr(cargo, name))
        part.attributes.update(cargo.attributes)
        cargo.size -= units
        for held in cargo.held:
            held.amount -= units
            held.place.arrived += 1
            part.held.append(
                Holding(held.place, units, True, held.arrived, held.queue, held.step, held.started)
            )
        return part

    def load(self, vehicle: Token, cargo: Token, hold: Place) -> None:
        hold.touch(self.now)
        hold.in_use -= cargo.size
        hold.left += 1
        self.wait_of(hold, cargo).note(self.now - cargo.since)
        cargo.taken, cargo.carrier, cargo.waits_for = self.now, vehicle, "call"
        vehicle.aboard.append(cargo)
        vehicle.load += cargo.size
        vehicle.moved += cargo.size
        releasing = self.step_of(cargo).options["releasing"]
        if releasing is not None:
            place = self.places["resource", releasing]
            self.give_back(cargo, place)
            self.hand_out(place)

    def do_alight(self, token: Token, step: Step, ticket: int, wait: bool) -> bool:
        token.moved = 0
        for cargo in [cargo for cargo in token.aboard if cargo.ticket == ticket]:
            token.aboard.remove(cargo)
            hold = self.places["hold", self.step_of(cargo).options["hold"]]
            self.tell(
                cargo,
                hold,
                (cargo.program, cargo.at),
                cargo.since,
                cargo.taken,
                self.now,
                cargo.size,
                cargo.queue,
                token.serial,
            )
            cargo.at += 1
            token.moved += cargo.size
            if wait:
                token.alighting += 1
            else:
                token.load -= cargo.size
                cargo.carrier = None
            self.wake(cargo)
        if token.alighting:
            token.waits_for = "leaving"
            return True
        token.at += 1
        return False

    def go_ashore(self, token: Token) -> None:
        vehicle = token.carrier
        if vehicle is not None:
            vehicle.load -= token.size
            vehicle.alighting -= 1
            if vehicle.alighting == 0 and vehicle.waits_for == "leaving":
                vehicle.at += 1
                self.wake(vehicle)
            token.carrier = None

    def do_leave(self, token: Token, step: Step) -> bool:
        self.go_ashore(token)
        token.at += 1
        return False
