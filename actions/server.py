"""The action server: rasa-sdk's executor behind a loopback HTTP door.

rasa-sdk's own server binds all interfaces, allows any origin, and puts the whole request, with a citizen's
words in it, into the answer to an error, which Rasa then logs. This one answers an error by its code.
"""

from __future__ import annotations

import logging
import traceback
from datetime import timedelta
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionNotFoundException

from actions.applications.retention import Forgetting
from actions.conversation import Conversation
from actions.sdk_actions import all_actions
from actions.service import Service
from wenban.errors import WenbanError
from wenban.logs import facts, setup_logging
from wenban.settings import Settings, load_settings
from wenban.threads import limit_native_threads

log = logging.getLogger(__name__)


def make_service(settings: Settings) -> Service:
    """Catalog, index and store, ready for turns.

    Raises:
        CatalogInvalid, IndexMissing, EncoderUnavailable, KeyUnusable, StorageError: the server cannot start.
    """
    from actions.applications.store import Store
    from catalog_index.engine import SearchEngine
    from catalog_index.loader import load_catalog

    catalog = load_catalog(settings.catalog_dir)
    engine = SearchEngine.load(catalog, settings)
    store = Store.from_settings(settings)
    store.migrate()
    # The first query pays for lazy imports and dictionaries; a citizen should not.
    engine.search("办事")
    log.info("ready", extra=facts(catalog=catalog.version, items=len(catalog.items)))
    return Service(catalog, engine, store, learns=settings.learn)


def create_app(service: Service) -> FastAPI:
    """The HTTP application: `GET /health`, `POST /webhook`."""
    executor = ActionExecutor()
    for action in all_actions(Conversation(service)):
        executor.register_action(action)
    app = FastAPI(openapi_url=None)

    @app.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok", "catalog": service.catalog.version}

    @app.post("/webhook")
    async def webhook(request: Request) -> Any:
        try:
            call = await request.json()
        except ValueError:
            return JSONResponse({"error": "no json"}, 400)
        try:
            # The executor insists on a domain, which Rasa leaves out and no action reads.
            result = await executor.run({"domain": {}, **call})
        except (WenbanError, ActionNotFoundException):
            raise
        except Exception as error:  # noqa: BLE001 - the process's edge: left to go, the server would log it whole
            # Where it happened, but not the message, which may hold what the citizen said.
            where = "".join(traceback.format_tb(error.__traceback__)[-4:])
            log.error("turn broke: %s\n%s", type(error).__name__, where)
            return JSONResponse({"error": "internal"}, 500)
        return result.model_dump() if result else {"events": [], "responses": []}

    @app.exception_handler(ActionNotFoundException)
    def unknown(_: Request, error: ActionNotFoundException) -> JSONResponse:
        return JSONResponse({"error": "unknown action", "action_name": error.action_name}, 404)

    @app.exception_handler(WenbanError)
    def failed(_: Request, error: WenbanError) -> JSONResponse:
        log.error("turn failed", extra=facts(code=error.code, stage=error.stage))
        return JSONResponse({"error": error.code}, 503 if error.retryable else 500)

    return app


def main() -> None:
    limit_native_threads()
    import uvicorn

    setup_logging("actions")
    settings = load_settings()
    service = make_service(settings)
    Forgetting(service.store, timedelta(days=settings.keep_days)).start()
    app = create_app(service)
    uvicorn.run(app, host="127.0.0.1", port=settings.actions_port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
