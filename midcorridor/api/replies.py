"""From an answer of a worker to a response: its form, its tag, what is kept for the next who asks."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from ..errors import Fault
from .desk import digest
from .problems import Problem
from .verbs import MEDIA_TYPES
from .worker import Answer, Task

# Bytes of look-ups that are kept; plans are not, for hardly anybody asks the same twice.
_MOST_KEPT = 64 * 2**20
_LONGEST_ACCEPT = 1000


class Kept:
    """Answers that stay the same as long as the server runs, up to so many bytes."""

    def __init__(self, most: int = _MOST_KEPT) -> None:
        self._answers: OrderedDict[str, Answer] = OrderedDict()
        self._most, self._size = most, 0

    def get(self, task: Task) -> Answer | None:
        """The answer to a question that was asked before."""
        key = _key(task)
        if key in self._answers:
            self._answers.move_to_end(key)
        return self._answers.get(key)

    def put(self, task: Task, answer: Answer) -> None:
        """Keep an answer; the oldest go."""
        key = _key(task)
        if key not in self._answers and len(answer.body) < self._most // 8:
            self._answers[key] = answer
            self._size += len(answer.body)
            while self._size > self._most:
                self._size -= len(self._answers.popitem(last=False)[1].body)


def _key(task: Task) -> str:
    scenario = "" if task.scenario is None else digest(task.scenario)
    told = json.dumps([task.verb, task.given, scenario, task.form, task.packed], sort_keys=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()


def response(request: Request, answer: Answer, *, lasting: bool) -> Response:
    """A response with the body as the worker made it.

    lasting : the same question gets the same bytes again, so that a tag saves sending them
    """
    headers = {"Vary": "Accept, Accept-Encoding"}
    if answer.packed:
        headers["Content-Encoding"] = "gzip"
    if not lasting:
        headers["Cache-Control"] = "no-store"
        return Response(answer.body, media_type=answer.media_type, headers=headers)
    headers["Cache-Control"] = "no-cache"  # keep it, and ask whether it is still the same
    headers["ETag"] = tag = f'"{hashlib.sha256(answer.body).hexdigest()[:32]}"'
    if names_tag(request.headers.get("if-none-match", ""), tag):
        return Response(
            status_code=304, headers={name: headers[name] for name in ("ETag", "Cache-Control", "Vary")}
        )
    return Response(answer.body, media_type=answer.media_type, headers=headers)


def names_tag(header: str, tag: str) -> bool:
    """Whether an If-Match or If-None-Match names a tag.

    >>> names_tag('W/"a", "b"', '"a"'), names_tag("*", '"a"'), names_tag('"c"', '"a"')
    (True, True, False)
    """
    named = [each.strip().removeprefix("W/") for each in header.split(",")]
    return tag in named or "*" in named


def takes_gzip(request: Request) -> bool:
    """Whether the caller unpacks gzip."""
    for each in request.headers.get("accept-encoding", "").lower().split(","):
        name, _, quality = each.strip().partition(";")
        if name in ("gzip", "*"):
            return quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def form_of(request: Request, forms: Sequence[str], asked: str | None) -> str:
    """The form in which an answer is wanted: `format`, else what Accept likes best, else the first.

    Raises Problem 406.
    """
    if asked is not None:
        if asked not in forms:
            what = f"this answer has no form {asked!r}"
            raise Problem(406, Fault("unknown_format", what, "format", asked[:80], ", ".join(forms)))
        return asked
    header = request.headers.get("accept", "")[:_LONGEST_ACCEPT]
    if not header.strip():
        return forms[0]
    best: tuple[float, int, str] | None = None
    for name, quality in _accepted(header):
        for place, form in enumerate(forms):
            media = MEDIA_TYPES[form].partition(";")[0]
            exact = name == media
            if quality > 0 and (exact or name in ("*/*", f"{media.partition('/')[0]}/*")):
                rank = (quality + (0.0005 if exact else 0.0), -place, form)
                best = max(best, rank) if best else rank
    if best is None:
        accepted = ", ".join(MEDIA_TYPES[form].partition(";")[0] for form in forms)
        raise Problem(
            406,
            Fault("unknown_format", "no form of this answer is accepted", "Accept", header[:80], accepted),
        )
    return best[2]


def _accepted(header: str) -> list[tuple[str, float]]:
    found = []
    for each in header.lower().split(","):
        name, *parameters = (part.strip() for part in each.split(";"))
        quality = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    quality = float(parameter[2:])
                except ValueError:
                    quality = 0.0
        found.append((name, quality))
    return found
