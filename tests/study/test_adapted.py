import numpy as np
import pytest
from study.adapted import at_home

from hemoscope.calibration import ClassMeans, Trust, fit, write_trust
from tests.calibration.simulate import CLASSES, clouds


def test_at_home_folders_are_compared_with_and_without(tmp_path, monkeypatch):
    monkeypatch.setattr("study.adapted.FOLDERS", 5)
    known, new = clouds(600), clouds(500, seed=1)
    write_trust(Trust(fit(known, "temperature"), means=ClassMeans.of(known)), tmp_path)
    new.write(tmp_path / "new.parquet")
    found = at_home(tmp_path / "new.parquet", tmp_path)
    assert list(found) == [
        "all",
        *(f"folders of {size}" for size in (20, 100, 400)),
        *(f"{name} alone" for name in CLASSES),
    ]
    assert new.logits is not None
    right = np.asarray(new.logits).argmax(1) == new.truth()
    assert found["all"]["plain"] == pytest.approx(right.mean())
    for c, name in enumerate(CLASSES):
        assert found[f"{name} alone"]["plain"] == pytest.approx(right[new.truth() == c].mean())
    for figures in found.values():
        assert figures["adapted"] == pytest.approx(figures["plain"], abs=0.03)
        assert figures["worst"] <= figures["adapted"] - figures["plain"] + 1e-12
