"""Putting a Vosk model directory together."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from speech.training import acoustic
from speech.training.cmvn import write_stats
from speech.training.export import fold
from speech.training.features import CONF
from speech.training.network import Priors, Tdnn


def write_acoustic(model: Tdnn, priors: Priors, model_dir: Path) -> None:
    """`am/` and `conf/` of a model directory; `graph.build_graph` writes the rest."""
    acoustic.write(fold(model, priors), model_dir / "am" / "final.mdl")
    write_stats(model.mean, model_dir / "am" / "global_cmvn.stats")
    conf = model_dir / "conf"
    conf.mkdir(parents=True, exist_ok=True)
    (conf / "mfcc.conf").write_text(CONF, encoding="ascii")
    text = resources.files(__package__).joinpath("model_conf.txt").read_text(encoding="ascii")
    (conf / "model.conf").write_text(text, encoding="ascii")
