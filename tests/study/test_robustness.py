from argparse import Namespace
from pathlib import Path

import numpy as np
import pytest
import study.commands
from study.robustness import RECIPE, perform, row, steps

from hemoscope.errors import UsageError
from hemoscope.predictions import Predictions
from hemoscope.training.recipe_files import load_recipe

CLASSES = ("monocyte", "neutrophil")


def test_every_step_of_input_is_a_recipe_and_they_differ_by_framing_and_augmentation_alone():
    recipes = [load_recipe(str(RECIPE), settings) for settings in steps("input", None).values()]
    neither, framed, augmented, both = recipes
    assert neither.augmentation == framed.augmentation != augmented.augmentation
    assert augmented.augmentation == both.augmentation
    assert [recipe.model.framing for recipe in recipes] == ["whole", "cell", "whole", "cell"]
    assert len({(recipe.epochs, recipe.seed, recipe.optimiser.backbone) for recipe in recipes}) == 1


def test_a_step_of_training_adds_length_calming_or_a_teacher():
    short, long, calm, taught, all_of_it = (
        load_recipe(str(RECIPE), settings) for settings in steps("training", Path("T")).values()
    )
    assert short.epochs < long.epochs == calm.epochs == taught.epochs == all_of_it.epochs
    assert [bool(each.calming) for each in (short, long, calm, taught, all_of_it)] == [
        *(False, False, True, False, True)
    ]
    teachers = [each.distillation.teacher for each in (short, long, calm, taught, all_of_it)]
    assert teachers == [None, None, None, "T", "T"]
    framed = {each.model.framing for each in (short, long, calm, taught, all_of_it)}
    assert framed == {"cell"}
    with pytest.raises(UsageError, match="name its run by --teacher"):
        steps("training", None)


def _table(named: list[int], labels: list[str] | None) -> Predictions:
    logits = np.eye(2)[named]
    paths = [f"{index}.png" for index in range(len(named))]
    return Predictions.from_logits(paths, CLASSES, logits, labels=labels)


def test_a_row_looks_at_the_first_half_of_cellavision_only(tmp_path):
    # All of the first fifty are right, all of the others wrong.
    _table([0] * 100, ["monocyte"] * 50 + ["neutrophil"] * 50).write(
        tmp_path / "cellavision.parquet"
    )
    _table([0, 1, 1, 1], ["monocyte"] * 4).write(tmp_path / "val.parquet")
    _table([0, 1, 1, 1], None).write(tmp_path / "neutrophils.parquet")
    figures = row("a step", tmp_path)
    assert figures["cellavision_first_half"] == 1
    assert figures["cellavision_first_half_cells"] == 50
    assert figures["validation"] == 0.25
    assert figures["munich_neutrophils"] == 0.75
    # Wilson's interval of 3 in 4, by hand: (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n).
    assert figures["munich_neutrophils_low"] == pytest.approx(0.3006, abs=1e-4)
    assert figures["munich_neutrophils_high"] == pytest.approx(0.9544, abs=1e-4)


def test_a_table_is_there_when_it_is_whole(tmp_path, monkeypatch):
    run = tmp_path / "runs" / "input-1"
    run.mkdir(parents=True)
    (run / "model.safetensors").touch()
    options = Namespace(
        runs=tmp_path / "runs", weights=None, cells=Path("pbc.csv"),
        cellavision=Path("cellavision.csv"), neutrophils=Path("neutrophils"),
    )  # fmt: skip
    called: list[tuple[str, ...]] = []

    def killed(*arguments: str | Path, capture: bool = False) -> str:
        called.append(tuple(map(str, arguments)))
        table = Path(arguments[-1])
        table.parent.mkdir(exist_ok=True)
        table.write_text("half of a table")
        if len(called) == 1:
            raise KeyboardInterrupt
        return ""

    monkeypatch.setattr(study.commands, "hemoscope", killed)
    with pytest.raises(KeyboardInterrupt):
        perform("input-1", (), options)
    assert not (run / "val.parquet").exists()
    perform("input-1", (), options)
    assert called[0] == called[1]
    assert called[0][:6] == ("predict", "pbc.csv", "--split-column", "clean_split", "--use", "val")
    assert called[2][:3] == ("predict", "cellavision.csv", "--model")
    tables = {file.name for file in run.glob("*.parquet")}
    assert tables == {"val.parquet", "cellavision.parquet", "neutrophils.parquet"}
