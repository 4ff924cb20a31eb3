"""`hemoscope demo`: what a newcomer sees first."""

import re
from pathlib import Path

import pandas as pd

from .conftest import Run


def test_synthetic_cells_are_classified_and_called_synthetic(
    hemoscope: Run, bundle: Path, tmp_path: Path
):
    out = tmp_path / "demo"
    done = hemoscope("demo", "--model", bundle, "--per-class", "10", "--out", out)
    assert done.code == 0, done.err
    frame = pd.read_csv(out / "classified" / "cells.csv")
    meant = frame["path"].str.partition("/")[0]
    right = int((meant == frame["class"]).sum())
    told = f"These cells are synthetic: drawn, not photographed. The model names {right} of 80"
    assert told in done.err
    assert str(out / "classified" / "report.html") in done.err
    page = (out / "classified" / "report.html").read_text(encoding="utf-8")
    assert told in re.sub(r"\s+", " ", page)
