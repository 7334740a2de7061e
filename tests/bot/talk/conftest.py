"""The same door that the gateway's tests use."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

_SPEC = importlib.util.spec_from_file_location(
    "wenban_door_doubles", Path(__file__).parents[1] / "gateway" / "conftest.py"
)
assert _SPEC is not None and _SPEC.loader is not None
_doubles = importlib.util.module_from_spec(_SPEC)
sys.modules[_SPEC.name] = _doubles  # its dataclasses look themselves up there
_SPEC.loader.exec_module(_doubles)

door = _doubles.door
open_door = _doubles.open_door
settings = _doubles.settings
store = _doubles.store
