"""Many features of many items to one calibrated probability each, with "none of them" as a class of its own.

score(item) = weights · features + bend; score(none) = none_weights · context + bend; probabilities are their
softmax, flatter for a query of few words: it matches whatever holds them wholly and yet says little. The
bends are those of one small hidden layer, so that evidence may count otherwise in one kind of query than in
another. More likeness never lowers an item all the same: what leads from a feature to its score has one sign.
The weights are learned (`python -m catalog_index.training fusion`) and kept in `models/fusion.json` with how
they were made.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from catalog_index.errors import IndexMissing
from catalog_index.features import CONTEXT, FEATURES
from catalog_index.postings import Floats

_TERSE = CONTEXT.index("terse")
FILE = Path(__file__).parent / "models" / "fusion.json"


@dataclass(frozen=True)
class Bend:
    """A hidden layer of tanh units beside the linear scores.

    Attributes:
        features: shape (units, FEATURES). facts: shape (units, CONTEXT). out: shape (units,): the item's
            score gains out · tanh(features · its row + facts · context).
        none: shape (units, CONTEXT). none_out: shape (units,): the same for none of them.
    """

    features: Floats
    facts: Floats
    out: Floats
    none: Floats
    none_out: Floats

    @classmethod
    def straight(cls) -> Bend:
        """No units: the scores stay linear."""
        wide, narrow = np.zeros((0, len(FEATURES)), np.float32), np.zeros((0, len(CONTEXT)), np.float32)
        return cls(wide, narrow, np.zeros(0, np.float32), narrow, np.zeros(0, np.float32))

    def logits(self, features: Floats, context: Floats) -> tuple[Floats, float]:
        """What each item's score gains, shape (items,), and what that of none gains."""
        own = np.tanh(features @ self.features.T + self.facts @ context) @ self.out
        return np.asarray(own, np.float32), float(np.tanh(self.none @ context) @ self.none_out)


@dataclass(frozen=True)
class Fusion:
    """Attributes:
    weights, none_weights: by FEATURES and by CONTEXT. bend: the hidden layer. made: how they were learned.
    softening: scores are divided by 1 + softening · terse before the softmax.
    lenience: by how much none of them loses in a catalog of titles alone, whose items cannot be as near to
        what is asked as those with many ways to ask. sparse: how far that is so of the catalog in use
        (`catalog_index.features.sparseness`).
    """

    weights: Floats
    none_weights: Floats
    made: dict[str, object] = field(default_factory=dict)
    softening: float = 0.0
    bend: Bend = field(default_factory=Bend.straight)
    lenience: float = 0.0
    sparse: float = 0.0

    def rough(self, features: Floats) -> Floats:
        """The linear scores alone, shape (items,): good enough to tell which items matter."""
        return np.asarray(features @ self.weights, np.float32)

    def logits(self, features: Floats, context: Floats) -> npt.NDArray[np.float64]:
        """Scores of all items and, last, of none; shape (items + 1,)."""
        bent, none_bent = self.bend.logits(features, context)
        none = float(context @ self.none_weights) + none_bent - self.lenience * self.sparse
        return np.append(self.rough(features) + bent, none).astype(np.float64)

    def scaled(self, factor: float) -> Fusion:
        """All scores times a factor: the same ranking, more or less sure of it."""
        by = np.float32(factor)
        bend = replace(self.bend, out=self.bend.out * by, none_out=self.bend.none_out * by)
        weights, none = self.weights * by, self.none_weights * by
        return replace(self, weights=weights, none_weights=none, bend=bend, lenience=self.lenience * factor)

    def without(self, names: Collection[str]) -> Fusion:
        """The same with these features and facts weighing nothing."""
        kept = np.array([name not in names for name in FEATURES], np.float32)
        told = np.array([name not in names for name in CONTEXT], np.float32)
        bend = replace(
            self.bend,
            features=self.bend.features * kept,
            facts=self.bend.facts * told,
            none=self.bend.none * told,
        )
        weights, none = self.weights * kept, self.none_weights * told
        return replace(self, weights=weights, none_weights=none, bend=bend)

    def probabilities(self, features: Floats, context: Floats) -> tuple[Floats, float]:
        """Of every item, and of none; together they are 1."""
        logits = self.logits(features, context)
        logits /= 1.0 + self.softening * float(context[_TERSE])
        weights = np.exp(logits - logits.max())
        weights /= weights.sum()
        return weights[:-1].astype(np.float32), float(weights[-1])

    def save(self, path: Path = FILE) -> None:
        path.write_text(
            json.dumps(
                {
                    "features": dict(zip(FEATURES, (round(float(w), 4) for w in self.weights), strict=True)),
                    "none": dict(zip(CONTEXT, (round(float(w), 4) for w in self.none_weights), strict=True)),
                    "bend": {
                        one.name: np.round(getattr(self.bend, one.name).astype(float), 4).tolist()
                        for one in fields(self.bend)
                    },
                    "softening": self.softening,
                    "lenience": self.lenience,
                    "made": self.made,
                },
                ensure_ascii=False,
                indent=2,
            )
            + "\n",
            encoding="utf-8",
        )

    @classmethod
    def load(cls, path: Path = FILE) -> Fusion:
        """Raises: IndexMissing when the file is missing or was made for other features."""
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            return cls(
                np.array([data["features"][name] for name in FEATURES], np.float32),
                np.array([data["none"][name] for name in CONTEXT], np.float32),
                data["made"],
                float(data["softening"]),
                _bend(data["bend"]),
                float(data["lenience"]),
            )
        except (OSError, KeyError, ValueError) as error:
            raise IndexMissing(
                f"fusion weights {path.name}: {error!r}; "
                "make them with `python -m catalog_index.training fusion`"
            ) from error


def _bend(data: Mapping[str, object]) -> Bend:
    """Raises: KeyError, ValueError when it does not fit the features of this version."""
    bend = Bend(**{one.name: np.array(data[one.name], np.float32) for one in fields(Bend)})
    units = len(bend.out)
    shapes = {
        "features": (units, len(FEATURES)), "facts": (units, len(CONTEXT)), "out": (units,),
        "none": (units, len(CONTEXT)), "none_out": (units,),
    }  # fmt: skip
    for name, shape in shapes.items():
        if getattr(bend, name).shape != shape:
            raise ValueError(f"bend.{name} has shape {getattr(bend, name).shape}, not {shape}")
    return bend
