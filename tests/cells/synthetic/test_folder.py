"""A folder of synthetic cells is reproducible, complete and honest about what it is."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from hemoscope.cells import CellTable, open_cells
from hemoscope.cells.synthetic import (
    MORPHOLOGIES,
    SyntheticFolderError,
    draw_cell,
    is_synthetic,
    write_synthetic,
)
from hemoscope.errors import UsageError

SIZE = 32


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> CellTable:
    return write_synthetic(tmp_path_factory.mktemp("cells"), per_class=5, seed=2, size=SIZE)


def contents(folder: Path) -> dict[str, bytes]:
    files = (file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


def test_table_manifest_and_files_agree(written: CellTable):
    assert len(written) == 40
    assert written.classes == tuple(MORPHOLOGIES)
    manifest = pd.read_csv(written.root / "manifest.csv", keep_default_na=False)
    pd.testing.assert_frame_equal(manifest, written.frame)
    beside = {"manifest.csv", "manifest.csv.json"}
    assert {*written.paths} | beside == set(contents(written.root))
    assert written.paths[0] == "basophil/BASOPHIL_0001.png"


def test_manifest_opens_as_the_same_table(written: CellTable):
    opened = open_cells(written.root / "manifest.csv")
    assert opened.fingerprint() == written.fingerprint()
    test = open_cells(written.root / "manifest.csv", split_column="split", use="test")
    assert len(test) == 8
    note = json.loads((written.root / "manifest.csv.json").read_text())
    assert note == {
        "fingerprint": written.fingerprint(),
        "cells": 40,
        "origin": "synthetic, drawn by hemoscope",
        "per_class": 5,
        "seed": 2,
        "size": SIZE,
    }


def test_folder_opens_as_a_folder_of_class_folders(written: CellTable):
    opened = open_cells(written.root)
    assert set(opened.paths) == set(written.paths)
    assert opened.classes == written.classes


def test_manifest_says_what_was_drawn(written: CellTable):
    assert list(written.frame) == [
        "path",
        "label",
        "split",
        "origin",
        "drawn_seed",
        "drawn_form",
        "drawn_lobes",
        "drawn_diameter_um",
        "drawn_nucleus_share",
        "drawn_stain",
    ]
    assert set(written.frame["origin"]) == {"synthetic"}
    for row, label, seed in zip(
        range(len(written)), written.frame["label"], written.frame["drawn_seed"], strict=True
    ):
        with Image.open(written.file(row)) as image:
            np.testing.assert_array_equal(np.asarray(image), draw_cell(label, int(seed), SIZE))


def test_every_file_says_that_it_is_synthetic(written: CellTable):
    assert all(is_synthetic(written.file(row)) for row in range(len(written)))


def test_other_files_are_not_synthetic(tmp_path: Path):
    Image.new("RGB", (4, 4)).save(tmp_path / "plain.png")
    (tmp_path / "broken.png").write_bytes(b"no image")
    assert not is_synthetic(tmp_path / "plain.png")
    assert not is_synthetic(tmp_path / "broken.png")
    assert not is_synthetic(tmp_path / "absent.png")


def test_every_class_has_every_split(written: CellTable):
    for label in MORPHOLOGIES:
        splits = written.where("label", label).frame["split"]
        assert splits.tolist() == ["train", "val", "test", "train", "train"]


def test_the_same_call_writes_the_same_bytes(written: CellTable, tmp_path: Path):
    write_synthetic(tmp_path, per_class=5, seed=2, size=SIZE)
    assert contents(tmp_path) == contents(written.root)


def test_a_shorter_set_is_the_beginning_of_a_longer_one(written: CellTable, tmp_path: Path):
    shorter = write_synthetic(tmp_path / "new" / "folder", per_class=2, seed=2, size=SIZE)
    longer = contents(written.root)
    for path, data in contents(shorter.root).items():
        if not path.startswith("manifest.csv"):
            assert data == longer[path]
    both = written.frame[written.frame["path"].isin(shorter.frame["path"])]
    pd.testing.assert_frame_equal(both.reset_index(drop=True), shorter.frame)


def test_another_seed_shares_no_cell(written: CellTable, tmp_path: Path):
    other = write_synthetic(tmp_path, per_class=5, seed=3, size=SIZE)
    assert not set(other.frame["drawn_seed"]) & set(written.frame["drawn_seed"])


def test_progress_counts_every_cell(tmp_path: Path):
    calls: list[tuple[int, int]] = []
    write_synthetic(
        tmp_path, per_class=1, size=SIZE, progress=lambda done, total: calls.append((done, total))
    )
    assert calls == [(done, 8) for done in range(1, 9)]


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(SyntheticFolderError) as caught:
        write_synthetic(tmp_path, per_class=1, size=SIZE)
    assert str(caught.value) == (
        f"{tmp_path} exists and is not an empty folder. Synthetic cells are never written among "
        "other files: name a new folder, or empty this one first."
    )
    with pytest.raises(SyntheticFolderError):
        write_synthetic(tmp_path / "notes.txt", per_class=1, size=SIZE)
    assert set(contents(tmp_path)) == {"notes.txt"}


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(SyntheticFolderError) as caught:
        write_synthetic(tmp_path / "file" / "cells", per_class=1, size=SIZE)
    assert str(caught.value) == (
        f"cannot write synthetic cells to {tmp_path / 'file' / 'cells'}: a file stands where a "
        "folder of its path would be."
    )


@pytest.mark.parametrize("per_class", [0, 100_001])
def test_number_of_cells_out_of_range_is_refused(per_class: int, tmp_path: Path):
    with pytest.raises(UsageError) as caught:
        write_synthetic(tmp_path, per_class=per_class)
    assert str(caught.value) == (
        f"{per_class} cells of each class cannot be drawn; choose 1 to 100,000."
    )


def test_bad_seed_and_size_are_refused_before_anything_is_written(tmp_path: Path):
    with pytest.raises(UsageError, match="the seed is -1"):
        write_synthetic(tmp_path / "a", per_class=1, seed=-1)
    with pytest.raises(UsageError, match="choose a side of 32 to 2048"):
        write_synthetic(tmp_path / "a", per_class=1, size=8)
    assert not (tmp_path / "a").exists()
