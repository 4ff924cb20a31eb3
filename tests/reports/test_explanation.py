"""The page of an explanation, from arrays alone."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from hemoscope.explanation.result import ExplainedCells
from hemoscope.explanation.target import Target
from hemoscope.predictions import Predictions
from hemoscope.reports.errors import ReportError
from hemoscope.reports.explanation import write_explanation_report, write_overlays
from hemoscope.reports.figure import png
from hemoscope.reports.plots.explanation import FaithfulnessFigure

CLASSES = ("basophil", "monocyte")


def _explained(count: int, *, mean: float = 0.5, spread: float = 0.1) -> ExplainedCells:
    """Cells whose maps have this mean faithfulness; that of noise is 0.2."""
    rng = np.random.default_rng(0)
    rows = np.arange(count)
    off = spread * np.linspace(-1, 1, count)
    own = pd.DataFrame({"cell": rows, "method": "gradcam", "faithfulness": mean + off})
    noise = pd.DataFrame({"cell": rows, "method": "random", "faithfulness": 0.2})
    return ExplainedCells(
        "gradcam",
        Predictions.from_logits(
            [f"a/{row}.png" for row in rows], CLASSES, np.tile([0.0, 1.0], (count, 1))
        ),
        Target(np.ones(count, np.intp), np.zeros(count, np.intp)),
        rng.integers(0, 256, (count, 8, 8, 3), dtype=np.uint8),
        rng.normal(size=(count, 8, 8)).astype(np.float32),
        pd.concat([own, noise], ignore_index=True),
    )


def test_the_page_says_what_was_asked_and_whether_to_believe_it(tmp_path):
    page = write_explanation_report(_explained(12), tmp_path / "e.html", model="RUN")
    text = " ".join(page.read_text("utf-8").split())
    assert "12 cells explained" in text
    assert "Why monocyte and not basophil?" in text
    assert (tmp_path / "e_data" / "cells.csv").read_text().count("gradcam") == 12
    page = write_explanation_report(_explained(1), tmp_path / "f.html", mistakes=True)
    text = " ".join(page.read_text("utf-8").split())
    assert "1 confident mistake explained" in text


@pytest.mark.parametrize(
    ("count", "mean", "spread", "said"),
    [
        (12, 0.5, 0.1, "more than in the order of noise (insertion minus deletion 0.500 against"),
        (12, 0.5, 0.1, "), so they show where the model looks."),
        (12, 0.1, 0.01, "less than in the order of noise (insertion minus deletion 0.100 against"),
        (12, 0.1, 0.01, "), so they should not be taken for what the model looks at."),
        (12, 0.25, 0.5, "do not show that the maps are better than noise."),
        (12, 0.15, 0.5, "do not show that the maps are better than noise."),
        (9, 0.9, 0.1, "0.900 against 0.200): these cells do not show that the maps are better"),
        (1, 0.9, 0.1, "do not show that the maps are better than noise."),
    ],
)
def test_maps_are_believed_only_where_cells_show_it(tmp_path, count, mean, spread, said):
    explained = _explained(count, mean=mean, spread=spread)
    page = write_explanation_report(explained, tmp_path / "e.html")
    assert said in " ".join(page.read_text("utf-8").split())


def test_cells_are_told_in_words_where_the_model_speaks(tmp_path):
    silent = _explained(2)
    told = replace(silent, in_words=("round nucleus", ""))
    page = write_explanation_report(told, tmp_path / "e.html", mistakes=True).read_text("utf-8")
    assert page.count('<p class="words">') == 1
    assert '<p class="words">round nucleus</p>' in page
    assert "It is not why the class was called" in " ".join(page.split())
    assert told.frame()["in_words"].tolist() == ["round nucleus", ""]
    assert "in_words" not in silent.frame()
    page = write_explanation_report(silent, tmp_path / "f.html").read_text("utf-8")
    assert "In italics" not in page


def test_one_overlay_a_cell_named_by_it(tmp_path):
    files = write_overlays(_explained(2), tmp_path / "o")
    assert [file.name for file in files] == ["0001-0.png", "0002-1.png"]
    (tmp_path / "blocked").write_text("")
    with pytest.raises(ReportError, match=r"cannot write into .*blocked"):
        write_overlays(_explained(1), tmp_path / "blocked" / "o")


@pytest.mark.parametrize("letter", ["a", "好"])
def test_an_overlay_of_a_long_name_can_be_written(tmp_path, letter):
    long = replace(_explained(2).predictions, paths=np.array([letter * 250 + "1", letter * 250]))
    files = write_overlays(replace(_explained(2), predictions=long), tmp_path / "o")
    assert len({file.name for file in files}) == 2
    assert files[0].name.startswith(f"0001-{letter * 60}")


def test_the_figure_hands_out_its_numbers():
    curves = pd.DataFrame(
        {"method": ["gradcam"] * 2 + ["random"] * 2, "share": [0, 1, 0, 1],
         "deletion": [1, 0, 1, 0.5], "insertion": [0, 1, 0.5, 1]}
    )  # fmt: skip
    figure = FaithfulnessFigure(curves)
    assert figure.frame().equals(curves)
    lines = figure.plot().axes[0].get_lines()
    assert [list(line.get_ydata()) for line in lines] == [[1, 0], [1, 0.5]]
    assert png(figure).startswith(b"\x89PNG")


def test_drawing_an_explanation_needs_no_torch():
    code = "import hemoscope.reports.explanation, sys; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
