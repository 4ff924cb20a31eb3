"""From run folder to run folder: what is left behind, the budget, and interruptions."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from safetensors.torch import load_file
from scipy.stats import binomtest

from hemoscope.cells import open_cells
from hemoscope.compression import finish as finishing
from hemoscope.compression import pruning, step
from hemoscope.compression.errors import PruningError
from hemoscope.compression.journal import Journal
from hemoscope.compression.pruning import prune
from hemoscope.compression.settings import Settings
from hemoscope.compression.task import resume_pruning, start_pruning
from hemoscope.inference import load_scorer
from hemoscope.inference.predict import predict_cells
from hemoscope.models.store import load_model
from hemoscope.training.run_folder import open_run, read_provenance, read_recipe

from .made_run import Made, made_run

UNTUNED = Settings(epochs=0, max_loss=100, score_cells=16)


@pytest.fixture(scope="session")
def made(cells: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made_run(cells, tmp_path_factory.mktemp("made"))


def pruned(made: Made, out: Path, settings: Settings) -> Journal:
    task, journal = start_pruning(made.run, str(made.cells), out, settings, accelerator="cpu")
    return prune(task, journal)


def lasting(journal: Journal) -> dict:
    """The journal without its times."""
    values = journal.model_dump()
    for record in (*(s["measured"] for s in values["steps"]), values["original"]):
        del record["latency_ms"], record["processor_ms"]
    for record in values["steps"]:
        del record["seconds"]
    return values


@pytest.fixture(autouse=True)
def _undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures take longest, and are those of `down`, which is drawn before this takes hold."""
    monkeypatch.setattr(finishing, "_draw", lambda _folder, _journal: None)


@pytest.fixture(scope="session")
def down(made: Made, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Journal]:
    """A pruning to the very end, and its folder."""
    out = tmp_path_factory.mktemp("down") / "small"
    return out, pruned(made, out, UNTUNED)


def test_the_result_is_a_run_folder_with_the_whole_story(made: Made, down) -> None:
    out, journal = down
    assert {file.name for file in out.iterdir()} == {
        *("recipe.yaml", "provenance.json", "history.csv", "history.svg", "model.safetensors"),
        *("pruning.json", "pruning.csv", "pruning.svg", "scores.csv", "scores.svg"),
        "validation.csv",
    }
    assert journal.kept == journal.steps[-1]
    sizes = [s.measured.parameters for s in journal.steps]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] < journal.before.parameters
    operations = [s.measured.operations for s in journal.steps]
    assert operations == sorted(operations, reverse=True)
    assert [s.kind for s in journal.steps][:4] == ["blocks", "heads", "channels", "units"]
    model = load_model(out / "model.safetensors").model
    assert model.config.encoder.block_shapes == journal.steps[-1].shapes
    assert read_recipe(open_run(out)).model == model.config
    assert (out / "model.safetensors").stat().st_size == journal.steps[-1].measured.file_bytes
    assert read_provenance(open_run(out))["pruned_from"]["run"] == str(made.run)
    assert Journal.model_validate_json((out / "pruning.json").read_text()) == journal


def test_its_figures_are_those_of_its_predictions(made: Made, down) -> None:
    out, journal = down
    table = pd.read_csv(out / "validation.csv")
    validation = open_cells(made.cells).where("split", "val")
    found = predict_cells(validation, load_scorer(out)).predictions
    names = np.array(found.classes)[np.asarray(found.logits).argmax(axis=1)]
    last = journal.steps[-1]
    assert dict(zip(found.paths, names, strict=True)) == dict(
        zip(table["path"], table[f"step_{last.step}"], strict=True)
    )
    right, before = table[f"step_{last.step}"] == table["label"], table["step_0"] == table["label"]
    assert last.measured.val_accuracy == right.mean()
    assert last.loss_points == pytest.approx(100 * (before.mean() - right.mean()))
    assert before.all()
    lost = int((before & ~right).sum())
    expected = binomtest(lost, lost, 0.5).pvalue if lost else 1.0
    assert last.mcnemar.p == pytest.approx(expected)
    curve = pd.read_csv(out / "pruning.csv")
    assert curve["parameters"].tolist() == [
        journal.before.parameters,
        *(s.measured.parameters for s in journal.steps),
    ]


def test_parts_are_named_as_in_the_original(made: Made, tmp_path: Path) -> None:
    journal = pruned(
        made, tmp_path / "small", UNTUNED.model_copy(update={"guide": "magnitude", "until": 0.72})
    )
    (gone,) = journal.steps[0].removed.blocks
    left = journal.steps[0].left
    assert left.blocks == (1 - gone,)
    heads = set(left.heads[0])
    for each in journal.steps[1:]:
        removed = set(each.removed.heads.get(1 - gone, ()))
        assert removed <= heads
        heads -= removed
        assert set(each.left.heads[0]) == heads
    assert "of block" in journal.steps[1].removed.words()


