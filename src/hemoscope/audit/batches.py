"""Which files were made differently from the rest: a second acquisition.

Cells of one microscope, one export, one script have one size and one set of JPEG tables. Where
most files agree, those that do not are a batch of their own.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hemoscope.audit.examination import Examination

USUAL = 0.6  # the share of files that must agree before the others count as different
LEAST = 5  # files; fewer are odd files, not a batch
ORIGINAL = ("original_width", "original_height")  # of a table of resized copies


@dataclass(frozen=True, eq=False)
class Batches:
    """How the files of a set were made.

    Attributes:
        signature: (r,) for each readable cell, the size, format and tables in words.
        second: (r,) whether it is made otherwise than most.
        usual: The signature that most files have; None where no signature prevails.
    """

    signature: NDArray[np.object_]
    second: NDArray[np.bool_]
    usual: str | None


def find_batches(examination: Examination) -> Batches:
    """Separates the files that were not made as most were.

    The columns `original_width` and `original_height` of the table, where it has them, stand for
    the size of a file: copies at one size have forgotten theirs.
    """
    made = made_how(examination)
    signature = made.astype(str).agg(" ".join, axis=1).to_numpy(dtype=object)
    counts = pd.Series(signature).value_counts()
    if len(counts) < 2 or counts.iloc[0] < USUAL * len(signature):
        return Batches(signature, np.zeros(len(signature), dtype=bool), None)
    usual = str(counts.index[0])
    second = signature != usual
    if second.sum() < LEAST:
        second = np.zeros(len(signature), dtype=bool)
    return Batches(signature, second, usual)


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
