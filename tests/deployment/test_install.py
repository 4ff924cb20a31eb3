"""A calibration in a bundle: only that of its own model, and the card tells of it."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hemoscope.calibration import CalibrationError, KnownCells, Trust, accept, choose_unknown, fit
from hemoscope.calibration.store import read_trust
from hemoscope.cells import open_cells
from hemoscope.deployment.export import ExportOptions, export_run
from hemoscope.deployment.install import check_made_by, install_trust
from hemoscope.inference import load_scorer, predict_cells
from hemoscope.inference.bundle import file_digest, read_bundle
from hemoscope.predictions import Predictions


def table_of(bundle: Path, sha256: str | None) -> Predictions:
    classes = read_bundle(bundle).info.classes
    rng = np.random.default_rng(0)
    truth = rng.integers(0, len(classes), 400)
    logits = rng.normal(size=(400, len(classes))) + 3 * np.eye(len(classes))[truth]
    return Predictions.from_logits(
        [f"{i}.png" for i in range(400)],
        classes,
        logits,
        labels=[classes[c] for c in truth],
        provenance={} if sha256 is None else {"sha256": sha256},
    )


@pytest.fixture
def own(bundle: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(bundle, tmp_path / "own"))


def test_the_card_tells_of_the_calibration(own: Path):
    table = table_of(own, read_bundle(own).info.model.sha256)
    strange, _ = choose_unknown(KnownCells.of(table))
    trust = Trust(fit(table, "temperature"), None, accept(table, 0.2), strange)
    assert install_trust(trust, table, own) == own / "calibration.json"
    card = (own / "model-card.md").read_text()
    assert "Fitted on 400 validation cells" in card
    assert f"error\n  {trust.calibrator.before.ece:.4f} before" in card
    assert trust.acceptance is not None
    assert trust.acceptance.describe() in card
    assert strange.describe() in card
    assert f"| energy | {strange.compared['energy'].auroc:.4f} |" in card
    assert read_trust(own).classes == table.classes
    load_scorer(own)  # the bundle is still whole


def test_another_model_is_refused(own: Path):
    before = (own / "model-card.md").read_text()
    for sha256, message in (("0" * 64, "made by another model"), (None, "do not say which model")):
        table = table_of(own, sha256)
        with pytest.raises(CalibrationError, match=message):
            install_trust(Trust(fit(table, "none")), table, own)
    assert not (own / "calibration.json").exists()
    assert (own / "model-card.md").read_text() == before


def test_other_views_than_the_bundles_are_refused(
    run: Path, own: Path, cells: Path, tmp_path: Path
):
    four = export_run(run, tmp_path / "four", ExportOptions(views=4)).path
    once, often = (
        predict_cells(open_cells(cells), load_scorer(bundle)).predictions for bundle in (own, four)
    )
    assert once.provenance["sha256"] == often.provenance["sha256"]
    assert check_made_by(once, own) is not None
    assert check_made_by(often, four) is not None
    with pytest.raises(CalibrationError, match=r"with 1 view of each cell, not 4, .*bundle .*four"):
        check_made_by(once, four)
    with pytest.raises(CalibrationError, match=r"with 4 views of each cell, not 1, .*bundle .*own"):
        check_made_by(often, own)


def test_a_folder_without_a_model_and_a_file_take_any_table(bundle: Path, tmp_path: Path):
    table = table_of(bundle, None)
    trust = Trust(fit(table, "none"))
    assert install_trust(trust, table, tmp_path / "anyones").is_file()
    assert install_trust(trust, table, tmp_path / "c.json").is_file()
    assert not (tmp_path / "anyones" / "model-card.md").exists()


def test_a_run_folder_takes_what_its_own_model_said(run: Path, own: Path, tmp_path: Path):
    mine = Path(shutil.copytree(run, tmp_path / "mine"))
    digest = file_digest(mine / "model.safetensors")
    assert check_made_by(table_of(own, digest), mine) is None
    others = {None: "do not say which model", read_bundle(own).info.model.sha256: "another model"}
    for sha256, message in others.items():
        with pytest.raises(CalibrationError, match=f"{message}.*the run .*mine"):
            check_made_by(table_of(own, sha256), mine)


def test_the_mean_of_views_does_not_calibrate_a_run_that_looks_once(run: Path, cells: Path):
    table = predict_cells(open_cells(cells), load_scorer(run, views=2)).predictions
    with pytest.raises(CalibrationError, match=r"with 2 views of each cell, not 1, .*the run"):
        check_made_by(table, run)


def test_one_branch_does_not_calibrate_the_mean_of_all(run: Path, own: Path):
    digest = file_digest(run / "model.safetensors")
    table = replace(table_of(own, None), provenance={"sha256": digest, "branch": "resnet50"})
    with pytest.raises(
        CalibrationError, match=r"of the branch resnet50 alone, not of all branches.*\.json file"
    ):
        check_made_by(table, run)


def test_a_task_does_not_take_the_place_of_the_class(own: Path, tmp_path: Path):
    sizes = Predictions.from_logits(
        ["a", "b"], ["big", "small"], np.eye(2), labels=["big", "small"],
        provenance={"sha256": read_bundle(own).info.model.sha256, "task": "cell_size"},
    )  # fmt: skip
    for folder in (own, tmp_path / "run"):
        with pytest.raises(CalibrationError, match=r"answer the task cell_size, .*\.json file"):
            check_made_by(sizes, folder)
    assert check_made_by(sizes, tmp_path / "sizes.json") is None
