"""Which files were made differently from the rest: a second acquisition.

Cells of one microscope, one export, one script have one size and one set of JPEG tables. Where
most files agree, those that do not are a batch of their own. Copies at one size and in one format
have lost these marks; the light of the microscope still shows in the colour of the bare glass.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.mixture import GaussianMixture

from hemoscope.audit.examination import Examination

USUAL = 0.6  # the share of files that must agree before the others count as different
LEAST = 5  # files; fewer are odd files, not a batch
APART = 5.0  # Ashman's D of two clusters of background colours; 2 is the least to tell two apart
ORIGINAL = ("original_width", "original_height")  # of a table of resized copies


@dataclass(frozen=True, eq=False)
class Batches:
    """How the files of a set were made.

    Attributes:
        signature: (r,) for each readable cell, the size, format and tables in words.
        second: (r,) whether it is made otherwise than most, by either mark.
        other_background: (r,) whether its background has another colour than most.
        usual: The signature that most files have; None where no signature prevails.
    """

    signature: NDArray[np.object_]
    second: NDArray[np.bool_]
    other_background: NDArray[np.bool_]
    usual: str | None


def find_batches(examination: Examination) -> Batches:
    """Separates the files that were not made as most were.

    The columns `original_width` and `original_height` of the table, where it has them, stand for
    the size of a file: copies at one size have forgotten theirs.
    """
    if len(examination.facts) == 0:
        none = np.zeros(0, dtype=bool)
        return Batches(np.zeros(0, dtype=object), none, none, None)
    made = made_how(examination)
    signature = made.astype(str).agg(" ".join, axis=1).to_numpy(dtype=object)
    counts = pd.Series(signature).value_counts()
    usual = str(counts.index[0]) if counts.iloc[0] >= USUAL * len(signature) else None
    unlike = signature != usual if usual is not None else np.zeros(len(signature), dtype=bool)
    if unlike.sum() < LEAST:
        unlike = np.zeros(len(signature), dtype=bool)
    background = _other_background(examination)
    return Batches(signature, unlike | background, background, usual)


def _other_background(examination: Examination) -> NDArray[np.bool_]:
    """The smaller of two clusters of background colours, where they stand well apart.

    Judged by Ashman's D (Ashman, Bird and Zepf 1994) along the line between the two centres.
    """
    names = [f"background_{colour}" for colour in ("red", "green", "blue")]
    colours = examination.facts[names].to_numpy(dtype=np.float64)
    none = np.zeros(len(colours), dtype=bool)
    if len(np.unique(colours, axis=0)) < 2 * LEAST:
        return none
    # One covariance for both: two clusters of unlike spread would also fit one skewed cloud.
    found = GaussianMixture(2, covariance_type="tied", reg_covar=0.1, n_init=5, random_state=0)
    cluster = np.asarray(found.fit_predict(colours))
    smaller = cluster == np.bincount(cluster, minlength=2).argmin()
    if not LEAST <= smaller.sum() <= (1 - USUAL) * len(colours):
        return none
    across = colours[smaller].mean(axis=0) - colours[~smaller].mean(axis=0)
    line = colours @ across / max(float(np.linalg.norm(across)), 1e-9)
    spread = np.sqrt((line[smaller].var() + line[~smaller].var()) / 2)
    apart = abs(line[smaller].mean() - line[~smaller].mean()) / max(float(spread), 1.0)
    return smaller if apart >= APART else none


def made_how(examination: Examination) -> pd.DataFrame:
    """Columns `size`, `format`, `tables` and `comment` of every readable cell."""
    facts = examination.facts
    frame = examination.table.frame.iloc[examination.rows]
    sides = [frame[name] if name in frame else facts[name[9:]] for name in ORIGINAL]
    width, height = (side.astype(str).to_numpy(dtype=object) for side in sides)
    return pd.DataFrame(
        {
            "size": width + " x " + height,
            "format": facts["format"].to_numpy(dtype=object),
            "tables": facts["tables"].to_numpy(dtype=object),
            "comment": facts["comment"].to_numpy(dtype=object),
        }
    )
