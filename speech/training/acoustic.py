"""`am/final.mdl`: the transition model and the network, written for Vosk and read back.

Each phone has one state with a self loop, so phone p (from 1) has the transition-ids 2p-1 (stay) and 2p
(leave). As in Kaldi's chain topology the two have pdfs of their own: arcs into a phone are "leave" arcs, so
that pdf is the phone's first frame and the other all frames after it. Batch normalisation is folded into
the affine layers; the running mean that the features are normalised by is Vosk's business (see `cmvn`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from speech.training.kaldi_io import FormatError, Reader, Writer
from speech.training.phones import BASE, PHONES, pdf_of

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Layer:
    """An affine layer on its input at `offsets` (frames, in order), weight (out, len(offsets) · in).

    Args:
        relu: negative outputs are cut off.
        bypass: the input of the layer before this one, at the same frame, is added to the output.
    """

    offsets: tuple[int, ...]
    weight: Floats
    bias: Floats
    relu: bool = False
    bypass: bool = False


@dataclass(frozen=True, slots=True)
class Acoustic:
    """All of final.mdl: layers, then a log-softmax, priors (pdfs,), linear."""

    layers: tuple[Layer, ...]
    priors: Floats
    context: int


def _write_transitions(out: Writer) -> None:
    count = len(PHONES)
    out.token("<TransitionModel>", "<Topology>")
    out.integers(range(1, count + 1))
    out.integers([-1] + [0] * count)
    out.integer(-1)  # the extended form, with pdf classes of self loops
    out.integer(1)  # one topology entry, shared by all phones
    out.integer(2)  # states
    out.integer(0, 1, 2)  # state 0: pdf class 0, in its self loop 1; two transitions
    out.integer(0)
    out.single(0.5)
    out.integer(1)
    out.single(0.5)
    out.integer(-1, -1, 0)  # the end: no pdfs, no transitions
    out.token("</Topology>", "<Tuples>")
    out.integer(count)
    for number, phone in enumerate(PHONES, start=1):
        out.integer(number, 0, pdf_of(phone), len(BASE) + pdf_of(phone))
    out.token("</Tuples>", "<LogProbs>")
    out.vector(np.array([0.0] + [np.log(0.5)] * (2 * count), np.float32))
    out.token("</LogProbs>", "</TransitionModel>")


def _spliced(source: str, offsets: Sequence[int]) -> str:
    parts = [f"Offset({source}, {offset})" if offset else source for offset in offsets]
    return f"Append({', '.join(parts)})" if len(parts) > 1 else parts[0]


def _config(layers: Sequence[Layer]) -> list[str]:
    """The nodes of the network as nnet3's config lines."""
    dimension = layers[0].weight.shape[1] // len(layers[0].offsets)
    lines, sources = [f"input-node name=input dim={dimension}"], ["input"]

    def node(kind: str, number: int, source: str) -> str:
        name = f"{kind}{number}"
        lines.append(f"component-node name={name} component={name} input={source}")
        return name

    for number, layer in enumerate(layers):
        source = node("affine", number, _spliced(sources[-1], layer.offsets))
        if layer.relu:
            source = node("relu", number, source)
        if layer.bypass:
            source = node("sum", number, f"Sum({source}, {sources[-2]})")
        sources.append(source)
    lines.append(
        f"output-node name=output input={node('softmax', len(layers), sources[-1])} objective=linear"
    )
    return lines


def _write_affine(out: Writer, name: str, layer: Layer) -> None:
    out.token("<ComponentName>", name, "<AffineComponent>", "<LearningRate>")
    out.single(0.001)
    out.token("<LinearParams>")
    out.matrix(layer.weight)
    out.token("<BiasParams>")
    out.vector(layer.bias)
    out.token("</AffineComponent>")


def _write_nonlinearity(out: Writer, name: str, kind: str, size: int) -> None:
    out.token("<ComponentName>", name, f"<{kind}>", "<Dim>")
    out.integer(size)
    for statistics in ("<ValueAvg>", "<DerivAvg>"):
        out.token(statistics)
        out.vector(np.zeros(0, np.float32))
    out.token("<Count>")
    out.double(0.0)
    out.token(f"</{kind}>")


def _write_sum(out: Writer, name: str, size: int) -> None:
    out.token("<ComponentName>", name, "<NoOpComponent>", "<Dim>")
    out.integer(size)
    out.token("<BackpropScale>")
    out.single(1.0)
    out.token("</NoOpComponent>")


