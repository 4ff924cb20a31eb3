import numpy as np

from hemoscope.evaluation import Evaluation, evaluate
from hemoscope.predictions import Predictions
from hemoscope.reports.html.hierarchy_section import hierarchy_sections

CLASSES = ("band_neutrophil", "platelet", "segmented_neutrophil")


def evaluation(classes: tuple[str, ...]) -> Evaluation:
    truth = [0, 0, 0, 0, 1, 1, 2, 2]
    called = [0, 0, 2, 1, 1, 1, 2, 0]
    logits = 4 * np.eye(3)[called]
    labels = [classes[t] for t in truth]
    table = Predictions.from_logits([str(i) for i in range(8)], classes, logits, labels=labels)
    return evaluate(table, resamples=20)


def test_mistakes_are_counted_by_how_far_they_go() -> None:
    (section,) = hierarchy_sections(evaluation(CLASSES))
    levels, within = section.tables
    assert within.rows == (("neutrophil", "2"), ("cell", "1"))
    assert "Of 3 cells called wrong, 2 stay within neutrophil." in section.meaning
    values = {name: value for name, value, _ in levels.rows}
    assert values["Accuracy by subtype"] == "62.50 %"
    assert values["Accuracy by class"] == "87.50 %"
    assert next(iter(values)) == "Hierarchical F"


def test_there_is_no_section_without_a_hierarchy() -> None:
    assert hierarchy_sections(evaluation(("a", "b", "c"))) == ()
