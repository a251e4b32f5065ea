"""A small Celery project: draws pictures (PGM, 8 bits a pixel) and makes smaller ones.

    celery -A pictures worker

PICTURES_BROKER and PICTURES_BACKEND say where its broker and its results are.
"""

from __future__ import annotations

import os
from pathlib import Path

from celery import Celery

REDIS = "redis://127.0.0.1:6379"
app = Celery(
    "pictures",
    broker=os.environ.get("PICTURES_BROKER", f"{REDIS}/5"),
    backend=os.environ.get("PICTURES_BACKEND", f"{REDIS}/6"),
)
app.conf.broker_connection_retry_on_startup = True


@app.task(name="pictures.draw")
def draw(folder: str, width: int = 400) -> str:
    """Draws a square of rings; its path."""
    middle = width // 2
    rings = bytes(((x - middle) ** 2 + (y - middle) ** 2) // width % 256 for y in range(width) for x in range(width))
    path = Path(folder) / f"rings-{width}.pgm"
    path.parent.mkdir(parents=True, exist_ok=True)
    return _write(path, width, rings)


@app.task(name="pictures.shrink")
def shrink(path: str, factor: int) -> str:
    """Every FACTORth pixel of a picture, beside it; the new path."""
    width, pixels = _read(Path(path))
    rows = [pixels[y * width : (y + 1) * width : factor] for y in range(0, width, factor)]
    smaller = Path(path).with_name(f"{Path(path).stem}-by-{factor}.pgm")
    return _write(smaller, len(rows), b"".join(rows))


@app.task(name="pictures.sizes")
def sizes(paths: list[str]) -> dict[str, int]:
    """The width of each picture."""
    return {path: _read(Path(path))[0] for path in paths}


def _write(path: Path, width: int, pixels: bytes) -> str:
    path.write_bytes(b"P5 %d %d 255\n" % (width, width) + pixels)
    return str(path)


def _read(path: Path) -> tuple[int, bytes]:
    header, _, pixels = path.read_bytes().partition(b"\n")
    return int(header.split()[1]), pixels
