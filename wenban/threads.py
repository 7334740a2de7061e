"""Native libraries spawn a thread per core and are far slower on small matrices for it: use one."""

from __future__ import annotations

import os

_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


def single_threaded_environment() -> dict[str, str]:
    """The variables that limit BLAS and OpenMP to one thread, for a child process's environment."""
    return dict.fromkeys(_VARIABLES, "1") | {"TOKENIZERS_PARALLELISM": "false"}


def limit_native_threads() -> None:
    """Sets the variables for this process; has effect only before numpy, torch or faiss are imported."""
    for name, value in single_threaded_environment().items():
        os.environ.setdefault(name, value)
