"""CELL001 to CELL006: what is wrong with single files."""

from pathlib import PurePosixPath

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hemoscope.audit.case import Case
from hemoscope.audit.finding import Finding, Severity

SUFFIXES = {
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "PNG": (".png",),
    "WebP": (".webp",),
    "BMP": (".bmp", ".dib"),
    "TIFF": (".tif", ".tiff"),
}
SMALLEST = 32  # pixels a side; below it the nucleus has no texture left
SIZE_RATIO = 3.0  # times larger or smaller than the median side of the set
ASPECT = 1.5
COLOURLESS = 3.0  # mean difference of the largest and smallest channel, of 255
SATURATED = 0.3  # share of the frame
BLUR_DEVIATIONS = 5.0  # robust standard deviations of log sharpness below the median of the set


def unreadable(case: Case) -> list[Finding]:
    """CELL001: files that are missing, empty, no image or damaged."""
    failures = case.examination.failures
    if not failures:
        return []
    evidence = pd.DataFrame({"path": f.path, "cause": f.cause} for f in failures)
    explanation = (
        f"{len(failures)} of {len(case.table)} files cannot be read as images."
        if len(failures) < len(case.table)
        else f"None of the {len(failures)} files can be read as an image, so nothing else was "
        "looked at."
    )
    return [
        Finding(
            "CELL001",
            Severity.SERIOUS,
            "Unreadable files",
            explanation,
            "Fetch them again from their source, or take them out of the table.",
            evidence,
            {"files": len(failures)},
        )
    ]


def wrong_extension(case: Case) -> list[Finding]:
    """CELL002: the name says another format than the content."""
    facts = case.examination.facts
    suffixes = [PurePosixPath(str(path)).suffix.lower() for path in case.examination.paths]
    wrong = [
        suffix not in SUFFIXES[kind] if kind in SUFFIXES else False
        for suffix, kind in zip(suffixes, facts["format"], strict=True)
    ]
    return _of_files(
        case,
        np.array(wrong, dtype=bool),
        ["format"],
        ("CELL002", Severity.NOTE, "Misnamed files"),
        "{n} of {total} files are of another format than their names say.",
        "Rename them; some software goes by the name and fails.",
    )


def extreme_size(case: Case) -> list[Finding]:
    """CELL003: far larger, far smaller or far longer than the others."""
    facts = case.examination.facts
    sides = facts[["width", "height"]].to_numpy(dtype=np.float64)
    short, long = sides.min(axis=1), sides.max(axis=1)
    usual = float(np.median(long)) if len(long) else 1.0
    wrong = (short < SMALLEST) | (long > SIZE_RATIO * usual) | (long < usual / SIZE_RATIO)
    return _of_files(
        case,
        wrong | (long > ASPECT * short),
        ["width", "height"],
        ("CELL003", Severity.WARNING, "Extreme sizes"),
        "{n} of {total} images are far smaller, larger or longer than the others.",
        "Look whether they hold one whole cell; crop them as the others were cropped.",
    )


def no_colour(case: Case) -> list[Finding]:
    """CELL004: grey images in a set of stained cells."""
    return _of_files(
        case,
        (case.examination.facts["colour"] < COLOURLESS).to_numpy(dtype=bool),
        ["colour"],
        ("CELL004", Severity.WARNING, "No colour"),
        "{n} of {total} images have no colour; the stain cannot be seen in them.",
        "Fetch the colour originals, or leave the images out.",
    )


def saturated(case: Case) -> list[Finding]:
    """CELL005: over- or underexposed."""
    return _of_files(
        case,
        (case.examination.facts["saturated"] > SATURATED).to_numpy(dtype=bool),
        ["saturated"],
        ("CELL005", Severity.WARNING, "Saturated images"),
        "{n} of {total} images are pure white or pure black over more than 30 % of the frame.",
        "Check the exposure; if the background was cut away, do so for all cells or for none.",
    )


def blurred(case: Case) -> list[Finding]:
    """CELL006: far less sharp than the set."""
    sharpness = np.log(np.maximum(case.examination.facts["sharpness"].to_numpy(float), 1e-9))
    if len(sharpness) == 0:
        return []
    median = np.median(sharpness)
    deviation = max(1.4826 * float(np.median(np.abs(sharpness - median))), 0.05)
    return _of_files(
        case,
        sharpness < median - BLUR_DEVIATIONS * deviation,
        ["sharpness"],
        ("CELL006", Severity.WARNING, "Blurred images"),
        "{n} of {total} images are far less sharp than the rest of the set.",
        "Look at them: out of focus, enlarged from a small picture, or compressed too hard.",
    )


def _of_files(
    case: Case,
    wrong: NDArray[np.bool_],
    columns: list[str],
    name: tuple[str, Severity, str],
    explanation: str,
    advice: str,
) -> list[Finding]:
    if not wrong.any():
        return []
    shown = case.examination.facts.loc[wrong, columns].reset_index(drop=True)
    evidence = pd.concat([case.describe(case.examination.rows[wrong]), shown], axis=1)
    count = int(wrong.sum())
    text = explanation.format(n=count, total=len(case.table))
    return [Finding(*name, text, advice, evidence, {"files": count})]
