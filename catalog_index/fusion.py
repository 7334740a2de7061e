"""Many features of many items to one calibrated probability each, with "none of them" as a class of its own.

score(item) = weights · features; score(none) = none_weights · context; probabilities are their softmax,
flatter for a query of few words: it matches whatever holds them wholly and yet says little. The weights are
learned (`python -m catalog_index.training fusion`) and kept in `models/fusion.json` with how they were made.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from catalog_index.errors import IndexMissing
from catalog_index.features import CONTEXT, FEATURES
from catalog_index.postings import Floats

_TERSE = CONTEXT.index("terse")
FILE = Path(__file__).parent / "models" / "fusion.json"


@dataclass(frozen=True)
class Fusion:
    """Attributes:
    weights, none_weights: by FEATURES and by CONTEXT. made: how they were learned.
    softening: scores are divided by 1 + softening · terse before the softmax.
    """

    weights: Floats
    none_weights: Floats
    made: dict[str, object] = field(default_factory=dict)
    softening: float = 0.0

    def scores(self, features: Floats) -> Floats:
        """Shape (items,)."""
        return np.asarray(features @ self.weights, np.float32)

    def probabilities(self, features: Floats, context: Floats) -> tuple[Floats, float]:
        """Of every item, and of none; together they are 1."""
        logits = np.append(self.scores(features), np.float32(context @ self.none_weights)).astype(np.float64)
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
                    "softening": self.softening,
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
            )
        except (OSError, KeyError, ValueError) as error:
            raise IndexMissing(
                f"fusion weights {path.name}: {error!r}; "
                "make them with `python -m catalog_index.training fusion`"
            ) from error
