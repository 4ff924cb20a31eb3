import numpy as np
import pytest
from study.robustness import RECIPE, STEPS, row

from hemoscope.predictions import Predictions
from hemoscope.training.recipe_files import load_recipe

CLASSES = ("monocyte", "neutrophil")


def test_every_step_is_a_valid_recipe_and_they_differ_by_framing_and_augmentation_alone():
    recipes = [load_recipe(str(RECIPE), settings) for settings in STEPS.values()]
    neither, framed, augmented, both = recipes
    assert neither.augmentation == framed.augmentation != augmented.augmentation
    assert augmented.augmentation == both.augmentation
    assert [recipe.model.framing for recipe in recipes] == ["whole", "cell", "whole", "cell"]
    assert len({(recipe.epochs, recipe.seed, recipe.optimiser.backbone) for recipe in recipes}) == 1


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
