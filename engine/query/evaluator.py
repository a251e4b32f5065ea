"""Evaluating what may be costly, behind a Protocol: JSONata, and JSONPaths that select many nodes.

``Direct`` evaluates in this process and is what a child process runs (``engine.runtime.evaluating``). Two libraries do
the work: jsonatapy, which is fast, and jsonata-python, which can be given functions (docs/adr/0010).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from math import floor, isfinite
from threading import local
from typing import Any, Protocol

import jsonatapy
from jsonata.jexception import JException
from jsonata.jsonata import Jsonata
from jsonata.utils import Utils

from engine.jsontypes import MAX_DEPTH, InvalidJson, Json, parse
from engine.query.entropy import Entropy, java_fraction
from engine.query.jsonata import Expression
from engine.query.path import Path

LIMIT_SECONDS = 5
_DEEPEST = 500
_ITEMS = 1_000_000
_EXACT = 2**53
_WHOLE = 1e21
"""JavaScript prints whole numbers up to here without an exponent."""
_ALGORITHMS = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}
TIMED_OUT = "Expression evaluation timeout: Check for infinite loop"
TOO_LARGE = "Expression evaluation memory limit exceeded: Check for excessive memory usage"
TOO_DEEP = "Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive"
_BOUNDS = {"D1012": TIMED_OUT, "D1011": TOO_DEEP, "U1001": TOO_DEEP, "U1002": TOO_DEEP}
_OPERATOR = re.compile(r"(T200[12]: The (?:left|right) side of the )([^\s\"]+)( operator)")
_UNFIT = re.compile(r"(T041[0-2]): Argument (\d+) must be (?:an array of (\w+))?")
_PLURALS = {"Number": "numbers", "String": "strings", "Boolean": "booleans", "Object": "objects"}
_OBJECT = re.compile(r"\bof Object (\w+)")  # where the second library's sentences lost the word "function"
# An expression must see the time of its event, not of its evaluation: its own $now and $millis hide the library's.
_AT = "treadle_at"
_TIMED = "($millis := function(){$treadle_at}; $now := function($p, $z){$fromMillis($treadle_at, $p, $z)}; %s)"


class Undefined(Enum):
    """What an expression that finds nothing yields; null is something."""

    UNDEFINED = "undefined"


class ExpressionFailed(Exception):
    """``message`` begins with JSONata's own code where it has one: ``T2001: ...``. AWS's limits have none."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class UnsupportedResult(ExpressionFailed):
    """The expression yields a function, which is not JSON."""

    def __init__(self) -> None:
        super().__init__("returned an unsupported result type.")


class Evaluator(Protocol):
    """Bounded in time and memory: 5 seconds of a processor, and 256 MB more than the data."""

    def evaluate(
        self, expression: Expression, bindings: Mapping[str, Json], *, at: int, entropy: Entropy
    ) -> Json | Undefined:
        """The value. ``at`` (milliseconds since 1970) is the time and ``entropy`` the chance that the expression sees.
        Raises ExpressionFailed."""
        ...

    def matches(self, path: Path, value: Json) -> list[Json]:
        """All nodes of ``value`` that a path which is not definite selects. Raises PathNotFound, or SearchFailed."""
        ...


class Direct:
    """Evaluates here and now: bounded in time and depth, but not in memory. Safe to share between threads."""

    def evaluate(
        self, expression: Expression, bindings: Mapping[str, Json], *, at: int, entropy: Entropy
    ) -> Json | Undefined:
        with suppress(RecursionError):
            return _evaluate(expression, bindings, at, entropy)
        raise ExpressionFailed(TOO_DEEP)  # without the error itself, as below

    def matches(self, path: Path, value: Json) -> list[Json]:
        return path.find(value)


def watched_from_outside(seconds: int) -> None:
    """In a process whose processor time somebody else bounds, the libraries' own clocks, the wall's, come second."""
    global LIMIT_SECONDS
    LIMIT_SECONDS = seconds


