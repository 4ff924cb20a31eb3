"""The comparison of guides, on tables made by hand; and once for real."""

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from scipy.stats import binomtest
from study.pruning import Pruned, compared, summary

from hemoscope.cells.synthetic import write_synthetic
from tests.compression.made_run import made_run

ROOT = Path(__file__).resolve().parents[2]


def made(folder: Path, guide: str, wrong: list[int], p: list[float]) -> Pruned:
    """A finished pruning of 20 cells of class a; `wrong` many are called b after each step."""
    folder.mkdir()
    steps = {
        "step": [0, 1, 2], "parameters": [100, 50, 10], "share": [1, 0.5, 0.1],
        "loss_points": [0.0, *(5.0 * w for w in wrong)], "mcnemar_p": [1.0, *p],
        "val_accuracy": [1.0, *(1 - w / 20 for w in wrong)], "latency_ms": [3.0, 2.0, 1.0],
    }  # fmt: skip
    pd.DataFrame(steps).to_csv(folder / "pruning.csv", index=False)
    table = {"path": [f"{i}.png" for i in range(20)], "label": ["a"] * 20}
    for step, count in enumerate([0, *wrong]):
        table[f"step_{step}"] = ["b"] * count + ["a"] * (20 - count)
    pd.DataFrame(table).sample(frac=1, random_state=len(guide)).to_csv(
        folder / "validation.csv", index=False
    )
    return Pruned(guide, 0, folder)


def test_guides_are_tested_cell_by_cell_at_every_step(tmp_path: Path) -> None:
    one = made(tmp_path / "a", "attention", [0, 1], [1.0, 1.0])
    two = made(tmp_path / "r", "random", [6, 9], [0.03, 0.004])
    table = compared([one, two])
    assert table["step"].tolist() == [1, 2]
    assert table["only_first"].tolist() == [6, 8]
    assert table["only_other"].tolist() == [0, 0]
    assert table["p"].tolist() == [binomtest(6, 6).pvalue, binomtest(8, 8).pvalue]
    assert table["p_holm"].tolist() == [table["p"][0], 2 * table["p"][1]]
    assert table["parameters_first"].tolist() == table["parameters_other"].tolist() == [50, 10]


def test_the_summary_stops_before_the_first_significant_loss(tmp_path: Path) -> None:
    late = made(tmp_path / "a", "attention", [1, 9], [1.0, 0.004])
    soon = made(tmp_path / "r", "random", [6, 0], [0.03, 1.0])
    assert [row["parameters"] for row in summary([late, soon])] == [50, 100]


@pytest.mark.slow
def test_a_study_of_two_guides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEMOSCOPE_CACHE", str(tmp_path / "cache"))
    write_synthetic(tmp_path / "cells", per_class=5, seed=3, size=32)
    run = made_run(tmp_path / "cells" / "manifest.csv", tmp_path)
    call = [
        *(sys.executable, "-m", "study.pruning", "--run", run.run, "--cells", run.cells),
        *("--runs", tmp_path / "runs", "--results", tmp_path / "results", "--name", "tiny"),
        *("--guides", "attention", "random", "--seeds", 1, "--epochs", 0, "--until", 0.75),
        *("--accelerator", "cpu"),
    ]
    done = subprocess.run(map(str, call), cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    out = tmp_path / "results" / "tiny"
    names = {"steps.csv", "compared.csv", "summary.json", "guides.svg", "guides.csv"}
    assert {file.name for file in out.iterdir()} == names
    assert str(tmp_path) not in (out / "summary.json").read_text()
    runs = json.loads((out / "summary.json").read_text())["runs"]
    assert [row["guide"] for row in runs] == ["attention", "random"]
    sizes = pd.read_csv(out / "steps.csv").groupby("guide")["parameters"].apply(tuple)
    assert len(set(sizes)) == 1
