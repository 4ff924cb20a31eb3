"""Takes validation cells from the training side of a split that has none, by class, seed 42.

The paper's split knows only training and test, and a model must be chosen on neither.

    python benchmarks/carve_validation.py PBC/manifest.csv paper_split 1708 OUT.csv
"""

import argparse
import os
from pathlib import Path

import pandas as pd
from sklearn.model_selection import train_test_split

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
    cells = pd.read_csv(arguments.manifest)
    training = cells[cells[arguments.column] == "train"]
    _, carved = train_test_split(
        training, test_size=arguments.count, stratify=training["label"], random_state=SEED
    )
    cells.loc[carved.index, arguments.column] = "val"
    nearer = os.path.relpath(arguments.manifest.parent, arguments.out.resolve().parent)
    cells["path"] = [Path(nearer, path).as_posix() for path in cells["path"]]
    cells.to_csv(arguments.out, index=False)
    print(cells[arguments.column].value_counts().to_string())


if __name__ == "__main__":
    main()
