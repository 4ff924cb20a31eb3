from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hemoscope.cells import CellTable
from hemoscope.evaluation import Comparison, Evaluation, compare, evaluate
from hemoscope.predictions import Predictions
from tests.reports.opinions import opinions

CLASSES = ("basophil", "<script>alert(1)</script>", "好酸球 $5$")


@pytest.fixture(scope="session")
def predictions() -> Predictions:
    """60 cells of three awkwardly named classes, most of them called right."""
    return opinions(60, CLASSES, provenance={"model": 'a "quoted" <b>', "data": {"cells": 60}})


@pytest.fixture(scope="session")
def evaluation(predictions: Predictions, history: pd.DataFrame) -> Evaluation:
    return evaluate(predictions, bins=5, resamples=20, history=history)


@pytest.fixture(scope="session")
def images(predictions: Predictions) -> CellTable:
    """A picture for every cell but the last."""
    pixels = np.random.default_rng(1).integers(0, 256, (len(predictions), 24, 24, 3), np.uint8)
    paths = predictions.paths[:-1]
    return CellTable(
        pd.DataFrame({"path": paths}), Path(), dict(zip(paths, pixels[:-1], strict=True))
    )


@pytest.fixture(scope="session")
def history() -> pd.DataFrame:
    epochs = np.arange(1, 5)
    return pd.DataFrame(
        {
            "epoch": epochs,
            "train_loss": [0.9, 0.5, 0.3, 0.2],
            "train_accuracy": [0.6, 0.8, 0.9, 0.95],
            "val_loss": [0.8, 0.6, 0.4, 0.5],
            "val_accuracy": [0.65, 0.75, 0.91, 0.90],
            "learning_rate": [1e-4, 8e-5, 4e-5, 1e-5],
            "seconds": 10.0,
            "images_per_second": 90.0,
        }
    )


@pytest.fixture(scope="session")
def comparison() -> Comparison:
    tables = {
        "A & B": opinions(60, CLASSES),
        "<i>": opinions(60, CLASSES, noise=4.0),
        "C": opinions(60, CLASSES, noise=2.0),
    }
    return compare(tables, resamples=20, bins=5, seeds={"both": ["<i>", "C"]})
