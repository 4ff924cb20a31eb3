"""The study of sharing: what is trained, what it costs, and that it goes on where it was."""

import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import pytest
from study.sharing import arms, joint_recipe
from study.sharing_summary import count_table

from hemoscope.cells.synthetic import write_synthetic
from hemoscope.evaluation import compare, evaluate
from hemoscope.models.counts import count_parameters
from hemoscope.models.joint_build import build_classifier
from hemoscope.predictions import Predictions

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = ("model.width=16", "model.image_size=64", "epochs=1", "batch_size=8")


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


@pytest.mark.slow
def test_the_study_leaves_its_summary_and_is_not_done_again(tmp_path):
    write_synthetic(tmp_path / "cells", per_class=6, size=64, seed=1)
    places = {"--cells": "cells/manifest.csv", "--runs": "runs", "--results": "out"}
    command = [sys.executable, "-m", "study.sharing", "--seeds", "3", "--mutual", "0"]
    command += ["--backbones", "customcnn", "resnet18", "--set", *SETTINGS, "weights=none"]
    for option, name in places.items():
        command += [option, str(tmp_path / name)]

    def run(*more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, *more], cwd=ROOT, capture_output=True, text=True, check=False
        )

    done = run()
    assert done.returncode == 0, done.stderr
    out = tmp_path / "out" / "sharing" / "seed-3"
    text = (out / "summary.md").read_text()
    tables = {file.stem: Predictions.read(file) for file in out.glob("*.parquet")}
    assert set(tables) == {
        f"{a}-{n}" for a in ("joint", "apart") for n in ("customcnn", "resnet18", "mean")
    }
    for name, table in tables.items():
        assert f"| {name} | " in text
        assert f" | {100 * evaluate(table, resamples=0).accuracy:.2f}" in text
    (pair,) = compare({n: tables[n] for n in ("joint-mean", "apart-mean")}, resamples=0).pairs
    assert f"| {pair.mcnemar.only_first_right} | {pair.mcnemar.only_second_right} | " in text
    assert str(tmp_path) not in "".join(file.read_text() for file in out.glob("*.yaml"))

    before = (out / "joint-mean.parquet").stat().st_mtime_ns
    (out / "summary.md").unlink()
    again = run()
    assert again.returncode == 0, again.stderr
    assert (out / "summary.md").read_text() == text
    assert (out / "joint-mean.parquet").stat().st_mtime_ns == before
    (out / "summary.md").unlink()
    other = run("--recipe", "paper-customcnn")
    assert "holds another recipe than is asked for now" in other.stderr