def write(model: Acoustic, path: Path) -> None:
    """Write final.mdl."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream:
        out = Writer(stream)
        out.header()
        _write_transitions(out)
        out.token("<Nnet3>")
        out.raw("\n" + "\n".join(_config(model.layers)) + "\n\n")
        out.token("<NumComponents>")
        out.integer(1 + sum(1 + layer.relu + layer.bypass for layer in model.layers))
        for number, layer in enumerate(model.layers):
            _write_affine(out, f"affine{number}", layer)
            if layer.relu:
                _write_nonlinearity(out, f"relu{number}", "RectifiedLinearComponent", len(layer.bias))
            if layer.bypass:
                _write_sum(out, f"sum{number}", len(layer.bias))
        last = len(model.layers)
        _write_nonlinearity(out, f"softmax{last}", "LogSoftmaxComponent", len(model.layers[-1].bias))
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
    for _ in range(6):
        source.integer()
    source.integer(), source.single(), source.integer(), source.single()
    for _ in range(3):
        source.integer()
    source.expect("</Topology>", "<Tuples>")
    for _ in range(4 * source.integer()):
        source.integer()
    source.expect("</Tuples>", "<LogProbs>")
    source.vector()
    source.expect("</LogProbs>", "</TransitionModel>")


def _read_config(source: Reader) -> list[tuple[int, ...]]:
    """The offsets of each affine layer."""
    found: list[tuple[int, ...]] = []
    while line := source.line():
        if "component=affine" in line:
            descriptor = line.split("input=", 1)[1]
            shifts = [int(part.split(")")[0]) for part in descriptor.split(", ") if part[:1] in "-0123456789"]
            middle = len(shifts) // 2
            found.append((*shifts[:middle], 0, *shifts[middle:]))
    return found


def _read_affine(source: Reader) -> tuple[Floats, Floats]:
    source.expect("<LearningRate>")
    source.single()
    source.expect("<LinearParams>")
    weight = source.matrix()
    source.expect("<BiasParams>")
    bias = source.vector()
    source.expect("</AffineComponent>")
    return weight, bias


def _skip_component(source: Reader, kind: str) -> None:
    source.expect("<Dim>")
    source.integer()
    if kind == "<NoOpComponent>":
        source.expect("<BackpropScale>")
        source.single()
    else:
        source.expect("<ValueAvg>")
        source.vector()
        source.expect("<DerivAvg>")
        source.vector()
        source.expect("<Count>")
        source.double()
    source.expect(kind.replace("<", "</"))


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
        offsets = _read_config(source)
        source.expect("<NumComponents>")
        layers: list[Layer] = []
        for _ in range(source.integer()):
            source.expect("<ComponentName>")
            source.token()
            kind = source.token()
            if kind == "<AffineComponent>":
                layers.append(Layer(offsets[len(layers)], *_read_affine(source)))
                continue
            _skip_component(source, kind)
            if kind == "<RectifiedLinearComponent>":
                layers[-1] = replace(layers[-1], relu=True)
            elif kind == "<NoOpComponent>":
                layers[-1] = replace(layers[-1], bypass=True)
        source.expect("</Nnet3>", "<LeftContext>")
        context = source.integer()
        source.expect("<RightContext>")
        source.integer()
        source.expect("<Priors>")
        return Acoustic(tuple(layers), source.vector(), context)


def log_posteriors(model: Acoustic, frames: Floats, subsample: int = 3) -> Floats:
    """What Vosk computes from normalised features (frames, 40): log posteriors (ceil(frames / 3), pdfs)."""
    last = (len(frames) - 1) // subsample * subsample
    remaining = sum(max(layer.offsets) for layer in model.layers)
    values = {
        time: frames[min(max(time, 0), len(frames) - 1)] for time in range(-remaining, last + remaining + 1)
    }
    history = [values]
    for layer in model.layers:
        remaining -= max(layer.offsets)
        wanted = range(-remaining, last + remaining + 1, subsample)
        stacked = np.stack(
            [np.concatenate([history[-1][t + offset] for offset in layer.offsets]) for t in wanted]
        )
        result = stacked @ layer.weight.T + layer.bias
        if layer.relu:
            result = np.maximum(result, 0.0)
        if layer.bypass:
            result = result + np.stack([history[-2][t] for t in wanted])
        history.append(dict(zip(wanted, result, strict=True)))
    scores = np.stack([history[-1][t] for t in range(0, last + 1, subsample)])
    scores -= scores.max(axis=1, keepdims=True)
    return np.asarray(scores - np.log(np.exp(scores).sum(axis=1, keepdims=True)), np.float32)
