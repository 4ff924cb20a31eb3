"""Cells and a model → `ExplainedCells`."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from torch import Tensor

from hemoscope.cells import CellFailure, CellTable, Frame, read_cells
from hemoscope.explanation.errors import ExplanationError, NoMistakeError
from hemoscope.explanation.faithfulness.compare import measures_frame
from hemoscope.explanation.faithfulness.curves import curve_ends, faithfulness_curves
from hemoscope.explanation.masks import UNKNOWN, Mask, has_mask, masks_of
from hemoscope.explanation.methods.explainer import Explainer, Maps
from hemoscope.explanation.methods.table import REFERENCES
from hemoscope.explanation.result import ExplainedCells
from hemoscope.explanation.scoring import as_images, logits_of, parts_of
from hemoscope.explanation.target import PREDICTED, Target, choose_target
from hemoscope.explanation.words import words_of
from hemoscope.models.hybrid import HybridClassifier
from hemoscope.models.store import StoredModel
from hemoscope.predictions import Predictions

AT_ONCE = 8  # cells


@dataclass(frozen=True)
class Question:
    """What is asked of every cell: why `wanted`, and why not `against`? See `choose_target`.

    With `mistakes` it is asked of those cells alone that the model calls wrong.
    """

    wanted: str = PREDICTED
    against: str | None = None
    mistakes: bool = False


def explain_cells(
    stored: StoredModel,
    table: CellTable,
    method: Explainer,
    question: Question = Question(),
    *,
    masks: Path | None = None,
    measure: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> ExplainedCells:
    """Explains every readable cell of a table.

    Args:
        stored: The model.
        table: Cells. Labels that the model does not know are left out.
        method: How.
        question: What.
        masks: Folder of masks, to measure shares of energy. A `mask` column is used without it;
            a cell where it is blank has no shares.
        measure: Whether to measure how faithful each map is, beside a map of noise. Takes some
            thirty passes a cell.
        progress: Called with (cells done, cells in all).

    Raises:
        ExplanationError: No cell is readable; a mask is missing; the question makes no sense;
            the method does not suit the model; or it makes no mistake where those are asked for.
    """
    every = _read(table, stored.model.config.frame)
    read, predictions = every, _predict(stored, every)
    if question.mistakes:
        read, predictions = _wrong(read, predictions)
    logits = predictions.log_probabilities
    labels = None if predictions.labels is None else predictions.labels.tolist()
    target = choose_target(logits, stored.classes, question.wanted, question.against, labels)
    levels = _masks(read.table, masks, stored.model.config.frame) if measure else None
    maps, frames = [], []
    for part in parts_of(len(read.pixels), AT_ONCE):
        images, asked = as_images(read.pixels[part]), target.take(np.arange(len(target))[part])
        maps.append(method.explain(stored.model, images, asked))
        if measure:
            regions = None if levels is None else levels[part]
            measured = _measured(stored.model, images, asked, (method.name, maps[-1]), regions)
            frames.append(measured.assign(cell=measured["cell"] + part.start))
        if progress:
            progress(part.stop, len(read.pixels))
    return ExplainedCells(
        method.name,
        predictions,
        target,
        read.pixels,
        np.concatenate(maps),
        pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(),
        read.failures,
        words_of(stored.model, read.pixels),
        0 if levels is None else int((levels == UNKNOWN).all(axis=(1, 2)).sum()),
        len(every.pixels) - len(read.pixels),
    )


def _masks(table: CellTable, folder: Path | None, frame: Frame) -> Mask | None:
    return masks_of(table, folder, frame) if folder or has_mask(table).any() else None


def _measured(
    model: HybridClassifier,
    images: Tensor,
    target: Target,
    named: tuple[str, Maps],
    masks: Mask | None,
) -> pd.DataFrame:
    """The measures of some maps, and of noise on the same images."""
    noise = REFERENCES["random"]
    pairs = (named, (noise.name, noise.explain(model, images, target)))
    ends = curve_ends(model, images, target)
    frames = [
        measures_frame(
            name, faithfulness_curves(model, images, maps, target, ends=ends), maps, masks
        )
        for name, maps in pairs
    ]
    return pd.concat(frames, ignore_index=True)


@dataclass(frozen=True, eq=False)
class _Read:
    """The readable cells of a table, with their pixels."""

    table: CellTable
    pixels: NDArray[np.uint8]
    failures: tuple[CellFailure, ...]


def _read(table: CellTable, frame: Frame) -> _Read:
    batches = list(read_cells(table, frame))
    rows = np.concatenate([batch.rows for batch in batches])
    failures = tuple(failure for batch in batches for failure in batch.failures)
    if not len(rows):
        raise ExplanationError(
            f"none of the {len(table)} images can be read; the first, {failures[0].path}: "
            f"{failures[0].cause}."
        )
    return _Read(table.take(rows), np.concatenate([batch.pixels for batch in batches]), failures)


def _predict(stored: StoredModel, read: _Read) -> Predictions:
    logits = [
        logits_of(stored.model, as_images(read.pixels[part]))
        for part in parts_of(len(read.pixels), 2 * AT_ONCE)
    ]
    labels = read.table.labels
    known = labels is not None and set(labels) <= set(stored.classes)
    return Predictions.from_logits(
        read.table.paths.tolist(),
        stored.classes,
        np.concatenate(logits),
        labels=labels.tolist() if labels is not None and known else None,
    )


def _wrong(read: _Read, predictions: Predictions) -> tuple[_Read, Predictions]:
    """The cells that this model calls wrong.

    The others may be mistakes of an INT8 bundle of it, or of one that looks in several ways.
    """
    called = np.array(predictions.classes, dtype=object)[predictions.log_probabilities.argmax(1)]
    wrong = np.flatnonzero(called != read.table.labels)
    if not len(wrong):
        raise NoMistakeError(
            f"the model makes none of the {len(called)} mistakes, but calls these cells right, so "
            "there is none to explain. Ask for more of them (--worst), or name the run that made "
            "the table."
        )
    return _Read(read.table.take(wrong), read.pixels[wrong], read.failures), predictions.take(wrong)
