"""Work that may take long, kept to a few threads, each subject in one at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Turns:
    """Whoever comes when there is no room leaves the subject behind, to be seen to by those who are at work.

    It comes to its turn at least once after it was left, so nothing that was rung for in the meantime is overlooked.
    """

    def __init__(self, most: int, work: Callable[[str], None]) -> None:
        self._most = most
        self._work = work
        self._lock = threading.Lock()
        self._at_work: set[str] = set()
        self._left: dict[str, None] = {}

    def take(self, subject: str) -> None:
        """See to the subject, and to what is left behind meanwhile, or leave it."""
        with self._lock:
            self._left[subject] = None
        while (mine := self._next()) is not None:
            try:
                self._work(mine)
            finally:
                with self._lock:
                    self._at_work.remove(mine)

    def _next(self) -> str | None:
        with self._lock:
            if len(self._at_work) >= self._most:
                return None
            found = next((one for one in self._left if one not in self._at_work), None)
            if found is not None:
                del self._left[found]
                self._at_work.add(found)
            return found
