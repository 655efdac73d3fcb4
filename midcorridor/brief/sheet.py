"""The sheet that a map is drawn on: its projection, its land, and its three sizes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .courses import Ring, running_on
from .markup import Html, el
from .projection import Lambert, Point, Projection, clipped, projection_for, simplified


@dataclass(frozen=True, slots=True)
class Size:
    """A size to draw at: CSS pixels, with what stays free of routes at the sides and above and below."""

    name: str
    width: float
    least_height: float
    greatest_height: float
    side: float
    above: float


_MEDIUM = Size("medium", 700, 315, 504, 56, 44)
_NARROW = Size("narrow", 358, 236, 350, 30, 34)
WHOLE = (Size("wide", 1200, 410, 670, 84, 52), _MEDIUM, _NARROW)
# Two maps side by side, equally high.
LARGER = (Size("wide", 780, 440, 440, 60, 50), _MEDIUM, _NARROW)
SMALLER = (Size("wide", 420, 440, 440, 26, 40), _MEDIUM, _NARROW)
_CLOSEST = 10  # pixels per radian and pixel of width: a map never shows less than some 600 km
_NORTH = 76.0  # degrees
_TENTHS = 10  # land is written in tenths of a pixel of the widest view, as whole numbers


@dataclass(frozen=True, slots=True)
class View:
    """One size of the map; x and y of a place are scale times the projected place plus a shift."""

    name: str
    width: float
    height: float
    scale: float
    dx: float
    dy: float

    def at(self, point: Point) -> Point:
        """Pixels of a projected point."""
        return (point[0] * self.scale + self.dx, point[1] * self.scale + self.dy)


@dataclass(frozen=True, eq=False)
class Sheet:
    """A projection with its views, the widest first."""

    projection: Projection
    views: tuple[View, ...]

    @staticmethod
    def holding(lines: Sequence[Sequence[Point]], sizes: Sequence[Size]) -> Sheet:
        """The sheet that shows all of these points (lat, lon)."""
        first = lines[0][0][1]
        flat = [point for line in lines for point in running_on(line, first)]
        projection = projection_for([lat for lat, _ in flat], [lon for _, lon in flat])
        plane = [projection(*point) for point in flat]
        box = (
            min(x for x, _ in plane),
            min(y for _, y in plane),
            max(x for x, _ in plane),
            max(y for _, y in plane),
        )
        return Sheet(projection, tuple(_view(box, size, projection) for size in sizes))

    def plane(self, points: Sequence[Point]) -> list[Point]:
        """Projected points of a line (lat, lon)."""
        return [self.projection(*point) for point in running_on(points, self.projection.lon0)]

    def land(self, countries: Iterable[tuple[str, str, Sequence[Ring]]], land_id: str) -> Html:
        """The countries as paths in tenths of a pixel of the widest view."""
        unit = self.views[0].scale * _TENTHS
        corners = [
            ((x - view.dx) / view.scale * unit, (y - view.dy) / view.scale * unit)
            for view in self.views
            for x in (-6.0, view.width + 6.0)
            for y in (-6.0, view.height + 6.0)
        ]
        frame = (
            min(x for x, _ in corners),
            min(y for _, y in corners),
            max(x for x, _ in corners),
            max(y for _, y in corners),
        )
        paths = []
        for _, _, rings in countries:
            text = "".join(self._ring(ring, unit, frame) for ring in rings)
            if text:
                paths.append(el("path", d=Html(text)))
        return el("g", paths, id=land_id, class_="shapes")

    def land_transform(self, view: View) -> str:
        """The transform from the land's units to a view."""
        return (
            f"translate({view.dx:.2f} {view.dy:.2f}) scale({view.scale / self.views[0].scale / _TENTHS:.5f})"
        )

    def _ring(self, ring: Ring, unit: float, frame: tuple[float, float, float, float]) -> str:
        lon0 = self.projection.lon0
        whole = running_on([(lat, lon) for lon, lat in ring], lon0)
        middle = (min(lon for _, lon in whole) + max(lon for _, lon in whole)) / 2
        shift = 360 * round((lon0 - middle) / 360)
        reach, south = (130.0, -25.0) if isinstance(self.projection, Lambert) else (178.0, -58.0)
        near = clipped([(lon + shift, lat) for lat, lon in whole], (lon0 - reach, south, lon0 + reach, 85.0))
        if len(near) < 3:
            return ""
        plane = [(x * unit, y * unit) for x, y in (self.projection(lat, lon) for lon, lat in near)]
        shown = clipped(plane, frame)
        if len(shown) < 3:
            return ""
        line = simplified([*shown, shown[0]], 0.55 * _TENTHS)
        if len(line) < 4 or extent(line) < 1.6 * _TENTHS:
            return ""
        return path_text(line[:-1], 1, closed=True)


def _view(box: tuple[float, float, float, float], size: Size, projection: Projection) -> View:
    across, down = max(box[2] - box[0], 1e-3), max(box[3] - box[1], 1e-3)
    scale = min(
        (size.width - 2 * size.side) / across,
        (size.greatest_height - 2 * size.above) / down,
        _CLOSEST * size.width,
    )
    height = round(min(max(down * scale + 2 * size.above, size.least_height), size.greatest_height))
    dy = height / 2 - scale * (box[1] + box[3]) / 2
    if not isinstance(projection, Lambert):
        # The far north is huge on a cylinder and empty of routes.
        dy = min(dy, -scale * projection(_NORTH, projection.lon0)[1])
    return View(
        size.name, size.width, float(height), scale, size.width / 2 - scale * (box[0] + box[2]) / 2, dy
    )


def extent(points: Sequence[Point]) -> float:
    """The longer side of the box around some points."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return max(max(xs) - min(xs), max(ys) - min(ys))


def path_text(points: Sequence[Point], unit: int = 10, *, closed: bool = False) -> str:
    """Path data in steps from point to point, rounded to one unit-th of a pixel without drift."""
    x0, y0 = round(points[0][0] * unit), round(points[0][1] * unit)
    text = [f"M{_number(x0, unit)} {_number(y0, unit)}"]
    steps = []
    for x, y in points[1:]:
        x1, y1 = round(x * unit), round(y * unit)
        if (x1, y1) != (x0, y0):
            steps.append(f"{_number(x1 - x0, unit)} {_number(y1 - y0, unit)}")
            x0, y0 = x1, y1
    if steps:
        text.append("l" + " ".join(steps).replace(" -", "-"))
    return "".join(text) + ("z" if closed else "")


def _number(value: int, unit: int) -> str:
    return str(value) if unit == 1 else f"{value / unit:g}"
