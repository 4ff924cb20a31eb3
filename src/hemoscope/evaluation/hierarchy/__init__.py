"""Classes as a tree: how far a mistake goes, and the view from further up."""

from hemoscope.evaluation.hierarchy.pbc import HIERARCHIES, PBC, PBC_SUBTYPES
from hemoscope.evaluation.hierarchy.tree import Hierarchy, HierarchyError, matching_hierarchy
from hemoscope.evaluation.hierarchy.view import coarse_view

__all__ = [
    "HIERARCHIES",
    "PBC",
    "PBC_SUBTYPES",
    "Hierarchy",
    "HierarchyError",
    "coarse_view",
    "matching_hierarchy",
]
