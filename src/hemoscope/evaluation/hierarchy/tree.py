"""`Hierarchy`: a tree of names, of which the classes of a model are some."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hemoscope.evaluation.errors import EvaluationError


class HierarchyError(EvaluationError):
    """Classes that do not stand in a hierarchy as asked."""


@dataclass(frozen=True)
class Hierarchy:
    """A tree of cell types.

    Attributes:
        name: What it is called on the command line.
        parents: Every node but the root to its parent.
        levels: Names of the depths 1, 2, …, from just below the root to the deepest leaf. A leaf
            that lies higher stands for itself at all deeper levels.
    """

    name: str
    parents: Mapping[str, str]
    levels: tuple[str, ...]

    def line(self, node: str) -> tuple[str, ...]:
        """A node and its ancestors without the root, from the top down; depth is its length.

        Raises:
            HierarchyError: There is no such node.
        """
        if node not in self.parents:
            raise HierarchyError(
                f"{node!r} is no cell type of the hierarchy {self.name}; it has "
                f"{', '.join(sorted(self.parents))}."
            )
        line = [node]
        while self.parents[line[-1]] in self.parents:
            line.append(self.parents[line[-1]])
        return tuple(reversed(line))

    def at(self, node: str, level: str) -> str:
        """The ancestor of a node at a level; the node itself where it lies higher.

        Raises:
            HierarchyError: There is no such level or node.
        """
        if level not in self.levels:
            raise HierarchyError(
                f"the hierarchy {self.name} has the levels {', '.join(self.levels)}, not {level!r}."
            )
        line = self.line(node)
        return line[min(self.levels.index(level) + 1, len(line)) - 1]

    def common(self, first: str, second: str) -> tuple[str, ...]:
        """The ancestors that two nodes share, without the root, from the top down."""
        shared = []
        for here, there in zip(self.line(first), self.line(second), strict=False):
            if here != there:
                break
            shared.append(here)
        return tuple(shared)

    @property
    def root(self) -> str:
        """The node above all others."""
        return next(parent for parent in self.parents.values() if parent not in self.parents)

    def check(self, classes: Sequence[str]) -> None:
        """Makes sure that classes are nodes, none of them above another.

        Raises:
            HierarchyError: They are not.
        """
        for name in classes:
            above = [other for other in self.line(name)[:-1] if other in classes]
            if above:
                raise HierarchyError(
                    f"{above[0]} stands above {name} in the hierarchy {self.name}: a cell can be "
                    "both. Score classes of which none holds another."
                )


def matching_hierarchy(
    classes: Sequence[str], hierarchies: Iterable[Hierarchy]
) -> Hierarchy | None:
    """The first hierarchy in which all classes stand, none above another; or None."""
    for hierarchy in hierarchies:
        try:
            hierarchy.check(classes)
        except HierarchyError:
            continue
        return hierarchy
    return None
