#!/usr/bin/env python3
"""Makes the two Python environments, with nothing but the standard library.

`.venv` (Python 3.11 or newer) holds Wenban; `.venv-rasa` (Python 3.10) holds Rasa 3.6, which cannot share an
environment with current libraries. Each is made once and again when its lock file changes; an interrupted run
goes on where it stopped. `--dev` adds what tests and linters need, `--lock` writes the lock files anew.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MAIN, RASA = ROOT / ".venv", ROOT / ".venv-rasa"
UV = "uv>=0.5"


def say(text: str) -> None:
    print(f"[bootstrap] {text}", file=sys.stderr, flush=True)


def version_of(python: str | Path) -> tuple[int, int] | None:
    """(major, minor) of an interpreter, or None if it does not run: a pyenv shim may exist and still fail."""
    try:
        done = subprocess.run(
            [str(python), "-c", "import sys; print(*sys.version_info[:2])"],
            capture_output=True,
            text=True,
            timeout=60,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    parts = done.stdout.split()
    return (int(parts[0]), int(parts[1])) if done.returncode == 0 and len(parts) == 2 else None


def pyenv_versions(prefix: str) -> list[Path]:
    configured = os.environ.get("PYENV_ROOT")
    if not configured and shutil.which("pyenv"):
        configured = subprocess.run(["pyenv", "root"], capture_output=True, text=True).stdout.strip()
    root = Path(configured) if configured else Path.home() / ".pyenv"
    return sorted((root / "versions").glob(f"{prefix}*/bin/python"), reverse=True)


def candidates(variable: str, names: Sequence[str], prefixes: Sequence[str]) -> Iterator[Path]:
    """Interpreters in the order they are tried: the given one, PATH, pyenv's, the system's."""
    if os.environ.get(variable):
        yield Path(os.environ[variable])
    for name in names:
        found = shutil.which(name)
        if found:
            yield Path(found)
    for prefix in prefixes:
        yield from pyenv_versions(prefix)
    for name in names:
        yield Path("/usr/bin") / name
        yield Path("/usr/local/bin") / name


def find_main_python() -> Path:
    names = ["python3", "python3.11", "python3.12", "python3.13"]
    for python in candidates("PYTHON_FOR_WENBAN", names, ["3.11.", "3.12."]):
        # Newer than 3.13 is untried: wheels of the native libraries may be missing.
        if (3, 11) <= (version_of(python) or (0, 0)) <= (3, 13):
            return python
    sys.exit(
        "问办需要 Python 3.11 或更新版本。请安装后重试，或用 PYTHON_FOR_WENBAN 指定解释器的路径。\n"
        "Wenban needs Python 3.11+; install it or set PYTHON_FOR_WENBAN to its path."
    )


def find_rasa_python(uv: str) -> Path:
    for python in candidates("PYTHON_FOR_RASA", ["python3.10"], ["3.10."]):
        if version_of(python) == (3, 10):
            return python
    managed = [uv, "python", "find", "--managed-python", "3.10"]
    if subprocess.run(managed, capture_output=True).returncode != 0:
        say("no Python 3.10 found; asking uv for one")
        subprocess.run([uv, "python", "install", "3.10"])
    found = subprocess.run(managed, capture_output=True, text=True)
    if found.returncode == 0:
        return Path(found.stdout.strip())
    sys.exit(
        "Rasa 3.6 需要 Python 3.10，本机没有找到。\n"
        "请用 pyenv install 3.10 或 uv python install 3.10 安装，\n"
        "或用 PYTHON_FOR_RASA 指定解释器的路径。\n"
        "Rasa 3.6 needs Python 3.10: install it with pyenv or uv, or set PYTHON_FOR_RASA."
    )


def wheel_folders(python: str | Path) -> list[str]:
    """Folders of wheels that pip's configuration names; uv does not read it, so they are passed on."""
    listed = subprocess.run(
        [str(python), "-m", "pip", "config", "list"], capture_output=True, text=True
    ).stdout
    arguments: list[str] = []
    for line in listed.splitlines():
        found = re.match(r"(?:global|install|:env:)\.find-links='(.*)'", line.strip())
        for folder in found.group(1).split() if found else []:
            if folder not in arguments:
                arguments += ["--find-links", folder]
    return arguments


def version_inside(python: Path, package: str) -> str | None:
    """Version of an installed package, without its local part ("+cpu"); None where it is missing."""
    asked = f"import importlib.metadata as m; print(m.version({package!r}))"
    done = subprocess.run([str(python), "-c", asked], capture_output=True, text=True)
    return done.stdout.strip().partition("+")[0] if done.returncode == 0 else None


