"""The supervisor's configuration, the ports, and what is said when the stack cannot start."""

from __future__ import annotations

import configparser
import dataclasses
import socket
import stat
from contextlib import closing
from pathlib import Path

import pytest

from bot.stack.supervise import Stack, child_environment, home_is_private, supervisor_config
from wenban.errors import SetupError
from wenban.settings import Settings, load_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return dataclasses.replace(load_settings(), home=tmp_path, key_file=tmp_path / "secret.key")


def test_three_programs_and_no_secret_in_the_configuration(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WENBAN_KEY", raising=False)
    key = child_environment(settings)["WENBAN_KEY"]
    text = supervisor_config(settings)
    config = configparser.ConfigParser(interpolation=None)
    config.read_string(text)
    programs = {name.split(":")[1] for name in config.sections() if name.startswith("program:")}
    assert programs == {"actions", "rasa", "gateway"}
    assert all(config[f"program:{name}"]["autorestart"] == "true" for name in programs)
    assert config["supervisord"]["umask"] == "077"
    assert key
    assert key not in text


def test_a_per_cent_sign_in_a_path_is_escaped(settings: Settings, tmp_path: Path) -> None:
    odd = dataclasses.replace(settings, home=tmp_path / "100%")
    assert f"{tmp_path}/100%%/log" in supervisor_config(odd)


def test_children_share_one_key_and_one_thread(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WENBAN_KEY", raising=False)
    first, second = child_environment(settings), child_environment(settings)
    assert first["WENBAN_KEY"] == second["WENBAN_KEY"]
    assert first["OMP_NUM_THREADS"] == "1"
    assert first["RASA_TELEMETRY_ENABLED"] == "false"
    assert first["WENBAN_ACTIONS_URL"] == f"http://127.0.0.1:{settings.actions_port}/webhook"


@pytest.mark.parametrize(
    ("name", "variable"),
    [("port", "WENBAN_PORT"), ("rasa_port", "WENBAN_RASA_PORT"), ("actions_port", "WENBAN_ACTIONS_PORT")],
)
def test_a_taken_port_is_named(settings: Settings, name: str, variable: str) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        ports = {"port": 0, "rasa_port": 0, "actions_port": 0, name: taken.getsockname()[1]}
        with pytest.raises(SetupError, match=variable):
            Stack(dataclasses.replace(settings, **ports), lambda _: None).start()


def test_a_supervisor_that_is_not_there_is_not_waited_for(settings: Settings) -> None:
    with pytest.raises(SetupError, match="supervisor ended"):
        Stack(settings, lambda _: None).wait_ready()


def test_the_home_is_for_the_service_alone(tmp_path: Path) -> None:
    home = tmp_path / "deep" / "home"
    home_is_private(home)
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
