"""A map drawn from points, without tiles: circles by kind, lines to the parent, a way from point to point,
radius rings, scale bar."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, hypot, radians

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from aftersales.web.svg import HALO, INK, MUTED, PAPER, drawing, element, round_ceiling, text_width, words

KM_A_DEGREE = 111.32
MARGIN = 46
LEGEND_HEIGHT = 34
MARK_SIZE = 13
WAY, SHORT_WAY, ARROW_AT = "#b2460a", 36, 0.6


@dataclass(frozen=True)
class MapPoint:
    """A place: where it is (degrees), what it is called, of which kind, and to which place it belongs.

    `mark` is written into the dot, which grows to hold it: the number of a stop.
    """

    key: str
    lon: float
    lat: float
    label: str
    kind: str
    parent_key: str = ""
    url: str = ""
    note: str = ""
    radius_km: float = 0
    mark: str = ""


@dataclass(frozen=True)
class PointStyle:
    """How a kind of place is drawn. Kinds given first are drawn on top and get their labels first."""

    name: str
    radius: float
    fill: str
    label_size: float = 13
    is_labelled: bool = True


@dataclass(frozen=True)
class Projection:
    """Degrees to drawing units: equirectangular, longitudes shortened by the cosine of the latitude."""

    west: float
    north: float
    shortening: float
    units_a_degree: float
    width: float
    height: float

    @classmethod
    def around(cls, points: Sequence[MapPoint], width: float, highest: float) -> "Projection":
        """The projection that shows all points in `width`, and in no more than `highest` units of height."""
        lons, lats = [point.lon for point in points], [point.lat for point in points]
        shortening = cos(radians((min(lats) + max(lats)) / 2))
        wide = max((max(lons) - min(lons)) * shortening, 0.02)
        tall = max(max(lats) - min(lats), 0.02)
        scale = min((width - 2 * MARGIN) / wide, (highest - 2 * MARGIN) / tall)
        height = tall * scale + 2 * MARGIN
        middle_lon = (min(lons) + max(lons)) / 2
        middle_lat = (min(lats) + max(lats)) / 2
        return cls(
            west=middle_lon - width / 2 / scale / shortening,
            north=middle_lat + height / 2 / scale,
            shortening=shortening,
            units_a_degree=scale,
            width=width,
            height=height,
        )

    def place(self, lon: float, lat: float) -> tuple[float, float]:
        return (lon - self.west) * self.shortening * self.units_a_degree, (
            self.north - lat
        ) * self.units_a_degree

    def units(self, km: float) -> float:
        return km / KM_A_DEGREE * self.units_a_degree


def draw_map(
    title: str,
    points: Sequence[MapPoint],
    styles: Mapping[str, PointStyle],
    *,
    width: int = 720,
    highest: int = 620,
    with_rings: bool = True,
    route: Sequence[str] = (),
) -> SafeString:
    """The map as inline SVG; an empty text when there is no point.

    `route` names points by key in the order in which somebody goes there. Each place links to its url
    and says its name and note when pointed at. Labels that would cover one another are left out; kinds
    given first keep theirs.
    """
    if not points:
        return SafeString("")
    view = Projection.around(points, width, highest)
    order = list(styles)
    ranked = sorted(points, key=lambda point: order.index(point.kind))
    spots = {point.key: view.place(point.lon, point.lat) for point in points}
    layers = [
        element("rect", x=0, y=0, width=width, height=view.height, rx=12, fill="#eef3ec"),
        *(_ring(view, spots[point.key], point) for point in ranked if with_rings and point.radius_km),
        *(_link(spots[point.parent_key], spots[point.key]) for point in ranked if point.parent_key in spots),
        *(_way(spots[a], spots[b]) for a, b in pairwise(key for key in route if key in spots)),
        *(_dot(point, styles[point.kind], spots[point.key]) for point in reversed(ranked)),
        *_labels(ranked, styles, spots, view),
        _scale_bar(view),
    ]
    # A drawing inside the drawing cuts off what reaches over the edge of the map.
    inner = element("svg", *layers, width=width, height=view.height)
    legend, rows = _legend(styles, {point.kind for point in points}, width, view.height)
    return drawing(
        title, width, view.height + rows * LEGEND_HEIGHT, inner, *legend, description=_spoken(points, styles)
    )


def _spoken(points: Sequence[MapPoint], styles: Mapping[str, PointStyle]) -> str:
    numbers = [(style.name, sum(point.kind == kind for point in points)) for kind, style in styles.items()]
    return ", ".join(f"{name} {number}" for name, number in numbers if number)


def _ring(view: Projection, spot: tuple[float, float], point: MapPoint) -> SafeString:
    place = {"cx": spot[0], "cy": spot[1], "r": view.units(point.radius_km)}
    return element("circle", **place, fill="#1b5e43", fill_opacity="0.07", stroke="#9dbfac", stroke_width=0.8)


def _link(parent: tuple[float, float], child: tuple[float, float]) -> SafeString:
    return element(
        "line", x1=parent[0], y1=parent[1], x2=child[0], y2=child[1], stroke="#8fa599", stroke_width=1.2
    )


def _way(start: tuple[float, float], end: tuple[float, float]) -> SafeString:
    """One leg of a way, with a small arrow that points onwards, behind the middle: there and back differ."""
    across, down = end[0] - start[0], end[1] - start[1]
    line = {"stroke": WAY, "fill": "none", "stroke_width": 2.5, "stroke_linejoin": "round"}
    path = element("path", d=f"M{start[0]:.1f} {start[1]:.1f}L{end[0]:.1f} {end[1]:.1f}", **line)
    long = hypot(across, down)
    if long < SHORT_WAY:
        return path
    x, y = start[0] + across * ARROW_AT, start[1] + down * ARROW_AT
    ahead, aside = (across / long * 5, down / long * 5), (-down / long * 4.5, across / long * 4.5)
    tip = f"{x + ahead[0]:.1f} {y + ahead[1]:.1f}"
    left = f"{x - ahead[0] + aside[0]:.1f} {y - ahead[1] + aside[1]:.1f}"
    right = f"{x - ahead[0] - aside[0]:.1f} {y - ahead[1] - aside[1]:.1f}"
    return element("g", path, element("path", d=f"M{left}L{tip}L{right}", **line))


def _dot(point: MapPoint, style: PointStyle, spot: tuple[float, float]) -> SafeString:
    said = " · ".join(filter(None, (point.mark, point.label, point.note)))
    look = {"fill": style.fill, "stroke": PAPER, "stroke_width": 1.5}
    if point.mark:
        wide, high = 2 * _half_width(point, style), 2 * style.radius
        place = {"x": spot[0] - wide / 2, "y": spot[1] - style.radius, "width": wide, "height": high}
        box = element("rect", element("title", said), **place, rx=style.radius, **look)
        written = {"size": MARK_SIZE, "fill": PAPER, "text_anchor": "middle", "font_weight": "bold"}
        dot = element("g", box, words(point.mark, spot[0], spot[1] + MARK_SIZE * 0.36, **written))
    else:
        place = {"cx": spot[0], "cy": spot[1], "r": style.radius}
        dot = element("circle", element("title", said), **place, **look)
    return element("a", dot, href=point.url, aria_label=said) if point.url else dot


def _half_width(point: MapPoint, style: PointStyle) -> float:
    """Half of how wide the dot is drawn: a mark may be longer than the dot is round."""
    return max(style.radius, text_width(point.mark, MARK_SIZE) / 2 + 5) if point.mark else style.radius


Box = tuple[float, float, float, float]


def _labels(ranked, styles, spots, view: Projection) -> list[SafeString]:
    """The labels for which one of eight places around the dot is free of dots and other labels."""
    taken: list[Box] = [_around(spots[point.key], point, styles[point.kind]) for point in ranked]
    drawn = []
    for point in ranked:
        style = styles[point.kind]
        if not style.is_labelled:
            continue
        for x, y, anchor, box in _candidates(point, spots[point.key], style):
            inside = box[0] > 2 and box[1] > 2 and box[2] < view.width - 2 and box[3] < view.height - 2
            if inside and not any(_overlap(box, other) for other in taken):
                taken.append(box)
                drawn.append(words(point.label, x, y, size=style.label_size, text_anchor=anchor, **HALO))
                break
    return drawn


def _around(spot: tuple[float, float], point: MapPoint, style: PointStyle) -> Box:
    wide, high = _half_width(point, style) + 1, style.radius + 1
    return spot[0] - wide, spot[1] - high, spot[0] + wide, spot[1] + high


def _candidates(point: MapPoint, spot: tuple[float, float], style: PointStyle):
    """Places for a label, best first: right, left, above, below, then the corners."""
    size = style.label_size
    wide, away = text_width(point.label, size), style.radius + 4
    for across, down in ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (1, 1), (-1, -1), (-1, 1)):
        x = spot[0] + across * (_half_width(point, style) + 4)
        y = spot[1] + down * (away + size * 0.45) + size * 0.36
        anchor = {1: "start", -1: "end", 0: "middle"}[across]
        begin = {1: x, -1: x - wide, 0: x - wide / 2}[across]
        yield x, y, anchor, (begin, y - size * 0.9, begin + wide, y + size * 0.2)


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _scale_bar(view: Projection) -> SafeString:
    """A bar of a round number of kilometres, between a tenth and a quarter of the width."""
    km = round_ceiling(view.width / 10 / view.units(1))
    long = view.units(km)
    x, y = view.width - long - 18, view.height - 18
    return element(
        "g",
        element("path", d=f"M{x:.1f} {y - 5:.1f}v5h{long:.1f}v-5", fill="none", stroke=INK, stroke_width=1.5),
        words(
            _("%(km)s km") % {"km": f"{km:g}"}, x + long / 2, y - 7, size=12, fill=INK, text_anchor="middle"
        ),
    )


def _legend(
    styles: Mapping[str, PointStyle], shown: set[str], width: float, top: float
) -> tuple[list[SafeString], int]:
    """What the dots mean, under the map, and the number of rows that takes."""
    parts, x, rows = [], 10.0, 1
    for kind, style in styles.items():
        if kind not in shown:
            continue
        wide = 2 * style.radius + 6 + text_width(style.name)
        if x > 10 and x + wide > width:
            x, rows, top = 10.0, rows + 1, top + LEGEND_HEIGHT
        parts.append(element("circle", cx=x + style.radius, cy=top + 20, r=style.radius, fill=style.fill))
        parts.append(words(style.name, x + 2 * style.radius + 6, top + 25, fill=MUTED))
        x += wide + 22
    return parts, rows
