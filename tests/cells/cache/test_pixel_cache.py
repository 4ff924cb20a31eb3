import multiprocessing
import os
import pickle
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from hemoscope.cells import (
    CacheError,
    CellTable,
    PixelCache,
    UnreadableImageError,
    default_cache_directory,
    open_cells,
    read_cells,
)
from hemoscope.cells.cache import filling as filling_module
from hemoscope.cells.reading import read_content

from ..conftest import smooth

Filler = subprocess.Popen[bytes]


@pytest.fixture
def cache(tmp_path) -> PixelCache:
    return PixelCache(tmp_path / "cache")


@pytest.fixture
def quick_clock(monkeypatch) -> None:
    """Lets files count as settled at once, as if the clock of the file system ticked fast."""
    monkeypatch.setattr("hemoscope.cells.cache.file_state.SETTLED_NANOSECONDS", -1)


def streamed(table: CellTable, size: int) -> np.ndarray:
    return np.concatenate([batch.pixels for batch in read_cells(table, size)])


def pixel_file(cache: PixelCache, size: int) -> Path:
    return cache.directory / "pixels-v2" / f"pixels-{size}.u8"


def write_cells(folder: Path, count: int) -> Path:
    folder.mkdir(parents=True)
    for i in range(count):
        Image.fromarray(smooth(12, 12, i)).save(folder / f"{i:04d}.png")
    return folder


def test_gives_the_pixels_that_the_stream_gives(cache, cells):
    cached = cache.open(cells, 16)
    np.testing.assert_array_equal(cached.batch(range(6)), streamed(cells, 16))
    np.testing.assert_array_equal(cached.batch([4, 1, 4]), streamed(cells, 16)[[4, 1, 4]])
    assert cached.readable.tolist() == [0, 1, 2, 3, 4, 5]
    assert len(cached) == 6


def test_batches_are_copies(cache, cells):
    cached = cache.open(cells, 8)
    cached.batch([0])[:] = 0
    np.testing.assert_array_equal(cached.batch([0])[0], streamed(cells, 8)[0])


@pytest.mark.usefixtures("quick_clock")
def test_a_second_opening_reads_no_image(cache, cells, monkeypatch):
    first = cache.open(cells, 16).batch(range(6))

    def refuse(*_):
        raise AssertionError("an image file was read")

    monkeypatch.setattr(filling_module, "read_content", refuse)
    np.testing.assert_array_equal(cache.open(cells, 16).batch(range(6)), first)


def test_the_same_cell_under_another_name_is_stored_once(cache, cells, tmp_path):
    cache.open(cells, 16)
    before = pixel_file(cache, 16).stat().st_size
    other = tmp_path / "other"
    other.mkdir()
    for row in range(6):
        (other / f"copy {row}.png").write_bytes(cells.file(row).read_bytes())
    copies = cache.open(open_cells(other), 16)
    np.testing.assert_array_equal(copies.batch(range(6)), streamed(cells, 16))
    assert pixel_file(cache, 16).stat().st_size == before == 6 * 16 * 16 * 3


def test_each_size_has_its_own_pixels(cache, cells):
    assert cache.open(cells, 8).batch([0]).shape == (1, 8, 8, 3)
    np.testing.assert_array_equal(cache.open(cells, 9).batch(range(6)), streamed(cells, 9))
    np.testing.assert_array_equal(cache.open(cells, 8).batch(range(6)), streamed(cells, 8))


def test_a_file_written_just_now_is_read_again(cache, cells, monkeypatch):
    cache.open(cells, 16)
    read = []
    monkeypatch.setattr(
        filling_module,
        "read_content",
        lambda table, row: read.append(row) or read_content(table, row),
    )
    cache.open(cells, 16, workers=1)
    assert read == [0, 1, 2, 3, 4, 5]


@pytest.mark.usefixtures("quick_clock")
def test_a_changed_file_is_read_again(cache, cells):
    before = cache.open(cells, 16).batch([0])
    Image.fromarray(smooth(20, 24, 99)).save(cells.file(0))
    after = cache.open(cells, 16).batch([0])
    assert (before != after).any()
    np.testing.assert_array_equal(after[0], streamed(cells, 16)[0])


@pytest.mark.usefixtures("quick_clock")
def test_a_file_changed_without_a_trace_in_time_or_length_is_read_again(cache, cells):
    file = cells.file(0)
    Image.fromarray(np.full((9, 9, 3), 10, dtype=np.uint8)).save(file, "BMP")
    cache.open(cells, 9)
    stat = file.stat()
    time.sleep(0.02)  # longer than a tick of the file system's clock
    Image.fromarray(np.full((9, 9, 3), 200, dtype=np.uint8)).save(file, "BMP")
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert file.stat().st_size == stat.st_size
    assert (cache.open(cells, 9).batch([0]) == 200).all()


