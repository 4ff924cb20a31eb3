"""What fine-tuning keeps of the run's recipe, what it leaves out, and what can be set."""

from pathlib import Path

import pytest

from hemoscope.compression.settings import Settings
from hemoscope.compression.tuning import tuning_recipe
from hemoscope.training.recipe_files import RecipeError, dump_recipe, load_recipe

from .made_run import SETTINGS

OF_A_WHOLE_TRAINING = (
    *("epochs=12", "early_stopping=3", "sizes={0: 32, 4: 64}", "calming={0: 1.0, 8: 0.3}"),
    *("freezing.plan=backbone", "freezing.unfreezing={6: none}"),
)


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    file = tmp_path / "recipe.yaml"
    file.write_text(dump_recipe(load_recipe("default", (*SETTINGS, *OF_A_WHOLE_TRAINING))))
    return file


def test_what_belongs_to_a_whole_training_is_left_out(recipe: Path) -> None:
    tuning = tuning_recipe(recipe, Settings(epochs=2, rate=0.5))
    assert (tuning.epochs, tuning.early_stopping, tuning.sizes) == (2, None, {})
    assert (tuning.calming, tuning.freezing.schedule) == ({0: 0.3}, {0: "none"})
    assert tuning.optimiser.head == pytest.approx(0.5 * 3e-4)
    assert tuning.model == load_recipe(str(recipe)).model


def test_what_is_set_holds_as_it_is_set(recipe: Path) -> None:
    settings = ("freezing.plan=backbone", "calming={0: 0.7}", "optimiser.weight_decay=0.1")
    tuning = tuning_recipe(recipe, Settings(tuning=settings))
    assert (tuning.freezing.schedule, tuning.calming) == ({0: "backbone"}, {0: 0.7})
    assert tuning.optimiser.weight_decay == 0.1
    assert tuning.optimiser.head == pytest.approx(0.3 * 3e-4)


def test_a_mistake_in_what_is_set_is_named(recipe: Path) -> None:
    with pytest.raises(RecipeError, match="--set: there is no field 'sede'"):
        tuning_recipe(recipe, Settings(tuning=("sede=3",)))
