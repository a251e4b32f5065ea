"""Chance from outside: everything random in the interpreter is drawn from the seed that its event carries.

The only module of the pure core that may import ``random`` and ``uuid``. A stored seed makes a replay draw the same
numbers; the seed itself is never shown.
"""

from __future__ import annotations

import random


class Entropy:
    """A stream of draws that depends on the seed alone."""

    __slots__ = ("_random", "_seed")

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._random: random.Random | None = None

    def fraction(self) -> float:
        """A number in [0, 1)."""
        if self._random is None:
            self._random = random.Random(self._seed)  # noqa: S311 - jitter needs no secrecy
        return self._random.random()
