"""The pool's side of one worker process: start it, ask it, notice that it died, end it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from speech import frames
from wenban.errors import SetupError
from wenban.logs import facts
from wenban.settings import PROJECT_ROOT
from wenban.threads import single_threaded_environment

log = logging.getLogger(__name__)

_GOODBYE_S = 2.0


class WorkerLost(Exception):
    """The worker died, stopped answering, or talked nonsense. Never reaches a caller of the pool."""


def child_environment() -> dict[str, str]:
    """This process's environment for a child that runs `python -P -m speech.…` on one thread."""
    paths = [str(PROJECT_ROOT), os.environ.get("PYTHONPATH", "")]
    return (
        os.environ
        | single_threaded_environment()
        | {"PYTHONPATH": os.pathsep.join(path for path in paths if path)}
    )


class RemoteWorker:
    """A live worker process, made by `start`; `on_exit` is called when it dies, however it dies."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None and process.stdout is not None
        self._process = process
        self._stdin = process.stdin
        self._stdout = process.stdout
        self._on_exit: Callable[[RemoteWorker], None] = _nobody  # until it is ready
        self._waiting: dict[int, asyncio.Future[dict[str, object]]] = {}
        self._next = 0
        self._lost = False
        self._ready: asyncio.Future[dict[str, object]] = asyncio.get_running_loop().create_future()
        self._waiting[0] = self._ready
        self._reader = asyncio.create_task(self._read(), name=f"speech-worker-{process.pid}")

    @classmethod
    async def start(
        cls, model_dir: Path, timeout_s: float, on_exit: Callable[[RemoteWorker], None]
    ) -> RemoteWorker:
        """A worker that has loaded its model.

        Raises:
            SetupError: the model could not be loaded, or not in time.
        """
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-m",
            "speech.worker",
            str(model_dir),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=child_environment(),
        )
        worker = cls(process)
        try:
            ready = await asyncio.wait_for(asyncio.shield(worker._ready), timeout_s)
        except (WorkerLost, TimeoutError) as error:
            worker.kill()
            await worker.close()
            raise SetupError(
                f"a speech worker could not load the model {model_dir} (its log lines above say why)",
                citizen="语音识别暂时不可用，您可以打字。",
            ) from error
        except asyncio.CancelledError:
            worker.kill()
            await worker.close()
            raise
        worker._on_exit = on_exit
        log.info("speech worker ready", extra=facts(pid=process.pid, **ready))
        return worker

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return not self._lost

    async def ask(self, kind: bytes, payload: bytes, timeout_s: float) -> dict[str, object]:
        """Sends one request and waits for its reply. A cancelled wait leaves the worker usable.

        Raises:
            WorkerLost: no reply will come; the worker is dead now, if it was not before.
        """
        if self._lost:
            raise WorkerLost(f"worker {self.pid} is gone")
        self._next += 1
        number = self._next
        reply: asyncio.Future[dict[str, object]] = asyncio.get_running_loop().create_future()
        self._waiting[number] = reply
        try:
            self._stdin.write(frames.pack(kind, number, payload))  # whole, so a cancel cannot split a frame
            async with asyncio.timeout(timeout_s):
                await self._stdin.drain()
                return await reply
        except (TimeoutError, OSError) as error:
            self.kill()
            raise WorkerLost(f"worker {self.pid}: {error!r}") from error
        finally:
            self._waiting.pop(number, None)

    def kill(self) -> None:
        """Ends the process at once; `on_exit` follows."""
        if self._process.returncode is None:
            # Not Process.kill: that may reap the child itself, and asyncio then cannot tell how it ended.
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    async def close(self) -> None:
        """Lets the worker end in order, and makes it end when it does not."""
        self._on_exit = _nobody
        if not self._stdin.is_closing():
            self._stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), _GOODBYE_S)
        except TimeoutError:
            self.kill()
            await self._process.wait()
        await self._reader

    async def _read(self) -> None:
        """Hands replies to whoever waits for them, until the worker is gone."""
        try:
            while True:
                frame = await frames.read_async(self._stdout)
                waiting = self._waiting.get(frame.request)
                if waiting is not None and not waiting.done():
                    waiting.set_result(json.loads(frame.payload))
        except (asyncio.IncompleteReadError, OSError, frames.BrokenFrame, json.JSONDecodeError) as error:
            self._lost = True
            self.kill()
            code = await self._process.wait()
            lost = WorkerLost(f"worker {self.pid} ended with {code}: {error}")
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(lost)
                    waiting.exception()  # seen: nobody may be waiting any more
            self._stdin.close()
            self._on_exit(self)


def _nobody(_: RemoteWorker) -> None:
    """Stands in for `on_exit` once the pool itself ended the worker."""