def test_unreadable_cells_are_reported_every_time(cache, cells):
    cells.file(2).write_text("no cell")
    for _ in range(2):
        cached = cache.open(cells, 16)
        assert cached.readable.tolist() == [0, 1, 3, 4, 5]
        assert [(each.row, each.path) for each in cached.failures] == [(2, "basophil/BA_2.png")]
        with pytest.raises(UnreadableImageError, match=r"basophil/BA_2.png: the content is no"):
            cached.batch([0, 2])


def test_nothing_readable_and_nothing_at_all(cache, cells):
    for row in range(6):
        cells.file(row).unlink()
    cached = cache.open(cells, 16)
    assert len(cached.failures) == 6
    assert cached.batch([]).shape == (0, 16, 16, 3)
    assert len(cache.open(cells.take([]), 16)) == 0


def test_arrays_are_cached_too(cache, tmp_path):
    arrays = {f"train/{i}": smooth(10, 10, i) for i in range(4)}
    arrays["train/4"] = arrays["train/1"]
    table = CellTable(pd.DataFrame({"path": list(arrays)}), tmp_path, arrays)
    np.testing.assert_array_equal(cache.open(table, 10).batch(range(5)), list(arrays.values()))
    assert pixel_file(cache, 10).stat().st_size == 4 * 300


@pytest.mark.usefixtures("quick_clock")
def test_progress_runs_to_the_end(cache, cells, monkeypatch):
    monkeypatch.setattr(filling_module, "STRETCH_BYTES", 2 * 16 * 16 * 3)
    calls: list[tuple[int, int]] = []
    cells.file(3).unlink()
    cache.open(cells, 16, progress=lambda done, total: calls.append((done, total)))
    assert calls == [(0, 6), (2, 6), (4, 6), (6, 6)]
    calls.clear()
    cache.open(cells, 16, progress=lambda done, total: calls.append((done, total)))
    assert calls == [(5, 6), (6, 6)]


def test_pickled_it_takes_no_pixels_along(cache, cells):
    cached = cache.open(cells, 64)
    expected = cached.batch(range(6))
    data = pickle.dumps(cached)
    assert len(data) < 3000
    np.testing.assert_array_equal(pickle.loads(data).batch(range(6)), expected)  # noqa: S301


def test_pixels_that_no_index_covers_are_overwritten(cache, cells):
    cache.open(cells.take([0, 1, 2]), 16)
    with pixel_file(cache, 16).open("ab") as stream:
        stream.write(b"half a picture, then killed")
    cached = cache.open(cells, 16)
    np.testing.assert_array_equal(cached.batch(range(6)), streamed(cells, 16))
    assert pixel_file(cache, 16).stat().st_size == 6 * 16 * 16 * 3


@pytest.mark.parametrize("kept", [0, 1000])
def test_lost_pixels_are_made_again(cache, cells, kept):
    cache.open(cells, 16)
    with pixel_file(cache, 16).open("r+b") as stream:
        stream.truncate(kept)
    np.testing.assert_array_equal(cache.open(cells, 16).batch(range(6)), streamed(cells, 16))
    pixel_file(cache, 16).unlink()
    np.testing.assert_array_equal(cache.open(cells, 16).batch(range(6)), streamed(cells, 16))


@pytest.mark.parametrize("kept", [0, 1000])
def test_pixels_that_are_lost_while_cells_are_added_stop_the_writer(
    cache, cells, monkeypatch, kept
):
    monkeypatch.setattr(filling_module, "STRETCH_BYTES", 2 * 16 * 16 * 3)

    def lose(done, _total):
        if done == 2:
            os.truncate(pixel_file(cache, 16), kept)

    with pytest.raises(CacheError, match=r"was deleted or cut while cells were added.*Start again"):
        cache.open(cells, 16, progress=lose, workers=1)
    np.testing.assert_array_equal(cache.open(cells, 16).batch(range(6)), streamed(cells, 16))


def test_pixels_that_another_process_made_again_stop_the_writer(cache, cells, monkeypatch):
    monkeypatch.setattr(filling_module, "STRETCH_BYTES", 2 * 16 * 16 * 3)

    def lose_and_fill(done, _total):
        if done == 2:
            pixel_file(cache, 16).unlink()
            cache.open(cells.take([3]), 16)

    with pytest.raises(CacheError, match="was deleted or cut while cells were added"):
        cache.open(cells, 16, progress=lose_and_fill, workers=1)
    np.testing.assert_array_equal(cache.open(cells, 16).batch(range(6)), streamed(cells, 16))


