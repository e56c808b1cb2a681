"""A log-log picture as SVG, drawn with a few lines of text: nothing to install, nothing to load."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple, Self

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: Size and margins in pixels.
_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 640, 400, 64, 24, 30, 46
_HEAD: Final = (
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" '
    f'font-size="12" fill="#333"><rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>'
)


class _Axis(NamedTuple):
    """Whole powers of ten from `low` to `high`, at the pixels `start` to `end`."""

    low: int
    high: int
    start: float
    end: float

    @classmethod
    def around(cls, values: Sequence[float], start: float, end: float) -> Self:
        """Return the shortest axis that holds all values."""
        return cls(math.floor(math.log10(min(values))), math.ceil(math.log10(max(values))), start, end)

    def place(self, value: float) -> float:
        """Return the pixel of a value."""
        share = (math.log10(value) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self) -> Iterator[tuple[float, str]]:
        """Yield the pixel and the number of each power of ten."""
        for power in range(self.low, self.high + 1):
            yield self.place(10.0**power), f"{10**power:,}" if power >= 0 else f"{10.0**power:g}"


def log_log(points: Sequence[tuple[float, float]], *, title: str, below: str) -> str:
    """Return the SVG of points on a line, with a dashed one of slope 1 through the first."""
    xs, ys = zip(*points, strict=True)
    straight = [points[0], (xs[-1], ys[0] * xs[-1] / xs[0])]
    x = _Axis.around(xs, _LEFT, _WIDTH - _RIGHT)
    y = _Axis.around([*ys, straight[1][1]], _HEIGHT - _BOTTOM, _TOP)
    parts = [
        _HEAD,
        *(_upright(at, label) for at, label in x.ticks()),
        *(_level(at, label) for at, label in y.ticks()),
        _line([(x.place(a), y.place(b)) for a, b in straight], 'stroke="#999" stroke-dasharray="5 4"'),
        _line([(x.place(a), y.place(b)) for a, b in points], 'stroke="#c00" stroke-width="2"'),
        *(f'<circle cx="{x.place(a):.1f}" cy="{y.place(b):.1f}" r="3.5" fill="#c00"/>' for a, b in points),
        f'<text x="{_LEFT}" y="18">{title}</text>',
        f'<text x="{_WIDTH - _RIGHT}" y="{_HEIGHT - 8}" text-anchor="end">{below}</text></svg>',
    ]
    return "\n".join(parts) + "\n"


def _line(points: Sequence[tuple[float, float]], style: str) -> str:
    places = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
    return f'<polyline points="{places}" fill="none" {style}/>'


def _upright(at: float, label: str) -> str:
    foot = _HEIGHT - _BOTTOM
    text = f'<text x="{at:.1f}" y="{foot + 16}" text-anchor="middle">{label}</text>'
    return f'<path d="M{at:.1f} {_TOP}V{foot}" stroke="#ddd"/>{text}'


def _level(at: float, label: str) -> str:
    text = f'<text x="{_LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{label}</text>'
    return f'<path d="M{_LEFT} {at:.1f}H{_WIDTH - _RIGHT}" stroke="#ddd"/>{text}'
