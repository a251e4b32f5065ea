"""SVG to PNG with resvg: one small wheel, no cairo or browser to install, and it runs nothing and loads nothing.

(cairosvg needs the system's cairo; graphviz-pure rasterises only graphs it drew itself.)
"""

from __future__ import annotations

import re

import resvg_py

ZOOM = 2.0
MAX_SIDE = 8000
"""Pixels: a picture of 1,000 states at full size would take hundreds of megabytes."""

_SIZE = re.compile(r'width="([0-9.]+)" height="([0-9.]+)"')


def to_png(svg: str) -> bytes:
    """The picture at twice its size, or as large as MAX_SIDE allows."""
    found = _SIZE.search(svg)
    longest = max(float(found[1]), float(found[2])) if found else 1.0
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=min(ZOOM, MAX_SIDE / longest), resources_dir=None))
