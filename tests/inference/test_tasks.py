"""A model with several heads: one table for each."""

import numpy as np
import pytest
import torch

from hemoscope.cells import CellTable, open_cells
from hemoscope.cells.synthetic import write_synthetic
from hemoscope.evaluation import evaluate
from hemoscope.inference import predict_cells
from hemoscope.inference.in_words import in_words
from hemoscope.inference.tasks import TaskLabelError, task_file
from hemoscope.inference.torch_scorer import TorchScorer
from hemoscope.models.build import build_model
from hemoscope.models.config import with_changes
from hemoscope.models.heads_config import HeadConfig
from hemoscope.models.joint_build import build_classifier
from hemoscope.models.joint_config import joint_config
from hemoscope.models.store import save_model
from hemoscope.models.zoo import zoo_config

TASKS = {
    "cell_size": HeadConfig(column="size", answers=("big", "small")),
    "ill": HeadConfig(column="ill", answers=("no", "yes"), members=((0, 1, 2, 3), (4, 5, 6, 7))),
}


@pytest.fixture(scope="module")
def cells(tmp_path_factory) -> CellTable:
    folder = tmp_path_factory.mktemp("heads") / "cells"
    write_synthetic(folder, per_class=2, seed=3, size=64)
    return open_cells(folder / "manifest.csv")


@pytest.fixture(scope="module")
def scorer(cells, tmp_path_factory) -> TorchScorer:
    run = tmp_path_factory.mktemp("run")
    torch.manual_seed(0)
    changes = {"image_size": 64, "width": 16, "tasks": TASKS}
    model = build_model(with_changes(zoo_config("customcnn-text"), changes), 8, "none")
    save_model(model, cells.classes, run / "model.safetensors")
    return TorchScorer(run)


def test_every_task_has_a_table_that_can_be_evaluated(cells, scorer, tmp_path) -> None:
    sizes = ["big", "small", ""] * 5 + ["big"]
    run = predict_cells(cells.with_column("size", sizes), scorer)
    assert len(run.predictions) == 16
    table = run.tasks["cell_size"]
    known = [size for size in sizes if size]
    assert table.labels is not None
    assert table.labels.tolist() == known
    assert table.provenance["task"] == "cell_size"
    assert evaluate(table, resamples=0).cells == len(known)
    ill = run.tasks["ill"]
    assert ill.labels is None
    expected = run.predictions.probabilities[:, 4:].sum(1)
    np.testing.assert_allclose(ill.probabilities[:, 1], expected, rtol=1e-5)
    assert task_file(tmp_path / "a.parquet", "ill") == tmp_path / "a.ill.parquet"


def test_an_answer_that_the_model_does_not_know_is_refused_before_any_work(cells, scorer) -> None:
    wrong = cells.with_column("size", ["huge"] + [""] * 15)
    with pytest.raises(TaskLabelError, match="'size' holds huge, which the model's task cell_size"):
        predict_cells(wrong, scorer)


def test_images_alone_give_a_line_in_words_for_every_cell(cells, scorer) -> None:
    named = cells.with_column("size", ["big"] + [""] * 15)
    run = predict_cells(named.only_images(), scorer)
    assert len(run.tasks["cell_size"]) == 16
    said = in_words(run.predictions.paths, run.tasks)
    assert said is not None
    assert len(said) == 16
    assert set(said) <= {"big cell", "small cell"}


def test_features_are_of_every_cell_beside_the_tables_of_tasks(cells, scorer) -> None:
    named = cells.with_column("size", ["big", ""] * 8).with_column(
        "label", [cells.labels[0], ""] * 8
    )
    run, alone = predict_cells(named, scorer, features=True), predict_cells(named, scorer)
    assert len(run.predictions) == len(run.tasks["cell_size"]) == 8
    assert run.features is not None
    assert run.features.paths.tolist() == cells.paths.tolist()
    assert run.features.of(run.tasks["cell_size"]).shape == (8, run.features.values.shape[1])
    for name, table in {**run.tasks, "class": run.predictions}.items():
        other = alone.predictions if name == "class" else alone.tasks[name]
        np.testing.assert_allclose(table.logits, other.logits, rtol=1e-4, atol=1e-5)


def test_one_branch_of_a_joint_model_answers_every_task(cells, tmp_path) -> None:
    torch.manual_seed(0)
    fields = {"joint": {"left": "customcnn", "right": "customcnn"}, "image_size": 64, "width": 16}
    model = build_classifier(joint_config({**fields, "tasks": TASKS}), 8, "none").eval()
    save_model(model, cells.classes, tmp_path / "model.safetensors")
    pixels = np.random.default_rng(0).integers(0, 256, (3, 64, 64, 3), dtype=np.uint8)
    parts = [TorchScorer(tmp_path, branch=name).answer(pixels) for name in ("left", "right")]
    whole = TorchScorer(tmp_path)
    mean = (parts[0]["cell_size"] + parts[1]["cell_size"]) / 2
    assert not np.allclose(parts[0]["cell_size"], parts[1]["cell_size"])
    np.testing.assert_allclose(whole.answer(pixels)["cell_size"], mean, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(whole.observe(pixels).tasks["cell_size"], mean, rtol=1e-4, atol=1e-5)
