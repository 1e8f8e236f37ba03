"""The patient's course as lanes over one axis of time: the notes, and when each criterion was met."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from popliteal.explaining.markup import Html, tag

#: Height of a lane and of the axis, in pixels.
_LANE, _AXIS = 24, 22
#: Share of the width that stays free at either end, in percent.
_EDGE = 3.0
_MOST_TICKS = 7


@dataclass(frozen=True, slots=True)
class Point:
    """Something on a day: ``kind`` is its class name, ``title`` what it is, ``href`` where it stands on the page."""

    day: str | None
    kind: str
    title: str
    href: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One line of the figure."""

    label: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A lane as it is shown: its label, its drawing, and the same in words."""

    label: str
    svg: Html


def draw(lanes: Sequence[Lane], index_date: str | None) -> list[Drawn]:
    """The lanes and an axis, each an SVG as wide as the place it is put in; nothing where no day is known.

    Args:
        lanes: from top to bottom.
        index_date: drawn as a line through all lanes.
    """
    days = [day for lane in lanes for point in lane.points if (day := _day(point.day))]
    index = _day(index_date)
    if index:
        days.append(index)
    if not days:
        return []
    scale = _Scale(min(days), max(days))
    line = _index_line(scale, index)
    drawn = [Drawn(lane.label, _lane(lane, scale, line)) for lane in lanes]
    return [*drawn, Drawn("", _axis(scale, index))]


class _Scale:
    """Days to percent of the width."""

    def __init__(self, first: date, last: date) -> None:
        self.first, self.last = first, last
        self._length = (last - first).days

    def at(self, day: date) -> float:
        if not self._length:
            return 50.0
        return _EDGE + (100 - 2 * _EDGE) * (day - self.first).days / self._length

    def ticks(self) -> list[date]:
        """First days of months, quarters or years, or days; few enough to be read."""
        for months in (1, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 6000, 24000):
            found = _months(self.first, self.last, months)
            if len(found) <= _MOST_TICKS:
                break
        return found if len(found) > 1 else sorted({self.first, self.last})


def _months(first: date, last: date, step: int) -> list[date]:
    month = first.year * 12 + first.month - 1
    month = -(-(month + (first.day > 1)) // step) * step
    found = []
    while month // 12 <= date.max.year and (day := date(month // 12, month % 12 + 1, 1)) <= last:
        found.append(day)
        month += step
    return found


def _lane(lane: Lane, scale: _Scale, line: Html | None) -> Html:
    dated = [(day, point) for point in lane.points if (day := _day(point.day))]
    said = ", ".join(f"{day.isoformat()} {point.title}" for day, point in dated) or "nothing dated"
    middle = str(_LANE // 2)
    points = [
        tag(
            "a",
            {"href": point.href, "tabindex": "-1"},
            tag("circle", {"class": f"dot {point.kind}", "cx": f"{scale.at(day):.2f}%", "cy": middle, "r": "5.5"}),
            tag("title", None, f"{day.isoformat()} {point.title}"),
        )
        for day, point in dated
    ]
    track = tag("line", {"class": "track", "x1": "0", "x2": "100%", "y1": middle, "y2": middle})
    label = f"{lane.label}: {said}"
    return tag("svg", {"role": "img", "aria-label": label, "width": "100%", "height": str(_LANE)}, track, line, points)


def _index_line(scale: _Scale, index: date | None) -> Html | None:
    if index is None:
        return None
    x = f"{scale.at(index):.2f}%"
    return tag("line", {"class": "index", "x1": x, "x2": x, "y1": "0", "y2": "100%"})


def _axis(scale: _Scale, index: date | None) -> Html:
    marks: list[Html] = []
    for day in _apart(scale, scale.ticks(), index):
        x = f"{scale.at(day):.2f}%"
        marks.append(tag("line", {"class": "tick", "x1": x, "x2": x, "y1": "0", "y2": "4"}))
        marks.append(_label(scale, day, "tick"))
    if index is not None:
        marks.append(_label(scale, index, "index"))
    return tag("svg", {"aria-hidden": "true", "width": "100%", "height": str(_AXIS)}, marks)


def _apart(scale: _Scale, ticks: Iterable[date], index: date | None) -> list[date]:
    """Ticks whose labels do not lie on that of the index date."""
    return [day for day in ticks if index is None or abs(scale.at(day) - scale.at(index)) > 11]


def _label(scale: _Scale, day: date, kind: str) -> Html:
    x = scale.at(day)
    anchor = "start" if x < 10 else "end" if x > 90 else "middle"
    text = f"index {day.isoformat()}" if kind == "index" else day.isoformat()
    return tag("text", {"class": kind, "x": f"{x:.2f}%", "y": "17", "text-anchor": anchor}, text)


def _day(value: str | None) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        return None


def between(one: str | None, other: str | None) -> str | None:
    """The distance of a day from another in words, ``12 days after``; None where either is unknown."""
    first, second = _day(one), _day(other)
    if first is None or second is None:
        return None
    gap: timedelta = second - first
    if not gap.days:
        return "same day"
    count = abs(gap.days)
    return f"{count:,} day{'' if count == 1 else 's'} {'after' if gap.days > 0 else 'before'}"
