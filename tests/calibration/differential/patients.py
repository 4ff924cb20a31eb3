"""Patients whose true shares are known, and cells that a model with known errors calls.

Kinds of patients, white cells per 100: neutrophil, lymphocyte, monocyte, eosinophil, basophil,
immature granulocyte; and erythroblasts and platelets beside them. Each patient's own shares
are drawn around those of the kind (Dirichlet, the kind's numbers as concentration).
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import dirichlet

from hemoscope.calibration.differential import Confusion

ORDER = ("neutrophil", "lymphocyte", "monocyte", "eosinophil", "basophil", "ig", "erythroblast",
         "platelet")  # fmt: skip
KINDS = {
    "usual": (58, 30, 7, 3, 0.8, 0.7, 0.3, 10),
    "infection": (74, 12, 7, 0.7, 0.3, 5, 0.5, 12),
    "viral": (30, 56, 11, 2, 0.5, 0.4, 0.2, 8),
    "allergy": (48, 28, 7, 15, 1.2, 0.5, 0.3, 10),
    "marrow": (52, 14, 6, 4, 5, 15, 5, 12),
}


@dataclass(frozen=True, eq=False)
class Patients:
    """P patients, each with validation cells of its own.

    Attributes:
        shares: (P, C) true shares of all cells.
        called: (P, C) of n cells, how many were called each class.
        true: (P, C) of those n cells, how many are of each class.
        confusion: (P, C, C) validation counts, drawn with the model's true error rates.
    """

    shares: np.ndarray
    called: np.ndarray
    true: np.ndarray
    confusion: np.ndarray


def draw_patients(
    classes: tuple[str, ...], real: Confusion, count: int, cells: int, rng: np.random.Generator
) -> Patients:
    """Patients of all kinds in turn.

    The model's true error rates are those of the real validation cells, with 1/C of a cell added
    to each count, so that no error is impossible. Each patient is seen by a model that was
    validated anew, on as many cells of each class as the real one.
    """
    counts = real.array()
    rates = counts + 1 / len(classes)
    rates /= rates.sum(1, keepdims=True)
    place = [ORDER.index(next(n for n in ORDER if name.startswith(n))) for name in classes]
    kinds = np.array(list(KINDS.values()))[:, place]
    shares = np.stack(
        [dirichlet.rvs(kinds[p % len(kinds)], random_state=rng)[0] for p in range(count)]
    )
    true = np.stack([rng.multinomial(cells, row) for row in shares])
    called = rng.multinomial(true, np.broadcast_to(rates, (count, *rates.shape))).sum(1)
    rows = counts.sum(1).astype(int)
    confusion = np.stack([rng.multinomial(rows, rates) for _ in range(count)])
    return Patients(shares, called, true, confusion.astype(float))
