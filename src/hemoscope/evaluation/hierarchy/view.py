"""A predictions table seen from further up: probabilities summed within each ancestor."""

import numpy as np

from hemoscope.evaluation.hierarchy.tree import Hierarchy
from hemoscope.predictions import Predictions


def coarse_view(
    predictions: Predictions, hierarchy: Hierarchy, level: str = "class"
) -> Predictions:
    """The table with every class replaced by its ancestor at a level.

    Args:
        predictions: Its classes are nodes of the hierarchy, none above another.
        hierarchy: The tree.
        level: One of its levels.

    Returns:
        A normal table of probabilities (n, ancestors), ancestors sorted by name; labels too are
        replaced.

    Raises:
        HierarchyError: The classes do not stand in the hierarchy, or there is no such level.
        PredictionsError: All classes have one ancestor there.
    """
    hierarchy.check(predictions.classes)
    above = {name: hierarchy.at(name, level) for name in predictions.classes}
    classes = tuple(sorted(set(above.values())))
    belongs = np.array([[above[name] == to for to in classes] for name in predictions.classes])
    labels = predictions.labels
    return Predictions.from_probabilities(
        predictions.paths.tolist(),
        classes,
        np.clip(predictions.probabilities @ belongs, 0, 1),
        labels=None if labels is None else [above[name] for name in labels],
        groups=None if predictions.groups is None else predictions.groups.tolist(),
        provenance={**predictions.provenance, "view": {"of": hierarchy.name, "level": level}},
    )
