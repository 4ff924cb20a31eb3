"""The paper's Tables 4 and 5 for the models compared (Table 3 is in each evaluation)."""

from hemoscope.evaluation.result import AccuracyRow, Evaluation, TrainingRow


def training_row(evaluation: Evaluation) -> TrainingRow:
    """Training time, test accuracy and loss on these cells."""
    dynamics = evaluation.dynamics
    return TrainingRow(
        training_seconds=None if dynamics is None else dynamics.seconds,
        training_minutes=None if dynamics is None else dynamics.minutes,
        test_accuracy=evaluation.accuracy,
        final_loss=evaluation.calibration.nll,
    )


def accuracy_row(evaluation: Evaluation) -> AccuracyRow:
    """Accuracy and macro F1 in percent, and the set (`dataset` in the provenance)."""
    f1, dataset = evaluation.macro.f1, evaluation.provenance.get("dataset")
    return AccuracyRow(
        accuracy_percent=100 * evaluation.accuracy,
        f1_percent=None if f1 is None else 100 * f1,
        dataset=None if dataset is None else str(dataset),
    )
