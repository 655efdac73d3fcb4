"""Errors as problem+json (RFC 9457), with the parts that every error of ours has: what, where, what is
accepted and how to go on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from ..errors import Fault, MidcorridorError
from ..said import Said

MEDIA_TYPE = "application/problem+json"
# The status that a class of error means; whatever a user can mend is 422.
TITLES = {
    400: "The request cannot be read",
    401: "Who asks is not known",
    403: "This is not allowed",
    404: "There is no such thing",
    405: "This cannot be done here",
    406: "The answer has no such form",
    408: "The request took too long to arrive",
    409: "It is not in a state for this",
    410: "It is no longer there",
    412: "It was changed by somebody else",
    413: "The request is too large",
    415: "The request has a form that is not read here",
    421: "This server does not answer to that name",
    422: "The question cannot be answered as it stands",
    428: "Say which version is to be changed",
    429: "Too many requests",
    431: "The head of the request is too large",
    500: "The program failed",
    503: "The server is busy",
    504: "The answer took too long",
}


class Problem(Exception):  # noqa: N818 - its name in RFC 9457
    """A request that gets no answer."""

    def __init__(
        self,
        status: int,
        faults: Fault | Iterable[Fault],
        *,
        error: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status = status
        self.faults = (faults,) if isinstance(faults, Fault) else tuple(faults)
        self.error = error
        self.headers = dict(headers or {})
        super().__init__(str(self.faults[0]))

    def to_dict(self) -> dict[str, Any]:
        """The body."""
        first = self.faults[0]
        return {
            "type": f"urn:midcorridor:problem:{first.code.replace('_', '-')}",
            "title": TITLES.get(self.status, "The request failed"),
            "status": self.status,
            "detail": " ".join(str(_in_words_of_the_api(fault)) for fault in self.faults),
            **({"error": self.error} if self.error else {}),
            "faults": [_parts(fault) for fault in self.faults],
        }

    def body(self) -> bytes:
        """The body as bytes."""
        return json.dumps(self.to_dict(), ensure_ascii=False).encode("utf-8", "replace")


def of_error(error: MidcorridorError, status: int = 422) -> Problem:
    """The problem that an error of ours is."""
    return of_faults(type(error).__name__, error.faults, status)


def of_faults(name: str, faults: Sequence[Fault], status: int = 422) -> Problem:
    """The problem of an error that came from another process."""
    if name in ("DataFileError", "OutputError"):
        status = 500
    elif name == "JobError":
        status = 503
    elif faults[0].code in ("unknown_table", "unknown_key") and name == "TableError":
        status = 404
    return Problem(status, faults, error=name)


def _parts(fault: Fault) -> dict[str, Any]:
    parts = {
        name: value for name, value in asdict(_in_words_of_the_api(fault)).items() if value not in ("", None)
    }
    field = _field(fault.where)
    # By the English text as it stands above, which may have other names of options than ours.
    worded = _in_words_of_the_api(fault)
    said = {
        getattr(worded, name): text.parts()
        for name in ("what", "hint", "accepted")
        if isinstance(text := getattr(fault, name), Said)
    }
    return {**parts, **({"field": field} if field else {}), **({"said": said} if said else {})}


_OPTION = re.compile(r"--([a-z][a-z-]*)")


def _in_words_of_the_api(fault: Fault) -> Fault:
    """The options of the command line are fields here: --tonnes-per-box is tonnes_per_box."""
    from dataclasses import replace

    def worded(text: str) -> str:
        return _OPTION.sub(lambda match: match[1].replace("-", "_"), text)

    return replace(fault, where=worded(fault.where), hint=worded(fault.hint), accepted=worded(fault.accepted))


def _field(where: str) -> str:
    """The field of the request that a fault is about, as a program looks for it; empty for none."""
    match = _OPTION.fullmatch(where)
    if match:
        return match[1].replace("-", "_")
    return where if re.fullmatch(r"[a-z_]+(\.[\w-]+)*", where) else ""
