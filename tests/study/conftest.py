"""Tiny result folders, as `study.run` and `study.evidence` leave them."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from study.page.printed import class_names
from study.page.runs import StudyRuns

from hemoscope.evaluation import evaluate
from hemoscope.predictions import Predictions

CLASSES = tuple(class_names().values())
CELLS = 160
Make = Callable[..., Path]


def predictions(skill: float, seed: int, cells: int = CELLS) -> Predictions:
    """Logits that are right more often the more skill there is."""
    rng = np.random.default_rng(seed)
    truth = np.arange(cells) % len(CLASSES)
    logits = rng.normal(size=(cells, len(CLASSES))) + skill * np.eye(len(CLASSES))[truth]
    paths = [f"images/{place}.webp" for place in range(cells)]
    return Predictions.from_logits(
        paths, CLASSES, logits, labels=[CLASSES[place] for place in truth]
    )


def history(epochs: int = 3) -> pd.DataFrame:
    """A training that gets better."""
    epoch = np.arange(1, epochs + 1)
    return pd.DataFrame(
        {
            "epoch": epoch, "train_loss": 1 / epoch, "train_accuracy": 1 - 0.3 / epoch,
            "val_loss": 1.1 / epoch, "val_accuracy": 1 - 0.4 / epoch, "learning_rate": 1e-3,
            "seconds": 60.0, "images_per_second": 10.0,
        }
    )  # fmt: skip


@cache
def figures(skill: float, seed: int, cells: int) -> str:
    """What `hemoscope evaluate --json` says of these predictions."""
    found = evaluate(predictions(skill, seed, cells), resamples=20, history=history())
    return json.dumps(found.to_dict(curves=False))


def provenance(seed: int, split: str) -> dict[str, object]:
    data = {"split_column": split, "splits": {"train": 800, "test": CELLS}}
    hardware = {"processor": "a processor", "threads": 2, "gpus": []}
    git = {"commit": "0123456789abcdef", "changed": False}
    return {"hardware": hardware, "git": git, "seed": seed, "data": data, "training_seconds": 180.0}


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Writes a result and gives its folder."""

    def written(
        name: str, seed: int = 1, *, skill: float = 4.0, study: str = "study", cells: int = CELLS
    ) -> Path:
        folder = tmp_path / "results" / study / name / f"seed-{seed}"
        folder.mkdir(parents=True)
        split = "paper_split" if name.endswith("table2") else "clean_split"
        predictions(skill, seed, cells).write(folder / "test.parquet")
        history().to_csv(folder / "history.csv", index=False)
        (folder / "test.json").write_text(figures(skill, seed, cells), encoding="utf-8")
        (folder / "provenance.json").write_text(
            json.dumps(provenance(seed, split)), encoding="utf-8"
        )
        data = {"split_column": split, "train": "train", "validation": "val"}
        recipe = {"epochs": 3, "seed": seed, "weights": None, "data": data}
        (folder / "recipe.yaml").write_text(yaml.safe_dump(recipe), encoding="utf-8")
        return folder

    return written


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., StudyRuns]:
    """What has been written so far."""
    return lambda study="study": StudyRuns.read(tmp_path / "results" / study)
