"""Puts a fitted calibration where it belongs: a file, a run folder, or the bundle of that model."""

from pathlib import Path

from hemoscope.calibration import CalibrationError, Trust, write_trust
from hemoscope.deployment.card import write_card
from hemoscope.files import replacing
from hemoscope.inference.bundle import (
    Bundle,
    card_file,
    description_file,
    file_digest,
    read_bundle,
    trained_model_file,
)
from hemoscope.inference.maker import Maker
from hemoscope.predictions import Predictions


def install_trust(trust: Trust, predictions: Predictions, out: Path) -> Path:
    """Writes the calibration; in a bundle, the model card tells of it.

    Args:
        trust: Fitted on `predictions`.
        predictions: What the model said of the validation cells.
        out: A bundle, a run folder, or a file that ends in `.json`.

    Raises:
        CalibrationError: `out` is a bundle of another model, or cannot be written; or the
            predictions answer a further task.
        ModelError: `out` is a bundle, and damaged.
    """
    bundle = check_made_by(predictions, out)
    target = write_trust(trust, out)
    if bundle is not None:
        with replacing(card_file(out), CalibrationError) as draft:
            draft.write_text(write_card(bundle, trust), encoding="utf-8")
    return target


def check_made_by(predictions: Predictions, out: Path) -> Bundle | None:
    """The bundle in a folder, if that very model made the predictions; None if there is none.

    A run folder is looked at, too, if its model is there.

    Another model's logits, or those of the same model at another precision or of another number of
    views, are others: what was fitted on them would promise what it does not keep.

    Raises:
        CalibrationError: Another model made them, or the table does not say which; or they answer
            a further task, where a bundle and a run folder have a calibration of the class.
        ModelError: The bundle is damaged.
    """
    task = predictions.provenance.get("task")
    if task is not None and out.suffix != ".json":
        raise CalibrationError(
            f"the predictions answer the task {task}, and {out} has a calibration of the class "
            "alone. Name a .json file to write, or calibrate on the table of the class."
        )
    if description_file(out).is_file():
        bundle = read_bundle(out)
        _check(predictions, Maker.of(bundle), "bundle", out)
        return bundle
    if trained_model_file(out).is_file():
        # A run has a calibration of all branches together, and looks once unless it is asked.
        _check(predictions, Maker(file_digest(trained_model_file(out))), "run", out)
    return None


def _check(predictions: Predictions, wanted: Maker, kind: str, out: Path) -> None:
    made_by = Maker.told_by(predictions.provenance)
    difference = made_by.differs_from(wanted)
    if difference is None:
        return
    remedy = f"Predict the validation cells with `hemoscope predict --model {out}` first."
    if made_by.branch is not None:
        remedy = "Name a .json file to write, or export the branch and calibrate its bundle."
    raise CalibrationError(
        f"the predictions {difference}, so they cannot calibrate the {kind} {out}. {remedy}"
    )
