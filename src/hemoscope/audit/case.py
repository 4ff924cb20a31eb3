"""`Case`: everything that a check may look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hemoscope.audit.batches import Batches, find_batches
from hemoscope.audit.examination import Examination
from hemoscope.audit.groups import Groups
from hemoscope.cells import CellTable
from hemoscope.predictions import Predictions

LEFT_OUT = ("excluded", "", "nan")  # values of a split column that name no part


@dataclass(frozen=True, eq=False)
class Case:
    """A set under audit.

    Attributes:
        examination: Every file, read once.
        groups: Which cells belong together.
        splits: The columns that divide the cells.
        predictions: Out-of-sample predictions, where there are any.
        reference: The set to compare with, where there is one.
    """

    examination: Examination
    groups: Groups
    splits: Sequence[str] = ()
    predictions: Predictions | None = None
    reference: Examination | None = None

    @property
    def table(self) -> CellTable:
        """The cells."""
        return self.examination.table

    @cached_property
    def batches(self) -> Batches:
        """How the files were made."""
        return find_batches(self.examination)

    @property
    def labels(self) -> NDArray[np.object_] | None:
        """(r,) the labels of the readable cells, or None."""
        labels = self.table.labels
        return None if labels is None else labels[self.examination.rows]

    def describe(self, rows: NDArray[np.intp]) -> pd.DataFrame:
        """Path, label, group number and splits of rows of the table."""
        frame = self.table.frame.iloc[rows]
        kept = [name for name in ("path", "label", *self.splits) if name in frame]
        described = frame[kept].reset_index(drop=True)
        return described.assign(group=self.groups.of_row[rows])
