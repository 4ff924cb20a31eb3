"""Coverage of the differential's 95 % limits: the table of docs/calibration.md.

    python benchmarks/differential_coverage.py VALIDATION_TABLE --out FOLDER

Draws `--patients` patients for each number of cells, as tests/calibration/differential does, and
writes `coverage.csv`: one row a number of cells and class. Run it at the root of the repository.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.calibration.differential.coverage import Coverage, coverage_of
from tests.calibration.differential.patients import draw_patients

from hemoscope.calibration.differential import Confusion
from hemoscope.predictions import Predictions


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("table", type=Path)
    parser.add_argument("--patients", type=int, default=1000)
    parser.add_argument("--cells", type=int, nargs="+", default=[100, 200, 400])
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    table = Predictions.read(options.table)
    parts = []
    for cells in options.cells:
        rng = np.random.default_rng(cells)
        confusion = Confusion.of(table)
        patients = draw_patients(table.classes, confusion, options.patients, cells, rng)
        parts.append(rows(table.classes, cells, coverage_of(table.classes, patients, rng)))
        print(parts[-1].to_string(index=False, float_format="%.4f"), flush=True)
    options.out.mkdir(parents=True, exist_ok=True)
    pd.concat(parts).to_csv(options.out / "coverage.csv", index=False, float_format="%.4f")


def rows(classes: tuple[str, ...], cells: int, found: Coverage) -> pd.DataFrame:
    """One row a class, and one for all."""
    figures = {
        "patient": found.patient,
        "cells_counted": found.cells,
        "counting_alone": found.counting_alone,
        "width": found.width,
    }
    named = {name: [*values.mean(0), values.mean()] for name, values in figures.items()}
    return pd.DataFrame({"cells": cells, "class": [*classes, "all"], **named})


if __name__ == "__main__":
    main()
