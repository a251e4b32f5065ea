"""Whether all parts work: what ``/healthz`` answers."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError, connection

from designer.models import Worker
from designer.services.executions import count_stuck

BEAT_WITHIN = 10.0
"""Seconds without a beat after which a worker counts as gone."""

FIRST_LOOK = 3.0
"""Seconds to watch a worker this process has not seen before: a stored number alone proves nobody alive."""

BROKER_TIMEOUT = 1.0


@dataclass(slots=True)
class _Seen:
    beat: int
    first_at: float
    moved_at: float | None = None


class BeatWatch:
    """When each worker's beat was last seen to move, on this process's own monotonic clock (wall clocks jump)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[str, _Seen] = {}

    def update(self, beats: dict[str, int], now: float) -> None:
        with self._lock:
            for gone in self._seen.keys() - beats.keys():
                del self._seen[gone]
            for worker, beat in beats.items():
                known = self._seen.setdefault(worker, _Seen(beat, now))
                if known.beat != beat:
                    known.beat, known.moved_at = beat, now

    def alive(self, now: float) -> int:
        with self._lock:
            moved = [one.moved_at for one in self._seen.values() if one.moved_at is not None]
        return sum(now - at <= BEAT_WITHIN for at in moved)

    def undecided(self, now: float) -> bool:
        """Whether a worker is so new to this process that its beat may not have moved yet."""
        with self._lock:
            return any(one.moved_at is None and now - one.first_at < FIRST_LOOK for one in self._seen.values())


_watches = {"advance": BeatWatch(), "tasks": BeatWatch()}


def health() -> tuple[bool, dict[str, Any]]:
    """Each part with ``ok``, and why not in words."""
    parts: dict[str, Any] = {"web": {"ok": True}, "database": _database(), "broker": _broker()}
    if parts["database"]["ok"]:
        parts["worker"] = _worker()
        # Stuck executions are an operator's business, not a reason to restart a part.
        parts["executions"] = {"ok": True, "stuck": count_stuck()}
    else:
        parts["worker"] = {"ok": False, "detail": "cannot be seen without the database"}
    return all(part["ok"] for part in parts.values()), parts


def _database() -> dict[str, Any]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return {"ok": False, "detail": type(error).__name__}
    return {"ok": True}


def _broker() -> dict[str, Any]:
    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=BROKER_TIMEOUT, socket_connect_timeout=BROKER_TIMEOUT
    )
    try:
        client.ping()
    except (redis.RedisError, OSError) as error:
        return {"ok": False, "detail": type(error).__name__}
    finally:
        client.close()
    return {"ok": True}


def _worker() -> dict[str, Any]:
    """Both kinds must live: one that takes executions on and one that does their tasks."""
    while True:
        now = time.monotonic()
        for kind, watch in _watches.items():
            watch.update(_beats(kind), now)
        alive = {kind: watch.alive(now) for kind, watch in _watches.items()}
        missing = [kind for kind, count in alive.items() if not count]
        if not missing:
            return {"ok": True, "workers": sum(alive.values())}
        if not any(_watches[kind].undecided(now) for kind in missing):
            return {"ok": False, "detail": f"no worker of kind {' or '.join(missing)} has moved for {BEAT_WITHIN:g} s"}
        time.sleep(0.05)


def _beats(kind: str) -> dict[str, int]:
    return dict(Worker.objects.filter(kind=kind).values_list("id", "beat"))
