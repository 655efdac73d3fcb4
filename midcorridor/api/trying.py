"""What is asked of a simulated year beside itself: one more of each thing, and disruptions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..errors import Fault
from ..said import Said
from .problems import Problem

if TYPE_CHECKING:
    from ..network import Network
    from ..simulate import Simulated

Given = Mapping[str, Any]
Report = Callable[[int, int, str], None]  # done, total, text
# A replication of a lever takes a fifth of a second, and there are some thirty kinds: so a job has minutes.
MOST_TRIES = 20  # levers of each kind times replications
TRIED = ("bottlenecks", "levers_left_out", "events", "event_days", "event_notes")
# How many runs of a year a piece of work is, for its share of the progress.
_KINDS = 35
_STEPS = 1000  # in which progress is told where it is of several pieces


class Stages:
    """The progress of a year, of levers and of events, one after the other, as one."""

    def __init__(self, given: Given, report: Report | None) -> None:
        levers, events = given["levers"], len(given["event"] or ())
        self._weights = [1, levers * _KINDS + bool(levers), events + bool(events)]
        self._report = report

    @property
    def of_year(self) -> Report | None:
        """Of the year: in its own steps where nothing else is asked."""
        return self._report if sum(self._weights) == 1 else self._of(0)

    @property
    def of_levers(self) -> Report | None:
        """Of the levers, one by one."""
        return self._of(1)

    @property
    def of_events(self) -> Report | None:
        """Of the events, one by one."""
        return self._of(2)

    def _of(self, stage: int) -> Report | None:
        if self._report is None:
            return None
        report, all_of_it = self._report, sum(self._weights)
        before, mine = sum(self._weights[:stage]), self._weights[stage]

        def told(done: int, total: int, text: str) -> None:
            through = before + mine * done / total if total else before + mine
            report(round(_STEPS * through / all_of_it), _STEPS, text)

        return told


def check_trials(given: Given) -> None:
    """Raise Problem for an event that there is not, or for more levers than a job has time for."""
    from ..simulate import event

    faults: list[Fault] = []
    asked = given["event"] or []
    for name in dict.fromkeys(asked):
        event(name, given["year"])  # raises InputError, which names those that there are
        if asked.count(name) > 1:
            what, once = Said("event_twice", got=name), Said("once")
            faults.append(Fault("double_event", what, "event", name, once))
    levers, replications = given["levers"], given["replications"]
    if levers * replications > MOST_TRIES:
        what = Said("tries_too_many", levers=levers, replications=replications)
        accepted = Said("tries_at_most", most=MOST_TRIES)
        faults.append(Fault("too_many_tries", what, "levers", str(levers), accepted))
    if faults:
        raise Problem(422, faults, error="InputError")


def trying(network: Network, given: Given, answer: Simulated, stages: Stages) -> dict[str, Any]:
    """The parts of the answer that levers and events make; null where they were not asked for.

    Of a year that jams no mean tells what more would save: then there is no ranking either.
    """
    from ..simulate import further, gains, lab

    asked: dict[str, Any] = {name: given[name] for name in ("year", "replications", "seed", "demand_factor")}
    asked["warm_up_d"] = given["warm_up_days"]
    found, disrupted = None, None
    if given["levers"] and answer.well:
        found = gains(network, **asked, most_of_kind=given["levers"], progress=stages.of_levers)
    if given["event"]:
        disrupted = lab(network, given["event"], **asked, progress=stages.of_events)
    return dict.fromkeys(TRIED) | further(found, disrupted)
