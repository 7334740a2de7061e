"""Is a stated probability honest: of the queries answered with about 80 %, are 80 % answered right?

The expected calibration error (ECE) is the mean distance of the two, weighed by the queries of each bin. The
diagram shows it: on the diagonal, stated and right are equal.

Example:
    >>> [(one.count, one.stated, one.right) for one in reliability([(0.9, True), (0.9, False), (0.2, False)])]
    [(1, 0.2, 0.0), (2, 0.9, 0.5)]
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

BINS = 10
_LEFT, _TOP, _SIDE, _BARS = 60, 40, 300, 60


@dataclass(frozen=True)
class Bin:
    """Answers of about one probability.

    Attributes:
        low, high: bounds. count: of answers. stated: mean probability. right: share that was right.
    """

    low: float
    high: float
    count: int
    stated: float
    right: float


def reliability(sure: Sequence[tuple[float, bool]]) -> list[Bin]:
    """Args: sure: (probability, was it right) of each answer. Returns ten equal bins less the empty ones."""
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for probability, right in sure:
        bins[min(int(probability * BINS), BINS - 1)].append((probability, right))
    return [
        Bin(
            place / BINS,
            (place + 1) / BINS,
            len(own),
            round(sum(probability for probability, _ in own) / len(own), 4),
            round(sum(right for _, right in own) / len(own), 4),
        )
        for place, own in sorted(bins.items())
    ]


def calibration_error(bins: Sequence[Bin]) -> float:
    """Expected calibration error, 0..1."""
    every = sum(one.count for one in bins)
    return sum(abs(one.stated - one.right) * one.count for one in bins) / max(every, 1)


def svg(bins: Sequence[Bin], title: str) -> str:
    """The diagram: a point a bin, large by its count, and a bar with that count below."""
    bottom = _TOP + _SIDE
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_LEFT + _SIDE + 20} {bottom + _BARS + 60}" '
        'font-family="sans-serif" font-size="12">',
        f"<title>{title}</title>",
        '<rect width="100%" height="100%" fill="#fff"/>',
        f'<text x="{_LEFT}" y="24" font-size="14">{title}</text>',
        f'<rect x="{_LEFT}" y="{_TOP}" width="{_SIDE}" height="{_SIDE}" fill="none" stroke="#888"/>',
        f'<path d="M{_LEFT} {bottom}L{_LEFT + _SIDE} {_TOP}" stroke="#888" stroke-dasharray="4"/>',
    ]
    for tick in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
        across, up = _LEFT + tick * _SIDE, bottom - tick * _SIDE
        parts.append(f'<text x="{across:g}" y="{bottom + _BARS + 36}" text-anchor="middle">{tick:g}</text>')
        parts.append(f'<text x="{_LEFT - 6}" y="{up + 4:g}" text-anchor="end">{tick:g}</text>')
    points = [(_LEFT + one.stated * _SIDE, bottom - one.right * _SIDE) for one in bins]
    line = " ".join(f"{across:.1f},{up:.1f}" for across, up in points)
    parts.append(f'<polyline points="{line}" fill="none" stroke="#1f5fbf" stroke-width="2"/>')
    most = max((one.count for one in bins), default=1)
    for one, (across, up) in zip(bins, points, strict=True):
        share = one.count / most
        at, height = _LEFT + one.low * _SIDE, max(1.0, share * _BARS)
        parts.append(
            f'<circle cx="{across:.1f}" cy="{up:.1f}" r="{3 + 5 * share**0.5:.1f}" fill="#1f5fbf">'
            f"<title>{one.stated:.3f} stated, {one.right:.3f} right, {one.count} queries</title></circle>"
        )
        parts.append(
            f'<rect x="{at + 3:g}" y="{bottom + 20 + _BARS - height:.1f}" width="{_SIDE / BINS - 6:g}" '
            f'height="{height:.1f}" fill="#9db8de"/>'
        )
    parts += [
        f'<text x="{_LEFT + _SIDE / 2:g}" y="{bottom + _BARS + 54}" text-anchor="middle">'
        "stated probability (bars: queries)</text>",
        f'<text x="16" y="{_TOP + _SIDE / 2:g}" text-anchor="middle" '
        f'transform="rotate(-90 16 {_TOP + _SIDE / 2:g})">share right</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"
