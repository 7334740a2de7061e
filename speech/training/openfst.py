"""OpenFst's command-line tools, run on files.

The look-ahead type lives in a plug-in that must be loaded before the tool starts, and OpenFst's Python
bindings cannot share a process with Vosk; so the tools run as processes of their own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from wenban.errors import SetupError

_PLUGINS = ("libfstlookahead.so", "libfstlookahead.so.22", "libfstlookahead.so.26", "libfstlookahead.so.25")
_FOLDERS = (
    "/usr/lib/x86_64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
    "/usr/lib",
    "/usr/local/lib",
    "/usr/lib64",
)
TOOLS = ("fstcompile", "fstarcsort", "fstconvert")


def plugin() -> Path:
    """The look-ahead plug-in's file.

    Raises:
        SetupError: it is not installed.
    """
    folders = [*os.environ.get("LD_LIBRARY_PATH", "").split(":"), *_FOLDERS]
    for folder in filter(None, folders):
        for directory in (Path(folder), Path(folder, "fst")):
            for name in _PLUGINS:
                if (directory / name).exists():
                    return directory / name
    raise SetupError(
        "OpenFst's libfstlookahead is missing; install libfst-tools (apt-get install libfst-tools)"
    )


def require() -> None:
    """Raises SetupError unless all tools and the plug-in are there."""
    missing = [name for name in TOOLS if shutil.which(name) is None]
    if missing:
        raise SetupError(
            f"OpenFst tools missing: {', '.join(missing)}; install them (apt-get install libfst-tools)"
        )
    plugin()


def run(tool: str, *arguments: str | Path, preload: bool = False) -> None:
    """Run one tool to its end.

    Raises:
        SetupError: the tool failed; carries the end of its own message.
    """
    environment = {**os.environ, "LC_ALL": "C"}
    if preload:
        environment["LD_PRELOAD"] = str(plugin())
    done = subprocess.run(
        [tool, *map(str, arguments)], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise SetupError(f"{tool} failed ({done.returncode}): {done.stderr.strip()[-500:]}")
