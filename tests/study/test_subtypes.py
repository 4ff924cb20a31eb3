"""Manifests of PBC by subtype and by class."""

import sys
from pathlib import Path

import pandas as pd
import pytest

from study import subtypes

PREFIXES = {
    "BNE": "neutrophil",
    "NEUTROPHIL": "neutrophil",
    "MMY": "ig",
    "IG": "ig",
    "BA": "basophil",
}


def test_both_manifests_name_the_same_cells_and_a_class_alone_has_no_leaf(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    rows = [
        {"path": f"{prefix}.png", "label": label, "subtype": prefix, "cell_size": "big"}
        for prefix, label in PREFIXES.items()
    ]
    pbc = tmp_path / "pbc.csv"
    pd.DataFrame(rows).to_csv(pbc, index=False)
    monkeypatch.setattr(
        sys, "argv", ["subtypes", "--pbc", str(pbc), "--out", str(tmp_path / "cells")]
    )
    assert subtypes.main() == 0
    fine, coarse = (
        pd.read_csv(tmp_path / "cells" / name, keep_default_na=False)
        for name in ("subtypes.csv", "classes.csv")
    )
    leaves = ["band_neutrophil", "", "metamyelocyte", "", "basophil"]
    assert list(fine["label"]) == list(coarse["leaf"]) == leaves
    assert list(fine["cell_class"]) == list(coarse["label"]) == list(PREFIXES.values())
    assert list(fine["path"]) == list(coarse["path"])
    assert set(coarse["cell_size"]) == {"big"}
    assert capsys.readouterr().out.split()[1:4] == ["(class", "alone)", "2"]