def _evaluate(expression: Expression, bindings: Mapping[str, Json], at: int, entropy: Entropy) -> Json | Undefined:
    if expression.wide:
        return _evaluate_wide(expression, bindings, at, entropy)
    given = {**bindings, _AT: at} if expression.timed else dict(bindings)
    try:
        found = _run(expression, given)
        if found is None:
            text = _run(expression, given, as_text=True)
            if text is None and not expression.functional:
                return Undefined.UNDEFINED
            if text == "null":
                return None
    except _Told as error:
        raise ExpressionFailed(_worded(str(error), expression)) from None
    if found is None or (expression.functional and _may_hide_function(found)):
        return _evaluate_wide(expression, bindings, at, entropy)
    return _plain(found)


class _Told(Exception):
    """What the library says."""


class _Compiled(local):
    """What each thread has compiled. It may be used, and let go of, by no other: the library leaks what another frees.

    So it belongs to the thread, not to an evaluator, which may outlive it or be freed elsewhere.
    """

    def __init__(self) -> None:
        self.get = lru_cache(maxsize=1024)(_compile)


def _compile(source: str) -> jsonatapy.JsonataExpression:
    return jsonatapy.compile(source, timeout=LIMIT_SECONDS * 1000, max_stack_depth=_DEEPEST, max_sequence_length=_ITEMS)


_compiled = _Compiled()


def _run(expression: Expression, bindings: dict[str, Json], *, as_text: bool = False) -> Any:
    """The value, None for null and for nothing; ``as_text`` gives JSON text, and None for nothing alone."""
    source = _TIMED % expression.source if expression.timed else expression.source
    failure: _Told | None = None
    try:
        if as_text:
            return _compiled.get(source).evaluate_json_or_none("null", bindings)
        return _compiled.get(source).evaluate(None, bindings)
    except OverflowError:
        pass
    except (ValueError, TypeError) as error:
        failure = _Told(str(error))
    except BaseException as error:
        # A panic of the library derives from BaseException, so that no handler of ours would see it.
        if type(error).__name__ != "PanicException":
            raise
        failure = _Told(f"the expression cannot be evaluated: {error}")
    # Not raised above: the library's error would go along with it, and its frames hold what is this thread's.
    if failure is not None:
        raise failure
    return _run(expression, {name: _doubled(value) for name, value in bindings.items()}, as_text=as_text)


