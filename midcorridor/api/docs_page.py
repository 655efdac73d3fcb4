"""The contract as one page that loads nothing from anywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#17212b;"
    "background:#fff}code,pre{font:14px/1.45 ui-monospace,monospace}"
    "table{border-collapse:collapse;width:100%}"
    "th,td{text-align:left;vertical-align:top;padding:.25rem .5rem;border-bottom:1px solid #d5dbe1}"
    "h3 code{font-size:1.05rem}.method{color:#005a9c}nav ul{columns:2}a{color:#005a9c}"
    "@media(prefers-color-scheme:dark){body{color:#e8eef4;background:#0e1620}a,.method{color:#6cb6ff}"
    "th,td{border-color:#2e3c4b}}@media(max-width:600px){nav ul{columns:1}td,th{display:block}}"
)


def docs_page(contract: Mapping[str, Any]) -> str:
    """Every path with its parameters, the fields of its body and its responses."""
    schemas = contract.get("components", {}).get("schemas", {})
    groups: dict[str, list[str]] = {}
    index: dict[str, list[str]] = {}
    for path, methods in contract["paths"].items():
        for method, operation in methods.items():
            tag = (operation.get("tags") or ["other"])[0]
            name = operation["operationId"]
            head = f'<span class="method">{method.upper()}</span> {escape(path)}'
            index.setdefault(tag, []).append(f'<li><a href="#{escape(name)}"><code>{head}</code></a></li>')
            groups.setdefault(tag, []).append(
                f'<h3 id="{escape(name)}"><code>{head}</code></h3>'
                f"<p>{escape(operation.get('summary', ''))}. {escape(operation.get('description', ''))}</p>"
                + _parameters(operation)
                + _body(operation, schemas)
                + _responses(operation)
            )
    told = {tag["name"]: tag.get("description", "") for tag in contract.get("tags", ())}
    links = "".join(f"<h2>{escape(tag)}</h2><ul>{''.join(items)}</ul>" for tag, items in index.items())
    parts = "".join(
        f"<section><h2>{escape(tag)}</h2><p>{escape(told.get(tag, ''))}</p>{''.join(items)}</section>"
        for tag, items in groups.items()
    )
    title = f"{contract['info']['title']} {contract['info']['version']}: the API"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head>'
        f"<body><main><h1>{escape(title)}</h1><p>{escape(contract['info'].get('description', ''))}</p>"
        '<p>The same for programs: <a href="/v1/openapi.json">/v1/openapi.json</a> (OpenAPI 3.1).</p>'
        f"<nav>{links}</nav>{parts}</main></body></html>"
    )


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    if not rows:
        return ""
    cells = "".join(f"<th>{escape(name)}</th>" for name in head)
    lines = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{cells}</tr></thead><tbody>{lines}</tbody></table>"


def _parameters(operation: Mapping[str, Any]) -> str:
    rows = [
        (
            f"<code>{escape(each['name'])}</code>",
            escape(each["in"]) + (", required" if each.get("required") else ""),
            escape(_kind(each.get("schema", {}))),
            escape(each.get("description") or each.get("schema", {}).get("description") or ""),
        )
        for each in operation.get("parameters", ())
    ]
    return _table(("parameter", "in", "type", ""), rows)


def _body(operation: Mapping[str, Any], schemas: Mapping[str, Any]) -> str:
    told = ""
    for media, content in operation.get("requestBody", {}).get("content", {}).items():
        shape = content.get("schema", {})
        name = shape.get("$ref", "").rpartition("/")[2]
        shape = schemas.get(name, shape)
        needed = shape.get("required", ())
        rows = [
            (
                f"<code>{escape(field)}</code>" + (" required" if field in needed else ""),
                escape(_kind(each)),
                ""
                if each.get("default") in (None, False)
                else f"<code>{escape(str(each['default']))}</code>",
                escape(each.get("description") or ""),
            )
            for field, each in shape.get("properties", {}).items()
        ]
        told += f"<p>Body <code>{escape(media)}</code></p>" + _table(("field", "type", "default", ""), rows)
    return told


def _responses(operation: Mapping[str, Any]) -> str:
    rows = [
        (
            f"<code>{escape(status)}</code>",
            escape(each.get("description", "")),
            ", ".join(f"<code>{escape(media)}</code>" for media in each.get("content", {})),
        )
        for status, each in operation.get("responses", {}).items()
    ]
    return _table(("status", "", "as"), rows)


def _kind(shape: Mapping[str, Any]) -> str:
    if "anyOf" in shape:
        kinds = (_kind(each) for each in shape["anyOf"] if each.get("type") != "null")
        return " or ".join(dict.fromkeys(kinds))
    if "$ref" in shape:
        return str(shape["$ref"]).rpartition("/")[2]
    if shape.get("type") == "array":
        return f"list of {_kind(shape.get('items', {}))}"
    return str(shape.get("type", "any"))
