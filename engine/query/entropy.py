"""Chance from outside: everything random in the interpreter is drawn from the seed that its event carries.

The only module of the pure core that may import ``random`` and ``uuid``. A stored seed makes a replay draw the same
numbers; the seed itself is never shown.
"""

from __future__ import annotations

import base64
import random
import uuid


class Entropy:
    """A stream of draws that depends on the seed alone."""

    __slots__ = ("_seed", "_source")

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._source: random.Random | None = None

    def _random(self) -> random.Random:
        if self._source is None:
            self._source = random.Random(self._seed)  # noqa: S311 - what needs secrecy has a secret seed
        return self._source

    def fraction(self) -> float:
        """A number in [0, 1)."""
        return self._random().random()

    def integer(self, low: int, high: int) -> int:
        """A whole number from ``low`` up to, not including, ``high``."""
        return self._random().randrange(low, high)

    def uuid4(self) -> str:
        return str(uuid.UUID(int=self._random().getrandbits(128), version=4))

    def token(self) -> str:
        """384 bits in URL-safe Base64: nobody guesses it."""
        return base64.urlsafe_b64encode(self._random().randbytes(48)).decode()

    def seed(self) -> str:
        """The seed of another stream, for whoever draws elsewhere."""
        return f"{self._random().getrandbits(128):032x}"


def seeded(seed: int | float | str) -> Entropy:
    """The stream that a user's own seed stands for."""
    return Entropy(f"user:{seed}")


_JAVA_STEP = 0x5DEECE66D
_JAVA_MASK = 2**48 - 1


def java_fraction(seed: int) -> float:
    """A number in [0, 1): the first that Java's generator draws from a seed; AWS gives it too."""
    state = (seed ^ _JAVA_STEP) & _JAVA_MASK
    high = state = (state * _JAVA_STEP + 11) & _JAVA_MASK
    low = (state * _JAVA_STEP + 11) & _JAVA_MASK
    return ((high >> 22 << 27) + (low >> 21)) / 2**53
