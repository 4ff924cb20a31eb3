"""`Predictions`: the one table in which an opinion about cells leaves a model.

Statistics, calibration, reports and review start here and never see a model, so a table made
by any other software serves as well. In a file (Parquet or CSV) a table has the columns

    path             which cell; unique
    label            optional: the true class
    group            optional: patient, slide or field; cells of one group are not independent
    logit_<class>    one for every class, or
    prob_<class>     one for every class, where logits are not to be had

What the numbers are is told by the column names, never guessed from the values.
"""

from hemoscope.predictions.errors import NoTableError, PredictionsError
from hemoscope.predictions.files import PROVENANCE_KEY, check_table_path
from hemoscope.predictions.table import Predictions

__all__ = [
    "PROVENANCE_KEY",
    "NoTableError",
    "Predictions",
    "PredictionsError",
    "check_table_path",
]
