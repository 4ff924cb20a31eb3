"""A training from SOURCE to run folder, its error paths, and its way through interruptions."""

import json
import logging
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
import torch
from lightning.pytorch import Callback
from lightning.pytorch.utilities.exceptions import SIGTERMException
from safetensors.torch import load_file

from hemoscope.cells import open_cells, write_manifest
from hemoscope.errors import HemoscopeError, UsageError
from hemoscope.training.divergence import DivergedError
from hemoscope.training.errors import TrainingError
from hemoscope.training.interruption import TrainingInterruptedError
from hemoscope.training.machine import Machine
from hemoscope.training.recipe_files import load_recipe
from hemoscope.training.run_folder import NoRunError, RunFolderError
from hemoscope.training.session import Session
from hemoscope.training.train import train_model

from .conftest import TINY

CPU = Machine(accelerator="cpu", devices="1")
TIMES = ["seconds", "images_per_second"]


def history(run: Path) -> pd.DataFrame:
    return pd.read_csv(run / "history.csv").drop(columns=TIMES)


@pytest.mark.slow
def test_a_run_leaves_everything_that_it_takes_to_run_it_again(cells, tiny, tmp_path):
    run = tmp_path / "run"
    session = Session.started(str(cells), tiny, run)
    session.train(CPU)
    assert {path.name for path in run.iterdir()} >= {
        "recipe.yaml",
        "provenance.json",
        "history.csv",
        "history.svg",
        "model.safetensors",
    }
    assert load_recipe(str(run / "recipe.yaml")) == tiny
    provenance = json.loads((run / "provenance.json").read_text())
    assert provenance["data"]["fingerprint"] == open_cells(cells).fingerprint()
    assert provenance["seed"] == tiny.seed
    assert provenance["training_seconds"] > 0
    assert provenance["precision"] == tiny.precision == "float32"
    assert provenance["hardware"]["instructions"]
    rows = pd.read_csv(run / "history.csv")
    assert rows["epoch"].tolist() == [1, 2, 3]
    assert session.outcome()["val_accuracy"] == rows["val_accuracy"].max()
    with pytest.raises(RunFolderError, match="came to its end"):
        Session.resumed(str(cells), run)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_history_and_another_one_does_not(cells, tiny, tmp_path):
    for name, seed in (("a", 42), ("b", 42), ("c", 43)):
        recipe = tiny.model_copy(update={"seed": seed, "epochs": 2})
        Session.started(str(cells), recipe, tmp_path / name).train(CPU)
    pd.testing.assert_frame_equal(history(tmp_path / "a"), history(tmp_path / "b"))
    assert not history(tmp_path / "a").equals(history(tmp_path / "c"))


