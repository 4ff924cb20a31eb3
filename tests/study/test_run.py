import json
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pandas as pd
import pytest
import study.commands
import yaml
from study.alone import alone
from study.plan import Experiment, Plan, Reduced
from study.run import Places, keep_settings, perform_all, training_cells

from hemoscope.cells import open_cells
from hemoscope.cells.synthetic import write_synthetic
from hemoscope.errors import HemoscopeError
from hemoscope.predictions import Predictions

ROOT = Path(__file__).resolve().parents[2]
CLASSES = 8


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


def test_the_reduced_study_has_less_of_everything_and_says_so():
    plan = Plan.read()
    less = plan.reduced
    for each in plan.experiments(reduced=True, weights=None):
        recipe = each.load()
        assert recipe.epochs == less.epochs
        assert recipe.model.image_size == less.image_size
        assert each.train_per_class == less.train_per_class
    assert {e.train_per_class for e in plan.experiments(reduced=False, weights=None)} == {None}
    tiny = Reduced(epochs=1, seeds=2, train_per_class=5, image_size=64)
    assert tiny.words == (
        "reduced study: 1 epoch, 2 seeds, at most 5 training cells of a class, images of 64 px"
    )
    assert Reduced(epochs=3, seeds=1).words == "reduced study: 3 epochs, 1 seed"


def test_some_runs_of_a_reduced_study_have_more_seeds():
    plan = Plan.read()
    for name in plan.reduced.more_seeds:
        seeds = [e.seed for e in plan.experiments(reduced=True, weights=None) if e.name == name]
        assert seeds == [1, 2, 3]
    uneven = Reduced(epochs=3, seeds=1, more_seeds={"customcnn-text": 3})
    assert uneven.words == "reduced study: 3 epochs, 1 seed (3 of some runs)"
    wrong = {"epochs": 3, "seeds": 1, "more_seeds": {"customcnn-txt": 3}}
    with pytest.raises(ValueError, match="more_seeds names customcnn-txt, which is no run"):
        Plan.model_validate(plan.model_dump() | {"reduced": wrong})


def test_results_of_another_reduced_study_are_not_mixed_with(tmp_path):
    keep_settings(Reduced(epochs=1, seeds=1), tmp_path)
    keep_settings(Reduced(epochs=1, seeds=1), tmp_path)
    with pytest.raises(HemoscopeError, match="holds a reduced study: 1 epoch, 1 seed; the plan"):
        keep_settings(Reduced(epochs=2, seeds=1), tmp_path)


def test_more_seeds_go_on_with_the_same_reduced_study(tmp_path):
    more = Reduced(epochs=1, seeds=1, more_seeds={"customcnn-text": 3})
    keep_settings(Reduced(epochs=1, seeds=1), tmp_path)
    keep_settings(more, tmp_path)
    assert Reduced.model_validate_json((tmp_path / "reduced.json").read_bytes()) == more


def test_only_training_cells_are_thinned(tmp_path):
    write_synthetic(tmp_path / "cells", per_class=3, size=32)
    frame = pd.read_csv(tmp_path / "cells" / "manifest.csv")
    frame["split"] = ["train", "train", "test"] * CLASSES
    frame.sort_values("label").to_csv(tmp_path / "cells" / "manifest.csv", index=False)
    places = Places(tmp_path / "cells" / "manifest.csv", tmp_path / "runs", tmp_path / "out")
    made = Experiment(
        name="one", section="s", split="split", scored=("test",), seed=3, recipe="default",
        settings=(), train_per_class=1,
    )  # fmt: skip
    thin = open_cells(training_cells(made, places))
    assert thin.frame["split"].value_counts().to_dict() == {"train": CLASSES, "test": CLASSES}
    whole = made.model_copy(update={"train_per_class": None})
    assert training_cells(whole, places) == places.cells


def test_what_another_command_has_finished_meanwhile_is_left_alone(tmp_path):
    made = next(Plan.read().experiments(reduced=True, weights=None))
    places = Places(tmp_path / "no-cells.csv", tmp_path / "runs", tmp_path / "out")
    (places.results / made.place).mkdir(parents=True)
    assert perform_all([made], places) == 0
    assert not places.runs.exists()


def test_a_training_that_is_under_way_is_left_to_its_command(tmp_path, monkeypatch, capsys):
    """It has no checkpoint yet, as one has that was killed; so has its half of a result."""
    busy, free = islice(Plan.read().experiments(reduced=False, weights=None), 2)
    places = Places(tmp_path / "no-cells.csv", tmp_path / "runs", tmp_path / "out")
    run = places.runs / busy.place
    part = places.results / busy.place.parent / f".{busy.place.name}.part"
    for folder in (run, part):
        folder.mkdir(parents=True)
    called = []

    def verb(*arguments: object, capture: bool = False) -> str:
        called.append(arguments)
        raise subprocess.CalledProcessError(1, "hemoscope")

    monkeypatch.setattr(study.commands, "hemoscope", verb)
    with alone(run):
        assert perform_all([busy, free], places) == 1
    assert run.is_dir()
    assert part.is_dir()
    assert [places.runs / free.place in arguments for arguments in called] == [True]
    said = capsys.readouterr().out
    assert f"{busy.place}: in work elsewhere\n" in said
    assert f"Still in work elsewhere: {busy.place}. " in said


def test_weights_that_are_not_at_hand_are_never_looked_for(tmp_path):
    (tmp_path / "inception_v3.safetensors").touch()
    weights = {
        e.name: e.load().weights for e in Plan.read().experiments(reduced=True, weights=tmp_path)
    }
    assert weights["inception_v3-text"] == str(tmp_path / "inception_v3.safetensors")
    assert weights["resnet50-text"] == "none"


TINY = {
    "weights": {},
    "reduced": {"epochs": 1, "seeds": 1, "train_per_class": 2, "image_size": 64},
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


@pytest.mark.slow
def test_a_reduced_run_is_trained_on_a_part_and_judged_on_all(tmp_path):
    write_synthetic(tmp_path / "cells", per_class=8, size=64)
    (tmp_path / "plan.yaml").write_text(yaml.safe_dump(TINY), encoding="utf-8")
    command = [sys.executable, "-m", "study.run", "--reduced"]
    for option, name in {
        "--cells": "cells/manifest.csv",
        "--runs": "runs",
        "--plan": "plan.yaml",
        "--results": "out",
    }.items():
        command += [option, str(tmp_path / name)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    study = tmp_path / "out" / "study-reduced"
    splits = pd.read_csv(tmp_path / "cells" / "manifest.csv")["split"].value_counts()
    made = json.loads((study / "one" / "seed-3" / "provenance.json").read_text())["data"]["splits"]
    assert made["train"] == 2 * CLASSES < splits["train"]
    figures = json.loads((study / "one" / "seed-3" / "test.json").read_text())
    assert figures["cells"] == splits["test"]
    scored = Predictions.read(study / "one" / "seed-3" / "test.parquet")
    assert set(scored.paths) <= set(pd.read_csv(tmp_path / "cells" / "manifest.csv")["path"])
    assert json.loads((study / "reduced.json").read_text())["train_per_class"] == 2
    assert not (tmp_path / "out" / "study").exists()
