"""A finished run that never trained: a random model, and cells labelled as it calls them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from hemoscope.cells import CellTable, open_cells, read_cells, write_manifest
from hemoscope.models.build import build_model
from hemoscope.models.hybrid import HybridClassifier
from hemoscope.models.store import save_model
from hemoscope.training.provenance import describe_run
from hemoscope.training.recipe import Recipe
from hemoscope.training.recipe_files import load_recipe
from hemoscope.training.run_folder import RunFolder, start_run

CLASSES = ("blast", "other")
SETTINGS = (
    "model={base: customcnn-table2, image_size: 32, encoder: {heads: 4, key_width: 16, "
    "feed_forward: 64}}",
    "batch_size=16",
    "precision=float32",
)


@dataclass(frozen=True)
class Made:
    """A run folder, and the manifest that it goes with."""

    run: Path
    cells: Path


def made_run(synthetic: Path, folder: Path, *settings: str) -> Made:
    """Writes both. The original is right on every cell, so that any change of mind costs."""
    recipe = load_recipe("default", (*SETTINGS, *settings))
    torch.manual_seed(1)
    model = build_model(recipe.model, len(CLASSES), "none").eval()
    table = open_cells(synthetic)
    labels = np.array(CLASSES)[_balanced(model, table)]
    cells = folder / "cells.csv"
    write_manifest(table.with_column("label", labels), cells)
    run = _write(folder / "run", model, cells, recipe)
    return Made(run.path, cells)


def _write(path: Path, model: HybridClassifier, cells: Path, recipe: Recipe) -> RunFolder:
    run = start_run(path, recipe, describe_run(open_cells(cells), str(cells), recipe))
    save_model(model, CLASSES, run.model)
    row = "1,0.5,1,0.4,1,0.001,1.0,10.0"
    columns = (
        "epoch,train_loss,train_accuracy,val_loss,val_accuracy,learning_rate,seconds,"
        "images_per_second"
    )
    run.history.write_text(f"{columns}\n{row}\n", encoding="utf-8")
    run.checkpoints.rmdir()
    return run


def _balanced(model: HybridClassifier, table: CellTable) -> np.ndarray:
    """What the model calls each cell, once its threshold lies at the median."""
    pixels = np.concatenate([batch.pixels for batch in read_cells(table, model.config.frame)])
    images = torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255
    with torch.no_grad():
        logits = model(images)
        margin = logits[:, 1] - logits[:, 0]
        last = model.head[-1]
        assert isinstance(last, torch.nn.Linear)
        last.bias[1] -= margin.median()
        return model(images).argmax(dim=1).numpy()
