from pathlib import Path

import numpy as np
import pytest

from hemoscope.predictions import Predictions
from tests.calibration.simulate import drawn

RESULTS = Path(__file__).parents[2] / "results" / "inception_v3-text-4-epochs"


@pytest.fixture(scope="session")
def validation() -> Predictions:
    """What the InceptionV3 hybrid said of 1,708 real cells it was not trained on."""
    return Predictions.read(RESULTS / "val.parquet")


@pytest.fixture(scope="session")
def pool(validation: Predictions) -> Predictions:
    """Validation and test cells as one, only to check a guarantee that holds for any pool."""
    test = Predictions.read(RESULTS / "test.parquet")
    assert validation.logits is not None
    assert test.logits is not None
    assert validation.labels is not None
    assert test.labels is not None
    return Predictions.from_logits(
        [*validation.paths, *test.paths],
        validation.classes,
        np.concatenate([validation.logits, test.logits]),
        labels=[*validation.labels, *test.labels],
    )


@pytest.fixture
def overconfident() -> Predictions:
    return drawn(1500, seed=3, temperature=2.0)
