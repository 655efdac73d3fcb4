"""The contract: what responses hold, and the document that is committed as docs/openapi.json."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from .answers import VERBS, Shape, components
from .problems import MEDIA_TYPE, TITLES
from .simulated import COMPONENTS
from .verbs import MEDIA_TYPES

Responses = dict[int | str, dict[str, Any]]
PROBLEM = {
    "type": "object",
    "description": "Why there is no answer (RFC 9457)",
    "required": ["type", "title", "status", "detail", "faults"],
    "properties": {
        "type": {"type": "string", "description": "urn:midcorridor:problem: and the code of the first fault"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "All faults in sentences"},
        "error": {"type": "string", "description": "Kind of error, as the command line names it"},
        "faults": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "what"],
                "properties": {
                    "code": {"type": "string", "description": "Short stable word"},
                    "what": {"type": "string", "description": "The fault in one sentence"},
                    "where": {"type": "string", "description": "Where it stands"},
                    "field": {"type": "string", "description": "The field of the request that it is about"},
                    "got": {"type": "string", "description": "What was given"},
                    "accepted": {"type": "string", "description": "What would be accepted"},
                    "hint": {"type": "string", "description": "How to go on"},
                    "table": {"type": "string"},
                    "row": {"type": "integer"},
                    "column": {"type": "string"},
                    "key": {"type": "string"},
                    "said": {
                        "type": "object",
                        "additionalProperties": {"$ref": "#/components/schemas/Said"},
                        "description": "By the English text of what, accepted and hint what it says",
                    },
                },
            },
        },
    },
}


def answers(forms: Sequence[str], name: str, description: str = "The answer") -> Responses:
    """The good response of a route that has several forms."""
    content: dict[str, Any] = {}
    for form in forms:
        media = MEDIA_TYPES[form].partition(";")[0]
        shape: Shape = {"type": "string"} if form in ("csv", "html") else {"type": "object"}
        if form == "json":
            shape = VERBS.get(name, shape)
        content.setdefault(media, {"schema": shape})
    return {200: {"description": description, "content": content}}


def problems(*statuses: int) -> Responses:
    """Responses that tell a problem; any route may also say 400 or 429."""
    reference = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {
        status: {"description": TITLES[status], "content": {MEDIA_TYPE: reference}}
        for status in sorted({400, *statuses})
    }


def document(app: Any) -> dict[str, Any]:
    """The OpenAPI document of an application."""
    from fastapi.openapi.utils import get_openapi

    if app.openapi_schema is None:
        made = get_openapi(
            title=app.title,
            version=app.version,
            openapi_version="3.1.0",
            summary=app.summary,
            description=app.description,
            routes=app.routes,
            tags=app.openapi_tags,
        )
        schemas = made.setdefault("components", {}).setdefault("schemas", {})
        # Invalid requests are told as problems, not in the framework's own form.
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        schemas |= components() | COMPONENTS | {"Problem": PROBLEM}
        app.openapi_schema = made
    found: dict[str, Any] = app.openapi_schema
    return found


def as_text(app: Any) -> str:
    """The document as it is committed."""
    return json.dumps(document(app), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
