"""Where the model looks on a few cells, for the report."""

from collections.abc import Mapping, Sequence

from hemoscope.cells import CellTable, read_cells, seen_first
from hemoscope.inference.classifier import BATCH, Classifier
from hemoscope.opinions import Opinion, SecondLook


def look_again(
    classifier: Classifier, table: CellTable, opinions: Sequence[Opinion]
) -> Mapping[int, SecondLook]:
    """Looks at some cells once more, for their attention.

    Args:
        classifier: The model.
        table: The cells of the opinions, in their order.
        opinions: So few that their pixels fit into memory.

    Returns:
        By the index of an opinion; empty for a model without attention. Cells that have become
        unreadable are left out.
    """
    looks: dict[int, SecondLook] = {}
    for batch in read_cells(table, classifier.frame, batch=BATCH):
        attention = classifier.look(batch.pixels).attention if len(batch.rows) else None
        if attention is not None:
            for row, pixels, weights in zip(batch.rows, batch.pixels, attention, strict=True):
                looks[opinions[int(row)].index] = SecondLook(seen_first(pixels), weights)
    return looks
