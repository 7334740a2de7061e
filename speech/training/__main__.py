"""Entry of `python -m speech.training`."""

from __future__ import annotations

import sys

from speech.training.cli import main

sys.exit(main())
