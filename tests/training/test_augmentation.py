"""Augmentation, against what the transformations are by definition."""

import pytest
import torch

from hemoscope.training.augmentation import Augmentation, augment, centre, to_unit_range
from hemoscope.training.augmentation.stain import restain
from hemoscope.training.recipe import Recipe
from hemoscope.training.recipe_files import load_recipe

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


STRONG = Augmentation(
    quarter_turns=True, zoom=1.5, shift=0.1, stain=1, blur=0.5, coarseness=0.5, noise=0.5, jpeg=0.5,
    tight=0.5,
)  # fmt: skip


def test_everything_at_once_keeps_range_shape_and_seed(images):
    first, again = (augment(images, STRONG, generator(5), size=20, margin=1.5) for _ in range(2))
    assert first.shape == (64, 3, 20, 20)
    assert first.min() >= 0
    assert first.max() <= 1
    assert torch.equal(first, again)


@pytest.mark.parametrize("part", ["blur", "coarseness", "noise", "jpeg", "tight"])
def test_what_befalls_a_share_leaves_the_others_as_they_are(part):
    many = torch.rand(400, 3, 16, 16, generator=generator(2))
    given = many.clone()
    varied = augment(given, OFF.model_copy(update={part: 0.25}), generator())
    torch.testing.assert_close(given, many, rtol=0, atol=0)
    # Resampling by the map that changes nothing is exact to a rounding.
    changed = (varied - many).abs().amax(dim=(1, 2, 3)) > 1e-4
    assert 0.15 < changed.float().mean() < 0.35


def test_without_its_margin_the_frame_is_the_middle():
    wide = torch.rand(2, 3, 24, 24, generator=generator(3))
    frame = augment(wide, OFF, generator(), size=16, margin=1.5)
    torch.testing.assert_close(frame, centre(wide, 16))


def test_zoom_shows_more_and_less_within_its_limit():
    # A square that fills half of the frame.
    square = torch.zeros(300, 3, 96, 96)
    square[:, :, 32:64, 32:64] = 1
    settings = OFF.model_copy(update={"zoom": 1.5})
    zoomed = augment(square, settings, generator(), size=64, margin=1.5)
    sides = zoomed[:, 0].mean(dim=(1, 2)).sqrt()  # of the frame
    assert sides.min() > 0.5 / 1.5 - 0.02
    assert sides.max() < 0.5 * 1.5 + 0.02
    assert sides.min() < 0.38
    assert sides.max() > 0.68


def test_shift_moves_by_a_share_of_the_frame():
    dot = torch.zeros(300, 3, 65, 65)
    dot[:, :, 32, 32] = 1
    moved = augment(dot, OFF.model_copy(update={"shift": 0.2}), generator())
    row, column = torch.unravel_index(moved[:, 0].flatten(1).argmax(1), (65, 65))
    for axis in (row, column):
        reach = (axis - 32).abs().max() / 65
        assert 0.17 < reach <= 0.21


def test_stain_keeps_glass_bright_and_the_order_of_light_and_dark():
    glass, cell = torch.full((200, 3, 1, 1), 0.94), torch.full((200, 3, 1, 1), 0.4)
    settings = OFF.model_copy(update={"stain": 1.0})
    varied = augment(torch.cat([glass, cell], dim=3).expand(-1, -1, 2, -1).clone(), settings,
                     generator())  # fmt: skip
    assert varied[..., 0].mean() == pytest.approx(0.93, abs=0.03)
    assert (varied[..., 0].mean(1) > varied[..., 1].mean(1)).float().mean() > 0.97
    assert varied[..., 1].std() > 0.08


def test_stain_alone_multiplies_light_by_light():
    """Densities add: two layers of stain, varied together, are the product of each varied alone."""
    layers = torch.rand(2, 1, 3, 4, 4, generator=generator(4)) * 0.6 + 0.4
    settings = 1.0

    def varied(light: torch.Tensor) -> torch.Tensor:
        return restain(light, settings, generator(1))

    glass = varied(torch.ones(1, 3, 4, 4))
    expected = varied(layers[0]) * varied(layers[1]) / glass
    unclipped = (expected < 1) & (varied(layers[0]) < 1) & (varied(layers[1]) < 1) & (glass < 1)
    assert unclipped.any()
    torch.testing.assert_close(varied(layers[0] * layers[1])[unclipped], expected[unclipped])


def test_training_sizes_hold_from_their_epoch_on():
    recipe = Recipe(sizes={2: 96, 0: 64})
    assert [recipe.size_at(epoch) for epoch in range(4)] == [64, 64, 96, 96]
    assert Recipe().size_at(5) == 224
    assert Recipe(sizes={3: 96}).size_at(2) == 224


def test_calm_augmentation_is_weaker_and_still_turns():
    strong = Augmentation(
        quarter_turns=True, zoom=2.25, shift=0.2, stain=0.8, blur=0.4, jpeg=0.2, tight=0.1
    )
    calm = strong.calmed(0.5)
    assert (calm.zoom, calm.shift, calm.stain, calm.tight) == pytest.approx((1.5, 0.1, 0.4, 0.05))
    assert (calm.quarter_turns, calm.flips, calm.rotation) == (True, True, strong.rotation)
    assert strong.calmed(1) == strong
    none = strong.calmed(0)
    assert none == Augmentation(quarter_turns=True, brightness=0)


def test_a_recipe_calms_down_from_an_epoch_on():
    recipe = load_recipe("default", ("augmentation.stain=0.8", "calming={2: 0.5, 4: 0}"))
    stain = [recipe.augmentation_at(epoch).stain for epoch in range(6)]
    assert stain == [0.8, 0.8, 0.4, 0.4, 0, 0]
