import numpy as np
import pandas as pd
import pytest

from hemoscope.evaluation import EvaluationError, training_dynamics


def history(**columns):
    return pd.DataFrame(
        {
            "epoch": [1, 2, 3, 4],
            "train_loss": [1.0, 0.5, 0.3, 0.2],
            "val_loss": [0.9, 0.6, 0.5, 0.5],
            "train_accuracy": [0.80, 0.90, 0.96, 0.98],
            "val_accuracy": [0.82, 0.90, 0.95, 0.94],
            "seconds": [30.0, 30.0, 30.0, 30.0],
        }
        | columns
    )


def test_figures_of_a_small_run():
    found = training_dynamics(history())
    assert found.accuracy_gap == pytest.approx((-0.02 + 0 + 0.01 + 0.04) / 4)
    assert found.absolute_accuracy_gap == pytest.approx(0.07 / 4)
    assert found.final_accuracy_gap == pytest.approx(0.04)
    assert found.loss_gap == pytest.approx((-0.1 + 0.1 + 0.2 + 0.3) / 4)
    assert found.val_loss.sd == pytest.approx(np.std([-0.3, -0.1, 0], ddof=1))
    assert found.val_loss.cv == pytest.approx(np.std([0.9, 0.6, 0.5, 0.5], ddof=1) / 0.625)
    assert (found.epoch_of_95, found.best_epoch, found.best_val_accuracy) == (3, 3, 0.95)
    assert (found.seconds, found.minutes) == (120, 2)
    assert found.convergence_efficiency.accuracy_per_minute == pytest.approx(0.47)
    assert found.convergence_efficiency.improvement_per_minute == pytest.approx(0.06)


def test_the_papers_efficiency_is_accuracy_over_minutes():
    frame = history(val_accuracy=[0.5, 0.8, 0.9, 0.9661], seconds=[1261.59, 0, 0, 0])
    rate = training_dynamics(frame).convergence_efficiency.accuracy_per_minute
    assert rate == pytest.approx(0.0459, abs=5e-5)


def test_what_is_not_there_is_none():
    found = training_dynamics(history().drop(columns="seconds"))
    assert found.seconds is found.minutes is None
    assert found.convergence_efficiency.accuracy_per_minute is None
    one = training_dynamics(history().iloc[:1])
    assert one.val_loss.sd is one.val_loss.cv is one.epoch_of_95 is None


def test_a_missing_column_is_named():
    with pytest.raises(EvaluationError, match="no column val_loss"):
        training_dynamics(history().drop(columns="val_loss"))
    with pytest.raises(EvaluationError, match="no epochs"):
        training_dynamics(history().iloc[:0])
