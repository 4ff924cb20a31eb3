import numpy as np
import pytest

from hemoscope.evaluation import compare, evaluate
from hemoscope.evaluation.hierarchy import (
    HIERARCHIES,
    PBC,
    PBC_SUBTYPES,
    HierarchyError,
    coarse_view,
    matching_hierarchy,
)
from hemoscope.predictions import Predictions

EIGHT = ("basophil", "eosinophil", "erythroblast", "ig", "lymphocyte", "monocyte", "neutrophil")
EIGHT = (*EIGHT, "platelet")
ELEVEN = tuple(sorted(set(PBC_SUBTYPES.values()) - {"ig", "neutrophil"}))


def predictions(classes: tuple[str, ...], count: int = 200) -> Predictions:
    rng = np.random.default_rng(0)
    truth = rng.integers(len(classes), size=count)
    logits = rng.normal(size=(count, len(classes))) + 3 * np.eye(len(classes))[truth]
    labels = [classes[t] for t in truth]
    return Predictions.from_logits([str(i) for i in range(count)], classes, logits, labels=labels)


def test_every_prefix_is_a_node_and_every_class_a_level() -> None:
    assert len(ELEVEN) == 11
    assert {PBC.at(name, "class") for name in ELEVEN} == set(EIGHT)
    assert {PBC.at(node, "class") for node in PBC_SUBTYPES.values()} == set(EIGHT)
    assert PBC.at("band_neutrophil", "family") == "granulocyte"
    assert PBC.at("erythroblast", "subtype") == "erythroblast"
    assert PBC.root == "cell"
    assert max(len(PBC.line(node)) for node in PBC.parents) == len(PBC.levels)


def test_classes_are_matched_only_where_none_holds_another() -> None:
    trees = HIERARCHIES.values()
    assert matching_hierarchy(EIGHT, trees) is PBC
    assert matching_hierarchy(ELEVEN, trees) is PBC
    assert matching_hierarchy((*ELEVEN, "neutrophil"), trees) is None
    assert matching_hierarchy((*EIGHT, "myeloblast"), trees) is None
    with pytest.raises(HierarchyError, match="neutrophil stands above band_neutrophil"):
        PBC.check((*ELEVEN, "neutrophil"))
    with pytest.raises(HierarchyError, match="'myeloblast' is no cell type of the hierarchy pbc"):
        PBC.line("myeloblast")
    with pytest.raises(HierarchyError, match="not 'species'"):
        PBC.at("platelet", "species")


def test_the_view_sums_probabilities_and_is_a_normal_table() -> None:
    fine = predictions(ELEVEN)
    view = coarse_view(fine, PBC)
    assert view.classes == EIGHT
    bands = [ELEVEN.index(name) for name in ("band_neutrophil", "segmented_neutrophil")]
    np.testing.assert_allclose(
        view.probabilities[:, EIGHT.index("neutrophil")], fine.probabilities[:, bands].sum(1)
    )
    assert view.labels is not None
    assert view.labels.tolist() == [PBC.at(name, "class") for name in fine.labels]
    other = Predictions.from_probabilities(
        view.paths, view.classes, view.probabilities, labels=view.labels
    )
    assert compare({"eleven": view, "eight": other}, resamples=0).cells == 200


def test_evaluate_adds_the_hierarchy_with_intervals_or_leaves_it_out() -> None:
    table = predictions(ELEVEN)
    result = evaluate(table, resamples=50)
    assert result.hierarchy is not None
    assert result.hierarchy.accuracy["subtype"] == pytest.approx(result.accuracy)
    estimate = result.estimate("hierarchy.accuracy.class")
    assert estimate.interval is not None
    assert estimate.interval.low <= estimate.value <= estimate.interval.high
    assert result.to_dict()["hierarchy"]["name"] == "pbc"
    assert evaluate(table, resamples=0, hierarchy=None).hierarchy is None
    other = predictions(("a", "b"))
    assert evaluate(other, resamples=0).hierarchy is None
    with pytest.raises(HierarchyError):
        evaluate(other, resamples=0, hierarchy=PBC)
