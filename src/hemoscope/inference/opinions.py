"""Predictions in a form for people: a row a cell, and how many there are of each class."""

import numpy as np
import pandas as pd

from hemoscope.inference.predict import PredictionRun
from hemoscope.predictions import Predictions


def opinions(run: PredictionRun) -> pd.DataFrame:
    """One row a cell, unreadable ones last.

    Returns:
        `path`, `class`, `probability`, `second_class`, `second_probability` (both in [0, 1]; not
        calibrated), and `problem`: why an image has no class, else empty.
    """
    predictions = run.predictions
    order = np.argsort(-predictions.probabilities, axis=1, kind="stable")
    names = np.array(predictions.classes, dtype=object)
    rows = np.arange(len(predictions))
    read = pd.DataFrame(
        {
            "path": predictions.paths,
            "class": names[order[:, 0]],
            "probability": predictions.probabilities[rows, order[:, 0]],
            "second_class": names[order[:, 1]],
            "second_probability": predictions.probabilities[rows, order[:, 1]],
            "problem": "",
        }
    )
    failed = pd.DataFrame(
        {"path": [f.path for f in run.failures], "problem": [f.cause for f in run.failures]}
    )
    return pd.concat([read, failed], ignore_index=True) if len(failed) else read


def differential(predictions: Predictions) -> pd.DataFrame:
    """How many cells of each class: `class`, `cells`, `share` (of all cells, in [0, 1])."""
    counts = np.bincount(predictions.predicted, minlength=len(predictions.classes))
    return pd.DataFrame(
        {
            "class": predictions.classes,
            "cells": counts,
            "share": counts / max(1, len(predictions)),
        }
    )
