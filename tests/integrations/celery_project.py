"""Somebody's own Celery project, as TREADLE_CELERY_APP names it."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from celery import Celery

app = Celery(
    "shop",
    broker=os.environ.get("SHOP_BROKER", "memory://"),
    backend=os.environ.get("SHOP_BACKEND") or None,
)
app.conf.update(worker_hijack_root_logger=False, broker_connection_retry_on_startup=True)


@app.task(name="shop.add")
def add(first: int, second: int = 0) -> int:
    """Adds two numbers."""
    return first + second


@app.task(name="shop.fail")
def fail(message: str) -> None:
    raise ValueError(message)


@app.task(name="shop.sleep")
def sleep(seconds: float, note: str) -> None:
    Path(note).write_text("begun")
    time.sleep(seconds)
    Path(note).write_text("ended")


@app.task(name="shop.odd")
def odd() -> Any:
    return float("nan")


@app.task(name="shop.secret")
def secret() -> str:
    return "not for machines"
