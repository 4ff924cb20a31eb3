"""The figures of an audit."""

import pandas as pd
from matplotlib.colors import to_hex

from hemoscope.audit.checks.shortcuts import NOTEWORTHY
from hemoscope.reports.plots.audit import ShortcutsFigure
from hemoscope.reports.style import PALE, VERMILION

GAINS = [0.3, 0.1, NOTEWORTHY + 0.001, -0.1]
EVIDENCE = pd.DataFrame(
    {
        "evidence": ["image size", "file size", "file format", "border pixels"],
        "accuracy": [0.5 + gain for gain in GAINS],
        "majority": 0.5,
        "gain": GAINS,
    }
)


def test_red_are_the_bars_that_the_finding_counts() -> None:
    assert colours(ShortcutsFigure(EVIDENCE, 100)) == [VERMILION, PALE, PALE, PALE]
    assert colours(ShortcutsFigure(EVIDENCE, 1_000_000)) == [VERMILION] * 3 + [PALE]


def colours(figure: ShortcutsFigure) -> list[str]:
    (axes,) = figure.plot().axes
    return [to_hex(bar.get_facecolor()).upper() for bar in axes.patches]
