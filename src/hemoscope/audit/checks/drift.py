"""CELL040 and CELL041: how another set of cells differs from this one."""

import numpy as np
import pandas as pd
from scipy.stats import ks_2samp

from hemoscope.audit.case import Case
from hemoscope.audit.examination import Examination
from hemoscope.audit.finding import Finding, Severity

STRONG = 0.5  # Kolmogorov-Smirnov distance, 0 … 1
CLEAR = 0.25
MIX = 0.15  # total variation distance of the class shares, 0 … 1
MEASURED = (
    *("red", "green", "blue", "background_red", "background_green", "background_blue"),
    *("contrast", "colour", "sharpness"),
)


def image_drift(case: Case) -> list[Finding]:
    """CELL040: colour, sharpness or magnification differ from the reference's.

    Magnification is judged by the diameters of the keypoints, as shares of the frame: a cell that
    fills twice the frame has details of twice the size.
    """
    if case.reference is None:
        return []
    if len(case.reference.facts) == 0:
        return [_no_reference(len(case.reference.table))]
    here, there = _measurements(case.examination), _measurements(case.reference)
    table = pd.DataFrame(
        [
            {
                "measured": name,
                "here": float(np.median(here[name])),
                "reference": float(np.median(there[name])),
                "distance": float(ks_2samp(here[name], there[name]).statistic),
            }
            for name in here
        ]
    ).sort_values("distance", ascending=False, ignore_index=True)
    worst = table.iloc[0]
    if worst["distance"] < CLEAR:
        return []
    return [
        Finding(
            "CELL040",
            Severity.SERIOUS if worst["distance"] >= STRONG else Severity.WARNING,
            "Images differ from the reference",
            f"{worst['measured']} differs most: median {worst['here']:.3g} here, "
            f"{worst['reference']:.3g} in the reference (Kolmogorov-Smirnov distance "
            f"{worst['distance']:.2f}).",
            "Do not trust figures from the reference here: evaluate on labelled cells of this "
            "source, and calibrate again.",
            table,
            {row["measured"]: row["distance"] for row in table.to_dict("records")},
        )
    ]


def class_drift(case: Case) -> list[Finding]:
    """CELL041: the classes have other shares than in the reference."""
    if case.reference is None or case.reference.table.labels is None or case.labels is None:
        return []
    shares = pd.DataFrame(
        {
            "here": pd.Series(case.table.labels).value_counts(normalize=True),
            "reference": pd.Series(case.reference.table.labels).value_counts(normalize=True),
        }
    ).fillna(0.0)
    distance = float((shares["here"] - shares["reference"]).abs().sum() / 2)
    if distance < MIX:
        return []
    return [
        Finding(
            "CELL041",
            Severity.WARNING,
            "Another mix of classes",
            f"{distance:.0%} of the cells would have to change class to have the reference's mix.",
            "Compare figures class by class; probabilities need adjusting to the new shares.",
            shares.rename_axis("label").reset_index(),
            {"distance": distance},
        )
    ]


def _no_reference(cells: int) -> Finding:
    return Finding(
        "CELL040",
        Severity.WARNING,
        "No reference to compare with",
        f"None of the {cells} files of the reference can be read as an image, so nothing was "
        "compared with it.",
        "Give the reference's images, or leave it out.",
    )


def _measurements(examination: Examination) -> dict[str, np.ndarray]:
    measured = {name: examination.facts[name].to_numpy(dtype=np.float64) for name in MEASURED}
    seen = [np.median(f.points[:, 2]) for f in examination.features if len(f.points)]
    return measured | {"magnification": np.array(seen or [0.0], dtype=np.float64)}
