"""The child that evaluates: whatever an expression does, its caller lives, hears of it in time, and loses nothing."""

from __future__ import annotations

import contextlib
import gc
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from engine.jsontypes import Json
from engine.query.entropy import Entropy
from engine.query.evaluator import Direct, ExpressionFailed, Undefined, UnsupportedResult
from engine.query.jsonata import compile_expression
from engine.query.path import PathNotFound, SearchFailed, compile_path
from engine.runtime import evaluating
from engine.runtime.evaluating import ChildEvaluator
from tests.harness import children_of, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="counts processes in /proc")
ENDLESS = "($f := function($n){ $f($n + 1) }; $f(1))"
DEEP = "($f := function($n){ 1 + $f($n + 1) }; $f(1))"
MEMORY = "Expression evaluation (memory limit exceeded|timeout)"  # the second on a machine that has much else to do
TIMEOUT = "Expression evaluation timeout"
STACK = "Stack overflow error"


@pytest.fixture
def evaluator() -> Iterator[ChildEvaluator]:
    found = ChildEvaluator()
    yield found
    found.close()


def evaluated(evaluator: ChildEvaluator, source: str, bound: dict[str, Json] | None = None) -> Json | Undefined:
    expression = compile_expression("{% " + source + " %}")
    return evaluator.evaluate(expression, bound or {}, at=0, entropy=Entropy("seed"))


def children() -> list[int]:
    return children_of(os.getpid())


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("$s" + ".($&$)" * 40, MEMORY),
        ("($g := function($s, $n){ $n = 0 ? $s : $g($s & $s, $n - 1) }; $length($g('x', 40)))", MEMORY),
        ('$pad("x", 1e9)', MEMORY),
        ('$pad("x", 8e6)', MEMORY),
        ("[1..1e7]", None),
        ('$reduce([1..40], function($a, $b) { $a & $a }, "abcdefghij")', MEMORY),
        (ENDLESS, TIMEOUT),
        (DEEP, STACK),
        ("($uuid(); " + ENDLESS[1:], TIMEOUT),
        (
            "($f := function($n) { $n > 0 ? $f($n - 1) : 0 }; $map([1..1000000], function($x) { $f(100) }))",
            TIMEOUT,
        ),
        ("$fromMillis(0, '[Y,9999999-9999999]')", None),
    ],
)
def test_a_greedy_expression_fails_in_time_and_the_next_one_succeeds(
    evaluator: ChildEvaluator, source: str, words: str | None
) -> None:
    with pytest.raises(ExpressionFailed, match=words):
        evaluated(evaluator, source, {"s": "ab"})
    assert evaluated(evaluator, "$map([1, 2], function($i){ $i + 1 })") == [2, 3]


def test_a_child_answers_as_the_process_would(evaluator: ChildEvaluator) -> None:
    assert evaluated(evaluator, "$pad($s, 3)", {"s": "a"}) == "a  "
    assert evaluated(evaluator, "$map($n, function($i){ $i })", {"n": None}) is None
    assert evaluated(evaluator, "$filter([1], function($i){ $i > 1 })") is Undefined.UNDEFINED
    assert evaluated(evaluator, '$map([1], function($i) { {"ä": [1.5, true, "\\ud83d\\ude00"]} })') == {
        "ä": [1.5, True, "\U0001f600"]
    }
    with pytest.raises(UnsupportedResult):
        evaluated(evaluator, "function(){ 1 }")
    with pytest.raises(ExpressionFailed, match=r"^D3137: oh$"):
        evaluated(evaluator, '$error("oh")')


def test_cheap_expressions_and_small_loops_need_no_child(evaluator: ChildEvaluator) -> None:
    before = children()
    small: Json = [{"a": 1}, {"a": 2}]
    large: Json = [{"a": number} for number in range(1000)]
    assert evaluated(evaluator, "$l[a > 1].a", {"l": small}) == 2
    assert evaluator.matches(compile_path("$[?(@.a > 1)]"), small) == [{"a": 2}]
    assert children() == before
    assert evaluated(evaluator, "$l[a = 7].a", {"l": large}) == 7
    assert len(children()) == len(before) + 1
    assert evaluator.matches(compile_path("$[?(@.a == 7)]"), large) == [{"a": 7}]
    assert len(children()) == len(before) + 1


