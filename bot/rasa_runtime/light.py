"""Rasa without TensorFlow, where the pipeline has no neural component.

Rasa imports TensorFlow wherever a component could use it: two thirds of the time until it answers, and a
quarter of a gigabyte, for nothing that `config.yml` names. Its modules only derive classes from TensorFlow's
and name its types, so empty ones do; nothing of them is ever run. With a neural component in `config.yml`
all is imported as ever.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import re
import sys
import types
from abc import ABCMeta
from pathlib import Path
from typing import Any, Optional

_UNUSED = ("tensorflow", "tensorflow_addons", "tensorflow_hub", "keras", "jax")
_NEURAL = re.compile(
    r"^[^#\n]*name:\s*[\"']?(?:rasa\.)?[\w.]*"
    r"(?:DIETClassifier|ResponseSelector|TEDPolicy|UnexpecTEDIntentPolicy|LanguageModelFeaturizer|ConveRTFeaturizer)",
    re.M,
)


class _Empty(ABCMeta):
    """A class whose attributes are empty classes, to derive from and to annotate with."""

    def __getattr__(cls, name: str) -> Any:
        return _made(cls, name)


def _made(owner: Any, name: str) -> Any:
    """A new empty class as this attribute of a class or module."""
    if name.startswith("__"):
        raise AttributeError(name)
    made = _Empty(name, (), {})
    setattr(owner, name, made)
    return made


class _EmptyModule(types.ModuleType):
    def __getattr__(self, name: str) -> Any:
        return _made(self, name)


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(
        self,
        fullname: str,
        path: Any = None,  # noqa: ARG002 - given by the import system
        target: Any = None,  # noqa: ARG002
    ) -> Optional[importlib.machinery.ModuleSpec]:
        if fullname.partition(".")[0] not in _UNUSED:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _EmptyModule(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """There is nothing to run."""


def needs_tensorflow(config: Path) -> bool:
    """Whether a component of the pipeline or a policy is neural, or that cannot be told."""
    try:
        return bool(_NEURAL.search(config.read_text(encoding="utf-8")))
    except OSError:
        return True


def leave_out_tensorflow(config: Path) -> bool:
    """Has empty modules imported in its place where nothing needs it; whether that was done."""
    if needs_tensorflow(config):
        return False
    sys.meta_path.insert(0, _Finder())
    return True
