"""Prediction with a stand-in model: what is checked here is the way, not the opinion."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from hemoscope.cells import Frame, open_cells
from hemoscope.cells.synthetic import write_synthetic
from hemoscope.inference import ModelError, Observation, load_scorer, predict_cells
from hemoscope.inference.predict import PredictError


class MeanColour:
    """Its three logits are the mean red, green and blue of a cell."""

    classes = ("eosinophil", "lymphocyte", "platelet")
    frame = Frame(32)

    def score(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        assert pixels.dtype == np.uint8
        assert pixels.shape[1:] == (32, 32, 3)
        return pixels.mean(axis=(1, 2), dtype=np.float32)

    def observe(self, pixels: NDArray[np.uint8]) -> Observation:
        logits = self.score(pixels)
        return Observation(logits, features=logits)

    def describe(self) -> dict[str, Any]:
        return {"model": "mean colour"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_synthetic(tmp_path / "cells", per_class=3, seed=5, size=32)
    for name in ("basophil", "erythroblast", "ig", "monocyte", "neutrophil"):
        for file in (tmp_path / "cells" / name).iterdir():
            file.unlink()
        (tmp_path / "cells" / name).rmdir()
    (tmp_path / "cells" / "manifest.csv").unlink()
    return tmp_path / "cells"


def test_every_cell_gets_the_opinion_on_its_own_pixels(folder):
    table = open_cells(folder)
    predictions = predict_cells(table, MeanColour(), batch=4).predictions
    assert predictions.paths.tolist() == table.paths.tolist()
    assert predictions.labels is not None
    assert table.labels is not None
    assert predictions.labels.tolist() == table.labels.tolist()
    one_by_one = [
        predict_cells(table.take([row]), MeanColour()).predictions.probabilities
        for row in range(len(table))
    ]
    np.testing.assert_allclose(predictions.probabilities, np.concatenate(one_by_one), atol=1e-6)
    assert predictions.provenance["model"] == "mean colour"
    assert predictions.provenance["cells"]["fingerprint"] == table.fingerprint()


def test_an_unreadable_image_is_reported_and_the_rest_scored(folder):
    (folder / "lymphocyte" / "broken.png").write_text("no picture")
    table = open_cells(folder)
    seen: list[tuple[int, int]] = []
    run = predict_cells(
        table, MeanColour(), batch=2, progress=lambda done, total: seen.append((done, total))
    )
    assert len(run.predictions) == len(table) - 1
    assert [failure.path for failure in run.failures] == ["lymphocyte/broken.png"]
    assert seen[-1] == (len(table), len(table))


def test_nothing_readable_is_an_error_that_says_why(tmp_path):
    (tmp_path / "a.png").write_text("no picture")
    with pytest.raises(PredictError, match=r"none of the 1 images can be read; the first, a\.png"):
        predict_cells(open_cells(tmp_path), MeanColour())


def test_a_label_that_the_model_does_not_know_is_named(folder):
    (folder / "platelet").rename(folder / "blast")
    with pytest.raises(PredictError, match=r"does not know: blast\. It knows eosinophil"):
        predict_cells(open_cells(folder), MeanColour())


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (None, "there is no model folder"),
        ([], r"neither a bundle \(it has no bundle\.json\) nor a run folder"),
        (["recipe.yaml"], "has not come to its end"),
    ],
)
def test_what_is_no_model_is_said_to_be_none(files, message, tmp_path):
    model = tmp_path / "run"
    if files is not None:
        model.mkdir()
        for name in files:
            (model / name).write_text("")
    with pytest.raises(ModelError, match=message) as caught:
        load_scorer(model)
    assert caught.value.exit_code == (2 if files is None else 1)


def test_features_are_kept_where_they_are_asked_for(folder):
    (folder / "lymphocyte" / "broken.png").write_text("no picture")
    table = open_cells(folder)
    assert predict_cells(table, MeanColour()).features is None
    run = predict_cells(table, MeanColour(), batch=4, features=True)
    assert run.features is not None
    assert run.features.paths.tolist() == run.predictions.paths.tolist()
    assert (run.features.of(run.predictions) == run.predictions.logits).all()
    plain = predict_cells(table, MeanColour(), batch=4).predictions
    assert plain.logits is not None
    assert (run.predictions.logits == plain.logits).all()
