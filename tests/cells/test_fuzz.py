"""Thousands of damaged files: no crash, no hang, bounded memory."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from .fuzz import MUTATIONS, samples

SECONDS = 10.0
"""Of processor time that one file may take; a whole picture takes a few milliseconds."""
KILOBYTES = 2 * 2**20
"""Memory that the process may come to."""

ROOT = Path(__file__).parents[2]


def run(first: int, last: int, timeout: float) -> list[dict]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.cells.fuzz", str(first), str(last)],
        capture_output=True, text=True, timeout=timeout, check=False, cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])},
    )  # fmt: skip
    assert done.returncode == 0, f"after {done.stdout.splitlines()[-1:]}: {done.stderr[-2000:]}"
    return [json.loads(line) for line in done.stdout.splitlines()]


def check(told: list[dict], files: int) -> None:
    assert len(told) == files + 1
    slowest = max(told[:-1], key=lambda one: one["seconds"])
    assert slowest["seconds"] < SECONDS, slowest
    assert told[-1]["peak_kilobytes"] < KILOBYTES
    for one in told[:-1]:
        assert one["cause"] is None or (one["cause"] and "\n" not in one["cause"])


def test_some_damaged_files():
    kinds = len(samples())
    told = run(0, kinds * (len(MUTATIONS) + 1), timeout=300)
    check(told, kinds * (len(MUTATIONS) + 1))
    refused = {one["kind"].partition(",")[0] for one in told[:kinds] if one["cause"]}
    assert refused == {
        *("gif", "zip bomb png", "huge png"),
        *("tiff lab", "tiff fax", "tiff fax 3"),
    }
    assert sum(one["cause"] is not None for one in told[kinds:-1]) > kinds


@pytest.mark.slow
def test_five_thousand_damaged_files():
    check(run(0, 5000, timeout=1800), 5000)