def torch_arguments(uv: str, lock: Path, python: Path, folders: list[str]) -> list[str]:
    """The CPU build of torch wherever it is offered: a configured wheel folder first, else uv's CPU index."""
    probe = [uv, "pip", "install", "--dry-run", "--no-deps", "--python", str(python), *folders]
    torch = next(
        (line.split()[0] for line in lock.read_text().splitlines() if line.startswith("torch==")), None
    )
    if torch is None or version_inside(python, "torch") == torch.partition("==")[2]:
        return []  # none wanted, or the environment has it: then no index needs to be asked
    local = subprocess.run([*probe, torch], capture_output=True, text=True)
    if "+cpu" in local.stdout + local.stderr:
        return []
    cpu_index = subprocess.run([*probe, "--torch-backend", "cpu", torch], capture_output=True, text=True)
    if cpu_index.returncode == 0:
        return ["--torch-backend", "cpu"]
    say(
        "no CPU build of torch is offered here; installing the index's default build (larger, works the same)"
    )
    return []


def run(command: Sequence[str | Path]) -> None:
    done = subprocess.run([str(part) for part in command], cwd=ROOT)
    if done.returncode != 0:
        sys.exit(
            f"[bootstrap] failed ({done.returncode}): {' '.join(str(part) for part in command)}\n"
            "[bootstrap] 网络中断时重新运行即可，会从断点继续。"
        )


def make(folder: Path, python: Path, uv: str, lock: Path, step: str) -> None:
    """One environment; a stamp with the lock's hash says that it is complete."""
    stamp = folder / ".wenban-stamp"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    done = stamp.read_text().split() if stamp.exists() else []
    if digest in done:
        return
    if not (folder / "bin" / "python").exists():
        version = ".".join(map(str, version_of(python) or ()))
        say(f"{step}: making {folder.name} with Python {version}")
        run([uv, "venv", "--quiet", "--python", python, folder])
    say(f"{step}: installing {lock.name} (a few minutes the first time; downloads are kept)")
    inside = folder / "bin" / "python"
    folders = wheel_folders(sys.executable)
    extra = torch_arguments(uv, lock, inside, folders)
    run([uv, "pip", "install", "--python", inside, *folders, *extra, "-r", lock])
    stamp.write_text("\n".join([*done, digest]))


def uv_program(python: Path) -> str:
    found = MAIN / "bin" / "uv"
    if not found.exists():
        say("step 1 of 3: making .venv")
        run([python, "-m", "venv", MAIN])
        run([MAIN / "bin" / "python", "-m", "pip", "install", "--quiet", UV])
    return str(found)


def lock_all(uv: str, rasa_python: Path) -> None:
    for name, python in (("main", MAIN / "bin/python"), ("dev", MAIN / "bin/python"), ("rasa", rasa_python)):
        out = ROOT / "requirements" / f"{name}.lock"
        run(
            [
                uv,
                "pip",
                "compile",
                "--quiet",
                "--upgrade",
                "--no-header",
                "--no-emit-find-links",
                *wheel_folders(sys.executable),
                "--python",
                python,
                f"requirements/{name}.in",
                "-o",
                out,
            ]
        )
        # The CPU build is found where it is offered; the lock must also fit an index without it.
        out.write_text(out.read_text().replace("+cpu", ""))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dev", action="store_true", help="also install tests, linters, training recipes")
    parser.add_argument("--lock", action="store_true", help="write requirements/*.lock anew and stop")
    options = parser.parse_args()
    python = find_main_python()
    uv = uv_program(python)
    if options.lock:
        lock_all(uv, find_rasa_python(uv))
        return
    lock = ROOT / "requirements" / ("dev.lock" if options.dev else "main.lock")
    make(MAIN, python, uv, lock, "step 2 of 3")
    inside = MAIN / "bin" / "python"
    if not (MAIN / "bin" / "wenban").exists():
        run([uv, "pip", "install", "--quiet", "--python", inside, "--no-deps", "-e", "."])
    if (
        not (RASA / ".wenban-stamp").exists()
        or hashlib.sha256((ROOT / "requirements/rasa.lock").read_bytes()).hexdigest()
        not in (RASA / ".wenban-stamp").read_text()
    ):
        make(RASA, find_rasa_python(uv), uv, ROOT / "requirements/rasa.lock", "step 3 of 3")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        # A traceback would tell a newcomer that something is broken.
        sys.exit("[bootstrap] 已中断，重新运行即可，会从断点继续。")
