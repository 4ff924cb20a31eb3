"""Ways to divide a table into training, validation and test cells."""

from hemoscope.cells.splits.group_file import read_groups, with_groups
from hemoscope.cells.splits.grouped import split_grouped
from hemoscope.cells.splits.paper import split_paper
from hemoscope.cells.splits.stratified import split_stratified

__all__ = ["read_groups", "split_grouped", "split_paper", "split_stratified", "with_groups"]
