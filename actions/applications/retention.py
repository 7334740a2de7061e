"""What nobody needs any more is forgotten: old conversations, drafts, closed handovers, what use taught."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from actions.applications.base import shanghai_now
from actions.applications.store import Store
from wenban.errors import StorageError
from wenban.logs import facts

log = logging.getLogger(__name__)

EVERY = timedelta(hours=6)


def forget_old(store: Store, keep: timedelta, now: datetime) -> dict[str, int]:
    """Removes what was last touched longer ago than `keep`; submitted applications stay.

    Returns:
        How many of each kind went.

    Raises:
        StorageError: the database did not answer; what was removed before stays removed.
    """
    return {
        "sessions": store.purge_sessions(keep, now),
        "drafts": store.purge_drafts(keep, now),
        "handovers": store.purge_handovers(keep, now),
        "outcomes": store.purge_outcomes(keep, now.date()),
        "attempts": store.purge_attempts(now),
    }


class Forgetting:
    """Forgets at the start and then every few hours, in a thread that ends with the process.

    Several processes may do it at once: each removes only what is still there.

    Args:
        keep: for how long things are kept.
        every: the time between two rounds.
        clock: what time it is.
    """

    def __init__(
        self,
        store: Store,
        keep: timedelta,
        *,
        every: timedelta = EVERY,
        clock: Callable[[], datetime] = shanghai_now,
    ) -> None:
        self._store, self._keep, self._every, self._clock = store, keep, every, clock
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="forgetting", daemon=True)

    def start(self) -> None:
        """Begins; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """Ends, after the round that is running."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            try:
                gone = forget_old(self._store, self._keep, self._clock())
            except StorageError as error:
                # The next round tries again; nobody's turn must fail for it.
                log.warning("nothing forgotten", extra=facts(reason=str(error)))
            else:
                if any(gone.values()):
                    log.info("forgot what was old", extra=facts(**gone))
            if self._stopped.wait(self._every.total_seconds()):
                return
