"""Retry and Catch: what becomes of a failed attempt (ASL, "Errors")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from engine.asl.model import AnyState, Catcher, Retrier, Working
from engine.errors import Failure, matches
from engine.query.entropy import Entropy


@dataclass(frozen=True, slots=True)
class TryAgain:
    """The retrier at ``index`` tries once more, after ``delay`` milliseconds."""

    index: int
    delay: int
    exhausted: ClassVar[int | None] = None
    note: ClassVar[str] = "retry"


@dataclass(frozen=True, slots=True)
class GoTo:
    """The catcher at ``index`` takes the error."""

    catcher: Catcher
    index: int
    exhausted: int | None = None
    note: ClassVar[str] = "caught"


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Nobody takes the error; ``exhausted`` is the retrier that has tried as often as it may."""

    exhausted: int | None = None
    note: ClassVar[str] = "fatal"


Recovery: TypeAlias = TryAgain | GoTo | GiveUp
_GIVE_UP = GiveUp()
_LONGEST_DELAY = 99_999_999.0


def recover(state: AnyState, failure: Failure, retries: Mapping[int, int], entropy: Entropy) -> Recovery:
    """Each retrier keeps its own count for the whole visit; catchers are asked when no retrier is left."""
    if not isinstance(state, Working):
        return _GIVE_UP
    exhausted = None
    for index, retrier in enumerate(state.retry):
        if matches(retrier.error_equals, failure.error):
            tried = retries.get(index, 0)
            if tried < retrier.max_attempts:
                return TryAgain(index, delay(retrier, tried, entropy))
            exhausted = index
            break
    for index, catcher in enumerate(state.catch):
        if matches(catcher.error_equals, failure.error):
            return GoTo(catcher, index, exhausted)
    return _GIVE_UP if exhausted is None else GiveUp(exhausted)


def delay(retrier: Retrier, tried: int, entropy: Entropy) -> int:
    """Milliseconds before the next attempt: IntervalSeconds * BackoffRate ** tried, capped, then jittered."""
    most = float(retrier.max_delay_seconds or _LONGEST_DELAY)
    try:
        seconds = min(most, retrier.interval_seconds * retrier.backoff_rate**tried)
    except OverflowError:
        seconds = most
    if retrier.full_jitter:
        seconds *= entropy.fraction()
    return round(seconds * 1000)
