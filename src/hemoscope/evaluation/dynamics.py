"""How a training run went, from its history."""

import numpy as np
import pandas as pd

from hemoscope.evaluation.arrays import Array
from hemoscope.evaluation.errors import EvaluationError
from hemoscope.evaluation.result import ConvergenceEfficiency, Dynamics, LossChange

COLUMNS = ("train_loss", "val_loss", "train_accuracy", "val_accuracy")
GOOD_ACCURACY = 0.95


def training_dynamics(history: pd.DataFrame) -> Dynamics:
    """Figures of a run's history.

    Args:
        history: One row an epoch, in order: epoch, train_loss, val_loss, train_accuracy,
            val_accuracy, and where known seconds (of that epoch).

    Raises:
        EvaluationError: A column is missing or no epoch is there; says which.
    """
    train_loss, val_loss, train, val = _columns(history)
    epochs = history["epoch"].to_numpy() if "epoch" in history else np.arange(1, len(val) + 1)
    reached = np.flatnonzero(val >= GOOD_ACCURACY)
    seconds = _total(history)
    best = _best(val)
    gap = train - val
    return Dynamics(
        epochs=len(val),
        accuracy_gap=_number(gap.mean()),
        absolute_accuracy_gap=_number(np.abs(gap).mean()),
        final_accuracy_gap=_number(gap[-1]),
        loss_gap=_number((val_loss - train_loss).mean()),
        train_loss=loss_change(train_loss),
        val_loss=loss_change(val_loss),
        final_val_loss=_number(val_loss[-1]),
        final_val_accuracy=_number(val[-1]),
        best_val_accuracy=None if best is None else float(val[best]),
        best_epoch=None if best is None else int(epochs[best]),
        epoch_of_95=int(epochs[reached[0]]) if len(reached) else None,
        seconds=seconds,
        minutes=None if seconds is None else seconds / 60,
        convergence_efficiency=convergence_efficiency(val, seconds),
    )


def loss_change(loss: Array) -> LossChange:
    """Spread of a loss over epochs.

    Args:
        loss: (epochs,) the loss after each epoch.
    """
    change = np.diff(loss)
    return LossChange(
        sd=_number(change.std(ddof=1)) if len(change) > 1 else None,
        cv=_number(loss.std(ddof=1) / loss.mean()) if len(loss) > 1 and loss.mean() > 0 else None,
        mean=_number(change.mean()) if len(change) else None,
    )


def convergence_efficiency(val_accuracy: Array, seconds: float | None) -> ConvergenceEfficiency:
    """Both readings of the paper's "accuracy improvement per unit of training time".

    Args:
        val_accuracy: (epochs,) validation accuracy after each epoch.
        seconds: Total training time.
    """
    if not seconds or not np.isfinite(val_accuracy[[0, -1]]).all():
        return ConvergenceEfficiency(None, None)
    minutes = seconds / 60
    return ConvergenceEfficiency(
        accuracy_per_minute=float(val_accuracy[-1]) / minutes,
        improvement_per_minute=float(val_accuracy[-1] - val_accuracy[0]) / minutes,
    )


def _columns(history: pd.DataFrame) -> list[Array]:
    missing = [name for name in COLUMNS if name not in history]
    if missing:
        raise EvaluationError(
            f"the training history has no column {', '.join(missing)}; it has "
            f"{', '.join(map(str, history.columns))}. Hand in the history.csv of a run folder."
        )
    if history.empty:
        raise EvaluationError("the training history has no epochs. Train for one epoch at least.")
    return [history[name].to_numpy(dtype=np.float64) for name in COLUMNS]


def _total(history: pd.DataFrame) -> float | None:
    if "seconds" not in history:
        return None
    return _number(history["seconds"].to_numpy(dtype=np.float64).sum())


def _best(values: Array) -> int | None:
    return int(np.nanargmax(values)) if np.isfinite(values).any() else None


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