def test_a_kind_over_the_budget_is_undone_and_not_tried_again(made: Made, tmp_path: Path) -> None:
    journal = pruned(made, tmp_path / "small", UNTUNED.model_copy(update={"max_loss": 7}))
    over = [s for s in journal.steps if not s.accepted]
    assert over
    assert len({s.kind for s in over}) == len(over)
    for each in over:
        assert each.loss_points > 7
        assert all(s.kind != each.kind for s in journal.steps[each.step :])
    if journal.kept:
        assert journal.kept.loss_points <= 7
    assert "costs more than 7 points" in str(journal.stopped)


def test_where_nothing_may_go_the_original_is_left(made: Made, tmp_path: Path) -> None:
    settings = Settings(epochs=0, max_loss=0, score_cells=16, kinds=("units",), share=0.9)
    journal = pruned(made, tmp_path / "same", settings)
    assert journal.kept is None
    assert len(journal.steps) == 1
    before, after = (
        load_model(f / "model.safetensors").model for f in (made.run, tmp_path / "same")
    )
    assert after.config == before.config
    kept, old = after.state_dict(), before.state_dict()
    assert all(kept[name].equal(old[name]) for name in old)
    assert read_recipe(open_run(tmp_path / "same")) == read_recipe(open_run(made.run))


def test_it_stops_at_the_size_that_was_asked_for(made: Made, tmp_path: Path) -> None:
    journal = pruned(made, tmp_path / "small", UNTUNED.model_copy(update={"until": 0.8}))
    assert journal.steps[-1].measured.parameters <= 0.8 * journal.before.parameters
    assert all(s.measured.parameters > 0.8 * journal.before.parameters for s in journal.steps[:-1])
    assert journal.stopped == "the model has come down to 80 % of its parameters"


def test_guides_make_models_of_equal_size(made: Made, tmp_path: Path) -> None:
    sizes = set()
    for guide in ("attention", "random", "magnitude", "gradient"):
        settings = UNTUNED.model_copy(update={"guide": guide, "until": 0.75})
        journal = pruned(made, tmp_path / guide, settings)
        sizes.add(tuple(s.measured.parameters for s in journal.steps))
    assert len(sizes) == 1


RANDOM = UNTUNED.model_copy(update={"guide": "random", "until": 0.75})
PLACES = [
    (step, "save_model", 2),
    (step, "write_called", 1),
    (step, "measure", 2),
    (pruning, "finish", 1),
]


@pytest.fixture(scope="session")
def whole(made: Made, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Journal]:
    """A pruning by chance that nothing interrupts, and its folder."""
    out = tmp_path_factory.mktemp("whole") / "small"
    return out, pruned(made, out, RANDOM)


class Killed(BaseException):
    """Nothing catches it, like a kill."""


@pytest.mark.parametrize(("room", "name", "call"), PLACES)
def test_an_interrupted_pruning_goes_on_as_if_nothing_had_happened(
    made: Made, whole, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room, name: str, call: int
) -> None:
    finished, expected = whole
    calls = 0

    def die(*arguments, **options):
        nonlocal calls
        calls += 1
        if calls == call:
            raise Killed
        return real(*arguments, **options)

    real = getattr(room, name)
    monkeypatch.setattr(room, name, die)
    with pytest.raises(Killed):
        pruned(made, tmp_path / "killed", RANDOM)
    monkeypatch.setattr(room, name, real)
    assert not (tmp_path / "killed" / "model.safetensors").exists()
    task, journal = resume_pruning(
        made.run, str(made.cells), tmp_path / "killed", accelerator="cpu"
    )
    assert lasting(prune(task, journal)) == lasting(expected)
    kept, old = (load_file(f / "model.safetensors") for f in (tmp_path / "killed", finished))
    assert all(kept[name].equal(old[name]) for name in old)
    with pytest.raises(PruningError, match="came to its end"):
        resume_pruning(made.run, str(made.cells), tmp_path / "killed")


@pytest.mark.slow
def test_fine_tuning_leaves_its_history(made: Made, tmp_path: Path) -> None:
    settings = Settings(epochs=2, max_loss=100, score_cells=16, until=0.6)
    journal = pruned(made, tmp_path / "small", settings)
    history = pd.read_csv(tmp_path / "small" / "history.csv")
    assert history["epoch"].tolist() == list(range(1, 2 * len(journal.steps) + 1))
    recipe = read_recipe(open_run(tmp_path / "small"))
    assert recipe.epochs == 2
    assert recipe.optimiser.head == pytest.approx(0.3 * 3e-4)
    assert read_provenance(open_run(tmp_path / "small"))["training_seconds"] > 0
    assert json.loads((tmp_path / "small" / "pruning.json").read_text())["stopped"]
