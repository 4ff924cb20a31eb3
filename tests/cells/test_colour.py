import io

import numpy as np
import pytest
from PIL import Image

from hemoscope.cells import UnreadableImageError, decode_image

from .conftest import encoded


def rgb_of(image: Image.Image, kind: str = "PNG", **options) -> list[int]:
    """The colour of the first pixel after encoding and decoding."""
    return decode_image(encoded(image, kind, **options))[0, 0].tolist()


def test_grey_and_black_and_white():
    assert rgb_of(Image.new("L", (2, 2), 77)) == [77, 77, 77]
    assert rgb_of(Image.new("1", (2, 2), 1)) == [255, 255, 255]


def test_palette():
    assert rgb_of(Image.new("RGB", (2, 2), (10, 200, 30)).quantize(2)) == [10, 200, 30]


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (Image.new("RGBA", (2, 2), (100, 0, 200, 0)), [255, 255, 255]),
        (Image.new("RGBA", (2, 2), (100, 0, 200, 255)), [100, 0, 200]),
        (Image.new("RGBA", (2, 2), (100, 0, 200, 51)), [224, 204, 244]),
        (Image.new("LA", (2, 2), (0, 0)), [255, 255, 255]),
        (Image.new("LA", (2, 2), (0, 102)), [153, 153, 153]),
    ],
)
def test_transparency_lies_on_white(image, expected):
    assert rgb_of(image) == expected


@pytest.mark.parametrize(
    ("image", "transparent"),
    [
        (Image.new("RGB", (2, 2), (1, 2, 3)), (1, 2, 3)),
        (Image.new("L", (2, 2), 5), 5),
        (Image.new("P", (2, 2), 0), 0),
    ],
)
def test_a_transparent_colour_lies_on_white(image, transparent):
    assert rgb_of(image, transparency=transparent) == [255, 255, 255]


@pytest.mark.parametrize("kind", ["TIFF", "JPEG"])
def test_cmyk(kind):
    red, green, blue = rgb_of(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), kind)
    assert red > 250
    assert max(green, blue) < 5


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
@pytest.mark.parametrize(
    ("value", "expected"), [(0, 0), (255, 0), (256, 1), (32768, 128), (65535, 255)]
)
def test_16_bit_grey_is_scaled_by_the_range_of_the_type(kind, value, expected):
    image = Image.fromarray(np.full((3, 3), value, dtype=np.uint16))
    assert rgb_of(image, kind) == [expected] * 3


@pytest.mark.parametrize("transparent", [0, 30_000, 65_535])
def test_16_bit_grey_with_a_transparent_colour_comes_out_as_without(transparent):
    image = Image.fromarray(np.array([[0, 1000, 30_000, 65_535]], dtype=np.uint16))
    data = encoded(image, transparency=transparent)
    assert Image.open(io.BytesIO(data)).info["transparency"] == transparent
    assert decode_image(data)[0, :, 0].tolist() == [0, 3, 117, 255]


def test_16_bit_big_endian_tiff():
    big = Image.frombytes("I;16B", (1, 1), b"\x80\x01")
    assert rgb_of(big, "TIFF") == [128] * 3


@pytest.mark.parametrize("dtype", [np.float32, np.int32])
def test_32_bit_pixels_are_refused(dtype):
    data = encoded(Image.fromarray(np.ones((2, 2), dtype=dtype)), "TIFF")
    with pytest.raises(UnreadableImageError, match="without guessing; export the image with 8 bit"):
        decode_image(data)


def test_lab_is_refused():
    with pytest.raises(UnreadableImageError, match="'LAB' cannot be shown as RGB"):
        decode_image(encoded(Image.new("LAB", (2, 2)), "TIFF"))


def test_a_colour_profile_is_not_applied():
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    image = Image.new("RGB", (2, 2), (200, 100, 50))
    assert Image.open(io.BytesIO(encoded(image, icc_profile=profile))).info["icc_profile"]
    assert rgb_of(image, icc_profile=profile) == [200, 100, 50]
