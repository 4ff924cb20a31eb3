"""What is refused, and in which words."""

from pathlib import Path

import pytest

from hemoscope.cells import open_cells, write_manifest
from hemoscope.compression.errors import PruningError
from hemoscope.compression.settings import Settings
from hemoscope.compression.task import resume_pruning, start_pruning
from hemoscope.compression.tuning import tuning_recipe
from hemoscope.errors import HemoscopeError, UsageError
from hemoscope.models.build import build_model
from hemoscope.models.config import ModelConfig, with_changes
from hemoscope.models.store import save_model
from hemoscope.models.zoo import zoo_config
from hemoscope.training.errors import TrainingError
from hemoscope.training.run_folder import RunFolderError

from .conftest import tiny
from .made_run import CLASSES, Made, made_run

QUICK = Settings(epochs=0, score_cells=4)


@pytest.fixture(scope="session")
def made(cells: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made_run(cells, tmp_path_factory.mktemp("made"))


def refused(
    made: Made, out: Path, error: type[HemoscopeError], message: str, *, settings: Settings = QUICK
) -> None:
    with pytest.raises(error, match=message):
        start_pruning(made.run, str(made.cells), out, settings, accelerator="cpu")
    assert not out.exists()


def test_a_guide_that_does_not_exist(made: Made, tmp_path: Path) -> None:
    settings = QUICK.model_copy(update={"guide": "atention"})
    refused(made, tmp_path / "o", UsageError, "Did you mean 'attention'?", settings=settings)


def test_a_model_without_encoder(made: Made, tmp_path: Path) -> None:
    bare = made_run_with(made, zoo_config("customcnn-backbone"), tmp_path / "bare")
    refused(bare, tmp_path / "o", PruningError, r"customcnn\) has no token encoder")


def test_a_model_with_further_tasks(made: Made, tmp_path: Path) -> None:
    tasks = {"ripe": {"column": "ripe", "answers": ["no", "yes"]}}
    config = with_changes(zoo_config("customcnn-text"), {"tasks": tasks})
    several = made_run_with(made, config, tmp_path / "several")
    refused(several, tmp_path / "o", PruningError, "answers ripe beside the class.*class alone")


def made_run_with(made: Made, config: ModelConfig, run: Path) -> Made:
    run.mkdir()
    for name in ("recipe.yaml", "provenance.json"):
        (run / name).write_bytes((made.run / name).read_bytes())
    save_model(build_model(config, len(CLASSES), "none"), CLASSES, run / "model.safetensors")
    return Made(run, made.cells)


def test_no_run_an_unfinished_run_and_a_bundle(made: Made, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    nowhere = Made(empty, made.cells)
    refused(nowhere, tmp_path / "o", RunFolderError, "is no run folder")
    (empty / "recipe.yaml").write_bytes((made.run / "recipe.yaml").read_bytes())
    refused(nowhere, tmp_path / "o", PruningError, "has not come to its end")
    (empty / "recipe.yaml").unlink()
    (empty / "bundle.json").write_text("{}")
    refused(nowhere, tmp_path / "o", PruningError, "is a bundle, which cannot be trained")


def test_a_run_that_does_not_say_what_it_was_made_of(made: Made, tmp_path: Path) -> None:
    run = tmp_path / "copied"
    run.mkdir()
    for name in ("recipe.yaml", "model.safetensors"):
        (run / name).write_bytes((made.run / name).read_bytes())
    copied = Made(run, made.cells)
    refused(copied, tmp_path / "o", RunFolderError, r"has no provenance\.json")
    (run / "provenance.json").write_bytes(b"\xff")
    refused(copied, tmp_path / "o", RunFolderError, r"provenance\.json is damaged")


def test_cells_without_validation_split(made: Made, tmp_path: Path) -> None:
    table = open_cells(made.cells)
    write_manifest(table.where("split", "train"), tmp_path / "train.csv")
    only_train = Made(made.run, tmp_path / "train.csv")
    refused(only_train, tmp_path / "o", TrainingError, "no readable cell has 'val'")


def test_labels_that_the_model_does_not_know(made: Made, tmp_path: Path) -> None:
    table = open_cells(made.cells)
    labels = table.labels
    assert labels is not None
    strange = ["martian" if row == 3 else label for row, label in enumerate(labels)]
    write_manifest(table.with_column("label", strange), tmp_path / "strange.csv")
    other = Made(made.run, tmp_path / "strange.csv")
    refused(other, tmp_path / "o", PruningError, "does not know: martian")


def test_a_class_that_fine_tuning_would_never_see(made: Made, tmp_path: Path) -> None:
    run = tmp_path / "three"
    run.mkdir()
    for name in ("recipe.yaml", "provenance.json"):
        (run / name).write_bytes((made.run / name).read_bytes())
    save_model(tiny("customcnn-table2"), (*CLASSES, "third"), run / "model.safetensors")
    third = Made(run, made.cells)
    refused(third, tmp_path / "o", PruningError, "no training cell is third, which the model knows")


def test_cells_without_labels(made: Made, tmp_path: Path) -> None:
    write_manifest(open_cells(made.cells).without_labels(), tmp_path / "flat.csv")
    flat = Made(made.run, tmp_path / "flat.csv")
    refused(flat, tmp_path / "o", TrainingError, "have no labels")


def test_fields_of_the_model_cannot_be_set(made: Made, tmp_path: Path) -> None:
    settings = QUICK.model_copy(update={"tuning": ("model.image_size=64",)})
    refused(made, tmp_path / "o", UsageError, "the model is that of RUN", settings=settings)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("epochs=5", "--set epochs: give --epochs instead"),
        ("early_stopping=2", "has all of its --epochs"),
        ("sizes={0: 64}", "at the model's own size"),
        ("sizes.0=64", r"--set sizes\.0: "),
        ("weights=timm", "from the model as it was cut"),
        ("start_from=other", "from the model as it was cut"),
        ("tasks={size: {column: size}}", "answers the class alone"),
        ("freezing.unfreezing={3: none}", r"set freezing\.plan instead"),
        ("optimiser.head=1e-3", "give --rate instead"),
        ("optimiser={weight_decay: 0}", r"one by one \(--set optimiser\.FIELD=VALUE\)"),
    ],
)
def test_fields_that_are_not_the_recipes_to_say_cannot_be_set(
    made: Made, setting: str, message: str
) -> None:
    settings = QUICK.model_copy(update={"tuning": (setting,)})
    with pytest.raises(UsageError, match=message):
        tuning_recipe(made.run / "recipe.yaml", settings)


