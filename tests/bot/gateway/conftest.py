"""The door on a real port, with a dialogue double behind real HTTP and a recognizer double in front."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from actions.applications.crypto import Cipher
from actions.applications.store import Store
from bot.gateway.app import create_app
from bot.gateway.dialogue import DialogueClient
from bot.gateway.health import Check
from bot.gateway.limits import Limits
from bot.gateway.ports import Decoder, SpeechPool
from tests.bot.gateway.doubles import DecoderDouble, DialogueDouble, PoolDouble
from wenban.settings import Settings, load_settings


class Server:
    """A real uvicorn in a thread; may be stopped and started again on the same port."""

    def __init__(self, app: Any, port: int | None = None) -> None:
        self._app = app
        self.port = port or _free_port()
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        server = uvicorn.Server(
            uvicorn.Config(
                self._app,
                host="127.0.0.1",
                port=self.port,
                log_config=None,
                access_log=False,
                ws_max_size=65536,
                timeout_graceful_shutdown=1,
            )
        )
        started = threading.Event()
        original = server.startup

        async def startup(sockets: list[socket.socket] | None = None) -> None:
            await original(sockets)
            started.set()

        server.startup = startup  # type: ignore[method-assign]
        self._server = server
        self._thread = threading.Thread(target=server.run, daemon=True)
        self._thread.start()
        assert started.wait(20), "server did not start"

    def stop(self) -> None:
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(20)
            self._server = self._thread = None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Door:
    """Everything of one test's stack."""

    url: str
    http: httpx.Client
    dialogue: DialogueDouble
    rasa: Server
    pool: PoolDouble
    server: Server

    @property
    def voice_url(self) -> str:
        return self.url.replace("http", "ws") + "/api/voice"

    def session(self) -> str:
        token: str = self.http.post("/api/session").json()["session"]
        return token

    def say(self, session: str, text: str, **more: Any) -> httpx.Response:
        return self.http.post("/api/turn", json={"session": session, "text": text, **more})


@pytest.fixture
def free_port() -> int:
    return _free_port()


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("WENBAN_HOME", str(tmp_path / "home"))
    return load_settings()


@pytest.fixture
def store(settings: Settings) -> Store:
    """Without its tables until a test calls `migrate`."""
    return Store(settings.database_url, Cipher.from_settings(settings))


@pytest.fixture
def open_door(settings: Settings, store: Store) -> Iterator[Callable[..., Door]]:
    """Opens a door with other limits; the rest is as in production, only the retries are quicker."""
    with contextlib.ExitStack() as stack:

        def build(
            limits: Limits | None = None,
            budget_s: float = 5.0,
            decoder: Decoder | None = None,
            checks: dict[str, Check] | None = None,
            pool: SpeechPool | None = None,
            about: dict[str, str] | None = None,
        ) -> Door:
            dialogue = DialogueDouble()
            rasa = Server(dialogue.app())
            rasa.start()
            stack.callback(rasa.stop)
            double = PoolDouble()
            app = create_app(
                settings,
                pool=pool or double,
                dialogue=DialogueClient(rasa.url, budget_s=budget_s, first_pause_s=0.02),
                store=store,
                decoder=decoder or DecoderDouble(),
                limits=limits,
                checks=checks,
                about=about,
            )
            server = Server(app)
            server.start()
            stack.callback(server.stop)
            http = stack.enter_context(httpx.Client(base_url=server.url, timeout=20, trust_env=False))
            return Door(server.url, http, dialogue, rasa, double, server)

        yield build


@pytest.fixture
def door(open_door: Callable[..., Door]) -> Door:
    return open_door()
