"""What a run that goes on keeps: the epoch that was to be kept, wherever the folder lies now."""

import json
from pathlib import Path

import pandas as pd
import pytest
import torch
from lightning.pytorch import Callback
from lightning.pytorch.callbacks import ModelCheckpoint
from safetensors.torch import load_file

from hemoscope.training.callbacks.checkpoints import best_epoch, last_epoch
from hemoscope.training.machine import Machine
from hemoscope.training.run_folder import RunFolder
from hemoscope.training.session import Session
from hemoscope.training.train import train_model

CPU = Machine(accelerator="cpu", devices="1")


class Interruption(Callback):
    """After the last epoch, before the model is kept."""

    def on_train_end(self, trainer, pl_module):
        raise RuntimeError("the power went")


def test_the_best_epoch_is_known_where_the_folder_was_moved_to(tmp_path) -> None:
    before, after = (RunFolder(tmp_path.resolve() / name) for name in ("before", "after"))
    old, score = str(before.best_checkpoint), torch.tensor(0.9)
    state = best_epoch(before).state_dict() | {
        "best_model_path": old,
        "kth_best_model_path": old,
        "best_k_models": {old: score},
        "best_model_score": score,
        "kth_value": score,
    }
    moved = best_epoch(after)
    moved.load_state_dict(state)
    new = str(after.best_checkpoint)
    assert (moved.best_model_path, moved.kth_best_model_path) == (new, new)
    assert moved.best_k_models == {new: score}
    assert (moved.best_model_score, moved.kth_value) == (score, score)
    assert moved.last_model_path == ""
    assert state["best_k_models"] == {old: score}


def test_checkpoints_of_lightnings_own_class_are_understood(tmp_path) -> None:
    run = RunFolder(tmp_path)
    assert (
        best_epoch(run).state_key == ModelCheckpoint(monitor="val_accuracy", mode="max").state_key
    )
    assert last_epoch(run).state_key == ModelCheckpoint().state_key


@pytest.mark.slow
@pytest.mark.parametrize("keep", ["best", "last"])
def test_a_run_that_ended_before_its_model_was_kept_keeps_the_same(cells, tiny, tmp_path, keep):
    recipe = tiny.model_copy(update={"keep": keep, "epochs": 2})
    assert recipe.ema_decay is not None
    whole, broken, moved = (tmp_path / name for name in ("whole", "broken", "moved"))
    Session.started(str(cells), recipe, whole).train(CPU)
    session = Session.started(str(cells), recipe, broken)
    with pytest.raises(RuntimeError, match="the power went"):
        train_model(
            session.cells, recipe, session.run, machine=CPU, extra_callbacks=(Interruption(),)
        )
    broken.rename(moved)
    Session.resumed(str(cells), moved).train(CPU)
    kept, expected = (_weights(run) for run in (moved, whole))
    assert all(kept[name].equal(expected[name]) for name in expected)
    provenance = json.loads((moved / "provenance.json").read_text())
    seconds = pd.read_csv(moved / "history.csv")["seconds"].sum()
    assert provenance["training_seconds"] == pytest.approx(seconds, abs=0.051)  # of both calls


@pytest.mark.slow
def test_a_run_that_stopped_early_is_not_trained_further_after_a_kill(cells, tiny, tmp_path):
    recipe = tiny.model_copy(update={"early_stopping": 1, "epochs": 40, "keep": "last"})
    session = Session.started(str(cells), recipe, tmp_path / "run")
    with pytest.raises(RuntimeError, match="the power went"):
        train_model(
            session.cells, recipe, session.run, machine=CPU, extra_callbacks=(Interruption(),)
        )
    history = pd.read_csv(session.run.history)
    loss = history["val_loss"].to_numpy()
    assert len(loss) < recipe.epochs
    assert loss[-1] >= loss[:-1].min()
    Session.resumed(str(cells), tmp_path / "run").train(CPU)
    pd.testing.assert_frame_equal(pd.read_csv(session.run.history), history)


def _weights(run: Path) -> dict[str, torch.Tensor]:
    return load_file(run / "model.safetensors")
