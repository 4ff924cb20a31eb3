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
            draft.write_text(write_card(bundle.info, trust), encoding="utf-8")
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
    if not description_file(out).is_file():
        if trained_model_file(out).is_file():
            _check_run(predictions, out)
        return None
    bundle = read_bundle(out)
    remedy = f"Predict the validation cells with `hemoscope predict --model {out}` first."
    _check_digest(predictions, bundle.info.model.sha256, f"the bundle {out}", remedy)
    _check_views(predictions, bundle.info.preprocessing.views, f"the bundle {out}", remedy)
    return bundle


def _check_run(predictions: Predictions, run: Path) -> None:
    """That the whole model of a run folder made the predictions, not one branch of it."""
    remedy = f"Predict the validation cells with `hemoscope predict --model {run}` first."
    _check_digest(predictions, file_digest(trained_model_file(run)), f"the run {run}", remedy)
    _check_views(predictions, 1, f"the run {run}", remedy)
    branch = predictions.provenance.get("branch")
    if branch is not None:
        raise CalibrationError(
            f"the predictions are of the branch {branch} alone, and {run} has a calibration of all "
            "branches together. Name a .json file to write, or export the branch and calibrate its "
            "bundle."
        )


def _check_digest(predictions: Predictions, ours: str, whose: str, remedy: str) -> None:
    made_by = predictions.provenance.get("sha256")
    if made_by is None:
        raise CalibrationError(
            f"the predictions do not say which model file made them, so they cannot calibrate "
            f"{whose}. {remedy}"
        )
    if made_by != ours:
        raise CalibrationError(
            f"the predictions were made by another model (SHA-256 {str(made_by)[:12]}…) than the "
            f"one in {whose} ({ours[:12]}…). {remedy}"
        )


def _check_views(predictions: Predictions, looks: int, whose: str, remedy: str) -> None:
    # Views are outside the model file. Of a single one, tables say nothing.
    looked = predictions.provenance.get("views", 1)
    if looked != looks:
        raise CalibrationError(
            f"the predictions were made with {_views(looked)} of each cell, and {whose} has "
            f"{_views(looks)}, whose logits are others. {remedy}"
        )


def _views(count: object) -> str:
    return "1 view" if count == 1 else f"{count} views"