@pytest.mark.slow
def test_a_killed_run_goes_on_as_if_nothing_had_happened(cells, tmp_path):
    settings = [option for setting in (*TINY, "epochs=6") for option in ("--set", setting)]
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    command = [sys.executable, "-m", "hemoscope", "train", str(cells), "--accelerator", "cpu"]
    subprocess.run([*command, "--out", str(whole), *settings], check=True, capture_output=True)

    process = subprocess.Popen(
        [*command, "--out", str(killed), *settings],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _wait_for_epochs(killed, 2)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not (killed / "model.safetensors").exists(), "it was over before it could be killed"

    resumed = [*command, "--out", str(killed), "--resume"]
    subprocess.run(resumed, check=True, capture_output=True)
    pd.testing.assert_frame_equal(history(killed), history(whole))
    kept, expected = (load_file(run / "model.safetensors") for run in (killed, whole))
    assert all(kept[name].equal(expected[name]) for name in expected)


@pytest.mark.slow
@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_a_stopped_run_says_so_and_how_to_go_on(cells, tmp_path, ending):
    run = tmp_path / "run"
    settings = [option for setting in (*TINY, "epochs=500") for option in ("--set", setting)]
    # What a shell starts in the background inherits that it does not hear SIGINT.
    hearing = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    command = [sys.executable, "-c", f"{hearing}from hemoscope.cli.main import main; main()"]
    process = subprocess.Popen(
        [*command, "train", str(cells), "--accelerator", "cpu", "--out", str(run), *settings],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        _wait_for_epochs(run, 2)
        process.send_signal(ending)
        _, said = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 1
    assert said.splitlines()[-1] == (
        "hemoscope: the training was stopped before its end. The epochs that were complete are "
        "kept: go on with --resume."
    )
    assert "Traceback" not in said
    assert Session.resumed(str(cells), run).where().startswith("the end of epoch")


def test_a_run_stopped_before_its_first_epoch_is_to_be_started_again(cells, tiny, tmp_path):
    session = Session.started(str(cells), tiny, tmp_path / "run")

    class Stop(Callback):
        def on_train_start(self, trainer, pl_module):
            raise SIGTERMException

    with pytest.raises(TrainingInterruptedError, match="No epoch was complete: start it again"):
        train_model(session.cells, tiny, session.run, machine=CPU, extra_callbacks=(Stop(),))


def _wait_for_epochs(run: Path, epochs: int) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        file = run / "history.csv"
        if file.is_file() and len(pd.read_csv(file)) >= epochs:
            return
        time.sleep(0.005)
    pytest.fail(f"no {epochs} epochs within two minutes")


def test_a_folder_that_holds_a_run_is_not_overwritten(cells, tiny, tmp_path):
    Session.started(str(cells), tiny, tmp_path / "run")
    with pytest.raises(RunFolderError, match=r"holds a run already\. Go on with it by --resume"):
        Session.started(str(cells), tiny, tmp_path / "run")


def test_a_run_is_not_resumed_on_other_cells(cells, tiny, tmp_path):
    Session.started(str(cells), tiny, tmp_path / "run")
    fewer = tmp_path / "fewer.csv"
    table = open_cells(cells)
    write_manifest(table.take(range(len(table) - 1)), fewer)
    with pytest.raises(RunFolderError, match="started on other cells"):
        Session.resumed(str(fewer), tmp_path / "run")


def test_there_is_nothing_to_resume_in_an_empty_folder(cells, tmp_path):
    with pytest.raises(RunFolderError, match="no run folder"):
        Session.resumed(str(cells), tmp_path)


def test_a_run_that_is_not_there_is_wrong_usage(cells, tmp_path):
    with pytest.raises(NoRunError, match=r"Make one with `hemoscope train`") as caught:
        Session.resumed(str(cells), tmp_path / "nowhere")
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("data.split_column=fold", "have no column 'fold'"),
        ("data.validation=dev", "no readable cell has 'dev' in column 'split'"),
    ],
)
def test_a_split_that_is_not_there_is_named(cells, setting, message, tmp_path):
    recipe = load_recipe("default", (*TINY, setting))
    with pytest.raises(TrainingError, match=message):
        Session.started(str(cells), recipe, tmp_path / "run")


def test_cells_without_labels_cannot_be_trained_on(cells, tiny, tmp_path):
    flat = tmp_path / "flat.csv"
    write_manifest(open_cells(cells).without_labels(), flat)
    with pytest.raises(TrainingError, match="have no labels"):
        Session.started(str(flat), tiny, tmp_path / "run")


def test_one_class_is_too_few(cells, tiny, tmp_path):
    one = tmp_path / "one.csv"
    write_manifest(open_cells(cells).where("label", "platelet"), one)
    with pytest.raises(TrainingError, match="are all platelet"):
        Session.started(str(one), tiny, tmp_path / "run")


def test_a_class_that_is_validated_but_never_trained_on_is_named(cells, tiny, tmp_path):
    table = open_cells(cells)
    odd = (table.labels == "platelet") & (table.frame["split"] == "train").to_numpy()
    without = tmp_path / "without.csv"
    write_manifest(table.take(~odd), without)
    with pytest.raises(TrainingError, match="no training cell is platelet"):
        Session.started(str(without), tiny, tmp_path / "run")


def test_a_machine_that_is_not_there_is_said_so(cells, tiny, tmp_path):
    session = Session.started(str(cells), tiny, tmp_path / "run")
    level = logging.getLogger("lightning.pytorch").level
    with pytest.raises(TrainingError, match=r"cannot train as asked \(accelerator abacus"):
        session.train(Machine(accelerator="abacus"))
    assert logging.getLogger("lightning.pytorch").level == level


