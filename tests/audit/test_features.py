import numpy as np

from hemoscope.audit.features import GRID, MIRROR, PER_TILE, extract
from hemoscope.audit.index import root
from tests.audit.conftest import crop, draw_field


def grey(seed: int) -> np.ndarray:
    return np.ascontiguousarray(crop(draw_field(seed), 0, 0)[..., 1])


def nearest(a: np.ndarray, b: np.ndarray) -> float:
    """The median distance from each descriptor to the nearest of the others."""
    return float(np.median(np.sqrt(np.maximum(2 - 2 * (root(a) @ root(b).T).max(axis=1), 0))))


def test_every_tile_gives_at_most_its_share() -> None:
    found = extract(grey(0))
    tile = np.clip(found.points[:, :2] * GRID, 0, GRID - 1).astype(int)
    _, counts = np.unique(tile, axis=0, return_counts=True)
    assert counts.max() == PER_TILE
    assert len(counts) > GRID * GRID / 2


def test_a_flat_image_has_no_keypoints() -> None:
    found = extract(np.full((256, 256), 128, np.uint8))
    assert found.points.shape == (0, 4)
    assert found.descriptors.shape == (0, 128)


def test_reordering_turns_descriptors_into_those_of_the_mirrored_image() -> None:
    image = grey(1)
    plain, mirrored = extract(image), extract(np.ascontiguousarray(image[:, ::-1]))
    reordered = nearest(plain.descriptors[:, MIRROR], mirrored.descriptors)
    assert reordered < 0.2
    assert nearest(plain.descriptors, mirrored.descriptors) > 2 * reordered


def test_mirroring_twice_changes_nothing() -> None:
    assert np.array_equal(MIRROR[MIRROR], np.arange(128))
