"""The evaluator's child: whatever an expression does, its worker lives, and nothing is left behind."""

from __future__ import annotations

import os
import re
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.query.entropy import Entropy
from engine.query.evaluator import LIMIT_SECONDS, ExpressionFailed, Undefined
from engine.query.jsonata import compile_expression
from engine.runtime import evaluating
from engine.runtime.evaluating import ChildEvaluator

COSTLY = "$map([1..3], function($i) { $i * 2 })"


@pytest.fixture
def evaluator() -> Iterator[ChildEvaluator]:
    found = ChildEvaluator()
    yield found
    found.close()


def value(evaluator: ChildEvaluator, source: str) -> object:
    expression = compile_expression(f"{{% {source} %}}")
    return evaluator.evaluate(expression, {}, at=0, entropy=Entropy("s"))


def children() -> set[int]:
    """The processes that this one has started, zombies included."""
    own = os.getpid()
    found = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == own:
            found.add(int(path.parent.name))
    return found


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('$pad("x", 1000000000)', "memory limit exceeded|evaluation timeout"),
        ('($f := function($s) { $f($s & $s) }; $f("ab"))', "memory limit exceeded|evaluation timeout"),
        ('$reduce([1..40], function($a, $b) { $a & $a }, "abcdefghij")', "memory limit exceeded|evaluation timeout"),
        ("[1..10000000]", "D2015"),
        ("($f := function($x) { $f($x + 1) }; $f(1))", ""),
        (
            "($f := function($n) { $n > 0 ? $f($n - 1) : 0 }; $map([1..1000000], function($x) { $f(100) }))",
            "evaluation timeout",
        ),
    ],
    ids=["pads", "doubles", "reduces", "ranges", "recurses for ever", "computes for ever"],
)
def test_what_asks_for_too_much_fails_and_the_next_is_evaluated(
    evaluator: ChildEvaluator, source: str, words: str
) -> None:
    began = time.monotonic()
    with pytest.raises(ExpressionFailed) as failed:
        value(evaluator, source)
    assert re.search(words, failed.value.message)  # which limit comes first depends on the machine
    assert time.monotonic() - began < 3 * LIMIT_SECONDS
    assert value(evaluator, COSTLY) == [2, 4, 6]


def test_null_nothing_and_values_come_back_as_they_are(evaluator: ChildEvaluator) -> None:
    assert value(evaluator, "$map([1], function($i) { null })") is None
    assert value(evaluator, "$map([], function($i) { $i })") is Undefined.UNDEFINED
    assert value(evaluator, '$map([1], function($i) { {"ä": [1.5, true, "\\ud83d\\ude00"]} })') == {
        "ä": [1.5, True, "\U0001f600"]
    }


def test_a_child_killed_in_mid_evaluation_fails_its_expression_alone(evaluator: ChildEvaluator) -> None:
    before = children()
    value(evaluator, COSTLY)
    (child,) = children() - before
    slow = "($f := function($n) { $n > 0 ? $f($n - 1) : 0 }; $map([1..1000000], function($x) { $f(100) }))"
    timer = threading.Timer(0.5, os.kill, (child, signal.SIGKILL))
    timer.start()
    with pytest.raises(ExpressionFailed):
        value(evaluator, slow)
    timer.join()
    assert value(evaluator, COSTLY) == [2, 4, 6]


def test_a_child_that_was_told_to_end_is_replaced_unseen(evaluator: ChildEvaluator) -> None:
    before = children()
    value(evaluator, COSTLY)
    (child,) = children() - before
    os.kill(child, signal.SIGTERM)
    assert value(evaluator, COSTLY) == [2, 4, 6]


def test_many_threads_have_a_child_each_and_nothing_is_left(evaluator: ChildEvaluator) -> None:
    processes, descriptors = children(), len(os.listdir("/proc/self/fd"))
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(value(evaluator, COSTLY))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[2, 4, 6]] * 8
    evaluator.close()
    assert children() == processes
    assert len(os.listdir("/proc/self/fd")) == descriptors


def test_any_thread_may_evaluate_what_is_cheap(evaluator: ChildEvaluator) -> None:
    # What jsonatapy has compiled in one thread panics in another.
    found: list[object] = []

    def run() -> None:
        found.extend(value(evaluator, "1 + 1") for _ in range(20))

    run()
    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [2] * 180


def test_idle_children_end(evaluator: ChildEvaluator, monkeypatch: pytest.MonkeyPatch) -> None:
    before = children()
    value(evaluator, COSTLY)
    evaluator.tidy()
    assert len(children() - before) == 1
    monkeypatch.setattr(evaluating, "IDLE_SECONDS", -1.0)
    evaluator.tidy()
    assert children() == before


def test_after_the_end_no_child_is_kept(evaluator: ChildEvaluator) -> None:
    before = children()
    evaluator.close()
    assert value(evaluator, COSTLY) == [2, 4, 6]
    assert children() == before