def test_what_an_expression_prints_is_not_taken_for_an_answer(evaluator: ChildEvaluator) -> None:
    forged = '\\u0000\\u0000\\u0000\\u000f{\\"value\\": 666}  '
    source = f'($uuid(); $x := "{forged * 400}"; $x())'
    for _ in range(5):
        with pytest.raises(ExpressionFailed, match=r"^T1006: Attempted to invoke a non-function$"):
            evaluated(evaluator, source)
        assert evaluated(evaluator, "$pad('a', 2)") == "a "


def test_a_child_killed_at_work_fails_its_expression_alone(evaluator: ChildEvaluator) -> None:
    before = set(children())

    def kill() -> None:
        until(lambda: set(children()) - before, 60, "a child")
        time.sleep(0.3)
        for child in set(children()) - before:  # none if this thread stood still for so long
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(ExpressionFailed, match=MEMORY):
        evaluated(evaluator, ENDLESS)
    killer.join()
    assert evaluated(evaluator, "$pad('a', 2)") == "a "


def test_a_child_killed_while_idle_hurts_nobody(evaluator: ChildEvaluator) -> None:
    before = set(children())
    for _ in range(3):
        assert evaluated(evaluator, "$pad('a', 2)") == "a "
        (idle,) = set(children()) - before
        os.kill(idle, signal.SIGKILL)
        while _runs(idle):
            time.sleep(0.01)


def test_a_child_that_was_told_to_end_is_replaced_unseen(evaluator: ChildEvaluator) -> None:
    before = set(children())
    evaluated(evaluator, "$pad('a', 2)")
    (child,) = set(children()) - before
    os.kill(child, signal.SIGTERM)
    assert evaluated(evaluator, "$pad('a', 2)") == "a "


def test_any_thread_may_evaluate_what_is_cheap(evaluator: ChildEvaluator) -> None:
    # What jsonatapy has compiled in one thread panics in another.
    found: list[object] = []

    def run() -> None:
        found.extend(evaluated(evaluator, "1 + 1") for _ in range(20))

    run()
    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [2] * 180


def test_a_child_that_stands_still_is_given_up_however_much_it_was_to_read(evaluator: ChildEvaluator) -> None:
    before = set(children())
    evaluated(evaluator, "$pad('a', 2)")
    (idle,) = set(children()) - before
    os.kill(idle, signal.SIGSTOP)
    with pytest.raises(ExpressionFailed, match=TIMEOUT):
        evaluated(evaluator, "$pad($s, 2)", {"s": "x" * 1_000_000})


def test_a_search_that_cannot_be_ended_well_fails_as_a_path(
    evaluator: ChildEvaluator, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, large = compile_path("$..a"), list[Json](range(3000))
    before = set(children())
    assert evaluator.matches(path, large) == []
    (idle,) = set(children()) - before
    os.kill(idle, signal.SIGSTOP)
    monkeypatch.setattr(evaluating, "LIMIT_SECONDS", 0.2)
    with pytest.raises(SearchFailed) as caught:
        evaluator.matches(path, large)
    assert caught.value.jayway_reason.startswith(TIMEOUT)


def test_the_time_that_a_child_takes_to_start_is_not_taken_from_its_expression(
    evaluator: ChildEvaluator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluating, "_PROGRAM", f"import time; time.sleep(2.5); {evaluating._PROGRAM}")
    monkeypatch.setattr(evaluating, "LIMIT_SECONDS", 2)
    assert evaluated(evaluator, "$pad('a', 2)") == "a "


def test_too_many_nodes_fail_the_search(evaluator: ChildEvaluator) -> None:
    many: Json = [{"a": "x" * 200_000, "b": [[{"a": "y"}]]}] * 40
    with pytest.raises(SearchFailed) as caught:
        evaluator.matches(compile_path("$..a"), many)
    assert re.match(MEMORY, caught.value.reason)


def test_eight_threads_at_once_get_their_own_answers_and_leave_nothing(evaluator: ChildEvaluator) -> None:
    gc.collect()  # what earlier tests have left is not to be counted as gone
    open_before, children_before = descriptors(), set(children())

    def work(thread: int) -> list[object]:
        return [evaluated(evaluator, "$pad($s, 12, '.')", {"s": f"{thread}-{number}"}) for number in range(25)]

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(work, range(8)))
    assert found == [[f"{thread}-{number}".ljust(12, ".") for number in range(25)] for thread in range(8)]
    evaluator.close()
    assert descriptors() <= open_before
    assert set(children()) == children_before


