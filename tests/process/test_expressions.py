"""The worker process: stopped at its bounds, gone with its parent, started only when needed."""

import subprocess
import sys

import psutil
import pytest

from hearth.engine import Ask
from hearth.serve.expressions import Limits, Process

pytestmark = pytest.mark.process


@pytest.fixture
def process():
    made = Process()
    yield made
    made.close()


def test_an_expression_has_a_value(process):
    found = process.answer(Ask("yaql", "$.data.select($ * 2)", [1, 2]))

    assert found.value == [2, 4]
    assert found.failed is None


@pytest.mark.parametrize(
    "ask",
    [
        Ask("match", "(a+)+$", "a" * 40 + "b"),
        Ask("yaql", "pow(2, 10000000000)"),
        Ask("yaql", "regex('(a+)+$').matches($.data)", "a" * 40 + "b"),
    ],
)
def test_what_does_not_end_is_killed_and_the_next_is_answered(process, ask):
    endless = process.answer(ask)
    after = process.answer(Ask("yaql", "$.data", 1))

    assert endless.failed == "it took longer than 1.5 s"
    assert not endless.passing, "it would take as long another time"
    assert process.killed == 1
    assert process.started == 2
    assert after.value == 1


def test_memory_is_bounded_by_the_system_too():
    process = Process(Limits(quota=1 << 40))
    try:
        bomb = process.answer(Ask("yaql", "'a' * 1000000000"))
        after = process.answer(Ask("match", "a", "a"))
    finally:
        process.close()

    assert bomb.failed == "it needs more memory than it may have"
    assert after.value is True


def test_a_worker_that_was_killed_between_two_questions_is_replaced(process):
    process.answer(Ask("match", "a", "a"))
    worker = psutil.Process(process.pid)
    worker.kill()
    psutil.wait_procs([worker], 10)

    assert process.answer(Ask("match", "a", "b")).value is False
    assert process.started == 2


def test_a_machine_that_is_busy_is_no_fault_of_the_expression():
    process = Process(Limits(waiting=0.2))
    try:
        process.answer(Ask("match", "a", "a"))
        psutil.Process(process.pid).suspend()
        waited = process.answer(Ask("match", "(a|b)*c", "ab" * 9))
        after = process.answer(Ask("match", "a", "b"))
    finally:
        process.close()

    assert waited.failed == "the machine was too busy to evaluate it within 0.2 s"
    assert waited.passing
    assert after.value is False


def test_what_an_expression_computed_is_told(process):
    found = process.answer(Ask("yaql", "range(100).select($ * $).sum()"))

    assert found.value == sum(number * number for number in range(100))
    assert 0 < found.used < 1.5


ORPHAN = """
import os, signal
from hearth.engine import Ask
from hearth.serve.expressions import Process
process = Process()
process.answer(Ask("match", "a", "a"))
print(process.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_worker_dies_with_its_parent():
    parent = subprocess.run([sys.executable, "-c", ORPHAN], stdout=subprocess.PIPE, check=False)
    pid = int(parent.stdout)

    gone = not psutil.pid_exists(pid) or not psutil.wait_procs([psutil.Process(pid)], 10)[1]

    assert gone


def test_nothing_of_the_language_is_loaded_by_whoever_asks():
    code = "import sys, hearth.serve.up, hearth.serve.expressions; print('yaql' in sys.modules)"

    told = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True)

    assert told.stdout.strip() == b"False"
