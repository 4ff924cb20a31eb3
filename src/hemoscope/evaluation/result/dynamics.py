"""Results of a training run's history."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LossChange:
    """Epoch-to-epoch behaviour of one loss.

    Attributes:
        sd: Standard deviation (n - 1) of the changes from one epoch to the next.
        cv: Coefficient of variation of the loss itself: its standard deviation over its mean.
        mean: Mean change.
    """

    sd: float | None
    cv: float | None
    mean: float | None


@dataclass(frozen=True)
class ConvergenceEfficiency:
    """Both readings of "accuracy improvement per unit of training time", per minute.

    Attributes:
        accuracy_per_minute: Final validation accuracy over minutes (what the paper computed).
        improvement_per_minute: (final - first epoch's validation accuracy) over minutes (what
            the paper's words say).
    """

    accuracy_per_minute: float | None
    improvement_per_minute: float | None


@dataclass(frozen=True)
class Dynamics:
    """How training went.

    Attributes:
        epochs: Number of epochs.
        accuracy_gap: Mean over epochs of (training - validation accuracy).
        absolute_accuracy_gap: Mean over epochs of its absolute value.
        final_accuracy_gap: The same at the last epoch.
        loss_gap: Mean over epochs of (validation - training loss).
        train_loss: Changes of the training loss.
        val_loss: Changes of the validation loss.
        final_val_loss: Validation loss at the last epoch.
        final_val_accuracy: Validation accuracy at the last epoch.
        best_val_accuracy: The highest validation accuracy.
        best_epoch: The first epoch that had it.
        epoch_of_95: First epoch with validation accuracy ≥ 0.95; None if never.
        seconds: Total time; None where the history has no times.
        minutes: The same in minutes.
        convergence_efficiency: Both readings.
    """

    epochs: int
    accuracy_gap: float | None
    absolute_accuracy_gap: float | None
    final_accuracy_gap: float | None
    loss_gap: float | None
    train_loss: LossChange
    val_loss: LossChange
    final_val_loss: float | None
    final_val_accuracy: float | None
    best_val_accuracy: float | None
    best_epoch: int | None
    epoch_of_95: int | None
    seconds: float | None
    minutes: float | None
    convergence_efficiency: ConvergenceEfficiency
