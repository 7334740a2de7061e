from __future__ import annotations

from xml.etree import ElementTree

import pytest

from bench.reliability import Bin, calibration_error, reliability, svg

SVG = "{http://www.w3.org/2000/svg}"


def test_answers_are_sorted_into_bins_and_empty_ones_left_out() -> None:
    bins = reliability([(0.95, True), (1.0, True), (0.91, False), (0.05, False)])
    assert bins == [Bin(0.0, 0.1, 1, 0.05, 0.0), Bin(0.9, 1.0, 3, 0.9533, 0.6667)]


def test_calibration_error() -> None:
    assert calibration_error(reliability([(1.0, True)] * 5 + [(0.0, False)] * 5)) == 0
    assert calibration_error(reliability([(0.9, False)] * 4)) == pytest.approx(0.9)
    assert calibration_error(reliability([(0.5, True), (0.5, False)])) == 0
    assert calibration_error([]) == 0
    # A bin counts by its answers: three that are 0.1 off and one that is 0.5 off.
    assert calibration_error(reliability([(0.9, True)] * 3 + [(0.5, False)])) == pytest.approx(0.2)


def test_the_diagram_has_a_point_a_bin_and_honest_ones_lie_on_the_diagonal() -> None:
    bins = reliability([(0.25, True), *[(0.25, False)] * 3, *[(0.75, True)] * 3, (0.75, False)])
    root = ElementTree.fromstring(svg(bins, "dev"))
    points = [(float(one.attrib["cx"]), float(one.attrib["cy"])) for one in root.iter(f"{SVG}circle")]
    diagonal = next(root.iter(f"{SVG}path")).attrib["d"][1:].replace("L", " ").split()
    left, bottom, right, top = map(float, diagonal)
    assert len(points) == 2
    assert [((x - left) / (right - left), (y - bottom) / (top - bottom)) for x, y in points] == [
        pytest.approx((0.25, 0.25)),
        pytest.approx((0.75, 0.75)),
    ]
    assert "0.250 stated, 0.250 right, 4 queries" in svg(bins, "dev")


def test_a_diagram_of_nothing_is_still_one() -> None:
    assert ElementTree.fromstring(svg([], "empty")).tag == f"{SVG}svg"
