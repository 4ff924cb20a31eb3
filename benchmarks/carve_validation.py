"""Takes validation cells from the training side of a split that has none, by class, seed 42.

The paper's split knows only training and test, and a model must be chosen on neither.

    python benchmarks/carve_validation.py PBC/manifest.csv paper_split 1708 OUT.csv
"""

import argparse
from pathlib import Path

from sklearn.model_selection import train_test_split

from hemoscope.cells import open_cells, write_manifest

SEED = 42


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("manifest", type=Path)
    parser.add_argument("column")
    parser.add_argument("count", type=int)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    cells = open_cells(arguments.manifest)
    parts = cells.frame[arguments.column].copy()
    training = cells.frame[parts == "train"]
    _, carved = train_test_split(
        training, test_size=arguments.count, stratify=training["label"], random_state=SEED
    )
    parts[carved.index] = "val"
    how = {"carved": arguments.count, "column": arguments.column, "seed": SEED}
    write_manifest(cells.with_column(arguments.column, parts), arguments.out, provenance=how)
    print(parts.value_counts().to_string())


if __name__ == "__main__":
    main()
