"""Where the numbers come from, as rows of a table."""

from collections.abc import Iterator, Mapping
from typing import Any

from hemoscope.reports.html.elements import Table


def provenance_table(provenance: Mapping[str, Any]) -> Table:
    """Nested provenance as rows with dotted names."""
    rows = tuple(_flatten(provenance, ""))
    return Table("Provenance of the predictions", ("What", "Value"), rows, words=(0, 1))


def _flatten(node: Any, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from _flatten(value, f"{name}.{key}" if name else str(key))
    elif isinstance(node, (list, tuple)):
        yield name, ", ".join(map(str, node))
    else:
        yield name, "" if node is None else str(node)
