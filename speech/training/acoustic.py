"""`am/final.mdl`: the transition model and the network, written for Vosk and read back.

Each phone has one state with a self loop, so phone p (from 1) has the transition-ids 2p-1 (stay) and 2p
(leave). Feature normalisation and batch normalisation are folded into the affine layers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from speech.training.kaldi_io import FormatError, Reader, Writer
from speech.training.phones import PHONES, pdf_of

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Layer:
    """An affine layer on its input at `offsets` (frames, in order), weight (out, len(offsets) · in)."""

    offsets: tuple[int, ...]
    weight: Floats
    bias: Floats


@dataclass(frozen=True, slots=True)
class Acoustic:
    """All of final.mdl: layers with ReLU between, log-softmax last, priors (pdfs,), linear."""

    layers: tuple[Layer, ...]
    priors: Floats
    context: int


def _write_transitions(out: Writer) -> None:
    count = len(PHONES)
    out.token("<TransitionModel>", "<Topology>")
    out.integers(range(1, count + 1))
    out.integers([-1] + [0] * count)
    out.integer(1)  # one topology entry, shared by all phones
    out.integer(2)  # states
    out.integer(0, 2)  # state 0 emits pdf class 0 and has two transitions
    out.integer(0)
    out.single(0.5)
    out.integer(1)
    out.single(0.5)
    out.integer(-1, 0)  # the end: no pdf, no transitions
    out.token("</Topology>", "<Triples>")
    out.integer(count)
    for number, phone in enumerate(PHONES, start=1):
        out.integer(number, 0, pdf_of(phone))
    out.token("</Triples>", "<LogProbs>")
    out.vector(np.array([0.0] + [np.log(0.5)] * (2 * count), np.float32))
    out.token("</LogProbs>", "</TransitionModel>")


def _config(layers: Sequence[Layer]) -> list[str]:
    lines, source = (
        [f"input-node name=input dim={layers[0].weight.shape[1] // len(layers[0].offsets)}"],
        "input",
    )
    for number, layer in enumerate(layers):
        spliced = [f"Offset({source}, {offset})" if offset else source for offset in layer.offsets]
        descriptor = f"Append({', '.join(spliced)})" if len(spliced) > 1 else spliced[0]
        lines.append(f"component-node name=affine{number} component=affine{number} input={descriptor}")
        kind = "softmax" if number == len(layers) - 1 else "relu"
        lines.append(f"component-node name={kind}{number} component={kind}{number} input=affine{number}")
        source = f"{kind}{number}"
    lines.append(f"output-node name=output input={source} objective=linear")
    return lines


def write(model: Acoustic, path: Path) -> None:
    """Write final.mdl."""
    path.parent.mkdir(parents=True, exist_ok=True)
    empty = np.zeros(0, np.float32)
    with path.open("wb") as stream:
        out = Writer(stream)
        out.header()
        _write_transitions(out)
        out.token("<Nnet3>")
        out.raw("\n" + "\n".join(_config(model.layers)) + "\n\n")
        out.token("<NumComponents>")
        out.integer(2 * len(model.layers))
        for number, layer in enumerate(model.layers):
            out.token("<ComponentName>", f"affine{number}", "<AffineComponent>", "<LearningRate>")
            out.single(0.001)
            out.token("<LinearParams>")
            out.matrix(layer.weight)
            out.token("<BiasParams>")
            out.vector(layer.bias)
            out.token("</AffineComponent>")
            last = number == len(model.layers) - 1
            name, kind = ("softmax", "LogSoftmaxComponent") if last else ("relu", "RectifiedLinearComponent")
            out.token("<ComponentName>", f"{name}{number}", f"<{kind}>", "<Dim>")
            out.integer(len(layer.bias))
            out.token("<ValueAvg>")
            out.vector(empty)
            out.token("<DerivAvg>")
            out.vector(empty)
            out.token("<Count>")
            out.double(0.0)
            out.token(f"</{kind}>")
        out.token("</Nnet3>", "<LeftContext>")
        out.integer(model.context)
        out.token("<RightContext>")
        out.integer(model.context)
        out.token("<Priors>")
        out.vector(model.priors)


def _read_transitions(source: Reader) -> None:
    source.expect("<TransitionModel>", "<Topology>")
    phones = source.integers()
    if len(phones) != len(PHONES):
        raise FormatError(f"model has {len(phones)} phones, this phone set has {len(PHONES)}")
    source.integers()
    for _ in range(4):
        source.integer()
    source.integer(), source.single(), source.integer(), source.single()
    source.integer(), source.integer()
    source.expect("</Topology>", "<Triples>")
    for _ in range(3 * source.integer()):
        source.integer()
    source.expect("</Triples>", "<LogProbs>")
    source.vector()
    source.expect("</LogProbs>", "</TransitionModel>")


def read(path: Path) -> Acoustic:
    """Read a final.mdl that `write` made.

    Raises:
        FormatError: the file is not such a model.
    """
    with path.open("rb") as stream:
        source = Reader(stream)
        source.header()
        _read_transitions(source)
        source.expect("<Nnet3>")
        source.literal(b"\n")
        offsets: list[tuple[int, ...]] = []
        while line := source.line():
            if "component=affine" in line:
                parts = line.split("input=", 1)[1].removeprefix("Append(").split("Offset(")
                spliced = [
                    int(part.split(", ")[1].split(")")[0])
                    for part in parts
                    if ", " in part and part[0] != ","
                ]
                middle = len(spliced) // 2
                offsets.append((*spliced[:middle], 0, *spliced[middle:]))
        source.expect("<NumComponents>")
        layers = []
        for number in range(source.integer() // 2):
            source.expect("<ComponentName>", f"affine{number}", "<AffineComponent>", "<LearningRate>")
            source.single()
            source.expect("<LinearParams>")
            weight = source.matrix()
            source.expect("<BiasParams>")
            layers.append(Layer(offsets[number], weight, source.vector()))
            source.expect("</AffineComponent>", "<ComponentName>")
            source.token()
            kind = source.token()
            source.expect("<Dim>")
            source.integer()
            source.expect("<ValueAvg>")
            source.vector()
            source.expect("<DerivAvg>")
            source.vector()
            source.expect("<Count>")
            source.double()
            source.expect(kind.replace("<", "</"))
        source.expect("</Nnet3>", "<LeftContext>")
        context = source.integer()
        source.expect("<RightContext>")
        source.integer()
        source.expect("<Priors>")
        return Acoustic(tuple(layers), source.vector(), context)


def log_posteriors(model: Acoustic, frames: Floats, subsample: int = 3) -> Floats:
    """What Vosk computes from features (frames, 40): log posteriors (ceil(frames / 3), pdfs)."""
    count = (len(frames) + subsample - 1) // subsample
    times = {0: np.arange(count) * subsample}
    reach = [0]
    for layer in model.layers:
        reach.append(reach[-1] + max(layer.offsets))
    total = reach[-1]
    values: dict[int, Floats] = {
        time: frames[min(max(time, 0), len(frames) - 1)]
        for time in range(-total, int(times[0][-1]) + total + 1)
    }
    remaining = total
    for number, layer in enumerate(model.layers):
        remaining -= max(layer.offsets)
        step = subsample if number >= 0 else 1
        wanted = range(-remaining, int(times[0][-1]) + remaining + 1, step)
        stacked = np.stack([np.concatenate([values[t + offset] for offset in layer.offsets]) for t in wanted])
        result = stacked @ layer.weight.T + layer.bias
        if number < len(model.layers) - 1:
            result = np.maximum(result, 0.0)
        values = dict(zip(wanted, result, strict=True))
    scores = np.stack([values[int(t)] for t in times[0]])
    scores -= scores.max(axis=1, keepdims=True)
    return np.asarray(scores - np.log(np.exp(scores).sum(axis=1, keepdims=True)), np.float32)
