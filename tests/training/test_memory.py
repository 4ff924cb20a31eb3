"""Memory that is kept between steps: page faults are counted where glibc is."""

import platform
import resource
import subprocess
import sys

import pytest

from hemoscope.training import memory
from hemoscope.training.memory import kept_memory

ROUNDS, MIB = 20, 2**20
# Bytes and not an array: numpy asks for huge pages, of which there are few to count.
SCRIPT = f"""
import contextlib, resource, sys
from hemoscope.training.memory import kept_memory

def step():
    block = bytearray(64 * {MIB})
    del block

with kept_memory() if sys.argv[1] == "kept" else contextlib.nullcontext():
    step()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range({ROUNDS}):
        step()
    print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def _faults(way: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, way], check=True, capture_output=True, text=True
    )
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc's allocator is what is set")
def test_large_blocks_are_mapped_once_within_it_and_each_time_without() -> None:
    pages = 64 * MIB // resource.getpagesize()
    assert _faults("kept") < pages
    assert _faults("given back") > ROUNDS * pages / 2


def test_elsewhere_it_does_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory.sys, "platform", "win32")
    with kept_memory():
        assert memory._glibc() is None
