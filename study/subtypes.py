"""Eleven subtypes of PBC from its file-name prefixes, as manifests for the public commands.

    python -m study.subtypes --pbc pbc/manifest.csv --out cells
    hemoscope train cells/subtypes.csv --recipe subtypes --out RUN
    hemoscope predict cells/subtypes.csv --split-column clean_split --use test --model RUN \
        --out eleven.parquet           # and eleven.cell_class.parquet: the eight-class view
    hemoscope evaluate eleven.parquet  # with figures up the hierarchy
    hemoscope predict cells/classes.csv --split-column clean_split --use test --model EIGHT \
        --out eight.parquet
    hemoscope compare eleven=eleven.cell_class.parquet eight=eight.parquet

Both manifests name the same images, which stay where they are: `subtypes.csv` labels them by
subtype (blank where the prefix names the class alone) with a column `cell_class`, `classes.csv` by
class with that subtype in the column `leaf`. Other columns of the manifest, such as the attributes
that `study.wbcatt join` adds, stay. A research tool, not clinically validated.
"""

import argparse
import sys
from pathlib import Path

from hemoscope.cells import CellTable, open_cells, write_manifest
from hemoscope.evaluation.hierarchy import PBC, PBC_SUBTYPES


def with_subtypes(table: CellTable) -> CellTable:
    """PBC labelled by subtype, with the class in a column of its own.

    Args:
        table: PBC, with the column `subtype` (the prefix of the file name).

    Raises:
        KeyError: A prefix that PBC does not have.
    """
    nodes = [PBC_SUBTYPES[prefix] for prefix in table.answers("subtype")]
    inner = set(PBC.parents.values())
    labels = ["" if node in inner else node for node in nodes]
    classes = [PBC.at(node, "class") for node in nodes]
    return table.with_column("label", labels).with_column("cell_class", classes)


def main() -> int:
    """Writes both manifests."""
    parser = argparse.ArgumentParser(description="Manifests of PBC by subtype and by class.")
    parser.add_argument("--pbc", type=Path, required=True, help="manifest of PBC")
    parser.add_argument("--out", type=Path, required=True, help="folder for the manifests")
    options = parser.parse_args()
    table = open_cells(options.pbc)
    made_from = {"from": "PBC", "labels": "file-name prefixes"}
    fine = write_manifest(with_subtypes(table), options.out / "subtypes.csv", provenance=made_from)
    leaves = table.with_column("leaf", list(fine.frame["label"]))
    write_manifest(leaves, options.out / "classes.csv", provenance={"from": "PBC"})
    counts = fine.frame["label"].replace("", "(class alone)").value_counts()
    print(counts.sort_index().to_string())
    return 0


if __name__ == "__main__":
    sys.exit(main())
