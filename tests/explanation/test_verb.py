"""`hemoscope explain`, called as a user calls it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from hemoscope.cells.synthetic import write_synthetic
from hemoscope.cli.main import app
from hemoscope.errors import UsageError
from hemoscope.explanation.errors import NoMistakeError, UnknownTargetError
from hemoscope.predictions import Predictions

from .conftest import CLASSES, SIZE


def _hemoscope(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hemoscope", *map(str, arguments)],
        capture_output=True, text=True, check=False, env=dict(os.environ),
    )  # fmt: skip


@pytest.fixture
def cells(tmp_path: Path) -> Path:
    write_synthetic(tmp_path / "cells", per_class=1, seed=2, size=SIZE)
    return tmp_path / "cells"


@pytest.mark.slow
def test_maps_overlays_and_the_page_with_masks(run_folder: Path, cells: Path, tmp_path: Path):
    pictures = sorted(cells.rglob("*.png"))[:2]
    masks = tmp_path / "masks"
    masks.mkdir()
    for picture in pictures:
        Image.fromarray(np.full((SIZE, SIZE), 255, np.uint8)).save(masks / f"{picture.stem}.png")
    out = tmp_path / "out"
    done = _hemoscope(
        "explain", run_folder, *pictures, "--target", "monocyte", "--against", "platelet",
        "--masks", masks, "--out", out, "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert [cell["target"] for cell in told["cells"]] == ["monocyte", "monocyte"]
    assert {cell["nucleus_share"] for cell in told["cells"]} <= {1.0, None}
    with np.load(out / "maps.npz") as stored:
        assert stored["maps"].shape == (2, SIZE, SIZE)
        assert stored["against"].tolist() == ["platelet", "platelet"]
    shown = sorted((out / "overlays").iterdir())
    assert len(shown) == 2
    with Image.open(shown[0]) as picture:
        assert picture.size == (2 * SIZE, SIZE)
    page = (out / "explanation.html").read_text(encoding="utf-8")
    assert "Why monocyte and not platelet?" in page
    assert page.count("<img") == 2


@pytest.mark.parametrize("masked", [True, False])
def test_cells_without_mask_are_explained_and_not_measured_on_one(
    run_folder: Path, cells: Path, tmp_path: Path, masked: bool
):
    first, second = sorted(cells.rglob("*.png"))[:2]
    mask = tmp_path / "mask.png"
    Image.fromarray(np.full((SIZE, SIZE), 255, np.uint8)).save(mask)
    manifest = tmp_path / "m.csv"
    manifest.write_text(f"path,mask\n{first},\n{second},{mask if masked else ''}\n")
    done = CliRunner().invoke(
        app,
        ["explain", str(run_folder), str(manifest), "--method", "gradcam",
         "--out", str(tmp_path / "out"), "--json"],
    )  # fmt: skip
    assert done.exit_code == 0, done.exception
    blank, other = json.loads(done.stdout)["cells"]
    assert ("1 of 2 cells have no mask" in done.stderr) == masked
    assert blank.get("nucleus_share") is None
    assert ("nucleus_share" in other) == masked
    if masked:
        assert other["nucleus_share"] == 1


@pytest.mark.slow
def test_mistakes_are_explained_against_their_truth(run_folder: Path, cells: Path, tmp_path: Path):
    from hemoscope.cells import open_cells
    from hemoscope.inference.torch_scorer import TorchScorer

    table = open_cells(cells)
    scorer = TorchScorer(run_folder)
    from hemoscope.cells import read_cells

    logits = scorer.score(next(iter(read_cells(table, SIZE))).pixels)
    wrong = [CLASSES[(int(row.argmax()) + 1) % 3] for row in logits]
    file = Predictions.from_logits(table.paths.tolist(), CLASSES, logits, labels=wrong).write(
        tmp_path / "table.csv"
    )
    out = tmp_path / "out"
    done = _hemoscope(
        "explain", run_folder, cells, "--predictions", file, "--worst", "3", "--no-measure",
        "--method", "gradcam", "--out", out, "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)["cells"]
    assert len(told) == 3
    assert all(cell["against"] == cell["label"] != cell["called"] for cell in told)
    chances = [cell["probability"] for cell in told]
    assert chances == sorted(chances, reverse=True)
    assert "3 confident mistakes explained" in (out / "explanation.html").read_text("utf-8")


def _with_calls_of_a_bundle(run_folder: Path, cells: Path, file: Path, *, made: int) -> list[str]:
    """Writes a table that has as mistakes so many that the run makes too, and two that it does not.

    Returns:
        The paths of the former.
    """
    from hemoscope.cells import open_cells, read_cells
    from hemoscope.inference.torch_scorer import TorchScorer

    table = open_cells(cells).take(np.arange(made + 2))
    own = TorchScorer(run_folder).score(next(iter(read_cells(table, SIZE))).pixels).argmax(axis=1)
    called = own.copy()
    called[made:] = (own[made:] + 1) % 3
    truth = [CLASSES[(call + 1) % 3] for call in own[:made]] + [
        CLASSES[call] for call in own[made:]
    ]
    Predictions.from_logits(
        table.paths.tolist(), CLASSES, 4 * np.eye(3)[called], labels=truth
    ).write(file)
    return table.paths[:made].tolist()


@pytest.mark.parametrize("options", [[], ["--against", "runner-up"]])
def test_mistakes_that_the_model_itself_does_not_make_are_left_out(
    run_folder: Path, cells: Path, tmp_path: Path, options
):
    made = _with_calls_of_a_bundle(run_folder, cells, tmp_path / "table.csv", made=2)
    done = CliRunner().invoke(
        app,
        ["explain", str(run_folder), str(cells), "--predictions", str(tmp_path / "table.csv"),
         "--no-measure", "--method", "gradcam", "--out", str(tmp_path / "out"), "--json", *options],
    )  # fmt: skip
    assert done.exit_code == 0, done.exception
    told = json.loads(done.stdout)["cells"]
    assert [cell["path"] for cell in told] == made
    assert all(cell["called"] != cell["label"] for cell in told)
    assert "2 of 4 mistakes are left out: MODEL calls these cells right." in done.stderr
    assert "2 confident mistakes explained" in (tmp_path / "out/explanation.html").read_text(
        "utf-8"
    )


def test_a_model_that_makes_none_of_the_mistakes_is_told(
    run_folder: Path, cells: Path, tmp_path: Path
):
    _with_calls_of_a_bundle(run_folder, cells, tmp_path / "table.csv", made=0)
    done = CliRunner().invoke(
        app,
        ["explain", str(run_folder), str(cells), "--predictions", str(tmp_path / "table.csv"),
         "--method", "gradcam", "--out", str(tmp_path / "out")],
    )  # fmt: skip
    assert isinstance(done.exception, NoMistakeError)
    assert done.exception.exit_code == 2
    assert "makes none of the 2 mistakes" in str(done.exception)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["--method", "lime"], 2, "there is no method 'lime'"),
        (["--target", "monocite"], 2, "Did you mean 'monocyte'?"),
        (["--masks", "nowhere"], 1, "there is no mask nowhere/"),
    ],
)
def test_a_mistake_gets_one_message(run_folder: Path, cells: Path, options, code, message):
    done = _hemoscope("explain", run_folder, sorted(cells.rglob("*.png"))[0], *options)
    assert (done.returncode, done.stdout) == (code, "")
    assert message in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_a_bundle_and_an_empty_folder_are_told_apart(tmp_path: Path):
    from hemoscope.explanation.opening import open_model
    from hemoscope.inference import ModelError

    with pytest.raises(ModelError, match="there is no model in"):
        open_model(tmp_path)
    with pytest.raises(UsageError, match="there is no model in"):
        open_model(tmp_path / "nowhere")
    (tmp_path / "bundle.json").write_text("{}")
    with pytest.raises(ModelError, match="is a bundle, which answers but cannot be looked into"):
        open_model(tmp_path)


@pytest.mark.parametrize(
    ("options", "error"), [([], None), (["--against", "truth"], UnknownTargetError)]
)
def test_some_cells_of_a_manifest_may_have_no_label(
    run_folder: Path, cells: Path, tmp_path: Path, options, error
):
    first, second = sorted(cells.rglob("*.png"))[:2]
    manifest = tmp_path / "m.csv"
    manifest.write_text(f"path,label\n{first},basophil\n{second},\n")
    done = CliRunner().invoke(
        app,
        ["explain", str(run_folder), str(manifest), "--no-measure", "--method", "gradcam",
         "--out", str(tmp_path / "out"), "--json", *options],
    )  # fmt: skip
    if error is not None:
        assert isinstance(done.exception, error)
        assert "not every one of these cells has a label" in str(done.exception)
        return
    assert done.exit_code == 0, done.exception
    assert len(json.loads(done.stdout)["cells"]) == 2
