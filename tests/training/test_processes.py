"""One model trained by two processes."""

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from hemoscope.models.store import load_classifier
from hemoscope.training.machine import Machine

from .conftest import TINY

SMALL = (*TINY, "batch_size=8", "epochs=2")
JOINT = (
    "model={joint: {left: customcnn, right: customcnn}, image_size: 32, width: 16}",
    "weights=none",
    "loss.mutual=0.5",
)
UNFREEZING = ("freezing.plan=backbone", "freezing.unfreezing={1: none}")


@pytest.mark.slow
@pytest.mark.parametrize(
    "settings", [(), UNFREEZING, JOINT], ids=["all at once", "unfreezing", "joint"]
)
def test_both_processes_hold_the_same_model_and_one_of_them_writes(cells, tmp_path, settings):
    run, script = tmp_path / "run", Path(__file__).with_name("two_processes.py")
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    done = subprocess.run(
        [*torchrun, str(script), str(cells), str(run), *SMALL, *settings],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    first, second = (
        json.loads((tmp_path / f"run-process-{rank}.json").read_text()) for rank in (0, 1)
    )
    assert first == second
    assert first[0]["weights"] != first[1]["weights"]
    history = pd.read_csv(run / "history.csv")
    assert ("val_accuracy_left" in history) is (settings is JOINT)
    assert history["val_loss"].tolist() == pytest.approx([epoch["val_loss"] for epoch in first])
    assert load_classifier(run / "model.safetensors")


@pytest.mark.slow
def test_the_command_starts_the_second_process_itself_and_speaks_once(cells, tmp_path):
    settings = [option for setting in SMALL for option in ("--set", setting)]
    command = [sys.executable, "-m", "hemoscope", "train", str(cells), "--json"]
    machine = ["--accelerator", "cpu", "--devices", "2", "--out", str(tmp_path / "run")]
    done = subprocess.run(
        [*command, *machine, *settings], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["epochs"] == 2
    assert done.stderr.count("epoch 2/2 done") == 1


@pytest.mark.parametrize(
    ("machine", "several"),
    [
        (Machine("cpu"), False),
        (Machine("cpu", "1"), False),
        (Machine("cpu", "2"), True),
        (Machine("cpu", "1", nodes=2), True),
    ],
)
def test_processes_are_told_by_devices_and_nodes(machine, several):
    assert machine.several_processes is several
