"""`python -m bot.gateway`: the real parts wired together, listening on the public address."""

from __future__ import annotations

import logging

import uvicorn

from bot.gateway.app import create_app
from bot.gateway.dialogue import DialogueClient
from bot.gateway.health import http_check
from bot.gateway.limits import Limits
from wenban.logs import setup_logging
from wenban.settings import load_settings
from wenban.threads import limit_native_threads


def main() -> None:
    limit_native_threads()
    setup_logging("gateway")
    # Its info lines are one a request; the door's own counters tell the same.
    logging.getLogger("httpx").setLevel(logging.WARNING)

    from actions.applications.crypto import Cipher
    from actions.applications.store import Store
    from speech.decode import AudioDecoder
    from speech.models import resolve_model
    from speech.pool import RecognizerPool

    settings = load_settings()
    limits = Limits()
    decoder = AudioDecoder()
    pool = RecognizerPool(resolve_model(settings), settings.speech_workers)

    async def speech_alive() -> bool:
        return bool(pool.pids)

    app = create_app(
        settings,
        pool=pool,
        dialogue=DialogueClient(settings.rasa_url),
        store=Store(settings.database_url, Cipher.from_settings(settings)),
        decoder=decoder,
        limits=limits,
        checks={
            "speech": speech_alive,
            "rasa": http_check(f"{settings.rasa_url}/"),
            "actions": http_check(f"http://127.0.0.1:{settings.actions_port}/health"),
        },
    )
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        ws_max_size=limits.frame_bytes * 2,
        ws_max_queue=16,
        limit_concurrency=1000,
        timeout_keep_alive=20,
        timeout_graceful_shutdown=5,
    )


if __name__ == "__main__":
    main()
