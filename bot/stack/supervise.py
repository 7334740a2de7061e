"""Starts Rasa, the action server and the gateway under supervisord, and stops them together.

A process that dies is started again by supervisord; what a citizen has said so far is in the database, so
the conversation goes on. Only the gateway listens beyond loopback.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import FrameType

import httpx

from bot.stack.setup import RASA_PYTHON, rasa_model
from wenban.errors import SetupError
from wenban.settings import PROJECT_ROOT, Settings
from wenban.threads import single_threaded_environment

log = logging.getLogger(__name__)

READY_TIMEOUT_S = 240.0
STOP_TIMEOUT_S = 25.0
_POLL_S = 0.25

_PROGRAM = """
[program:{name}]
command={command}
directory={root}
autostart=true
autorestart=true
startsecs=2
startretries=1000
stopwaitsecs=10
stopasgroup=true
killasgroup=true
redirect_stderr=true
stdout_logfile={logs}/{name}.log
stdout_logfile_maxbytes=20MB
stdout_logfile_backups=3
"""


def supervisor_config(settings: Settings) -> str:
    """The text of supervisord's configuration; holds no secret (children inherit the environment)."""
    logs = settings.home / "log"
    programs = {
        "actions": f"{sys.executable} -m actions.server",
        "rasa": f"{RASA_PYTHON} -m bot.rasa_runtime.serve "
        f"--model {rasa_model(settings)} --port {settings.rasa_port}",
        "gateway": f"{sys.executable} -m bot.gateway",
    }
    head = (
        "[supervisord]\nnodaemon=true\nsilent=true\nidentifier=wenban\n"
        f"logfile={logs}/supervisord.log\npidfile={settings.home}/supervisord.pid\nchildlogdir={logs}\n"
        # One fixed umask: logs and the database are the service's own.
        "umask=077\n"
    )
    sections = [
        _PROGRAM.format(name=name, command=command, root=PROJECT_ROOT, logs=logs)
        for name, command in programs.items()
    ]
    return (head + "".join(sections)).replace("%", "%%")


def child_environment(settings: Settings) -> dict[str, str]:
    """What all three processes get: ports, the key, one native thread each, no telemetry."""
    from actions.applications.crypto import Cipher

    return (
        os.environ
        | single_threaded_environment()
        | {
            "WENBAN_HOME": str(settings.home),
            "WENBAN_KEY": Cipher.exported_keys(settings),
            "WENBAN_ACTIONS_URL": f"http://127.0.0.1:{settings.actions_port}/webhook",
            "WENBAN_TRACKER_FILE": str(settings.home / "rasa" / "tracker.sqlite3"),
            "PYTHONUNBUFFERED": "1",
            # TensorFlow's and Keras's own deprecation warnings would bury what matters in the log.
            "PYTHONWARNINGS": "ignore::DeprecationWarning",
            "RASA_TELEMETRY_ENABLED": "false",
            "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
            "TF_CPP_MIN_LOG_LEVEL": "2",
        }
    )


def _require_free(port: int, what: str, variable: str) -> None:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise SetupError(
                f"port {port} for {what} is in use: stop what uses it, or set {variable} to another"
            ) from error


class Stack:
    """The running stack: `start`, `wait_ready`, `wait`, `stop`.

    Args:
        settings: where things are.
        report: called with a line of progress.
    """

    def __init__(self, settings: Settings, report: Callable[[str], None]) -> None:
        self._settings = settings
        self._report = report
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The supervisor's process id; all parts are its children. 0 before `start`."""
        return self._process.pid if self._process else 0

    def start(self) -> None:
        """Starts supervisord, which starts the three.

        Raises:
            SetupError: a port is taken.
        """
        settings = self._settings
        _require_free(settings.port, "the gateway", "WENBAN_PORT")
        _require_free(settings.rasa_port, "Rasa", "WENBAN_RASA_PORT")
        _require_free(settings.actions_port, "the action server", "WENBAN_ACTIONS_PORT")
        (settings.home / "log").mkdir(parents=True, exist_ok=True)
        config = settings.home / "supervisord.conf"
        config.write_text(supervisor_config(settings), encoding="utf-8")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "supervisor.supervisord", "-c", str(config)],
            cwd=PROJECT_ROOT,
            env=child_environment(settings),
            # Its own session: Ctrl-C reaches only us, and we stop all of them in order.
            start_new_session=True,
        )

    def wait_ready(self, timeout_s: float = READY_TIMEOUT_S) -> None:
        """Returns once the gateway says that all parts are healthy.

        Raises:
            SetupError: supervisord ended, or not all were healthy in time; names who was not.
        """
        waiting_for, deadline = "gateway", time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                raise SetupError(f"the supervisor ended; see {self._settings.home / 'log'}")
            unhealthy = self._unhealthy()
            if not unhealthy:
                return
            if unhealthy != waiting_for:
                waiting_for = unhealthy
                self._report(f"等待：{waiting_for}")
            time.sleep(_POLL_S)
        raise SetupError(
            f"not healthy after {timeout_s:.0f} s: {waiting_for}; see {self._settings.home / 'log'}"
        )

    def _unhealthy(self) -> str:
        try:
            answer = httpx.get(f"{self._settings.gateway_url}/healthz", timeout=3.0)
        except httpx.TransportError:
            return "gateway"
        if answer.status_code == httpx.codes.OK:
            return ""
        parts = answer.json().get("parts", {})
        return "、".join(name for name, status in parts.items() if status != "ok") or "gateway"

    def wait(self) -> int:
        """Blocks until supervisord ends; its exit status."""
        return self._process.wait() if self._process else 0

    def stop(self) -> None:
        """Stops all processes; kills what does not stop in time."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            log.warning("supervisord did not stop in %s s; killing it", STOP_TIMEOUT_S)
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


def _lan_addresses() -> list[str]:
    """This machine's address as others on the network see it, without sending anything."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # a documentation address: UDP connect sends no packet
        except OSError:
            return []
        return [probe.getsockname()[0]]


def run_stack(settings: Settings, report: Callable[[str], None]) -> int:
    """Starts the stack, reports the address, and stays until Ctrl-C or SIGTERM; the exit code."""
    stack = Stack(settings, report)
    begun = time.monotonic()

    def on_signal(_: int, __: FrameType | None) -> None:
        raise KeyboardInterrupt

    # SIGINT too: a shell starts background jobs with it ignored, and Python then leaves it so.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)
    try:
        stack.start()
        stack.wait_ready()
        report(f"问办已就绪（{time.monotonic() - begun:.0f} 秒）：{settings.gateway_url}")
        if settings.host not in ("127.0.0.1", "localhost"):
            for address in _lan_addresses():
                report(
                    f"同一网络的设备：http://{address}:{settings.port}（手机用麦克风需经 HTTPS，见 README）"
                )
        report("按 Ctrl-C 停止。")
        return stack.wait()
    except KeyboardInterrupt:
        report("正在停止……")
        return 0
    finally:
        # A second Ctrl-C must not leave processes behind.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        stack.stop()
        report("已停止。")


def home_is_private(home: Path) -> None:
    """The state folder is for the service alone."""
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o700)
