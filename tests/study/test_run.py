import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from study.plan import Plan

from hemoscope.cells.synthetic import write_synthetic

ROOT = Path(__file__).resolve().parents[2]


def test_every_run_of_the_plan_has_a_valid_recipe_and_its_own_place():
    experiments = list(Plan.read().experiments(reduced=False, weights=None))
    for each in experiments:
        recipe = each.load()
        assert recipe.seed == each.seed
        assert recipe.data.split_column == each.split
    places = [each.place for each in experiments]
    assert len(set(places)) == len(places)


def test_the_reduced_study_has_the_same_kinds_of_result():
    plan = Plan.read()
    names = {e.name for e in plan.experiments(reduced=False, weights=None)}
    assert {e.name for e in plan.experiments(reduced=True, weights=None)} == names


def test_weights_that_are_not_at_hand_are_never_looked_for(tmp_path):
    (tmp_path / "inception_v3.safetensors").touch()
    weights = {
        e.name: e.load().weights for e in Plan.read().experiments(reduced=True, weights=tmp_path)
    }
    assert weights["inception_v3-text"] == str(tmp_path / "inception_v3.safetensors")
    assert weights["resnet50-text"] == "none"


CLASSES = 8
TINY = {
    "weights": {},
    "reduced": {"epochs": 1, "seeds": 1},
    "sections": [
        {
            "name": "tiny",
            "title": "A tiny model",
            "split": "split",
            "choose_on": "val",
            "seeds": [3],
            "settings": {"epochs": 1, "batch_size": 8, "model.image_size": 64},
            "runs": {"one": {"settings": {"model": "customcnn-backbone"}}},
        }
    ],
}


@pytest.mark.slow
def test_a_run_leaves_its_result_and_is_not_done_again(tmp_path):
    write_synthetic(tmp_path / "cells", per_class=3, size=64)
    (tmp_path / "plan.yaml").write_text(yaml.safe_dump(TINY), encoding="utf-8")
    places = {
        "--cells": "cells/manifest.csv",
        "--runs": "runs",
        "--plan": "plan.yaml",
        "--results": "out",
    }
    command = [sys.executable, "-m", "study.run"]
    for option, name in places.items():
        command += [option, str(tmp_path / name)]
    first = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert first.returncode == 0, first.stderr
    result = tmp_path / "out" / "study" / "one" / "seed-3"
    assert json.loads((result / "test.json").read_text())["cells"] == CLASSES
    assert {p.name for p in result.iterdir()} >= {"val.parquet", "test.parquet", "history.csv"}
    again = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert "1 runs, 1 of them done." in again.stdout
