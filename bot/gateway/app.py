"""The application: every path of the door, with the parts behind it handed in."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Annotated, Any

import orjson
from fastapi import FastAPI, Query, Request, WebSocket, WebSocketDisconnect
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, Response
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.exceptions import HTTPException

from actions.applications.store import Store
from bot.gateway.dialogue import Channel
from bot.gateway.errors import BadRequest, NotHere, OriginRefused, TooMany, TrackBlocked, http_status
from bot.gateway.guard import SecurityHeaders, address_of, is_loopback, read_body, same_origin
from bot.gateway.health import Check, Health
from bot.gateway.limits import Counted, Limits, RateLimiter
from bot.gateway.metrics import Metrics
from bot.gateway.ports import Decoder, Dialogue, SpeechPool
from bot.gateway.sessions import Sessions, load_session_key
from bot.gateway.tracking import Tracking
from bot.gateway.turns import Turns, new_turn_id
from bot.gateway.voice import POLICY_VIOLATION, VoiceSocket
from wenban.errors import WenbanError
from wenban.logs import facts
from wenban.settings import Settings

log = logging.getLogger(__name__)

STATIC = Path(__file__).parent / "static"
_RECORDING_TOO_LARGE = "录音文件太大了，请控制在一分钟以内，不超过10兆。您之前填的内容都在。"
_TURN_ID = r"^[A-Za-z0-9-]{8,64}$"


class TurnRequest(BaseModel):
    """The body of `POST /api/turn`."""

    model_config = ConfigDict(extra="ignore")

    session: str = Field(max_length=128)
    text: str
    turn_id: str = Field(default_factory=new_turn_id, pattern=_TURN_ID)
    channel: Channel = "page"


def json_response(content: object, status: int = 200) -> Response:
    return Response(orjson.dumps(content, default=str), status, media_type="application/json")


def create_app(
    settings: Settings,
    *,
    pool: SpeechPool,
    dialogue: Dialogue,
    store: Store,
    decoder: Decoder,
    limits: Limits | None = None,
    checks: dict[str, Check] | None = None,
    about: dict[str, str] | None = None,
) -> FastAPI:
    """Builds the door.

    Args:
        settings: `home` for the session key.
        pool: recognizers; started and closed with the app.
        dialogue: the conversation; closed with the app.
        store: answers for tracking.
        decoder: any audio container to samples; entered and left with the app.
        limits: every bound; the defaults are for production.
        checks: what `/healthz` asks, by name.
        about: what `/healthz` tells besides, as which speech model is in use.
    """
    limits = limits or Limits()
    metrics = Metrics()
    sessions = Sessions(load_session_key(settings.home), limits)
    turns = Turns(
        sessions=sessions, dialogue=dialogue, pool=pool, decoder=decoder, limits=limits, metrics=metrics
    )
    health = Health(checks or {})
    track_rate = RateLimiter(burst=limits.track_burst, per_s=limits.track_per_s)
    tracking = Tracking(store)
    by_address = Counted(total=limits.sockets, per_key=limits.sockets_per_address)
    by_session = Counted(total=limits.sockets, per_key=limits.sockets_per_session)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await pool.start()
        try:
            async with decoder:
                yield
        finally:
            await dialogue.close()
            await pool.close()

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(SecurityHeaders)
    _add_error_handlers(app, metrics)

    @app.get("/")
    async def page() -> FileResponse:
        return FileResponse(STATIC / "index.html")

    @app.post("/api/session")
    async def open_session(request: Request) -> Response:
        return json_response({"session": sessions.create(address_of(request))})

    @app.post("/api/turn")
    async def turn(request: Request) -> Response:
        body = await read_body(request, most=limits.json_bytes, within_s=limits.body_s)
        try:
            asked = TurnRequest.model_validate_json(body)
        except ValidationError:
            raise BadRequest("body of the wrong form") from None
        session_id = sessions.check(asked.session)
        record = await turns.typed(session_id, asked.text, turn_id=asked.turn_id, channel=asked.channel)
        return json_response(record.model_dump())

    @app.post("/api/audio")
    async def audio(
        request: Request,
        session: str,
        turn_id: Annotated[str | None, Query(pattern=_TURN_ID)] = None,
        channel: Channel = "page",
    ) -> Response:
        session_id = sessions.check(session)
        body = await read_body(
            request, most=limits.audio_bytes, within_s=limits.body_s, too_large=_RECORDING_TOO_LARGE
        )
        record = await turns.recorded(session_id, body, turn_id=turn_id or new_turn_id(), channel=channel)
        return json_response(record.model_dump())

    @app.websocket("/api/voice")
    async def voice(socket: WebSocket, session: str = "", channel: Channel = "page") -> None:
        await socket.accept()
        address = address_of(socket)
        try:
            if not same_origin(socket.headers):
                raise OriginRefused("foreign origin")
            session_id = sessions.check(session)
            with _counted(by_address, address), _counted(by_session, session_id):
                metrics.sockets.set(by_address.count)
                await VoiceSocket(
                    socket,
                    session_id,
                    channel=channel,
                    turns=turns,
                    pool=pool,
                    limits=limits,
                    metrics=metrics,
                ).serve()
        except WenbanError as error:
            metrics.errors.labels(code=error.code).inc()
            with suppress(WebSocketDisconnect):
                await socket.send_text(orjson.dumps({"type": "error", **error.as_dict()}).decode())
                await socket.close(POLICY_VIOLATION, error.code)
        finally:
            metrics.sockets.set(by_address.count)

    @app.get("/api/track")
    async def track(
        request: Request,
        receipt: Annotated[str, Query(max_length=40)],
        phone4: Annotated[str, Query(max_length=20)],
    ) -> Response:
        if not track_rate.allow(address_of(request), time.monotonic()):
            raise TrackBlocked("look-ups of one address")
        return json_response(await tracking.look_up(receipt, phone4))

    @app.get("/healthz")
    async def healthz() -> Response:
        well, parts = await health.report()
        report = {"status": "ok" if well else "down", "parts": parts, "about": about or {}}
        return json_response(report, 200 if well else 503)

    @app.get("/metrics")
    async def show_metrics(request: Request) -> Response:
        if not is_loopback(request):
            raise NotHere("metrics are for this machine")
        metrics.sessions.set(sessions.live)
        return Response(metrics.render(), media_type="text/plain; version=0.0.4")

    app.mount("/static", StaticFiles(directory=STATIC))
    return app


class _counted:  # noqa: N801 - used like a function
    """Enters a bounded count for the time of a with block, or raises TooMany."""

    def __init__(self, counter: Counted, key: str) -> None:
        self._counter = counter
        self._key = key

    def __enter__(self) -> None:
        if not self._counter.enter(self._key):
            raise TooMany("open sockets")

    def __exit__(self, *_: object) -> None:
        self._counter.leave(self._key)


def _add_error_handlers(app: FastAPI, metrics: Metrics) -> None:
    """Every error leaves as `{"error": {code, stage, retryable, message}}`, whatever raised it."""

    def answer(error: WenbanError, status: int) -> Response:
        metrics.errors.labels(code=error.code).inc()
        return json_response({"error": error.as_dict()}, status)

    async def of_tree(_: Request, error: Exception) -> Response:
        assert isinstance(error, WenbanError)
        log.info("refused", extra=facts(code=error.code, why=str(error)))
        return answer(error, http_status(error))

    async def of_validation(_: Request, __: Exception) -> Response:
        return answer(BadRequest("query of the wrong form"), 400)

    async def of_http(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if error.status_code == 404:
            return answer(NotHere(), 404)
        return answer(BadRequest(), error.status_code)

    async def unexpected(_: Request, __: Exception) -> Response:
        return answer(WenbanError(), 500)

    handlers: dict[Any, Callable[[Request, Exception], Awaitable[Response]]] = {
        WenbanError: of_tree,
        HTTPException: of_http,
        Exception: unexpected,
    }
    handlers[RequestValidationError] = of_validation
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)
