"""OpenFst's file of a constant weighted acceptor, written without OpenFst.

Layout (OpenFst's ConstFst, file version 2, little-endian): magic number, type and arc type as counted
strings, version, flags, properties, start, number of states and arcs; then each state as final cost, place of
its first arc, numbers of arcs and of epsilon arcs on either side; then each arc as two labels, cost, target.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

_MAGIC, _VERSION = 2_125_659_606, 2
# Expanded, an acceptor, deterministic, with epsilons, sorted by label, weighted, cyclic (but not at its
# start), not in topological order, every state on a path from the start to an end.
_PROPERTIES = 0x65A5_5555_0001
_STATE = np.dtype(
    [("final", "<f4"), ("first", "<u4"), ("arcs", "<u4"), ("in_eps", "<u4"), ("out_eps", "<u4")]
)
_ARC = np.dtype([("in", "<i4"), ("out", "<i4"), ("cost", "<f4"), ("target", "<i4")])

Integers = npt.NDArray[np.int64]


def _counted(text: str) -> bytes:
    return struct.pack("<i", len(text)) + text.encode("ascii")


def write_acceptor(
    path: Path,
    *,
    start: int,
    finals: Mapping[int, float],
    source: Sequence[int],
    target: Sequence[int],
    label: Sequence[int],
    cost: Sequence[float],
) -> None:
    """Writes an acceptor in which no state has two arcs of one label.

    Args:
        path: replaced only once the new file is complete.
        finals: costs (negative logarithms) of ending, by state.
        source, target, label, cost: of each arc; label 0 is an epsilon.
    """
    ends = np.asarray(target, np.int64)
    labels = np.asarray(label, np.int64)
    starts = np.asarray(source, np.int64)
    order = np.lexsort((labels, starts))
    count = int(max(starts.max(initial=0), ends.max(initial=0), start, *finals, 0)) + 1
    sizes = np.bincount(starts, minlength=count)
    epsilons = np.bincount(starts[labels == 0], minlength=count)
    states = np.zeros(count, _STATE)
    states["final"] = np.inf
    for state, value in finals.items():
        states["final"][state] = value
    states["arcs"] = sizes
    states["first"] = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    states["in_eps"] = states["out_eps"] = epsilons
    arcs = np.zeros(len(order), _ARC)
    arcs["in"] = arcs["out"] = labels[order]
    arcs["cost"] = np.asarray(cost, np.float32)[order]
    arcs["target"] = ends[order]
    head = struct.pack("<i", _MAGIC) + _counted("const") + _counted("standard")
    head += struct.pack("<iiQqqq", _VERSION, 0, _PROPERTIES, start, count, len(arcs))
    fresh = path.with_suffix(".new")
    fresh.write_bytes(head + states.tobytes() + arcs.tobytes())
    fresh.replace(path)
