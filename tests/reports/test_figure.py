import re
from xml.etree import ElementTree

from hemoscope.reports.figure import inline_svg, png, save_figure, save_numbers, svg
from hemoscope.reports.plots.confusion import ConfusionFigure
from hemoscope.reports.plots.history import HistoryFigure
from hemoscope.reports.plots.roc import RocFigure
from tests.reports.reading import Page


def test_the_same_figure_gives_the_same_bytes(evaluation) -> None:
    figure = ConfusionFigure(evaluation.classes, evaluation.confusion)
    assert svg(figure) == svg(figure)


def test_text_stays_text_and_is_escaped(evaluation) -> None:
    drawing = svg(ConfusionFigure(evaluation.classes, evaluation.confusion))
    texts = "".join(ElementTree.fromstring(drawing).itertext())  # noqa: S314  our own file
    for name in evaluation.classes:
        assert name in texts
    assert "<script>" not in drawing


def test_figures_share_no_ids_on_one_page(evaluation, history) -> None:
    figures = RocFigure(evaluation.roc), HistoryFigure(history)
    page = Page("".join(inline_svg(figure) for figure in figures))
    assert len(page.ids) == len(set(page.ids)) > 0
    assert page.tags.count("svg") == 2


def test_an_inline_figure_names_no_address(evaluation) -> None:
    drawing = inline_svg(RocFigure(evaluation.roc))
    assert "http" not in drawing
    used = set(re.findall(r"url\(#([^)]+)\)", drawing))
    assert used
    assert used <= set(Page(drawing).ids)
    assert "sensitivity against false positive rate" in drawing.lower()


def test_a_figure_is_saved_as_picture_and_as_numbers(history, tmp_path) -> None:
    figure = HistoryFigure(history)
    picture = save_figure(figure, tmp_path / "new" / "a.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert picture == png(figure)
    ElementTree.parse(save_figure(figure, tmp_path / "a.svg"))  # noqa: S314
    lines = save_numbers(figure, tmp_path / "a.csv").read_text().splitlines()
    assert lines[0].startswith("epoch,train_loss,train_accuracy")
    assert len(lines) == 5
