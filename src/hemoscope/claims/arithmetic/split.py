"""The split that Keras makes of a folder, as far as the class counts of its parts go."""

from collections.abc import Sequence

import numpy as np


def keras_validation_supports(images: Sequence[int], *, seed: int, share: float) -> list[int]:
    """Cells of each class in the validation part of `image_dataset_from_directory`.

    Keras lists files class by class, shuffles the list with `RandomState(seed)`, and takes the
    last `int(share * n)` for validation.

    Args:
        images: Images of each class, in the order of the folder names.
        seed: The seed given to Keras.
        share: `validation_split`, in (0, 1).
    """
    labels = np.repeat(np.arange(len(images)), images)
    order = np.arange(len(labels))
    np.random.RandomState(seed).shuffle(order)
    held_out = labels[order[-int(share * len(labels)) :]]
    return np.bincount(held_out, minlength=len(images)).tolist()