def test_a_start_that_fails_leaves_no_run_behind(cells, tiny, tmp_path):
    run, used = tmp_path / "run", tmp_path / "used"
    used.mkdir()
    (used / "notes.txt").write_text("mine")
    recipe = tiny.model_copy(update={"weights": str(tmp_path / "missing.safetensors")})
    for folder in (run, used):
        with pytest.raises(HemoscopeError, match="normalisation"):
            Session.started(str(cells), recipe, folder).train(CPU)
    assert not run.exists()
    assert [path.name for path in used.iterdir()] == ["notes.txt"]
    Session.started(str(cells), tiny, run)


def test_a_run_that_is_gone_on_with_stays_whatever_fails(cells, tiny, tmp_path):
    run = tmp_path / "run"
    Session.started(str(cells), tiny, run)
    with pytest.raises(TrainingError, match="cannot train as asked"):
        Session.resumed(str(cells), run).train(Machine(accelerator="abacus"))
    assert (run / "recipe.yaml").is_file()
    assert (run / "provenance.json").is_file()


def test_a_run_that_has_learned_stays_whatever_fails(cells, tiny, tmp_path):
    session = Session.started(str(cells), tiny, tmp_path / "run")
    session.run.last_checkpoint.write_bytes(b"")
    with pytest.raises(TrainingError, match="cannot train as asked"):
        session.train(Machine(accelerator="abacus"))
    assert session.run.recipe.is_file()


def test_where_a_run_goes_on_is_what_its_checkpoint_says(cells, tiny, tmp_path):
    session = Session.started(str(cells), tiny, tmp_path / "run")
    assert session.where() == "the beginning (no epoch was complete)"
    # Killed after the second epoch's row was written, before its checkpoint was.
    session.run.history.write_text("epoch,val_accuracy\n1,0.5\n2,0.6\n")
    torch.save({"epoch": 0, "state_dict": {}}, session.run.last_checkpoint)
    assert session.where() == "the end of epoch 1"


class _Ruin(Callback):
    """Puts a weight that is no number into the second epoch."""

    def on_train_epoch_start(self, trainer, pl_module):
        if trainer.current_epoch == 1:
            next(pl_module.parameters()).data.fill_(torch.nan)


@pytest.mark.parametrize("keep", ["best", "last"])
def test_a_training_that_diverges_ends_and_keeps_what_was_sound(cells, tiny, tmp_path, keep):
    recipe = tiny.model_copy(update={"keep": keep})
    session = Session.started(str(cells), recipe, tmp_path / "run")
    with pytest.raises(DivergedError, match=r"in epoch 2 the loss is no finite number.*optimiser"):
        train_model(session.cells, recipe, session.run, machine=CPU, extra_callbacks=(_Ruin(),))
    assert session.where() == "the end of epoch 1"
    state = torch.load(session.run.last_checkpoint, weights_only=True)["state_dict"]
    assert all(tensor.isfinite().all() for tensor in state.values())
    assert len(pd.read_csv(session.run.history)) == 1
    assert not session.run.finished


@pytest.mark.parametrize(
    "settings", [("model.image_size=64",), ("model.image_size=96", "sizes={0: 64, 1: 96}")]
)
def test_a_size_that_a_backbone_does_not_take_is_said_before_the_first_step(
    cells, tmp_path, settings
):
    recipe = load_recipe("default", ("weights=none", "batch_size=16", *settings))
    with pytest.raises(HemoscopeError, match="no feature map of images of 64 pixels"):
        Session.started(str(cells), recipe, tmp_path / "run").train(CPU)
    assert not (tmp_path / "run").exists()


def test_a_plan_that_does_not_fit_is_named_before_the_first_epoch(cells, tmp_path):
    recipe = load_recipe("default", (*TINY, "freezing.unfreezing={2: layer3}"))
    with pytest.raises(UsageError, match="nothing called 'layer3' to freeze"):
        Session.started(str(cells), recipe, tmp_path / "run").train(CPU)
