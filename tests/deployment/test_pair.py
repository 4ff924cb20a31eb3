"""Two bundles become one, or the reason why not is said."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from hemoscope.calibration import CalibrationError, Trust, fit
from hemoscope.calibration.store import write_trust
from hemoscope.cells import Frame, open_cells, read_cells
from hemoscope.deployment.draft import ExportError
from hemoscope.deployment.export import ExportOptions, export_run
from hemoscope.deployment.install import check_made_by
from hemoscope.deployment.pair import pair_bundles
from hemoscope.deployment.samples import NamedCells
from hemoscope.inference import Classifier, load_scorer, predict_cells
from hemoscope.inference.bundle import ModelError, read_bundle
from hemoscope.inference.second_look import look_again
from hemoscope.models.config import with_changes
from tests.deployment.conftest import make_run, tiny
from tests.deployment.test_install import table_of


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("other")
    run = make_run(folder / "run", tiny("customcnn-table2"))
    return export_run(run, folder / "bundle", ExportOptions(views=2)).path


@pytest.fixture(scope="module")
def pair(bundle: Path, other: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pair_bundles(bundle, other, tmp_path_factory.mktemp("pairs") / "pair", 1.0).path


def test_both_are_asked(pair: Path, bundle: Path, other: Path, cells: Path):
    table = open_cells(cells)
    both, first, second = (
        predict_cells(table, load_scorer(path)).predictions for path in (pair, bundle, other)
    )
    mean = (first.probabilities + second.probabilities) / 2
    np.testing.assert_allclose(both.probabilities, mean, atol=1e-6)
    told = both.provenance["second"]
    assert told["sha256"] == read_bundle(other).info.model.sha256
    assert (told["below"], told["views"]) == (1.0, 2)


def test_it_is_whole_and_says_what_is_in_it(pair: Path, other: Path):
    opened = read_bundle(pair)
    assert opened.second is not None
    assert opened.second.info == read_bundle(other).info
    card = (pair / "model-card.md").read_text()
    assert "| second network | customcnn, float32," in card
    assert "stays below 1.0" in card
    assert "it sees the same picture" in card
    assert "figures of the first network alone" in card
    assert "second network" not in (pair / "second" / "model-card.md").read_text()


@pytest.fixture(scope="module")
def two_framings(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A network that sees the middle of an image, and a pair with it as the second."""
    folder = tmp_path_factory.mktemp("framings")
    config = with_changes(tiny("customcnn-text"), {"framing": "centre"})
    middle = export_run(make_run(folder / "run", config), folder / "middle").path
    return middle, pair_bundles(bundle, middle, folder / "pair", 1.0).path


def test_each_sees_the_picture_that_it_learned_on(
    two_framings: tuple[Path, Path], bundle: Path, cells: Path
):
    middle, pair = two_framings
    table = open_cells(cells)
    both, first, second = (
        predict_cells(table, load_scorer(path), features=True) for path in (pair, bundle, middle)
    )
    mean = (first.predictions.probabilities + second.predictions.probabilities) / 2
    np.testing.assert_allclose(both.predictions.probabilities, mean, atol=1e-6)
    assert both.features is not None
    assert first.features is not None
    np.testing.assert_array_equal(both.features.values, first.features.values)
    assert "it sees the middle two thirds of the frame" in (pair / "model-card.md").read_text()


def test_the_second_is_asked_only_at_home(
    two_framings: tuple[Path, Path], bundle: Path, cells: Path, tmp_path: Path
):
    middle, _ = two_framings
    table = open_cells(cells)
    out = tmp_path / "at-home"
    paired = pair_bundles(bundle, middle, out, 1.0, NamedCells("cells", table))
    assert paired.info.second is not None
    home = paired.info.second.home
    assert home is not None
    both, first = (predict_cells(table, load_scorer(path)).predictions for path in (out, bundle))
    seen = np.concatenate([batch.pixels for batch in read_cells(table, Frame(32, "centre"))])
    known = home.holds(seen)
    assert known.mean() > 0.9
    assert (both.probabilities != first.probabilities).any(axis=1).tolist() == known.tolist()
    assert "0 in pictures lit as those that it learned on" in (out / "model-card.md").read_text()
    assert check_made_by(both, out) is not None
    anywhere = pair_bundles(bundle, middle, tmp_path / "anywhere", 1.0).path
    with pytest.raises(CalibrationError, match="a second opinion in another light"):
        check_made_by(both, anywhere)


