"""HTML from Python calls: whatever is not markup already is escaped."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from typing import TypeAlias

# What HTML cannot hold: control characters and halves of surrogate pairs.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_VOID = frozenset(("br", "col", "input", "link", "meta", "wbr"))


class Html(str):
    """Text that is markup and is not escaped again."""

    __slots__ = ()


Child: TypeAlias = "str | int | Iterable[Child] | None"


def esc(text: object) -> Html:
    """Text made safe inside an element or a quoted attribute."""
    return Html(html.escape(_UNFIT.sub("\ufffd", str(text)), quote=True))


def join(*children: Child) -> Html:
    """Children one after the other: markup as it is, text escaped, None left out."""
    return Html("".join(_flat(children)))


def el(name: str, /, *children: Child, **attributes: str | float | bool | None) -> Html:
    """An element. `class_` is class, `for_` is for, `data_x` is data-x; None and False leave out."""
    words = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in _VOID:
        return Html(f"<{name}{words}>")
    return Html(f"<{name}{words}>{join(*children)}</{name}>")


def _flat(children: Iterable[Child]) -> Iterable[str]:
    for child in children:
        if child is None:
            continue
        if isinstance(child, Html):
            yield child
        elif isinstance(child, (str, int)):
            yield esc(child)
        else:
            yield from _flat(child)


def _attribute(key: str, value: str | float | bool | None) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    # SVG is alone in writing some names in camel case.
    name = {"viewbox": "viewBox", "preserveaspectratio": "preserveAspectRatio"}.get(name, name)
    if value is True:
        return f" {name}"
    text = value if isinstance(value, Html) else esc(fixed(value) if isinstance(value, float) else value)
    return f' {name}="{text}"'


def fixed(value: float, digits: int = 1) -> str:
    """A coordinate, without a trailing .0 or a negative zero."""
    text = f"{value:.{digits}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def safe_url(url: object) -> str | None:
    """A link that a browser may follow; None for anything but http and https."""
    text = str(url or "").strip()
    return text if re.match(r"https?://[^\s<>\"']+$", text, re.IGNORECASE) else None


def table(
    head: Sequence[str], rows: Sequence[Html], numbers: Sequence[int], label: str, class_: str | None = None
) -> Html:
    """A table that may be moved sideways where there is no room; numbers: columns that hold figures."""
    heads = [
        el("th", name, scope="col", class_="num" if at in numbers else None) for at, name in enumerate(head)
    ]
    whole = el("table", el("thead", el("tr", heads)), el("tbody", rows), class_=class_)
    return el("div", whole, class_="scroll", tabindex="0", role="region", aria_labelledby=label)
