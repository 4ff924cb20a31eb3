from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from study.left_out import SPLIT, parted, write

from hemoscope.calibration.unknown import KnownCells, Trial, UnknownCells
from hemoscope.cells import CellTable


def test_the_class_is_in_no_part_that_is_trained_on_and_its_labels_are_gone():
    rows = [
        (f"{label}-{split}.png", label, split)
        for label in ("lymphocyte", "monocyte", "platelet")
        for split in ("train", "val", "test", "excluded")
    ]
    frame = pd.DataFrame(rows, columns=["path", "label", "split"], dtype=object)
    known, unknown = parted(CellTable(frame, Path()), "split", "monocyte")
    assert known.classes == ("lymphocyte", "platelet")
    assert set(known.answers(SPLIT)) == {"train", "val"}
    assert set(unknown.paths) == {"monocyte-train.png", "monocyte-val.png"}
    assert unknown.labels is None


def test_scores_are_judged_beside_the_accuracy_on_known_cells(tmp_path):
    draws = np.random.default_rng(0)
    truth = draws.integers(0, 3, 900)
    logits = 6.0 * np.eye(3)[truth] + draws.normal(0, 0.1, (900, 3))
    logits[:90] = np.roll(logits[:90], 1, axis=1)  # a tenth is wrong
    flat = UnknownCells(draws.normal(0, 0.1, (30, 3)))
    known = KnownCells(("a", "b", "c"), logits, truth, None)
    compared = write([Trial("without d", known, None, flat)], tmp_path)
    table = pd.read_csv(tmp_path / "trials.csv")
    assert table["accuracy"].tolist() == pytest.approx([0.9] * len(table))
    assert table.loc[table["method"] == "energy", "auroc"].item() == pytest.approx(1.0)
    assert set(compared.means()) == set(table["method"])
    assert "without d" in (tmp_path / "unknown.svg").read_text()
