"""Cells that travel in parcels arrive as they were."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from study.parcels import MEGABYTE, ParcelError, pack, unpack

from hemoscope.cells import open_cells, read_cell
from hemoscope.cells.synthetic import write_synthetic

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 0.02  # MiB: some of the little cells fit into one parcel, not all of them


@pytest.fixture(scope="module")
def cells(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("parcels") / "cells"
    write_synthetic(folder, per_class=2, seed=1, size=40)
    return folder / "manifest.csv"


def test_all_parcels_in_any_order_give_the_same_cells(cells, tmp_path):
    table = open_cells(cells)
    parcels = pack(table, tmp_path / "parcels", megabytes=LIMIT)
    assert len(parcels) > 2
    assert max(file.stat().st_size for file in parcels) <= LIMIT * MEGABYTE
    assert unpack(parcels[::-1], tmp_path / "there") == (len(table), len(table))
    arrived = open_cells(tmp_path / "there" / "manifest.csv")
    assert arrived.fingerprint() == table.fingerprint()
    assert arrived.file(3).read_bytes() == table.file(3).read_bytes()


def test_one_by_one_the_number_of_cells_grows(cells, tmp_path):
    parcels = pack(open_cells(cells), tmp_path / "parcels", megabytes=LIMIT)
    counts = [unpack([file], tmp_path / "there") for file in parcels]
    assert [wanted for _, wanted in counts] == [*[None] * (len(parcels) - 1), 16]
    there = [number for number, _ in counts]
    assert there == sorted(there)
    assert 0 < there[0] < there[-1] == 16


def test_smaller_images_keep_their_names_and_shape_and_look_alike(cells, tmp_path):
    table = open_cells(cells)
    parcels = pack(table, tmp_path / "parcels", megabytes=1, size=20)
    unpack(parcels, tmp_path / "there")
    arrived = open_cells(tmp_path / "there" / "manifest.csv")
    assert arrived.paths.tolist() == table.paths.tolist()
    small = read_cell(arrived, 0)
    assert small.shape == (20, 20, 3)
    shrunk = read_cell(table, 0).reshape(20, 2, 20, 2, 3).mean((1, 3))
    assert np.abs(small - shrunk).mean() < 8


def test_what_cannot_travel_is_refused(cells, tmp_path):
    table = open_cells(cells)
    with pytest.raises(ParcelError, match=r"alone takes .* Allow more --megabytes"):
        pack(table, tmp_path / "a", megabytes=0.0001)
    pack(table, tmp_path / "b", megabytes=1)
    with pytest.raises(ParcelError, match="holds parcels already"):
        pack(table, tmp_path / "b", megabytes=1)
    outside = table.with_column("path", [f"../{path}" for path in table.paths])
    with pytest.raises(ParcelError, match="does not lie below the manifest"):
        pack(outside, tmp_path / "c", megabytes=1)
    (tmp_path / "broken.zip").write_bytes(b"PK")
    with pytest.raises(ParcelError, match=r"broken.zip cannot be unpacked .* Fetch it again"):
        unpack([tmp_path / "broken.zip"], tmp_path / "d")


def test_the_commands_say_what_is_there(cells, tmp_path):
    def say(*words: str) -> str:
        command = [sys.executable, "-m", "study.parcels", *words]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        return done.stdout

    out = str(tmp_path / "parcels")
    packed = say("pack", "--cells", str(cells), "--out", out, "--megabytes", str(LIMIT))
    assert packed.splitlines()[0].startswith(f"{out}/part-01.zip  0.0")
    first, *others = sorted((tmp_path / "parcels").iterdir())
    there = str(tmp_path / "there")
    assert "the manifest comes with the last parcel" in say("unpack", str(first), "--out", there)
    every = say("unpack", *map(str, others), "--out", there)
    assert every.startswith("all 16 cells")
