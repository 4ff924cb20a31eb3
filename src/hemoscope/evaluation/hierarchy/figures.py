"""What is said of a model's mistakes in a hierarchy."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class HierarchyFigures:
    """Figures that know how far apart classes are. docs/heads.md defines each.

    Attributes:
        name: Of the hierarchy.
        precision: Hierarchical precision, in [0, 1].
        recall: Hierarchical recall, in [0, 1].
        f1: Their harmonic mean.
        common_depth: Mean depth of the lowest common ancestor of truth and prediction, over all
            cells; the root has depth 0.
        mistake_common_depth: The same over mistakes; None without any.
        mistake_distance: Mean number of edges between truth and prediction, over mistakes.
        accuracy: Level to the share of cells that are right at that level.
        mistakes_within: Lowest common ancestor to how many mistakes stay within it, from the most
            harmless (deepest) up to the root.
    """

    name: str
    precision: float
    recall: float
    f1: float
    common_depth: float
    mistake_common_depth: float | None
    mistake_distance: float | None
    accuracy: Mapping[str, float]
    mistakes_within: Mapping[str, int]
