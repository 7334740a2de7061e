"""Finding interpreters and wheels: the parts of the bootstrap that decide, with stand-in programs."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def bootstrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module, on a machine with an empty PATH and no pyenv."""
    spec = importlib.util.spec_from_file_location("bootstrap", ROOT / "scripts" / "bootstrap.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    for name in ("PYTHON_FOR_WENBAN", "PYTHON_FOR_RASA"):
        monkeypatch.delenv(name, raising=False)
    return module


def program(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_the_version_is_asked_of_the_interpreter(bootstrap: ModuleType, tmp_path: Path) -> None:
    assert bootstrap.version_of(program(tmp_path / "p", "echo 3 10")) == (3, 10)


@pytest.mark.parametrize("script", ["exit 127", "echo 3 10; exit 1", "echo", "echo pyenv: not found >&2"])
def test_a_broken_shim_has_no_version(bootstrap: ModuleType, tmp_path: Path, script: str) -> None:
    assert bootstrap.version_of(program(tmp_path / "p", script)) is None


def test_what_is_not_there_has_no_version(bootstrap: ModuleType, tmp_path: Path) -> None:
    assert bootstrap.version_of(tmp_path / "missing") is None


def test_a_broken_shim_is_passed_over_for_pyenv(bootstrap: ModuleType, tmp_path: Path) -> None:
    program(tmp_path / "bin" / "python3.10", "echo 'pyenv: version not installed' >&2; exit 127")
    right = program(tmp_path / "pyenv/versions/3.10.14/bin/python", "echo 3 10")
    assert bootstrap.find_rasa_python("/nowhere/uv") == right


def test_the_named_interpreter_comes_first(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path / "bin" / "python3.10", "echo 3 10")
    named = program(tmp_path / "mine", "echo 3 10")
    monkeypatch.setenv("PYTHON_FOR_RASA", str(named))
    assert bootstrap.find_rasa_python("/nowhere/uv") == named


def test_a_python_that_is_too_old_or_untried_is_not_taken(bootstrap: ModuleType, tmp_path: Path) -> None:
    program(tmp_path / "bin" / "python3", "echo 3 9")
    program(tmp_path / "bin" / "python3.11", "echo 3 14")
    right = program(tmp_path / "bin" / "python3.12", "echo 3 12")
    assert bootstrap.find_main_python() == right


def test_uv_is_asked_last_and_may_install(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "candidates", lambda *_: iter(()))
    got = tmp_path / "got"
    uv = program(
        tmp_path / "uv",
        f'case "$2" in find) test -e {got} && echo {got} ;; install) : > {got} ;; esac',
    )
    assert bootstrap.find_rasa_python(str(uv)) == got


def test_without_any_python_the_sentence_says_how_to_get_one(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "candidates", lambda *_: iter(()))
    uv = program(tmp_path / "uv", "exit 1")
    with pytest.raises(SystemExit, match=r"pyenv install 3\.10"):
        bootstrap.find_rasa_python(str(uv))
    with pytest.raises(SystemExit, match="PYTHON_FOR_WENBAN"):
        bootstrap.find_main_python()


def test_wheel_folders_of_pip_are_handed_to_uv_once(bootstrap: ModuleType, tmp_path: Path) -> None:
    listed = """echo "global.find-links='/wheels/cpu'"
echo "install.find-links='/wheels/cpu /wheels/more'"
echo "global.index-url='https://example.org/simple'" """
    python = program(tmp_path / "p", listed)
    assert bootstrap.wheel_folders(python) == [
        "--find-links", "/wheels/cpu", "--find-links", "/wheels/more",
    ]  # fmt: skip


def test_the_cpu_build_of_torch_is_found_where_it_is_offered(bootstrap: ModuleType, tmp_path: Path) -> None:
    lock = tmp_path / "main.lock"
    lock.write_text("numpy==2.1\ntorch==2.5.1 ; python_version > '3'\n", encoding="utf-8")

    def arguments(script: str, python: str = "exit 1") -> list[str]:
        found: list[str] = bootstrap.torch_arguments(
            str(program(tmp_path / "uv", script)), lock, program(tmp_path / "python", python), []
        )
        return found

    assert arguments("echo ' + torch==2.5.1+cpu'") == []
    assert arguments("echo ' + torch==2.5.1'") == ["--torch-backend", "cpu"]
    no_cpu_index = 'case "$*" in *torch-backend*) exit 1 ;; esac; echo " + torch==2.5.1"'
    assert arguments(no_cpu_index) == []
    # What is installed needs no index, which may be out of reach by now; another version does.
    assert arguments("echo would change nothing", python="echo 2.5.1+cpu") == []
    assert arguments("echo ' + torch==2.5.1'", python="echo 2.5.0+cpu") == ["--torch-backend", "cpu"]
    lock.write_text("numpy==2.1\n", encoding="utf-8")
    assert arguments("exit 1") == []


def test_an_environment_is_installed_once_for_each_lock(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []
    monkeypatch.setattr(bootstrap, "run", lambda command: ran.append(str(command[1])))
    monkeypatch.setattr(bootstrap, "wheel_folders", lambda _: [])
    lock, folder = tmp_path / "x.lock", tmp_path / "env"
    folder.mkdir()
    for text in ("one==1", "one==1", "one==2"):
        lock.write_text(text, encoding="utf-8")
        bootstrap.make(folder, Path("python"), str(program(tmp_path / "uv", "exit 0")), lock, "step")
    assert ran == ["venv", "pip"] * 2
