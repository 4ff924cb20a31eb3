"""`hemoscope prune`, called as a user calls it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from .made_run import Made, made_run


def _hemoscope(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hemoscope", *map(str, arguments)],
        capture_output=True, text=True, check=False, env=dict(os.environ),
    )  # fmt: skip


@pytest.fixture(scope="module")
def made(cells: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made_run(cells, tmp_path_factory.mktemp("made"))


@pytest.mark.slow
def test_prune_predict_evaluate_and_export(made: Made, tmp_path: Path) -> None:
    small = tmp_path / "small"
    done = _hemoscope(
        "prune", made.run, made.cells, "--out", small, "--max-loss", 100, "--until", 0.75,
        "--accelerator", "cpu", "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["kept_step"] == len(told["steps"]) == len(pd.read_csv(small / "pruning.csv")) - 1
    assert "step 1, blocks:" in done.stderr
    table = tmp_path / "table.parquet"
    chosen = ("--split-column", "split", "--use", "val")
    done = _hemoscope("predict", made.cells, *chosen, "--model", small, "--out", table)
    assert done.returncode == 0, done.stderr
    done = _hemoscope("evaluate", table, "--run", small, "--resamples", 20, "--json")
    assert done.returncode == 0, done.stderr
    accuracy = json.loads(done.stdout)["accuracy"]
    assert accuracy == pytest.approx(told["steps"][-1]["measured"]["val_accuracy"])
    done = _hemoscope("export", small, "--out", tmp_path / "bundle", "--json")
    assert done.returncode == 0, done.stderr
    bundle = json.loads(done.stdout)
    assert bundle["architecture"]["encoder"]["blocks"] == 1


@pytest.mark.slow
def test_nothing_removed_is_said_plainly(made: Made, tmp_path: Path) -> None:
    done = _hemoscope(
        "prune", made.run, made.cells, "--out", tmp_path / "same", "--max-loss", 0,
        "--epochs", 0, "--kind", "units", "--share", 0.9,
    )  # fmt: skip
    assert done.returncode == 1
    assert "Nothing was removed" in done.stderr
    assert (tmp_path / "same" / "model.safetensors").is_file()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--guide", "atention"], "Did you mean 'attention'?"),
        (["--kind", "tails"], "kinds.0: Input should be"),
        (["--resume", "--epochs", "3"], "it takes no settings"),
    ],
)
@pytest.mark.slow
def test_a_mistake_gets_one_message(made: Made, tmp_path: Path, options, message: str) -> None:
    done = _hemoscope("prune", made.run, made.cells, "--out", tmp_path / "o", *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
