"""What a `Trust` does on labelled cells it was not fitted on."""

from hemoscope.calibration.assessment.assess import assess
from hemoscope.calibration.assessment.result import (
    AcceptanceFigures,
    Assessment,
    Change,
    CoverageFigures,
)

__all__ = ["AcceptanceFigures", "Assessment", "Change", "CoverageFigures", "assess"]
