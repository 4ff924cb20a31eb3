"""Augmentation, against what the transformations are by definition."""

import pytest
import torch

from hemoscope.training.augmentation import augment, to_unit_range
from hemoscope.training.recipe import Augmentation

OFF = Augmentation(flips=False, rotation=0, quarter_turns=False, brightness=0)


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def images() -> torch.Tensor:
    return torch.rand(64, 3, 12, 12, generator=generator(9))


def symmetries(image: torch.Tensor) -> list[torch.Tensor]:
    """The eight ways to lay a square image."""
    turned = [torch.rot90(image, k, (1, 2)) for k in range(4)]
    return turned + [torch.flip(each, (2,)) for each in turned]


def test_pixels_become_unit_range_channels_first():
    pixels = torch.randint(0, 256, (2, 5, 7, 3), dtype=torch.uint8)
    images = to_unit_range(pixels)
    assert images.shape == (2, 3, 5, 7)
    torch.testing.assert_close(images[1, 2, 4, 3], pixels[1, 4, 3, 2] / 255)


def test_nothing_asked_for_is_nothing_done(images):
    torch.testing.assert_close(augment(images, OFF, generator()), images)


def test_flips_and_quarter_turns_give_exactly_the_eight_symmetries(images):
    everything = OFF.model_copy(update={"flips": True, "quarter_turns": True})
    seen = set()
    for before, after in zip(images, augment(images, everything, generator()), strict=True):
        matches = [
            i for i, each in enumerate(symmetries(before)) if torch.allclose(each, after, atol=1e-5)
        ]
        assert len(matches) == 1
        seen.update(matches)
    assert seen == set(range(8))


def test_flips_alone_give_the_four_mirrorings(images):
    flipped = augment(images, OFF.model_copy(update={"flips": True}), generator())
    for before, after in zip(images, flipped, strict=True):
        mirrorings = [torch.flip(before, dims) for dims in ((), (1,), (2,), (1, 2))]
        assert any(torch.allclose(each, after, atol=1e-5) for each in mirrorings)


def test_each_cell_of_a_batch_turns_by_its_own_angle():
    same = torch.rand(1, 3, 16, 16, generator=generator(1)).expand(8, -1, -1, -1)
    turned = augment(same, OFF.model_copy(update={"rotation": 0.4}), generator())
    distances = (turned[:, None] - turned[None]).abs().amax(dim=(2, 3, 4))
    assert (distances + torch.eye(8) > 1e-3).all()


def test_rotation_stays_within_its_limit():
    # A bright dot right of the centre lands at its angle.
    size = 65
    dot = torch.zeros(200, 3, size, size)
    dot[:, :, size // 2, -8] = 1
    turned = augment(dot, OFF.model_copy(update={"rotation": 0.4}), generator())
    row, column = torch.unravel_index(turned[:, 0].flatten(1).argmax(1), (size, size))
    angles = torch.atan2((row - size // 2).float(), (column - size // 2).float())
    assert angles.abs().max() < 0.4 + 0.05
    assert angles.abs().max() > 0.3
    assert angles.min() < -0.2 < 0.2 < angles.max()


def test_brightness_adds_one_value_to_a_whole_cell_within_its_limit():
    grey = torch.full((100, 3, 4, 4), 0.5)
    shift = augment(grey, OFF.model_copy(update={"brightness": 0.2}), generator()) - 0.5
    torch.testing.assert_close(shift.amin(dim=(1, 2, 3)), shift.amax(dim=(1, 2, 3)))
    assert shift.abs().max() <= 0.2 + 1e-6
    assert shift.abs().max() > 0.15


def test_the_same_generator_gives_the_same_cells(images):
    first, again = (augment(images, Augmentation(), generator(5)) for _ in range(2))
    assert torch.equal(first, again)
    assert not torch.equal(first, augment(images, Augmentation(), generator(6)))


def test_values_stay_in_range(images):
    varied = augment(images, Augmentation(brightness=0.9), generator())
    assert varied.min() >= 0
    assert varied.max() <= 1
