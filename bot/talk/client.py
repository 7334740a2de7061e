"""The gateway's HTTP paths as a client sees them."""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from bot.talk.errors import AudioFileMissing, DoorClosed, DoorLost, Refused

Record = dict[str, Any]

# What `wenban talk --json` promises for each reply, in this order.
RECORD_KEYS = (
    "heard", "alternatives", "replies", "options", "state", "item", "fields", "receipt", "ms"
)  # fmt: skip


def new_turn_id() -> str:
    """The name of one turn: who sends it again under the same name is answered, but nothing is done twice."""
    return str(uuid.uuid4())


class TalkClient:
    """One conversation.

    Args:
        url: of the gateway.
        session: a token from before; None: a new one is asked for with the first line.
        channel: what the conversation comes through; the application remembers it.

    Example:
        with TalkClient("http://127.0.0.1:8080") as talk:
            talk.wait_until_ready(10.0)
            print(talk.send("我要补身份证")["replies"])
    """

    def __init__(self, url: str, session: str | None = None, *, channel: str = "cli") -> None:
        self.url = url.rstrip("/")
        self.session = session
        self._channel = channel
        self._http = httpx.Client(
            base_url=self.url, timeout=httpx.Timeout(60.0, connect=3.0), trust_env=False
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def wait_until_ready(self, within_s: float) -> None:
        """Returns as soon as every part is well.

        A gateway that is not there at all is not waited for: nothing shows that it ever will be.

        Raises:
            DoorClosed: no gateway, or a part still down after `within_s`.
        """
        deadline = time.monotonic() + within_s
        while True:
            try:
                report = self._http.get("/healthz")
                parts = report.json().get("parts", {})
            except (httpx.TransportError, ValueError):
                raise DoorClosed(
                    f"no gateway at {self.url}",
                    citizen=f"连不上问办（{self.url}）。请先用 make run 启动，或者用 --url 指明地址。",
                ) from None
            if report.status_code == 200:
                return
            if time.monotonic() >= deadline:
                down = "、".join(name for name, state in parts.items() if state != "ok") or "未知部分"
                raise DoorClosed(f"down: {down}", citizen=f"问办还没有准备好，没有响应的部分：{down}。")
            time.sleep(0.3)

    def send(self, line: str) -> Record:
        """One line: a text, or `@path` of a recording.

        Raises:
            Refused: the gateway said why not; the conversation goes on.
            AudioFileMissing: the path cannot be read.
            DoorLost: the gateway does not answer any more.
        """
        if line.startswith("@"):
            return self._send_audio(Path(line[1:].strip()).expanduser())
        turn = {"text": line, "turn_id": new_turn_id(), "channel": self._channel}
        return self._in_session(lambda session: self._post("/api/turn", json={"session": session} | turn))

    def send_recording(self, data: bytes, *, turn_id: str) -> Record:
        """A whole recording in any container. The same id may be sent again: a turn is answered once.

        Raises:
            Refused: the gateway said why not; the conversation goes on.
            DoorLost: the gateway does not answer any more.
        """
        query = {"turn_id": turn_id, "channel": self._channel}
        return self._in_session(
            lambda session: self._post("/api/audio", params={"session": session} | query, content=data)
        )

    def open(self) -> str:
        """The token of the conversation; a new one where there is none.

        Raises:
            Refused, DoorLost: as for `send`.
        """
        if self.session is None:
            self.session = str(self._post("/api/session")["session"])
        return self.session

    def _send_audio(self, path: Path) -> Record:
        try:
            data = path.read_bytes()
        except OSError as error:
            raise AudioFileMissing(f"{path}: {error.strerror}") from error
        return self.send_recording(data, turn_id=new_turn_id())

    def _in_session(self, send: Any) -> Record:
        record: Record = send(self.open())
        return record

    def _post(self, path: str, **request: Any) -> Record:
        try:
            response = self._http.post(path, **request)
            body = response.json()
        except (httpx.TransportError, ValueError) as error:
            raise DoorLost(type(error).__name__) from None
        if response.status_code != 200:
            raise Refused(body.get("error", {}))
        record: Record = body
        return record