def test_a_place_that_is_taken(made: Made, tmp_path: Path) -> None:
    def start(out: Path) -> None:
        start_pruning(made.run, str(made.cells), out, QUICK, accelerator="cpu")

    with pytest.raises(UsageError, match="--out is RUN itself"):
        start(made.run)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").touch()
    with pytest.raises(PruningError, match="exists already"):
        start(tmp_path / "full")
    start(tmp_path / "begun")
    with pytest.raises(PruningError, match="Go on with it by --resume"):
        start(tmp_path / "begun")


def test_what_cannot_be_resumed(made: Made, cells: Path, tmp_path: Path) -> None:
    with pytest.raises(PruningError, match="holds no pruning"):
        resume_pruning(made.run, str(made.cells), tmp_path / "nothing")
    begun = tmp_path / "begun"
    start_pruning(made.run, str(made.cells), begun, QUICK, accelerator="cpu")
    fewer = tmp_path / "fewer.csv"
    table = open_cells(made.cells)
    write_manifest(table.take(range(len(table) - 1)), fewer)
    with pytest.raises(PruningError, match="started on other cells"):
        resume_pruning(made.run, str(fewer), begun)
    other = made_run(cells, tmp_path, "seed=7")
    bias = other.run / "model.safetensors"
    save_model(tiny("customcnn-table2"), (*CLASSES, "x"), bias)
    with pytest.raises(HemoscopeError):
        resume_pruning(other.run, str(made.cells), begun)
    (begun / "pruning.json").write_text("{")
    with pytest.raises(PruningError, match="is damaged"):
        resume_pruning(made.run, str(made.cells), begun)
