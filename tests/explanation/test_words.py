"""Cells that are explained, in words."""

import numpy as np

from hemoscope.cells import open_cells
from hemoscope.cells.synthetic import write_synthetic
from hemoscope.explanation.explain import explain_cells
from hemoscope.explanation.methods.table import method_called
from hemoscope.explanation.words import words_of
from hemoscope.inference import predict_cells
from hemoscope.inference.in_words import in_words
from hemoscope.inference.torch_scorer import TorchScorer
from hemoscope.models.heads_config import HeadConfig
from hemoscope.models.store import StoredModel, save_model

from .conftest import CLASSES, SIZE, tiny

TASKS = {
    "cell_size": HeadConfig(column="size", answers=("big", "small")),
    "ill": HeadConfig(column="ill", answers=("no", "yes"), members=((0,), (1, 2))),
}


def test_explained_cells_have_the_words_that_predictions_have(tmp_path):
    model = tiny(tasks=TASKS)
    save_model(model, CLASSES, tmp_path / "model.safetensors")
    write_synthetic(tmp_path / "cells", per_class=1, seed=2, size=SIZE)
    table = open_cells(tmp_path / "cells").only_images().take(np.arange(3))
    found = predict_cells(table, TorchScorer(tmp_path, device="cpu"))
    explained = explain_cells(
        StoredModel(model, CLASSES), table, method_called("gradcam"), measure=False
    )
    assert explained.in_words == tuple(in_words(table.paths, found.tasks) or ())
    assert set(explained.in_words) <= {"big cell", "small cell"}
    assert explained.frame()["in_words"].tolist() == list(explained.in_words)


def test_a_model_without_attributes_says_nothing(model):
    pixels = np.zeros((1, SIZE, SIZE, 3), np.uint8)
    assert words_of(model, pixels) is None
    assert words_of(tiny(tasks={"ill": TASKS["ill"]}), pixels) is None
