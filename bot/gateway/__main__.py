"""`python -m bot.gateway`: the real parts wired together, listening on the public address."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

from wenban.errors import WenbanError
from wenban.logs import facts, setup_logging
from wenban.settings import Settings, load_settings
from wenban.threads import limit_native_threads

if TYPE_CHECKING:
    from fastapi import FastAPI

log = logging.getLogger("bot.gateway")

# At their info level these log each request's whole address, and with it session tokens and receipts.
_TALKATIVE = ("httpx", "uvicorn.error", "uvicorn.access", "websockets")


def build(settings: Settings) -> FastAPI:
    """The app with its real parts. Imports numpy, so the native threads are limited before.

    Raises:
        SetupError: no speech model, or no usable key.
    """
    from actions.applications.store import Store
    from bot.gateway.app import create_app
    from bot.gateway.dialogue import DialogueClient
    from bot.gateway.health import http_check
    from speech.decode import AudioDecoder
    from speech.models import resolve_model
    from speech.pool import RecognizerPool

    model = resolve_model(settings)
    pool = RecognizerPool(model, settings.speech_workers)

    async def speech_alive() -> bool:
        return bool(pool.pids)

    return create_app(
        settings,
        pool=pool,
        dialogue=DialogueClient(settings.rasa_url),
        store=Store.from_settings(settings),
        decoder=AudioDecoder(),
        checks={
            "speech": speech_alive,
            "rasa": http_check(f"{settings.rasa_url}/"),
            "actions": http_check(f"http://127.0.0.1:{settings.actions_port}/health"),
        },
        about={"speech_model": model.name},
    )


def main() -> int:
    """Serves until it is told to stop; 1 when something is missing, with a line that says what."""
    limit_native_threads()
    setup_logging("gateway")
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    settings = load_settings()
    try:
        app = build(settings)
    except WenbanError as error:
        log.error("cannot start: %s", error)
        return 1

    import uvicorn

    from bot.gateway.limits import Limits

    log.info("listening", extra=facts(host=settings.host, port=settings.port))
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        ws_max_size=Limits().frame_bytes * 2,
        ws_max_queue=16,
        limit_concurrency=1000,
        timeout_keep_alive=20,
        timeout_graceful_shutdown=5,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
