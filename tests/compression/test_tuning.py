"""What fine-tuning keeps of the run's recipe, what it leaves out, what can be set; its teacher."""

import shutil
from pathlib import Path

import pytest

from hemoscope.compression.errors import PruningError
from hemoscope.compression.pruning import prune
from hemoscope.compression.settings import Settings
from hemoscope.compression.task import Task, resume_pruning, start_pruning
from hemoscope.compression.tuning import tuning_recipe
from hemoscope.inference.bundle import file_digest
from hemoscope.training.recipe import Distillation
from hemoscope.training.recipe_files import RecipeError, dump_recipe, load_recipe
from hemoscope.training.run_folder import NoRunError, open_run, read_provenance, read_recipe

from .made_run import SETTINGS, Made, made_run

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


@pytest.fixture
def distilled(cells: Path, tmp_path: Path) -> Made:
    """A run that had a teacher, which is gone."""
    return made_run(cells, tmp_path, "distillation={teacher: gone, weight: 0.9}")


def _started(made: Made, out: Path, *settings: str) -> Task:
    tuning = Settings(score_cells=4, tuning=settings)
    return start_pruning(made.run, str(made.cells), out, tuning, accelerator="cpu")[0]


def test_fine_tuning_has_no_teacher_unless_one_is_named(distilled: Made) -> None:
    recipe = distilled.run / "recipe.yaml"
    assert tuning_recipe(recipe, Settings()).distillation == Distillation()
    for setting in ("distillation.teacher=other", "distillation={teacher: other}"):
        named = tuning_recipe(recipe, Settings(tuning=(setting,))).distillation
        assert named == Distillation(teacher=str(Path("other").absolute()))


def test_a_teacher_that_is_named_is_checked_before_anything_is_made(
    distilled: Made, tmp_path: Path
) -> None:
    with pytest.raises(NoRunError, match=r"no run folder at .*nowhere"):
        _started(distilled, tmp_path / "small", "distillation.teacher=nowhere")
    assert not (tmp_path / "small").exists()


def test_a_teacher_is_remembered_and_found_again_from_another_folder(
    distilled: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    teacher, out = tmp_path / "its: teacher", tmp_path / "small"
    shutil.copytree(distilled.run, teacher)
    digest = file_digest(teacher / "model.safetensors")
    monkeypatch.chdir(tmp_path)
    task = _started(distilled, out, "distillation.teacher='its: teacher'")
    assert task.provenance["teacher"] == {"run": str(teacher), "model_sha256": digest}
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    again, journal = resume_pruning(distilled.run, str(distilled.cells), out, accelerator="cpu")
    assert again.recipe == task.recipe
    assert journal.origin.teacher == task.provenance["teacher"]
    other = made_run(distilled.cells, tmp_path / "elsewhere", "model.encoder.heads=2")
    shutil.copyfile(other.run / "model.safetensors", teacher / "model.safetensors")
    with pytest.raises(PruningError, match=r"another model in .*its: teacher as its teacher"):
        resume_pruning(distilled.run, str(distilled.cells), out, accelerator="cpu")


@pytest.mark.slow
def test_a_distilled_run_is_pruned_without_its_teacher(distilled: Made, tmp_path: Path) -> None:
    settings = Settings(max_loss=100, score_cells=4, until=0.8)
    out = tmp_path / "small"
    prune(*start_pruning(distilled.run, str(distilled.cells), out, settings, accelerator="cpu"))
    assert read_recipe(open_run(out)).distillation == Distillation()
    assert "teacher" not in read_provenance(open_run(out))
