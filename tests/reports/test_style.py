from itertools import combinations

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from hemoscope.reports.figure import svg
from hemoscope.reports.plots.history import HistoryFigure
from hemoscope.reports.style import PALETTE, class_style, house_style

# Machado, Oliveira & Fernandes (2009), severity 1, on linear RGB.
DEFICIENCIES = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
TO_XYZ = np.array(
    [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
) / np.array([[0.9505], [1.0], [1.089]])


def lab(linear: np.ndarray) -> np.ndarray:
    """CIELAB of (n, 3) linear sRGB."""
    xyz = np.clip(linear, 0, 1) @ TO_XYZ.T
    root = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    x, y, z = root.T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)


def linear_palette() -> np.ndarray:
    srgb = np.array([to_rgb(colour) for colour in PALETTE])
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_colours_differ_for_colour_blind_readers(deficiency: str) -> None:
    seen = lab(linear_palette() @ np.array(DEFICIENCIES[deficiency]).T)
    closest = min(np.linalg.norm(a - b) for a, b in combinations(seen, 2))
    assert closest > 10  # about four just noticeable differences


def test_fifteen_classes_look_different() -> None:
    looks = {(s.colour, s.line) for s in map(class_style, range(15))}
    assert len(looks) == 15


def test_the_style_leaves_no_trace() -> None:
    before = {name: mpl.rcParams[name] for name in mpl.rcParams}
    with house_style():
        assert mpl.rcParams["svg.fonttype"] == "none"
    assert before == {name: mpl.rcParams[name] for name in mpl.rcParams}


def test_a_users_own_settings_change_nothing(history) -> None:
    figure = HistoryFigure(history)
    plain = svg(figure)
    with mpl.rc_context({"lines.linewidth": 9, "font.size": 30, "axes.facecolor": "red"}):
        assert svg(figure) == plain