def test_where_all_glass_is_made_white_there_is_no_home(bundle: Path, cells: Path, tmp_path: Path):
    config = with_changes(tiny("customcnn-text"), {"framing": "cell"})
    found = export_run(make_run(tmp_path / "run", config), tmp_path / "found").path
    with pytest.raises(ExportError, match=r"one white before it looks.*Leave --home"):
        pair_bundles(bundle, found, tmp_path / "out", home=NamedCells("cells", open_cells(cells)))
    assert not (tmp_path / "out").exists()


def test_the_report_shows_what_the_first_sees(two_framings: tuple[Path, Path], cells: Path):
    classifier, table = Classifier.load(two_framings[1]), open_cells(cells)
    opinions = list(classifier(table.file(row) for row in range(4)))
    looks = look_again(classifier, table.take(np.arange(4)), opinions)
    assert len(looks) == 4
    for batch in read_cells(table.take(np.arange(4)), 32):
        for row, pixels in enumerate(batch.pixels):
            np.testing.assert_array_equal(looks[row].pixels, pixels)


def test_a_bundle_of_one_network_says_nothing_of_a_second(bundle: Path):
    assert "second" not in json.loads((bundle / "bundle.json").read_text())
    assert "second" not in (bundle / "model-card.md").read_text()


def test_calibrations_stay_behind(bundle: Path, other: Path, tmp_path: Path):
    calibrated = Path(shutil.copytree(bundle, tmp_path / "calibrated"))
    write_trust(Trust(fit(table_of(bundle, None), "none")), calibrated)
    paired = pair_bundles(calibrated, other, tmp_path / "pair").path
    assert sorted(file.name for file in paired.iterdir()) == [
        "bundle.json", "model-card.md", "model.onnx", "second",
    ]  # fmt: skip


def test_only_what_both_said_calibrates_them(
    pair: Path, bundle: Path, other: Path, cells: Path, tmp_path: Path
):
    table = open_cells(cells)
    both, first = (predict_cells(table, load_scorer(path)).predictions for path in (pair, bundle))
    assert check_made_by(both, pair) is not None
    with pytest.raises(CalibrationError, match=r"made without a second network, not with one"):
        check_made_by(first, pair)
    with pytest.raises(CalibrationError, match=r"made with a second network, not without one"):
        check_made_by(both, bundle)
    elsewhere = pair_bundles(bundle, other, tmp_path / "elsewhere", 0.5).path
    with pytest.raises(CalibrationError, match=r"second opinion below 1\.0, not below 0\.5"):
        check_made_by(both, elsewhere)
    twice = pair_bundles(bundle, bundle, tmp_path / "twice", 1.0).path
    with pytest.raises(CalibrationError, match=r"made with another second network"):
        check_made_by(both, twice)


def test_two_that_do_not_go_together(bundle: Path, pair: Path, tmp_path: Path):
    larger = export_run(
        make_run(tmp_path / "run", tiny("customcnn-text", size=48)), tmp_path / "larger"
    ).path
    renamed = Path(shutil.copytree(bundle, tmp_path / "renamed"))
    description = renamed / "bundle.json"
    description.write_text(description.read_text().replace('"monocyte"', '"blast"'))
    refused = {
        larger: r"at other sizes \(32 and 48 pixels\).*model\.image_size",
        renamed: "know other classes",
        pair: "has a second network already",
    }
    for second, message in refused.items():
        with pytest.raises(ExportError, match=message):
            pair_bundles(bundle, second, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_second_that_does_not_answer_the_tasks(
    bundle_with_tasks: Path, bundle: Path, tmp_path: Path
):
    with pytest.raises(ExportError, match="does not answer cell_size, nucleus_shape, ill as"):
        pair_bundles(bundle_with_tasks, bundle, tmp_path / "out")
    # What the second answers besides is left out: the first decides what is asked.
    paired = pair_bundles(bundle, bundle_with_tasks, tmp_path / "out", 1.0)
    assert load_scorer(paired.path).score(np.zeros((1, 32, 32, 3), np.uint8)).shape == (1, 8)


def test_a_pair_that_is_not_whole(pair: Path, bundle: Path, tmp_path: Path):
    torn = Path(shutil.copytree(pair, tmp_path / "torn"))
    shutil.rmtree(torn / "second")
    with pytest.raises(ModelError, match=r"no second/bundle\.json, its second network.*whole"):
        read_bundle(torn)
    shutil.copytree(bundle, torn / "second")
    with pytest.raises(ModelError, match=r"another network than .*bundle\.json says"):
        read_bundle(torn)