FILL = """
import os, signal, sys, time
from hemoscope.cells import PixelCache, open_cells
from hemoscope.cells.cache import filling
from hemoscope.cells.cache.pixel_file import PixelFile
filling.STRETCH_BYTES = 4 * 32 * 32 * 3

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def write_half_and_die(file, slot, pictures, write=PixelFile.write):
    write(file, slot, pictures if slot < 40 else [p.ravel()[:999] for p in pictures])
    slot < 40 or die()

def write_and_die(file, slot, pictures, write=PixelFile.write):
    write(file, slot, pictures)
    slot < 40 or die()

PixelFile.write = {"half": write_half_and_die, "whole": write_and_die}.get(
    sys.argv[3], PixelFile.write
)
pause = float(sys.argv[4])
PixelCache(sys.argv[1]).open(
    open_cells(sys.argv[2]), 32, workers=1, progress=lambda *_: time.sleep(pause)
)
"""


def filling(cache: PixelCache, folder: Path, dies: str = "no", pause: float = 0) -> Filler:
    return subprocess.Popen([sys.executable, "-c", FILL, cache.directory, folder, dies, str(pause)])


@pytest.mark.parametrize("dies", ["half", "whole"])
def test_killed_between_pixels_and_index_it_goes_on(cache, tmp_path, dies):
    folder = write_cells(tmp_path / "many", 60)
    assert filling(cache, folder, dies).wait(300) == -signal.SIGKILL
    assert pixel_file(cache, 32).stat().st_size > 40 * 32 * 32 * 3
    table = open_cells(folder)
    np.testing.assert_array_equal(cache.open(table, 32).batch(range(60)), streamed(table, 32))
    assert pixel_file(cache, 32).stat().st_size == 60 * 32 * 32 * 3


@pytest.mark.slow
def test_killed_at_any_moment_it_goes_on(cache, tmp_path):
    folder = write_cells(tmp_path / "many", 200)
    for enough in (0, 20, 60, 110):
        process = filling(cache, folder, pause=0.01)
        while process.poll() is None and slots_written(cache) <= enough:
            time.sleep(0.001)
        process.kill()
        assert process.wait(300) == -signal.SIGKILL
    table = open_cells(folder)
    np.testing.assert_array_equal(cache.open(table, 32).batch(range(200)), streamed(table, 32))
    assert slots_written(cache) == 200


def slots_written(cache: PixelCache) -> int:
    file = pixel_file(cache, 32)
    return file.stat().st_size // (32 * 32 * 3) if file.exists() else 0


def test_two_processes_at_once(cache, tmp_path):
    folder = write_cells(tmp_path / "many", 150)
    processes = [filling(cache, folder) for _ in range(2)]
    assert [process.wait(300) for process in processes] == [0, 0]
    table = open_cells(folder)
    np.testing.assert_array_equal(cache.open(table, 32).batch(range(150)), streamed(table, 32))
    assert pixel_file(cache, 32).stat().st_size == 150 * 32 * 32 * 3


def test_a_full_disk_is_told_and_keeps_what_there_is(cache, cells):
    cache.open(cells.take([0]), 16)
    kept = pixel_file(cache, 16).rename(cache.directory / "kept")
    pixel_file(cache, 16).symlink_to("/dev/full")
    with pytest.raises(CacheError, match=r"the disk is full\. Make room there, or set HEMO"):
        cache.open(cells, 16)
    pixel_file(cache, 16).unlink()
    kept.rename(pixel_file(cache, 16))
    np.testing.assert_array_equal(cache.open(cells, 16).batch(range(6)), streamed(cells, 16))


def test_a_place_that_cannot_be_written_is_told(cells, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CacheError, match="cannot be written: a file stands where"):
        PixelCache(tmp_path / "file").open(cells, 16)


def test_a_damaged_index_is_told(cache, cells):
    cache.open(cells, 16)
    index = cache.directory / "pixels-v2" / "index.sqlite"
    index.write_bytes(b"no database at all, but long enough to look at" * 100)
    with pytest.raises(CacheError, match=r"is damaged .*Delete that folder"):
        cache.open(cells, 16)


def test_an_index_locked_for_ever_is_told(cache, cells, monkeypatch):
    cache.open(cells.take([0]), 16)
    monkeypatch.setattr("hemoscope.cells.cache.index.LOCK_SECONDS", 0.05)
    other = sqlite3.connect(cache.directory / "pixels-v2" / "index.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(CacheError, match="database is locked"):
        cache.open(cells, 16)
    other.close()


def test_where_it_lies(monkeypatch, tmp_path):
    monkeypatch.delenv("HEMOSCOPE_CACHE", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert default_cache_directory() == Path.home() / ".cache" / "hemoscope"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert PixelCache().directory == tmp_path / "hemoscope"
    monkeypatch.setenv("HEMOSCOPE_CACHE", str(tmp_path / "own"))
    assert PixelCache().directory == tmp_path / "own"


def test_a_process_of_its_own_can_read_it(cache, cells):
    cached = cache.open(cells, 16)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        np.testing.assert_array_equal(pool.apply(cached.batch, ([3],)), cached.batch([3]))
