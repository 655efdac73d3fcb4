"""How far long work has come: told to a function, or shown as a bar."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Report = Callable[[int, int, str], None]


@contextmanager
def reporting(progress: Report | bool | None) -> Iterator[Report]:
    """A function of (done, total, text) to call as work goes on.

    progress : such a function of the caller; True for a bar on the error stream; None for silence
    A total of 0 means that it is not known.
    """
    if progress is True:
        with _bar() as report:
            yield report
    else:
        yield progress or _silence


def _silence(done: int, total: int, text: str) -> None:
    pass


@contextmanager
def _bar() -> Iterator[Report]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=None)

        def report(done: int, total: int, text: str) -> None:
            bar.update(task, completed=done, total=total or None, description=text)

        yield report
