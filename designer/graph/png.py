"""SVG to PNG with resvg: one small wheel, no cairo or browser to install, and it runs nothing and loads nothing.

(cairosvg needs the system's cairo; graphviz-pure rasterises only graphs it drew itself.)

In a process of its own: resvg keeps Python's lock while it draws, many seconds for a large picture, and nobody else in
the web server would be answered meanwhile.
"""

from __future__ import annotations

import re
import subprocess
import sys

from designer.graph.dot import TIMEOUT, LayoutFailed
from engine.sentences import say

ZOOM = 2.0
MAX_SIDE = 8000
"""Pixels: a picture of 1,000 states at full size would take hundreds of megabytes."""

_PROGRAM = """
import sys, resvg_py
svg = sys.stdin.buffer.read().decode()
sys.stdout.buffer.write(bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=float(sys.argv[1]), resources_dir=None)))
"""
_SIZE = re.compile(r'width="([0-9.]+)" height="([0-9.]+)"')


def to_png(svg: str) -> bytes:
    """The picture at twice its size, or as large as MAX_SIDE allows. Raises dot.LayoutFailed when it takes too long."""
    found = _SIZE.search(svg)
    longest = max(float(found[1]), float(found[2])) if found else 1.0
    command = [sys.executable, "-I", "-c", _PROGRAM, str(min(ZOOM, MAX_SIDE / longest))]
    try:
        done = subprocess.run(  # noqa: S603 - our own program; the picture reaches it as data
            command, input=svg.encode(), capture_output=True, timeout=TIMEOUT, check=False
        )
    except subprocess.TimeoutExpired:
        raise LayoutFailed(
            say("This picture takes longer than {seconds:g} s to draw as pixels; the SVG does not", seconds=TIMEOUT)
        ) from None
    if done.returncode != 0:
        raise LayoutFailed(say("This picture could not be drawn as pixels"))
    return done.stdout