def test_a_child_ends_with_the_thread_that_started_it_and_the_next_thread_gets_another(
    evaluator: ChildEvaluator,
) -> None:
    for _ in range(4):
        found: list[object] = []
        thread = threading.Thread(target=lambda found=found: found.append(evaluated(evaluator, "$pad('a', 2)")))
        thread.start()
        thread.join()
        assert found == ["a "]


def test_idle_children_end_after_a_while(evaluator: ChildEvaluator, monkeypatch: pytest.MonkeyPatch) -> None:
    before = set(children())
    evaluated(evaluator, "$pad('a', 2)")
    evaluator.tidy()
    assert len(set(children()) - before) == 1
    monkeypatch.setattr(evaluating, "IDLE_SECONDS", 0.0)
    evaluator.tidy()
    assert set(children()) == before


def test_what_is_at_work_when_all_is_closed_leaves_no_child(evaluator: ChildEvaluator) -> None:
    before = set(children())
    evaluator.close()
    assert evaluated(evaluator, "$pad('a', 2)") == "a "
    assert set(children()) == before


def test_a_path_that_fails_in_the_child_is_a_path_that_leads_nowhere(evaluator: ChildEvaluator) -> None:
    deep: Json = ["x" * 3000]
    for _ in range(400):
        deep = [deep]
    with pytest.raises(PathNotFound) as caught:
        evaluator.matches(compile_path("$..*"), deep)
    assert not isinstance(caught.value, SearchFailed)


def test_no_child_outlives_a_parent_that_was_killed() -> None:
    program = (
        "import os, signal, sys; sys.path.insert(0, '.');"
        "from engine.runtime.evaluating import _Child; child = _Child();"
        'child.ask(b\'{"path": "$..a", "value": 1}\', 5);'
        "print(child._process.pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=root, check=False)
    assert done.returncode == -signal.SIGKILL
    until(lambda: not _runs(int(done.stdout)), 60, "the end of the child")


def _runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().split(") ")[1][0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def unraisable(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What the interpreter could tell nobody of."""
    found: list[str] = []
    with monkeypatch.context() as patch:
        patch.setattr(sys, "unraisablehook", lambda told: found.append(str(told.exc_value)))
        yield found


def test_an_evaluator_is_let_go_of_by_another_thread_than_used_it(unraisable: list[str]) -> None:
    shared: list[ChildEvaluator] = [ChildEvaluator()]
    with ThreadPoolExecutor(1) as threads:
        assert threads.submit(lambda: evaluated(shared[0], "1 + 1")).result() == 2
        shared.clear()
        gc.collect()
        assert unraisable == []


@pytest.mark.parametrize("source", ['"a" - 1', "1[$error('of its own')]"])
def test_a_failure_outlives_the_thread_that_it_happened_in(unraisable: list[str], source: str) -> None:
    expression = compile_expression("{% " + source + " %}")
    with ThreadPoolExecutor(1) as threads:
        failure = threads.submit(Direct().evaluate, expression, {}, at=0, entropy=Entropy("seed")).exception()
    assert isinstance(failure, ExpressionFailed)
    del failure
    gc.collect()
    assert unraisable == []
