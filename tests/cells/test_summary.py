import json

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from hemoscope.cells import CellTable, SelectionError, open_cells, summarise_cells


def test_counts_everything_once(cells, class_folders):
    (class_folders / "basophil" / ".DS_1.jpg").write_text("")
    Image.new("L", (7, 5)).save(class_folders / "basophil" / "grey.jpg")
    cells.file(5).write_text("no image")
    table = open_cells(class_folders)
    table = table.with_column("my split", ["train"] * 4 + ["test"] * 3).with_column("group", "x")
    calls: list[tuple[int, int]] = []
    summary = summarise_cells(table, progress=lambda *now: calls.append(now), workers=2)
    shown = json.loads(json.dumps(summary.to_dict()))
    assert shown == {
        "cells": 7,
        "classes": {"basophil": 4, "eosinophil": 3},
        "splits": {"my split": {"test": {"eosinophil": 3}, "train": {"basophil": 4}}},
        "groups": 1,
        "sizes": {"24 x 20": 5, "7 x 5": 1},
        "formats": {"PNG": 5, "JPEG": 1},
        "modes": {"RGB": 5, "L": 1},
        "unreadable": [
            {
                "path": "eosinophil/EO_2.png",
                "cause": "the content is no image of a kind that is read "
                "(JPEG, PNG, WebP, BMP, TIFF)",
            }
        ],
        "ignored": [{"path": "basophil/.DS_1.jpg", "cause": "hidden file"}],
        "fingerprint": table.fingerprint(),
    }
    assert calls == [(7, 7)]


def test_arrays_without_labels(tmp_path):
    arrays = {"train/0": np.zeros((2, 3), dtype=np.uint8)}
    frame = pd.DataFrame({"path": ["train/0"], "split": ["train"]})
    summary = summarise_cells(CellTable(frame, tmp_path, arrays))
    assert summary.formats == {"array": 1}
    assert summary.sizes == {"3 x 2": 1}
    assert summary.splits == {"split": {"train": {"": 1}}}
    assert summary.classes == {}


def test_columns_may_be_chosen(cells):
    table = cells.with_column("fold", list("112233"))
    assert summarise_cells(table).splits == {}
    assert list(summarise_cells(table, split_columns=["fold"]).splits["fold"]) == ["1", "2", "3"]
    with pytest.raises(SelectionError, match="no column 'nothing'"):
        summarise_cells(table, split_columns=["nothing"])
