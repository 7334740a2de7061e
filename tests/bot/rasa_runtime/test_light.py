"""Rasa's server without TensorFlow, in Rasa's own environment."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from bot.rasa_runtime.light import needs_tensorflow
from bot.stack.setup import RASA_PYTHON
from wenban.settings import PROJECT_ROOT

_TRY = """
import sys
from pathlib import Path
from bot.rasa_runtime.light import leave_out_tensorflow
assert leave_out_tensorflow(Path("config.yml"))
import rasa.core.run, rasa.engine.recipes.default_components
assert not hasattr(sys.modules["tensorflow"], "__file__")
from rasa.nlu.classifiers.logistic_regression_classifier import LogisticRegressionClassifier
from rasa.core.policies.rule_policy import RulePolicy
print("light")
"""


@pytest.mark.skipif(not RASA_PYTHON.exists(), reason="needs .venv-rasa (make test makes it)")
def test_rasa_loads_without_tensorflow() -> None:
    done = subprocess.run(
        [str(RASA_PYTHON), "-W", "ignore", "-c", _TRY],
        env=os.environ | {"PYTHONPATH": str(PROJECT_ROOT), "SQLALCHEMY_SILENCE_UBER_WARNING": "1"},
        cwd=PROJECT_ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.splitlines()[-1:] == ["light"], done.stderr[-2000:]


def test_the_projects_pipeline_needs_none() -> None:
    assert not needs_tensorflow(PROJECT_ROOT / "config.yml")


@pytest.mark.parametrize(
    "line",
    ["  - name: DIETClassifier", "- name: 'TEDPolicy'", "  - name: rasa.nlu.featurizers.ConveRTFeaturizer"],
)
def test_a_neural_component_keeps_it(tmp_path: Path, line: str) -> None:
    config = tmp_path / "config.yml"
    config.write_text(f"pipeline:\n{line}\n", encoding="utf-8")
    assert needs_tensorflow(config)
    config.write_text(f"pipeline:\n# {line} was tried\n  - name: JiebaTokenizer\n", encoding="utf-8")
    assert not needs_tensorflow(config)


def test_without_a_configuration_nothing_is_left_out(tmp_path: Path) -> None:
    assert needs_tensorflow(tmp_path / "none.yml")