def _doubled(value: Json) -> Json:
    """Integers beyond 64 bits are what they are to JavaScript: doubles."""
    if isinstance(value, dict):
        return {name: _doubled(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_doubled(one) for one in value]
    return float(value) if isinstance(value, int) and abs(value) >= _EXACT else value


def _worded(message: str, expression: Expression) -> str:
    """The library's sentence in the words of JSONata's own, which AWS hands on, as far as they can be told."""
    code = message[:5]
    if code in _BOUNDS:
        return _BOUNDS[code]
    if code == "T1006":
        return "T1006: Attempted to invoke a non-function"
    if len(expression.calls) == 1 and (unfit := _UNFIT.match(message)):
        (function,), plural = expression.calls, _PLURALS.get(unfit[3] or "")
        rest = f'must be an array of "{plural}"' if plural else "does not match function signature"
        return f'{unfit[1]}: Argument {unfit[2]} of function "{function}" {rest}'
    return _OPERATOR.sub(r'\1"\2"\3', message)


def _may_hide_function(found: Json) -> bool:
    """The library gives nothing away of a function but an empty string or null in its place."""
    if isinstance(found, dict):
        return any(map(_may_hide_function, found.values()))
    if isinstance(found, list):
        return any(map(_may_hide_function, found))
    return found is None or found == ""


def _plain(found: Any, level: int = 0) -> Json:
    """JSON as this project holds it: whole numbers are ints, however they were come by."""
    if level > MAX_DEPTH:
        raise ExpressionFailed(f"the result is nested more than {MAX_DEPTH} deep")
    if isinstance(found, float):
        return _plain_number(found)
    if isinstance(found, dict):
        return {str(name): _plain(one, level + 1) for name, one in found.items()}
    if isinstance(found, list):
        return [_plain(one, level + 1) for one in found]
    if found is None or isinstance(found, (str, bool, int)):
        return found
    if found is Utils.NULL_VALUE:
        return None
    raise UnsupportedResult


def _plain_number(found: float) -> float | int:
    if not isfinite(found):
        raise ExpressionFailed("D1001: Number out of range")
    if not found.is_integer() or abs(found) >= _WHOLE:
        return found
    return int(found) if abs(found) < _EXACT else int(Decimal(repr(found)))


# -- the complete evaluator ---------------------------------------------------------------------------------------


def _evaluate_wide(expression: Expression, bindings: Mapping[str, Json], at: int, entropy: Entropy) -> Json | Undefined:
    source = _TIMED % expression.source if expression.timed else expression.source
    try:
        jsonata = Jsonata(source)
        jsonata.set_output_convert_nulls(False)
        frame = jsonata.create_frame()
        frame.set_runtime_bounds(LIMIT_SECONDS * 1000, _DEEPEST)
        for name, value in bindings.items():
            frame.bind(name, value)
        frame.bind(_AT, at)
        for name, function in _added(entropy).items():
            jsonata.register_lambda(name, function)
        found = jsonata.evaluate(None, frame)
    except JException as error:
        raise ExpressionFailed(_reworded(error, expression)) from None
    except _Refused as error:
        raise ExpressionFailed(str(error)) from None
    except (ValueError, TypeError, ArithmeticError, LookupError, AttributeError) as error:
        raise ExpressionFailed(f"the expression cannot be evaluated: {error}") from None
    return Undefined.UNDEFINED if found is None else _plain(found)


def _reworded(error: JException, expression: Expression) -> str:
    message = _worded(f"{error.error}: {error}", expression)
    return _OBJECT.sub(r'of function "\1"', message).replace("Object signature", "function signature")


class _Refused(Exception):
    """An argument does not suit its function."""


def _added(entropy: Entropy) -> dict[str, Callable[..., Any]]:
    def draw(seed: Any = None) -> float:
        return entropy.fraction() if seed is None else java_fraction(floor(_number("random", seed)))

    def shuffle(array: Any = None) -> Any:
        if array is None:
            return None
        items = list(array)
        return [items.pop(entropy.integer(0, len(items))) for _ in range(len(items))]

    return {
        "partition": _partition,
        "range": _range,
        "hash": _hash,
        "parse": _parse,
        "random": draw,
        "uuid": entropy.uuid4,
        "shuffle": shuffle,
    }


def _number(function: str, value: Any) -> float | int:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _Refused(f"T0410: Argument of function ${function} must be a number")
    return value


def _partition(array: Any = None, size: Any = None) -> Any:
    if array is None:
        return None
    items = array if isinstance(array, list) else [array]
    chunk = floor(_number("partition", size))
    if chunk <= 0:
        raise _Refused("The second argument of $partition must be greater than 0")
    return [list(items[start : start + chunk]) for start in range(0, len(items), chunk)]


def _range(first: Any = None, last: Any = None, delta: Any = None) -> Any:
    start, stop, step = (floor(_number("range", one)) for one in (first, last, delta))
    if step == 0:
        raise _Refused("The third argument of $range must not be 0")
    count = max(0, (stop - start) // step + 1)
    if count > _ITEMS:
        raise _Refused(f"$range would have more than {_ITEMS} items")
    return [start + step * index for index in range(count)]


def _hash(data: Any = None, algorithm: Any = None) -> Any:
    if data is None:
        return None
    name = _ALGORITHMS.get(algorithm) if isinstance(algorithm, str) else None
    if name is None or not isinstance(data, str):
        raise _Refused(f"$hash takes a string and one of {', '.join(_ALGORITHMS)}")
    return hashlib.new(name, data.encode(), usedforsecurity=False).hexdigest()


def _parse(text: Any = None) -> Any:
    if text is None:
        return None
    if not isinstance(text, str):
        raise _Refused("T0410: Argument 1 of function $parse must be a string")
    try:
        return _with_nulls(parse(text))
    except InvalidJson as error:
        raise _Refused(f"$parse was given what is not JSON: {error}") from None


def _with_nulls(value: Json) -> Any:
    """JSON in the library's own form, which tells null from nothing."""
    if isinstance(value, dict):
        return {name: _with_nulls(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_with_nulls(one) for one in value]
    return Utils.NULL_VALUE if value is None else value
