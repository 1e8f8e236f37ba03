"""A picture of speeds: one bar a system on a logarithmic scale, readable in light and dark."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from math import ceil, floor, log10

_LEFT, _WIDTH, _ROW, _TOP = 190, 470, 34, 14
_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#1f2328}.axis{fill:#57606a;font-size:11px}line{stroke:#d0d7de}"
    ".ours{fill:#0969da}.peer{fill:#8c959f}"
    "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.axis{fill:#8b949e}line{stroke:#30363d}"
    ".ours{fill:#4493f8}.peer{fill:#6e7681}}"
)


def bars(speeds: Mapping[str, float]) -> str:
    """An SVG of notes a second by system; the first system is drawn as ours."""
    return "".join(_parts(speeds)) + "\n"


def _parts(speeds: Mapping[str, float]) -> Iterator[str]:
    low, high = floor(log10(min(speeds.values()))), ceil(log10(max(speeds.values())))
    low = min(low, high - 1)

    def place(value: float) -> float:
        return _LEFT + _WIDTH * (log10(value) - low) / (high - low)

    bottom = _TOP + _ROW * len(speeds)
    size = f'viewBox="0 0 {_LEFT + _WIDTH + 70} {bottom + 34}"'
    told = "; ".join(f"{name} {speed:,.0f}" for name, speed in speeds.items())
    yield f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="Notes a second: {escape(told)}">'
    yield f"<style>{_STYLE}</style>"
    for power in range(low, high + 1):
        at = place(10**power)
        yield f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{_TOP}" y2="{bottom}"/>'
        yield f'<text class="axis" x="{at:.1f}" y="{bottom + 14}" text-anchor="middle">{10**power:,g}</text>'
    yield f'<text class="axis" x="{_LEFT}" y="{bottom + 29}">notes a second, one process, logarithmic</text>'
    for number, (name, speed) in enumerate(speeds.items()):
        top = _TOP + _ROW * number
        kind = "peer" if number else "ours"
        yield f'<text x="{_LEFT - 10}" y="{top + 21}" text-anchor="end">{escape(name)}</text>'
        yield f'<rect class="{kind}" x="{_LEFT}" y="{top + 7}" width="{place(speed) - _LEFT:.1f}" height="20" rx="3"/>'
        yield f'<text x="{place(speed) + 6:.1f}" y="{top + 21}">{speed:,.0f}</text>'
    yield "</svg>"
