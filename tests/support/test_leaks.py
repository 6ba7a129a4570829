"""The guards fail a test that leaves something behind, and only that one."""

from __future__ import annotations

import sys

import pytest

from tests.support.shared_data import ROOT

pytest_plugins = ["pytester"]

_UNTIDY = """
import asyncio, subprocess, sys
pytest_plugins = ["tests.support.leaks"]

async def test_leaves_a_task():
    asyncio.get_running_loop().create_task(asyncio.sleep(60), name="forgotten")

async def test_ends_its_task():
    task = asyncio.create_task(asyncio.sleep(60))
    task.cancel()

def test_leaves_a_program():
    test_leaves_a_program.child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)

def test_ends_the_program_of_the_other():
    test_leaves_a_program.child.kill()
    test_leaves_a_program.child.wait()
"""


def test_leftovers_fail_their_own_test(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makepyfile(_UNTIDY)
    options = ["-o", "asyncio_mode=auto", "-o", "asyncio_default_fixture_loop_scope=function", "-p", "no:cacheprovider"]
    outcome = pytester.run(sys.executable, "-m", "pytest", *options)
    outcome.assert_outcomes(passed=4, errors=2)
    outcome.stdout.fnmatch_lines(["left 1 task(s) running: *sleep*", "left 1 program(s) running: *"])
