"""The study of sharing: what is trained, what it costs, and that it goes on where it was."""

import re
from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest
import study.commands
import study.sharing
from safetensors.torch import save_file
from study.sharing import arms, joint_recipe, perform
from study.sharing_summary import FIGURES, Row, count_table, summary
from typer.testing import CliRunner

from hemoscope.cells.synthetic import write_synthetic
from hemoscope.cli.main import app
from hemoscope.evaluation import compare, evaluate
from hemoscope.models.build import build_body
from hemoscope.models.config import ModelConfig
from hemoscope.models.counts import count_parameters
from hemoscope.models.joint_build import build_classifier
from hemoscope.predictions import Predictions

SMALL = "mobilenetv3_small_050"
SCALING = "{mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25]}"
SETTINGS = (
    *("model.width=16", "model.image_size=64", f"model.normalisation={SCALING}"),
    *("epochs=1", "batch_size=8"),
)


def _options(**changed: object) -> Namespace:
    given = {
        "backbones": ["customcnn", "inception_v3"],
        "set": ["model.image_size=96"],
        "recipe": "default",
        "weights": None,
    }
    return Namespace(**(given | changed))


def test_every_backbone_is_trained_apart_as_it_is_in_the_joint_model():
    joint = joint_recipe(_options(), seed=3)
    by_name = {arm.name: arm for arm in arms(joint, mutual=0.5)}
    assert list(by_name) == ["joint", "mutual", "apart-customcnn", "apart-inception_v3"]
    apart = by_name["apart-inception_v3"].recipe
    assert apart.model.backbone == "inception_v3.tf_in1k"
    assert apart.model.map_projected
    assert (apart.seed, apart.model.image_size, apart.loss.mutual) == (3, 96, 0)
    assert by_name["mutual"].recipe.loss.mutual == 0.5
    assert by_name["joint"].tables == {
        "joint-mean": None,
        "joint-customcnn": "customcnn",
        "joint-inception_v3": "inception_v3",
    }
    assert "mutual" not in {arm.name for arm in arms(joint, mutual=0)}


def test_local_weights_come_with_their_scaling_and_are_not_looked_for_elsewhere(tmp_path):
    (tmp_path / "inception_v3.safetensors").touch()
    recipe = joint_recipe(_options(weights=tmp_path), seed=0)
    file = str(tmp_path / "inception_v3.safetensors")
    assert recipe.weights == {"customcnn": "none", "inception_v3": file}
    customcnn, inception = recipe.model.joint
    assert customcnn.normalisation is None
    assert inception.normalisation is not None
    assert inception.normalisation.mean == (0, 0, 0)
    apart = {arm.name: arm.recipe for arm in arms(recipe, mutual=0)}
    assert apart["apart-inception_v3"].weights == file
    assert apart["apart-inception_v3"].model.normalisation == inception.normalisation


def test_the_count_is_that_of_the_models():
    model = joint_recipe(_options(backbones=["customcnn", "resnet18"]), seed=0).model
    whole = count_parameters(build_classifier(model, 8, "none"))
    assert f"| joint | {whole:,} |" in count_table(model)


def test_the_summary_writes_figures_as_the_pages_do():
    said: dict[str, Any] = {"cells": 5, "intervals": {"accuracy": {"low": 0.1, "high": 0.9}}}
    for _, path, *_ in FIGURES:
        *outer, last = path.split(".")
        place = said
        for key in outer:
            place = place.setdefault(key, {})
        place[last] = None if last == "nll" else 0.5
    pair = {
        "first": "joint-mean", "second": "apart-mean",
        "mcnemar": {"p": 0.25, "only_first_right": 1, "only_second_right": 2},
        "delong_macro": {"difference": -0.125, "p": None},
    }  # fmt: skip
    text = summary(
        {"joint-mean": Row(1000, 60.0)}, {"joint-mean": said}, {"pairs": [pair]}, ["mean"]
    )
    row = "| joint-mean | 1,000 | 60 | 50.00 (10.00–90.00) | 50.00 | 0.5000 | 0.5000 | – |\n"
    assert f"| --- | --: | --: | --: | --: | --: | --: | --: |\n{row}" in text
    assert text.endswith("| joint-mean | apart-mean | 1 | 2 | 0.25 | 0.25 | −0.12500 | – |\n")


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The verbs within this process, which saves the start of twenty others; which ones ran."""
    called: list[str] = []

    def hemoscope(*arguments: str | Path, capture: bool = False) -> str:
        called.append(str(arguments[0]))
        done = CliRunner().invoke(app, list(map(str, arguments)), catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.stdout if capture else ""

    monkeypatch.setattr(study.commands, "hemoscope", hemoscope)
    monkeypatch.setattr(study.sharing, "hemoscope", hemoscope)
    return called


@pytest.mark.slow
def test_the_study_leaves_its_summary_and_goes_on_where_it_was(tmp_path, in_process, monkeypatch):
    write_synthetic(tmp_path / "cells", per_class=4, size=64, seed=1)
    monkeypatch.setenv("HEMOSCOPE_CACHE", str(tmp_path / "cache"))
    options = _options(
        cells=tmp_path / "cells" / "manifest.csv",
        runs=tmp_path / "runs",
        backbones=["customcnn", SMALL],
        set=[*SETTINGS, f"weights={{customcnn: none, {SMALL}: {_weights(tmp_path)}}}"],
        mutual=0.5,
        resamples=20,
    )
    out = tmp_path / "results" / "seed-3"
    joint = joint_recipe(options, seed=3)
    perform(joint, options, out)
    text = (out / "summary.md").read_text()
    tables = {file.stem: Predictions.read(file) for file in out.glob("*.parquet")}
    names = ("customcnn", SMALL, "mean")
    assert set(tables) == {
        f"{arm}-{name}" for arm in ("joint", "mutual", "apart") for name in names
    }
    for name, table in tables.items():
        said = f"{100 * evaluate(table, resamples=0).accuracy:.2f}"
        assert re.search(rf"^\| {name} \| [\d,]+ \| \d+ \| {said} \(", text, re.M)
    (pair,) = compare({n: tables[n] for n in ("joint-mean", "apart-mean")}, resamples=0).pairs
    counts = f"{pair.mcnemar.only_first_right} | {pair.mcnemar.only_second_right}"
    assert f"| joint-mean | apart-mean | {counts} | " in text
    assert str(tmp_path) not in "".join(file.read_text() for file in out.glob("*.yaml"))

    # Killed after a table and before the summary: only what is missing is done.
    in_process.clear()
    (out / "summary.md").unlink()
    (out / "mutual-mean.parquet").unlink()
    perform(joint, options, out)
    assert in_process == ["predict"]
    assert (out / "summary.md").read_text() == text
    with pytest.raises(SystemExit, match="holds another recipe than is asked for now"):
        perform(joint.model_copy(update={"epochs": 2}), options, out)


def _weights(folder: Path) -> Path:
    """A local file of backbone weights."""
    body = build_body(ModelConfig(backbone=SMALL))
    file = folder / "small.safetensors"
    save_file(body.state_dict(), file)
    return file
