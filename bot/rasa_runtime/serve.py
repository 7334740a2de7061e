"""Starts Rasa's server on loopback, with its measured hot spots removed.

Run in the Rasa environment: `python -m bot.rasa_runtime.serve --model FILE --port 5005`. On Rasa 3.6.21
importing skops after TensorFlow scans every loaded module (9 s), the JSON schema of an action's answer is
compiled anew on each call (40 % of a turn's time), and each event's class is looked up by rescanning all
subclasses (15-20 %). Behaviour is unchanged: the same schema, the same classes. TensorFlow is left out where
`config.yml` has no use for it (`bot.rasa_runtime.light`).
"""

from __future__ import annotations

import argparse
import functools
import logging
import os
import sys
from pathlib import Path
from typing import Any, Optional

import skops.io  # noqa: F401  - first, before TensorFlow: see the module's docstring

from bot.rasa_runtime.light import leave_out_tensorflow


def _cache_event_classes() -> None:
    from rasa.shared.core.events import Event

    look_up = Event.resolve_by_type

    @functools.lru_cache(maxsize=None)
    def resolve(type_name: str, default: Optional[type] = None) -> Optional[type]:
        return look_up(type_name, default)

    Event.resolve_by_type = staticmethod(resolve)


def _compile_action_schema() -> None:
    from jsonschema import validators
    from rasa.core.actions.action import RemoteAction

    schema = RemoteAction.action_response_format_spec()
    validator = validators.validator_for(schema)(schema)

    def validate(_: RemoteAction, result: dict[str, Any]) -> bool:
        validator.validate(result)
        return True

    RemoteAction._validate_action_result = validate


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", required=True, help="trained model (tar.gz)")
    parser.add_argument("--port", type=int, default=5005)
    parser.add_argument("--endpoints", default="bot/endpoints.yml")
    parser.add_argument("--credentials", default="bot/credentials.yml")
    options = parser.parse_args()
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

    if leave_out_tensorflow(Path("config.yml")):
        sys.stderr.write("rasa: without TensorFlow, which no component of config.yml uses\n")

    from rasa.core.run import serve_application
    from rasa.core.utils import AvailableEndpoints
    from rasa.utils.common import configure_logging_and_warnings
    from rasa.utils.log_utils import configure_structlog

    configure_logging_and_warnings(logging.WARNING)
    # Rasa's debug and info lines carry the citizen's words.
    configure_structlog(logging.WARNING)
    _cache_event_classes()
    _compile_action_schema()
    serve_application(
        model_path=options.model,
        interface="127.0.0.1",
        port=options.port,
        credentials=options.credentials,
        endpoints=AvailableEndpoints.read_endpoints(options.endpoints),
        enable_api=False,
        response_timeout=30,
    )


if __name__ == "__main__":
    main()
